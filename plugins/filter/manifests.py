# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects as the text of a manifest file."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.cam.mesh.plugins.module_utils._run import plain

DOCUMENTATION = r"""
name: manifests
short_description: Write objects as YAML documents
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Gives each object its namespace and writes all as one text that C(kubectl apply -f) reads.
  - Refuses Secrets, since a file is no place for them.
options:
  _input:
    description: The objects.
    type: list
    elements: dict
    required: true
  namespace:
    description: Namespace of every object that names none; a Namespace gets none.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Write a file for kubectl
  ansible.builtin.copy:
    content: "{{ objects | cam.mesh.manifests('cam-prod') }}"
    dest: manifests.yml
    mode: "0644"
"""

RETURN = r"""
_value:
  description: YAML documents, each begun by three dashes.
  type: str
"""


def manifests(objects: Iterable[Mapping[str, Any]], namespace: str) -> str:
    """The objects as YAML documents. Raises AnsibleFilterError for a Secret."""
    documents = []
    for item in plain(list(objects)):
        if item["kind"] == "Secret":
            raise AnsibleFilterError(
                f"Secret {item['metadata']['name']} is not for a file; make it in the cluster"
            )
        if item["kind"] != "Namespace":
            item["metadata"].setdefault("namespace", plain(namespace))
        documents.append(yaml.safe_dump(item, sort_keys=False, width=120))
    return "".join(f"---\n{document}" for document in documents)


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Any]:
        return {"manifests": manifests}
