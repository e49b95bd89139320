#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Makes the certificates inside one namespace."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_certificate
short_description: Keep TLS certificates of a namespace, signed by its own authority
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Keeps an authority for the namespace in the Secret O(ca_name), and one Secret of type
    C(kubernetes.io/tls) with C(tls.crt), C(tls.key) and C(ca.crt) for each certificate.
  - Makes a certificate anew when it ends soon, names other hosts or was signed by another
    authority, and leaves it alone otherwise. Keys are ECDSA P-256.
notes:
  - A process that has read a certificate at its start must be restarted to see a new one.
  - With O(state=absent) the authority goes with the last certificate that it signed.
options:
  namespace:
    description: Namespace of the Secrets.
    type: str
    required: true
  set:
    description: Name of the set that the certificates belong to; becomes their label C(cam.mesh/set).
    type: str
    required: true
  certificates:
    description: The certificates.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: Name of the Secret.
        type: str
        required: true
      dns_names:
        description: Host names that the certificate is for.
        type: list
        elements: str
        default: []
      ip_addresses:
        description: IP addresses that the certificate is for.
        type: list
        elements: str
        default: []
  ca_name:
    description: Secret of the authority. All sets of a namespace may share it.
    type: str
    default: cam-ca
  ca_validity_days:
    description: How long a new authority is valid.
    type: int
    default: 3650
  validity_days:
    description: How long a new certificate is valid.
    type: int
    default: 365
  renew_before_days:
    description: How many days before its end a certificate is made anew.
    type: int
    default: 30
  adopt:
    description: Whether to take over Secrets that somebody else made.
    type: bool
    default: false
  state:
    description: Whether the certificates shall exist.
    type: str
    choices: [present, absent]
    default: present
extends_documentation_fragment:
  - cam.mesh.cam
  - cam.mesh.cam.attributes
requirements:
  - cryptography (Python library)
"""

EXAMPLES = r"""
- name: Keep the certificate of the database
  cam.mesh.cam_certificate:
    kubeconfig: "{{ cam_cluster_access.kubeconfig }}"
    namespace: cam-dev
    set: database
    certificates:
      - name: postgres-tls
        dns_names:
          - postgres
          - postgres.cam-dev.svc
  register: __cam_database_tls
"""

RETURN = r"""
ca_certificate:
  description: >-
    Certificate of the authority, which is public. Empty in check mode if it would be made, and with
    O(state=absent).
  returned: success
  type: str
  sample: "-----BEGIN CERTIFICATE-----..."
certificates:
  description: What was done to each certificate, or would be done.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the Secret.
      type: str
      sample: postgres-tls
    action:
      description: One of V(created), V(renewed), V(updated), V(unchanged) and V(deleted).
      type: str
      sample: renewed
    reason:
      description: Why it was made anew.
      type: str
      sample: it names other hosts
    not_after:
      description: When it ends.
      type: str
      sample: "2027-01-31T12:00:00Z"
  sample:
    - name: postgres-tls
      action: renewed
      reason: it names other hosts
      not_after: "2027-01-31T12:00:00Z"
"""

from ansible_collections.cam.mesh.plugins.module_utils._certificate import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
