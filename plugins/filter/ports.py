# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where URLs lead, for a policy that lets nothing else out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._fetch import place
from ansible_collections.cam.mesh.plugins.module_utils._run import plain

DOCUMENTATION = r"""
name: ports
short_description: The TCP ports that URLs lead to
version_added: 1.0.0
author:
  - CAM mesh contributors (@cam-protocol)
description:
  - Gives each port once, in order; an empty URL has none.
options:
  _input:
    description:
      - URLs, or mappings with C(url) and C(address), the host:port to connect to instead.
    type: list
    elements: raw
    required: true
"""

EXAMPLES = r"""
- name: Show which ports a policy must let out
  ansible.builtin.debug:
    msg: "{{ ['http://gate:9091', {'url': 'https://a', 'address': 'b:8443'}] | cam.mesh.ports }}"
"""

RETURN = r"""
_value:
  description: The ports.
  type: list
  elements: int
"""


def ports(urls: Iterable[Any]) -> list[int]:
    """The ports that these URLs lead to, each once."""
    return sorted({port for one in plain(list(urls)) for port in _port(one)})


def _port(one: Any) -> Iterable[int]:
    asked = one if isinstance(one, dict) else {"url": one}
    if not asked.get("url"):
        return
    try:
        _host, (_name, port) = place(str(asked["url"]), str(asked.get("address") or ""))
    except CamError:
        # A webhook's URL is often its password, so it is not quoted.
        text = "a URL must begin with http:// or https:// and name a host, an address be host:port"
        raise AnsibleFilterError(text) from None
    yield port


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Any]:
        return {"ports": ports}
