# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the modules that judge a mesh document alike."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
options:
  cluster:
    description: Name of the cluster in the verdict.
    type: str
    default: ""
  environment:
    description: Class of its environment in the verdict.
    type: str
    default: ""
  namespace:
    description: Namespace of the mesh.
    type: str
    required: true
  deployment:
    description: Deployment of the app.
    type: str
    default: cam-arbitration-mesh
  service:
    description: Service of the app.
    type: str
    default: cam-service
  min_replicas:
    description: Pods that must be available at least.
    type: int
    default: 1
  autoscaling:
    description: Whether an autoscaler must be there; one that is there is judged anyway.
    type: bool
    default: false
  image:
    description: Image that the pods must run; not judged if empty.
    type: str
    default: ""
  version:
    description: Version that the app must report; not judged if empty.
    type: str
    default: ""
  url:
    description: Where clients reach the mesh; the edge is not configured if empty.
    type: str
    default: ""
  url_address:
    description: Address (host:port) to connect to instead of looking the host of O(url) up.
    type: str
    default: ""
  url_ca_secret:
    description: >-
      Secret (C(name), C(key)) with the authority of the edge; the system's authorities if not
      given.
    type: dict
  api_key_secret:
    description: Secret (C(name), C(key)) with the key for requests.
    type: dict
  database:
    description: >-
      Where the database is (C(provider)), the Secret with its certificate (C(tls_secret)) and the
      query for the revision of its schema (C(schema_query); none is judged without it).
    type: dict
    default: {}
  cache:
    description: >-
      Where the cache is (C(provider)), and the Secret with its certificate (C(tls_secret)).
    type: dict
    default: {}
  process:
    description: Whether a real request is sent (C(enabled)), and under which policy (C(policy_id)).
    type: dict
    default: {}
  collaboration_path:
    description: >-
      Where the app opens sessions by POST and closes them by DELETE; not configured if empty.
    type: str
    default: ""
  prometheus:
    description: >-
      Where Prometheus is, C(enabled), C(namespace), C(service) and C(port); C(grafana) if Grafana
      is beside it.
    type: dict
    default: {}
  jobs:
    description: Jobs in which every pod must be a target that is up.
    type: list
    elements: str
    default: [cam-arbitration-mesh, cam-collaboration-engine]
  ignore_alerts:
    description: Alerts that do not count.
    type: list
    elements: str
    default: [Watchdog]
  network_policy:
    description: >-
      Whether the network plugin must enforce network policies. The database, whose policy lets it
      go nowhere, knocks at a pod of the app; where it gets through, V(required) calls that
      degraded, and V(not_enforced) lists it as not configured, for a cluster that cannot.
    type: str
    choices: [required, not_enforced]
    default: required
  endpoints:
    description: >-
      More URLs that must answer, asked in one sweep; entries as in
      O(cam.mesh.cam_endpoints_info#module:endpoints).
    type: list
    elements: raw
    default: []
  skip:
    description: >-
      Names of checks that are not configured here, such as V(nodes) without a right to read
      nodes.
    type: list
    elements: str
    default: []
  thresholds:
    description: Where the checks draw their lines.
    type: dict
    suboptions:
      cache_memory_percent:
        description: Share of the cache's memory above which it is nearly full.
        type: int
        default: 90
      certificate_days:
        description: Days that a certificate must still be valid.
        type: int
        default: 14
      clock_seconds:
        description: Seconds by which this machine's clock may differ from the API server's.
        type: int
        default: 30
      connections_percent:
        description: Share of the database's connections that may be in use.
        type: int
        default: 85
      disk_percent:
        description: Share of the database's volume that may be used.
        type: int
        default: 85
      error_percent:
        description: >-
          Share of the requests of 5 minutes that may fail; the alert HighErrorRate has the same.
        type: float
        default: 5.0
      latency_ms:
        description: >-
          95th percentile of the arbitration latency that is still good; the alert SlowArbitration
          has the same.
        type: float
        default: 50.0
      quota_percent:
        description: Share of a quota above which it is nearly used up.
        type: int
        default: 90
      restart_seconds:
        description: How long a restart counts.
        type: int
        default: 300
  timeout_seconds:
    description: Deadline of one question.
    type: int
    default: 10
  deadline_seconds:
    description: Deadline of the whole verdict; what has not answered by then is V(unknown).
    type: int
    default: 15
"""
