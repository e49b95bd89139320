#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Keeps a Redis or Valkey of ElastiCache as wanted."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_elasticache_replication_group
short_description: Keep a Redis or Valkey of ElastiCache with TLS and a password
version_added: 1.1.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Keeps a replication group of one shard, with the subnet group, the parameter group and the secret that it stands on. All of
    them have the name O(name) and tags that say whose they are; what lacks the tags is refused.
  - Compares first and writes only what differs, each kind of change in one request; waits until AWS is done, and reads again
    whether it is as wanted.
  - The group always has TLS, encryption at rest and an AUTH token. The token is made once, lives in AWS Secrets Manager, and
    is in no argument and no result. A value that is replaced there is set by the next run; the one before stays good until
    then.
  - Never shrinks and never replaces anything unless O(allow) names it.
notes:
  - AWS is ahead by itself where minor versions are concerned; what is newer than O(version) is left.
options:
  engine:
    description: Engine; AWS takes the way from redis to valkey and not back.
    type: str
    choices: [redis, valkey]
    default: redis
  version:
    description: Major and minor version of the engine.
    type: str
    default: '7.1'
  node_type:
    description: Type of each node, such as V(cache.t3.micro). Needed with O(state=present).
    type: str
    default: ''
  nodes:
    description: Number of nodes; with two and more a replica takes over in another zone.
    type: int
    default: 1
  port:
    description: Where it listens.
    type: int
    default: 6379
  parameters:
    description: Parameters of the engine that have a value of their own. Those that are not named stay.
    type: dict
    default: {}
  snapshot_retention_days:
    description: How long daily snapshots are kept; 0 makes none.
    type: int
    default: 1
  snapshot_window:
    description: When they are made, in UTC.
    type: str
    default: 03:00-04:00
  is_protected:
    description: Whether its removal must be named in O(allow).
    type: bool
    default: false
  final_snapshot:
    description: Whether a removal leaves a last snapshot, whose name ends with the time.
    type: bool
    default: false
  recovery_days:
    description: How long the secret can be called back after a removal (7 to 30); 0 removes it at once.
    type: int
    default: 30
  state:
    description: Whether it shall exist. V(read) only tells where it is.
    type: str
    choices: [present, absent, read]
    default: present
extends_documentation_fragment:
  - cam.mesh.aws_data
  - cam.mesh.aws_data.window
  - cam.mesh.cam.local
"""

EXAMPLES = r"""
- name: Keep the cache of dev
  cam.mesh.cam_elasticache_replication_group:
    region: eu-central-1
    environment: dev
    cluster: eu
    name: cam-cache-dev
    node_type: cache.t3.micro
    subnet_ids: [subnet-0a, subnet-0b]
    security_group_ids: [sg-0c]
    parameters:
      maxmemory-policy: allkeys-lru

- name: Let one replica of two go
  cam.mesh.cam_elasticache_replication_group:
    environment: staging
    cluster: eu
    name: cam-cache-staging
    node_type: cache.m6g.large
    nodes: 2
    subnet_ids: [subnet-0a, subnet-0b]
    security_group_ids: [sg-0c]
    allow: [update cam-cache-staging nodes]
"""

RETURN = r"""
plan:
  description: What was changed, or in check mode would be, in the order of the changes.
  returned: success
  type: list
  elements: str
  sample: ["would change ElastiCache replication group cam-cache-dev: nodes 1 -> 2"]
ids:
  description: What others need to know of it. What does not exist yet is left out.
  returned: success
  type: dict
  contains:
    host:
      description: Where it takes writes.
      type: str
    port:
      description: Where it listens.
      type: int
    arn:
      description: Of the replication group.
      type: str
    secret_arn:
      description: Of the secret with the AUTH token.
      type: str
    node_type:
      description: Type of its nodes.
      type: str
    nodes:
      description: How many there are.
      type: int
    status:
      description: As AWS says it.
      type: str
  sample:
    host: master.cam-cache-dev.abc123.euc1.cache.amazonaws.com
    port: 6379
    status: available
"""

from ansible_collections.cam.mesh.plugins.module_utils._elasticache import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
