#!/usr/bin/python
# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Writes a set of Kubernetes objects in one task."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cam_objects
short_description: Keep a whole set of Kubernetes objects as their manifests say
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Compares each manifest with the cluster by a server-side dry run and writes only what differs. A
    run that finds no difference sends no write at all.
  - Labels its objects with C(cam.mesh/set) and remembers them in the ConfigMap
    C(cam-set-<name>), so that an object that is no longer wanted is removed.
  - Takes out what was added by hand to the data of a Secret or ConfigMap, to a pod template or to a
    Service. Annotations and labels that others set stay.
  - Deletes and makes anew a Job whose template changed. Any other change of an immutable field is
    refused with the words of the API.
notes:
  - On a local connection the work is done inside C(ansible-playbook), without a Python process of
    its own.
  - A Namespace that exists already is used, but never labelled and never deleted. One that the set
    made is deleted only with O(delete_data=true), and only once nothing of others is left in it.
  - Values of Secrets are never shown, neither in a diff nor in an error.
options:
  namespace:
    description: Namespace of the objects that name none, and of the set's memory.
    type: str
    required: true
  name:
    description: Name of the set. Two sets of one namespace must differ in it.
    type: str
    required: true
  objects:
    description: The manifests. With O(state=absent) they are needed only if the memory was lost.
    type: list
    elements: dict
    default: []
  state:
    description: Whether the objects shall exist.
    type: str
    choices: [present, absent]
    default: present
  prune:
    description: >-
      Whether to remove objects that the set made before and that are no longer in O(objects).
      Secrets, volume claims, namespaces and CustomResourceDefinitions are kept all the same.
    type: bool
    default: true
  adopt:
    description: Whether to take over objects that exist and belong to nobody or to somebody else.
    type: bool
    default: false
  delete_data:
    description: >-
      Whether O(state=absent) also deletes Secrets, volume claims (those that StatefulSets made
      included) and the namespace.
    type: bool
    default: false
  wait:
    description: >-
      Whether to wait until the Deployments, StatefulSets, DaemonSets and Jobs of the set are rolled
      out. Gives up early, naming the cause, when an image cannot be pulled, a container keeps
      crashing or a pod cannot be scheduled for 15 seconds.
    type: bool
    default: false
  timeout_seconds:
    description: How long to wait for a rollout, and for deleted objects to be gone.
    type: int
    default: 300
extends_documentation_fragment:
  - cam.mesh.cam
  - cam.mesh.cam.attributes
seealso:
  - module: kubernetes.core.k8s
"""

EXAMPLES = r"""
- name: Keep the cache as its manifests say
  cam.mesh.cam_objects:
    kubeconfig: "{{ cam_cluster_access.kubeconfig }}"
    namespace: cam-dev
    name: cache
    objects: "{{ __cam_cache_objects }}"
    wait: true
    timeout_seconds: 180

- name: Remove the cache and its data
  cam.mesh.cam_objects:
    kubeconfig: "{{ cam_cluster_access.kubeconfig }}"
    namespace: cam-dev
    name: cache
    state: absent
    delete_data: true
"""

RETURN = r"""
name:
  description: Name of the set.
  returned: success
  type: str
  sample: cache
objects:
  description: >-
    What was done to each object, or would be done. The memory of the set is listed when it changes.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description: Kind of the object.
      type: str
      sample: Deployment
    namespace:
      description: Namespace of the object; none if it is cluster-wide.
      type: str
      sample: cam-dev
    name:
      description: Name of the object.
      type: str
      sample: redis
    action:
      description: One of V(created), V(updated), V(unchanged) and V(deleted).
      type: str
      sample: updated
  sample:
    - kind: Deployment
      namespace: cam-dev
      name: redis
      action: updated
kept:
  description: Objects that are no longer wanted and were not deleted, each with the reason.
  returned: success
  type: list
  elements: dict
  sample:
    - kind: PersistentVolumeClaim
      namespace: cam-dev
      name: redis-data
      action: kept
      reason: it holds data
"""

from ansible_collections.cam.mesh.plugins.module_utils._objects import ARGUMENT_SPEC, run
from ansible_collections.cam.mesh.plugins.module_utils._run import run_module


def main() -> None:
    run_module(run, ARGUMENT_SPEC)


if __name__ == "__main__":
    main()
