#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps a replication group of ElastiCache."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_elasticache_replication_group
short_description: Keep a replication group of ElastiCache as wanted
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Creates a Redis or Valkey of one node, or of a primary with replicas, with TLS, AUTH and encryption at rest, changes it in place, and removes it.
  - Never replaces it, since that would lose its data and its address, and shrinks it only where O(allow) names that.
  - ElastiCache never tells the AUTH token, so it is set at creation and changed only by O(auth_token_update).
options:
  cluster:
    description: Name of the mesh's cluster; the value of the tag C(cam-cluster).
    type: str
    required: true
  name:
    description: Id of the replication group.
    type: str
    required: true
  description:
    description: What it is for; of account only at creation.
    type: str
    default: Cache of Complete Arbitration Mesh
  engine:
    description: Engine. Never changed.
    type: str
    choices: [redis, valkey]
    default: redis
  engine_version:
    description: Version, of which only the numbers that are given are compared, so that V('7.1') fits 7.1.0; left alone if not given.
    type: str
  node_type:
    description: Type of the nodes, such as V(cache.t4g.micro). Required with O(state=present).
    type: str
  replicas:
    description: Copies beside the primary. With one or more, one takes over when the primary fails.
    type: int
    default: 0
  multi_az:
    description: Whether replicas are in other zones than the primary.
    type: bool
    default: true
  subnet_group:
    description: Subnet group; the account's default if not given. Never changed.
    type: str
  security_group_ids:
    description: All its security groups; left alone if not given.
    type: list
    elements: str
  parameter_group:
    description: Parameter group; that of the engine at creation, and left alone later, if not given.
    type: str
  port:
    description: Port. Never changed.
    type: int
    default: 6379
  transit_encryption:
    description: Whether it speaks TLS. Never changed.
    type: bool
    default: true
  at_rest_encryption:
    description: Whether what it stores is encrypted. Never changed.
    type: bool
    default: true
  kms_key_arn:
    description: Key for that; ElastiCache' own if not given. Of account only at creation.
    type: str
  auth_token:
    description: Password of its clients, 16 to 128 characters.
    type: str
  auth_token_file:
    description: File that holds the password, in place of O(auth_token).
    type: path
  auth_token_update:
    description:
      - What to do with the password of a group that has one. V(keep) leaves it alone.
      - V(rotate) adds a new one, beside which the old one stays valid, and V(set) ends that. Both change something each time.
    type: str
    choices: [keep, rotate, set]
    default: keep
  maintenance_window:
    description: When AWS may maintain it, such as V(sun:04:00-sun:05:00); left alone if not given.
    type: str
  snapshot_retention_days:
    description: How long automatic snapshots are kept, V(0) makes none; left alone if not given.
    type: int
  snapshot_window:
    description: When they are made, such as V(03:00-04:00); left alone if not given.
    type: str
  final_snapshot:
    description: With O(state=absent), name of a last snapshot.
    type: str
extends_documentation_fragment:
  - cam.mesh.aws
  - cam.mesh.aws.owned
  - cam.mesh.aws.allow
  - cam.mesh.aws.wait
  - cam.mesh.aws.attributes
"""

EXAMPLES = r"""
- name: Keep the cache
  cam.mesh.cam_elasticache_replication_group:
    cluster: cam-cluster-prod
    environment: prod
    name: cam-cache-prod
    engine_version: "7.1"
    node_type: cache.r7g.large
    replicas: 1
    subnet_group: cam-cache-prod
    security_group_ids: [sg-0a]
    auth_token_file: /run/secrets/cam-cache-token
  register: __cam_cache_group
"""

RETURN = r"""
arn:
  description: ARN of the group. This and all other values are empty while it does not exist.
  returned: success
  type: str
  sample: arn:aws:elasticache:eu-central-1:123456789012:replicationgroup:cam-cache-prod
address:
  description: Address of the primary, for reading and writing.
  returned: success
  type: str
  sample: master.cam-cache-prod.abc123.euc1.cache.amazonaws.com
reader_address:
  description: Address of the replicas, for reading.
  returned: success
  type: str
  sample: replica.cam-cache-prod.abc123.euc1.cache.amazonaws.com
port:
  description: Port of both.
  returned: success
  type: int
  sample: 6379
transit_encryption:
  description: Whether it speaks TLS.
  returned: success
  type: bool
  sample: true
auth:
  description: Whether its clients give a password.
  returned: success
  type: bool
  sample: true
status:
  description: Status as ElastiCache says it, or V(absent).
  returned: success
  type: str
  sample: available
plan:
  description: What was changed, or would be changed in check mode, in order.
  returned: success
  type: list
  elements: str
  sample: ["changed ElastiCache replication group cam-cache-prod: replicas 1 -> 2"]
"""

from ansible_collections.cam.mesh.plugins.module_utils._elasticache import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
