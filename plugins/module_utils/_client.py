# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Speaks to one mesh as its clients do: with the API key, through the edge if there is one."""

from __future__ import annotations

import base64
import ssl
from collections.abc import Mapping
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._fetch import fetch
from ansible_collections.cam.mesh.plugins.module_utils._http import Answer
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube
from ansible_collections.cam.mesh.plugins.module_utils._names import APP_SELECTOR
from ansible_collections.cam.mesh.plugins.module_utils._run import CONNECTION_SPEC

CLIENT_SPEC: dict[str, Any] = {
    **CONNECTION_SPEC,
    "namespace": {"type": "str", "required": True},
    "url": {"type": "str", "default": ""},
    "url_address": {"type": "str", "default": ""},
    "url_ca_secret": {"type": "dict", "no_log": False},
    "api_key_secret": {"type": "dict", "required": True, "no_log": False},
}
PORT = 8080


class Client:
    """A client of one mesh. Its key never leaves it but in a request to the mesh."""

    def __init__(self, kube: Kube, params: Mapping[str, Any], timeout: float) -> None:
        self.kube = kube
        self.namespace = str(params["namespace"])
        self.url = str(params["url"]).rstrip("/")
        self.address = str(params["url_address"])
        self.timeout = timeout
        self.key = self._secret(params["api_key_secret"])
        if not (self.key and self.key.isascii() and self.key.isprintable()):
            # Python's own refusal of such a header would show the key.
            where = params["api_key_secret"]
            raise CamError(
                f"{where['key']} in Secret {where['name']} is not one line of printable ASCII"
            )
        self.authority = self._secret(params["url_ca_secret"]) if params["url_ca_secret"] else ""

    def ask(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """One request with the mesh's key, or with another one; an empty one sends none.

        Without an edge it goes to a ready pod: the API's service proxy would keep the key.
        """
        key = self.key if key is None else key
        sent = {**(headers or {}), **({"Authorization": f"Bearer {key}"} if key else {})}
        if not self.url:
            return self.kube.forward(
                self.namespace, self._ready_pod(), PORT,
                method=method, path=path, headers=sent, body=body, timeout=self.timeout,
            )  # fmt: skip
        return fetch(
            f"{self.url}{path}",
            method=method,
            body=body,
            headers=sent,
            address=self.address,
            trust=self._trust() if self.url.startswith("https:") else None,
            timeout=self.timeout,
        )

    def _trust(self) -> ssl.SSLContext:
        return ssl.create_default_context(cadata=self.authority or None)

    def _ready_pod(self) -> str:
        path = f"/api/v1/namespaces/{self.namespace}/pods"
        for pod in self.kube.get(path, labelSelector=APP_SELECTOR)["items"]:
            conditions = (pod.get("status") or {}).get("conditions") or []
            if any(one["type"] == "Ready" and one["status"] == "True" for one in conditions):
                return str(pod["metadata"]["name"])
        raise CamError("no pod is ready to take a request")

    def _secret(self, where: Mapping[str, str]) -> str:
        item = self.kube.find(f"/api/v1/namespaces/{self.namespace}/secrets/{where['name']}")
        try:
            return base64.b64decode((item or {})["data"][where["key"]]).decode()
        except (KeyError, TypeError, ValueError):
            raise CamError(
                f"Secret {where['name']} of namespace {self.namespace} has no readable key "
                f"{where['key']}; deploy the mesh first"
            ) from None
