#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares a PostgreSQL of RDS with the wanted one."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_aws_database_info
short_description: Compare a PostgreSQL of RDS, and what it stands on, with the wanted one
version_added: 1.1.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Reads the instance, its subnet group, its parameter group and the secret with its password, all called by O(name), and says
    what would have to be written for them to be as wanted. Writes nothing itself.
  - Refuses what RDS would refuse, what is not ours, and every change that loses data or a protection and that O(allow) does not
    name. A size that RDS has grown and a minor version that RDS has updated are no difference.
  - Waits for what RDS is making or removing before it compares; not in check mode.
options:
  state:
    description: Whether it shall exist. V(read) only tells where it is, in one request.
    type: str
    choices: [present, absent, read]
    default: present
  verify:
    description: >-
      Whether all must be as wanted by now. Waits until RDS has made what it took on, and fails with what still differs.
    type: bool
    default: false
  vpc_id:
    description: Network that it must be in.
    type: str
    default: ''
  version:
    description: Major version of PostgreSQL; the minor is AWS' business. Needed with O(state=present).
    type: str
    default: ''
  instance_class:
    description: Class of the instance, such as V(db.t3.micro). Needed with O(state=present).
    type: str
    default: ''
  storage_gib:
    description: Size of the storage at least, in GiB.
    type: int
    default: 100
  max_storage_gib:
    description: Size up to which RDS may grow it, in GiB; 0 forbids it to grow.
    type: int
    default: 1000
  storage_type:
    description: Type of the storage.
    type: str
    choices: [gp2, gp3]
    default: gp3
  database_name:
    description: Name of the first database. Needed with O(state=present).
    type: str
    default: ''
  username:
    description: The user who owns it. Needed with O(state=present).
    type: str
    default: ''
  port:
    description: Where it listens.
    type: int
    default: 5432
  backup_retention_days:
    description: How long automatic backups are kept; 0 makes none.
    type: int
    default: 7
  backup_window:
    description: When they are made, in UTC.
    type: str
    default: 03:00-04:00
  multi_az:
    description: Whether a standby in another zone takes over.
    type: bool
    default: false
  deletion_protection:
    description: Whether AWS refuses to delete it.
    type: bool
    default: false
  apply_immediately:
    description: Whether changes are made at once; if not, those that RDS leaves for the maintenance window count as made.
    type: bool
    default: true
  max_connections:
    description: How many connections it should let in. It is made to let in no more than the class carries.
    type: int
    default: 1050
  parameter_group:
    description: Parameter group that exists and is taken as it is; empty has one made for O(name) and the version.
    type: str
    default: ''
  parameters:
    description: Parameters of that group that have a value of their own, besides those for TLS and connections.
    type: dict
    default: {}
  final_snapshot:
    description: Whether O(ignore:write.final_snapshot_id) is to name a last snapshot.
    type: bool
    default: true
extends_documentation_fragment:
  - cam.mesh.aws_data
  - cam.mesh.aws_data.window
  - cam.mesh.aws_data.info
"""

EXAMPLES = r"""
- name: Compare the database
  cam.mesh.cam_aws_database_info:
    region: eu-central-1
    environment: dev
    cluster: eu
    name: cam-db-dev
    version: "17"
    instance_class: db.t3.micro
    database_name: cam_production
    username: cam
    vpc_id: vpc-0a
    subnet_ids: [subnet-0a, subnet-0b]
    security_group_ids: [sg-0c]
  register: __found

- name: Read where it is
  cam.mesh.cam_aws_database_info:
    environment: dev
    cluster: eu
    name: cam-db-dev
    state: read
"""

RETURN = r"""
plan:
  description: What would be changed, in the order of the changes.
  returned: success
  type: list
  elements: str
  sample: ["would change RDS instance cam-db-dev: storage_gib 100 -> 200"]
todo:
  description: The resources that have to be written, each with V(create), V(update), V(replace) or V(delete).
  returned: O(state) is V(present) or V(absent)
  type: dict
  sample: {instance: update}
write:
  description: Options for the modules that write, as far as they follow from what was found. No password is among them.
  returned: O(state) is V(present) or V(absent)
  type: dict
  sample: {allocated_storage: 200, set_password: false}
ids:
  description: What others need to know of it. What does not exist yet is left out.
  returned: success
  type: dict
  contains:
    host:
      description: Where it listens.
      type: str
    port:
      description: Where it listens.
      type: int
    max_connections:
      description: How many connections it lets in.
      type: int
    arn:
      description: Of the instance.
      type: str
    secret_arn:
      description: Of the secret with the password.
      type: str
    version:
      description: Full version of PostgreSQL.
      type: str
    instance_class:
      description: Class of the instance.
      type: str
    storage_gib:
      description: Size of the storage.
      type: int
    status:
      description: As RDS says it.
      type: str
  sample:
    host: cam-db-dev.abc123.eu-central-1.rds.amazonaws.com
    port: 5432
    max_connections: 112
"""

from ansible_collections.cam.mesh.plugins.module_utils._aws_database import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
