# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is of the add-ons that are wanted, and which versions of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._aws import at_once
from ansible_collections.cam.mesh.plugins.module_utils._aws_part import Part
from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import Live, Watched
from ansible_collections.cam.mesh.plugins.module_utils._eks import Eks
from ansible_collections.cam.mesh.plugins.module_utils._eks_addon_diff import (
    KIND,
    default_version,
    newer,
)
from ansible_collections.cam.mesh.plugins.module_utils._run import Params


@dataclass
class Addon:
    """One entry, what there is of it, and what was started for it."""

    entry: dict[str, Any]
    part: Part
    live: Live | None = None
    watched: list[Watched] = field(default_factory=list)

    @property
    def place(self) -> dict[str, str]:
        return {"clusterName": self.entry["cluster"], "addonName": self.part.name}

    @property
    def there(self) -> Live | None:
        """None as well for what goes away by itself."""
        return None if self.live is None or self.live["status"] == "DELETING" else self.live


def addon_of(eks: Eks, cluster: str, entry: dict[str, Any]) -> Addon:
    name = entry["name"]
    place = {"clusterName": cluster, "addonName": name}
    look = partial(eks.find, "describe_addon", f"{KIND} {name}", "addon", **place)
    return Addon({**entry, "cluster": cluster}, Part(KIND, name, look))


def choose_versions(eks: Eks, addons: list[Addon], params: Params) -> None:
    """Where none is given, the default for the cluster's version; never an older one than runs."""
    open_ones = [addon for addon in addons if addon.entry["version"] is None]
    kubernetes = params["kubernetes_version"]
    if open_ones and kubernetes is None:
        about, name = f"EKS cluster {params['cluster']}", params["cluster"]
        cluster = eks.find("describe_cluster", about, "cluster", name=name)
        kubernetes = cluster["version"] if cluster else None
    if not open_ones or kubernetes is None:
        return

    def offered(addon: Addon) -> list[Any]:
        given = {"kubernetesVersion": kubernetes, "addonName": addon.part.name}
        title = f"the versions of {addon.part.title}"
        return eks.service.ask_all("describe_addon_versions", title, "addons", **given)

    for addon, found in zip(open_ones, at_once(offered, open_ones), strict=True):
        version = default_version(addon.part.name, kubernetes, found)
        runs = str((addon.there or {}).get("addonVersion") or "")
        addon.entry["version"] = runs if newer(runs, version) else version


def roles_of(eks: Eks, addon: Addon, live: Live) -> dict[str, str]:
    """Service account to role. An add-on names its associations by ARN only."""

    def ask(arn: str) -> Live:
        given = {"clusterName": addon.entry["cluster"], "associationId": arn.rpartition("/")[2]}
        title = f"a pod identity of {addon.part.title}"
        answer = eks.service.ask("describe_pod_identity_association", title, **given)
        return dict(answer["association"])

    found = at_once(ask, list(live.get("podIdentityAssociations") or []))
    return {one["serviceAccount"]: one["roleArn"] for one in found}
