# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access to one mesh for the checks: its objects, its app, its pods. Each thing is read once."""

from __future__ import annotations

import base64
import ssl
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from datetime import UTC, datetime
from typing import Any

from ansible_collections.cam.mesh.plugins.module_utils import _names
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._fetch import fetch
from ansible_collections.cam.mesh.plugins.module_utils._http import Answer
from ansible_collections.cam.mesh.plugins.module_utils._kube import Kube
from ansible_collections.cam.mesh.plugins.module_utils._run import CONNECTION_SPEC
from ansible_collections.cam.mesh.plugins.module_utils._threads import side_by_side

Object = Mapping[str, Any]

# What modules take that use a mesh as its clients do.
CLIENT_SPEC: dict[str, Any] = {
    **CONNECTION_SPEC,
    "cluster": {"type": "str", "default": ""},
    "environment": {"type": "str", "default": ""},
    "namespace": {"type": "str", "required": True},
    "url": {"type": "str", "default": ""},
    "url_address": {"type": "str", "default": ""},
    "url_ca_secret": {"type": "dict", "no_log": False},
    "api_key_secret": {"type": "dict", "required": True, "no_log": False},
    "timeout_seconds": {"type": "int", "default": 10},
}
PORT = 8080
# Pods that are asked at a time; connections are shared with the other checks.
WORKERS = 8
# One that hangs says so itself before those that ask many give up.
GRACE_SECONDS = 1.0
NEWEST_LINES = 40


class Look:
    """One look at one mesh cluster. Safe to share between threads."""

    def __init__(
        self,
        kube: Kube,
        params: Mapping[str, Any],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.kube = kube
        self.params = params
        self.now = now
        self.namespace = str(params["namespace"])
        self.timeout = float(params["timeout_seconds"])
        self._lock = threading.Lock()
        self._answers: dict[object, Future[Any]] = {}

    # pylint assumes Python 3.9 of every module; tests/config.yml demands 3.12.
    # pylint: disable-next=using-generic-type-syntax-in-unsupported-version
    def once[T](self, key: object, read: Callable[[], T]) -> T:
        """What `read` returns or raises, however many checks ask at a time."""
        with self._lock:
            mine = key not in self._answers
            answer: Future[T] = self._answers.setdefault(key, Future())
        if mine:
            try:
                answer.set_result(read())
            except Exception as error:
                answer.set_exception(error)
        try:
            return answer.result(self.timeout)
        except TimeoutError:
            if answer.done():
                raise
            raise TimeoutError(f"no answer within {self.timeout:g} s") from None

    # pylint: disable-next=using-generic-type-syntax-in-unsupported-version
    def each[T, R](self, function: Callable[[T], R], items: Sequence[T]) -> list[R]:
        """The function of each item, several at a time; it returns something."""

        def job(item: T) -> Callable[[], R]:
            return lambda: function(item)

        seconds = self.timeout + GRACE_SECONDS
        found = side_by_side([job(item) for item in items], workers=WORKERS, seconds=seconds)
        for result in found:
            if isinstance(result, Exception):
                raise result
        results = [one for one in found if one is not None and not isinstance(one, Exception)]
        if len(results) < len(items):
            # Not an OSError, which would be a failure of theirs: they may only be too many.
            raise CamError(
                f"only {len(results)} of {len(items)} answered in {seconds:g} s: too many for "
                "cam_health_timeout_seconds, or some hang"
            )
        return results

    # Objects

    def objects(self, version: str, kind: str, namespace: str = "") -> list[dict[str, Any]]:
        """All objects of a kind in the mesh's namespace, or in another one; read once."""
        path = f"{_root(version)}/namespaces/{namespace or self.namespace}/{kind}"
        return self.once(path, lambda: _items(self.kube.get(path)))

    def find(self, version: str, kind: str, name: str) -> dict[str, Any] | None:
        """One of them; None if there is none of this name."""
        found = self.objects(version, kind)
        return next((one for one in found if one["metadata"]["name"] == name), None)

    def one(self, kind: str, name: str) -> dict[str, Any] | None:
        """A single object of v1 by its name, where the whole list is none of our business."""
        path = f"/api/v1/namespaces/{self.namespace}/{kind}/{name}"
        return self.once(path, lambda: self.kube.find(path))

    def secret(self, name: str) -> dict[str, str]:
        item = self.one("secrets", name)
        if item is None:
            raise CamError(f"Secret {name} is gone")
        return {
            key: base64.b64decode(value).decode(errors="replace")
            for key, value in (item.get("data") or {}).items()
        }

    @property
    def deployment(self) -> dict[str, Any] | None:
        return self.find("apps/v1", "deployments", self.params["deployment"])

    def pods(self, **labels: str) -> list[dict[str, Any]]:
        """The pods with these app.kubernetes.io labels that are not on their way out."""
        wanted = {f"app.kubernetes.io/{key}": value for key, value in labels.items()}
        return [
            pod
            for pod in self.objects("v1", "pods")
            if not pod["metadata"].get("deletionTimestamp")
            and wanted.items() <= (pod["metadata"].get("labels") or {}).items()
        ]

    @property
    def app_pods(self) -> list[dict[str, Any]]:
        return self.pods(name=_names.APP_NAME, component=_names.APP_COMPONENT)

    @property
    def running_pods(self) -> list[str]:
        """Names of the app's pods whose container runs, ready or not."""
        return [name_of(pod) for pod in self.app_pods if _phase(pod) == "Running"]

    def warnings(self) -> list[dict[str, Any]]:
        """What the cluster complained of in this namespace within its last hour."""
        path = f"/api/v1/namespaces/{self.namespace}/events"
        query = {"fieldSelector": "type=Warning", "limit": "1000"}
        return self.once("warnings", lambda: _items(self.kube.get(path, **query)))

    def log(self, pod: str, container: str, *, previous: bool) -> list[str]:
        """The newest lines of a container; none if it has no log (yet)."""
        path = f"/api/v1/namespaces/{self.namespace}/pods/{pod}/log"
        query = {"container": container, "tailLines": str(NEWEST_LINES)}
        if previous:
            query["previous"] = "true"
        answer = self.kube.request(
            "GET", path, query=query, accept="*/*", timeout=self.timeout, check=False
        )
        text = answer.body.decode("utf-8", "replace") if answer.status == 200 else ""
        return [line.strip() for line in text.splitlines() if line.strip()]

    # The app

    def service(self, path: str) -> Answer:
        """Through the Service, as others in the cluster reach it."""
        name = self.params["service"]
        return self.once(
            f"service {path}",
            lambda: self.kube.service(
                self.namespace, name, _names.SERVICE_PORT, path, timeout=self.timeout
            ),
        )

    def pod(self, pod: str, path: str) -> Answer:
        """One pod itself, through the API server; whatever it answers."""
        where = f"/api/v1/namespaces/{self.namespace}/pods/{pod}:{PORT}/proxy{path}"
        return self.once(
            f"{pod} {path}",
            lambda: self.kube.app("GET", where, timeout=self.timeout),
        )

    def call(self, method: str, path: str, body: Any = None, tag: str = "") -> Answer:
        """With the API key, as clients ask."""
        return self.ask(method, path, body, signed(self.api_key(), tag))

    def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Through the edge, or to a ready pod if there is no edge.

        Not through the API's service proxy: it would keep an Authorization header for itself.
        """
        if self.params["url"]:
            return self.edge(method, path, body, headers)
        ready = [name_of(pod) for pod in self.app_pods if is_ready(pod)]
        if not ready:
            raise CamError("no pod is ready to take a request")
        return self.kube.forward(
            self.namespace,
            ready[0],
            PORT,
            method=method,
            path=path,
            headers=headers,
            body=body,
            timeout=self.timeout,
        )

    def edge(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Through the edge, as clients reach it."""
        url = f"{self.params['url'].rstrip('/')}{path}"
        return fetch(
            url,
            method=method,
            body=body,
            headers=headers or {},
            address=self.params["url_address"],
            trust=self.trust() if url.startswith("https:") else None,
            timeout=self.timeout,
        )

    def edge_health(self) -> Answer:
        """The edge's /health, by which it leads to the mesh or does not; asked once."""
        return self.once("edge /health", lambda: self.edge("GET", "/health"))

    def trust(self) -> ssl.SSLContext:
        """Whom to believe at the edge."""
        text = self.authority()
        return self.once("trust", lambda: ssl.create_default_context(cadata=text or None))

    def exec(
        self, pod: str, container: str, script: str, *words: str, stdin: str
    ) -> tuple[int, str, str]:
        """A shell script in a container: return code, output, errors. Words are $1, $2, ..."""
        command = ["sh", "-c", script, "cam", *words]
        return self.kube.exec(
            self.namespace, pod, container, command, stdin=stdin, timeout=self.timeout
        )

    def prometheus(self, path: str) -> Answer:
        where = self.params["prometheus"]
        return self.kube.service(
            where["namespace"], where["service"], where["port"], path, timeout=self.timeout
        )

    def api_key(self) -> str:
        where = self.params["api_key_secret"]
        if not where:
            raise CamError("a request needs `api_key_secret` with name and key")
        return header_safe(self._value(where), f"{where['key']} in Secret {where['name']}")

    def authority(self) -> str:
        """The certificate of whoever signed the edge's; empty for the system's authorities."""
        where = self.params["url_ca_secret"]
        return self._value(where) if where else ""

    def _value(self, where: Mapping[str, str]) -> str:
        found = self.secret(where["name"])
        if where["key"] not in found:
            raise CamError(f"Secret {where['name']} has no key {where['key']}")
        return found[where["key"]]


def signed(key: str, tag: str = "") -> dict[str, str]:
    """Headers of a request with the API key; `tag` marks it as one of a health check."""
    return {"Authorization": f"Bearer {key}", **({"X-Cam-Probe": tag} if tag else {})}


def header_safe(key: str, where: str) -> str:
    """The key; Python's own refusal of one that no header can carry would show it."""
    if not (key and key.isascii() and key.isprintable()):
        raise CamError(f"{where} is not one line of printable ASCII")
    return key


def name_of(item: Object) -> str:
    return str(item["metadata"]["name"])


def is_ready(pod: Object) -> bool:
    conditions = (pod.get("status") or {}).get("conditions") or []
    return any(one["type"] == "Ready" and one["status"] == "True" for one in conditions)


def condition(item: Object, kind: str) -> Object:
    """The condition of this type, empty if the object has none."""
    found = (item.get("status") or {}).get("conditions") or []
    return next((one for one in found if one.get("type") == kind), {})


def when(text: str) -> datetime:
    """A time as Kubernetes writes it."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


def _phase(pod: Object) -> str:
    return str((pod.get("status") or {}).get("phase"))


def _items(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    found: Iterable[dict[str, Any]] = answer.get("items") or []
    return list(found)


def _root(version: str) -> str:
    return f"/apis/{version}" if "/" in version else f"/api/{version}"
