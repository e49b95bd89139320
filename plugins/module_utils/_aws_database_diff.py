# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What differs between the wanted database and the one that is there, and what of it is dangerous.

Names of fields: API reference of RDS, DBInstance.
"""

from __future__ import annotations

from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _aws_secret
from ansible_collections.cam.mesh.plugins.module_utils._aws_data import DataCompare
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_instance import (
    changes,
    replacement,
)
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_look import (
    GROUP,
    KIND,
    SUBNETS,
    Found,
)
from ansible_collections.cam.mesh.plugins.module_utils._aws_database_wanted import Wanted
from ansible_collections.cam.mesh.plugins.module_utils._aws_secret import tag_fields
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._plan import Change


class Compare(DataCompare):
    """An instance and what it stands on."""

    def all(self, wanted: Wanted, found: Found) -> dict[str, Change]:
        """The changes by the resource that they are of, in the order in which they are made."""
        parts = {
            "subnet_group": self.subnet_group(wanted, found),
            "parameter_group": self.parameter_group(wanted, found),
            "secret": self.secret(wanted, found),
            "instance": self.instance(wanted, found),
        }
        return {key: change for key, change in parts.items() if change is not None}

    def subnet_group(self, wanted: Wanted, found: Found) -> Change | None:
        used = _subnet_group_of(found)
        if used not in ("", wanted.name):
            # RDS does not move an instance within a VPC; one that was adopted keeps its group.
            return None
        live = found.subnet_group
        tags = found.tags.get(live["DBSubnetGroupArn"]) if live is not None else None
        return self.subnets(SUBNETS, wanted.name, live, tags, wanted.subnet_ids)

    def parameter_group(self, wanted: Wanted, found: Found) -> Change | None:
        live = found.groups.get(wanted.group)
        if not wanted.makes_group:
            if live is None:
                raise CamError(
                    f"cam_database_aws_parameter_group is '{wanted.group}', which does not exist. "
                    "Correct the name, or leave it empty to have a group made."
                )
            return None
        tags = found.tags.get(live["DBParameterGroupArn"]) if live is not None else None
        change = self.parameters(
            GROUP, wanted.group, live, tags, wanted.parameters, found.parameters
        )
        if live is not None and live["DBParameterGroupFamily"] != wanted.family:
            raise CamError(
                f"{GROUP} {wanted.group} is of family {live['DBParameterGroupFamily']}, not "
                f"{wanted.family}, and RDS never changes that. Remove it, or name another one by "
                "cam_database_aws_parameter_group."
            )
        return change

    def secret(self, wanted: Wanted, found: Found) -> Change | None:
        return self.password(wanted.name, found.secret, in_use=found.instance is not None)

    def instance(self, wanted: Wanted, found: Found) -> Change | None:
        live = found.instance
        if live is None or found.status == "deleting":
            return Change(KIND, wanted.name, "create")
        self.owner.refuse_foreign(KIND, wanted.name, found.instance_tags, self.adopt)
        if (anew := replacement(wanted, live)) is not None:
            return anew
        fields, dangers = changes(wanted, live)
        fields |= self._password(found)
        fields |= tag_fields(self.tags, found.instance_tags)
        if not fields:
            return None
        return Change(KIND, wanted.name, "update", fields, "; ".join(dangers))

    def _password(self, found: Found) -> dict[str, tuple[Any, Any]]:
        """Whether the value of the secret is not the one that the instance was given."""
        tags = found.instance_tags
        if not _aws_secret.is_stale(found.secret, tags):
            return {}
        if found.secret is not None and _aws_secret.TAG_VERSION not in tags and self.adopt:
            # Who gives us an instance has put its password into the secret.
            return tag_fields({_aws_secret.TAG_VERSION: found.secret.version}, tags)
        return {"password": ("(as before)", "(as in Secrets Manager)")}


def _subnet_group_of(found: Found) -> str:
    if found.instance is None or found.status == "deleting":
        return ""
    return str((found.instance.get("DBSubnetGroup") or {}).get("DBSubnetGroupName") or "")
