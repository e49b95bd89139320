# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small client of the Kubernetes API: raw JSON over one pool of connections.

The `kubernetes` package does what is hard to do well (kubeconfig, credentials, TLS, proxies, the
websocket frames of exec and port-forward); its thousand model classes are not used.
"""

from __future__ import annotations

import contextlib
import copy
import http.client
import json
import ssl
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from ansible_collections.cam.mesh.plugins.module_utils import _yaml
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from ansible_collections.cam.mesh.plugins.module_utils._http import (
    LARGEST_ANSWER_BYTES,
    Answer,
    Deadline,
    exchange,
)

try:
    import urllib3
    import websocket
    import yaml
    from kubernetes.client.configuration import Configuration
    from kubernetes.client.exceptions import ApiException
    from kubernetes.client.rest import RESTClientObject
    from kubernetes.config.config_exception import ConfigException
    from kubernetes.config.kube_config import KubeConfigLoader
    from kubernetes.stream import ws_client
except ImportError as error:
    MISSING_LIBRARY: str | None = str(error)
else:
    MISSING_LIBRARY = None

CONNECTIONS = 16
# A list of ten thousand whole pods is 42 MiB.
LARGEST_LIST_BYTES = 256 * 2**20
READ_BYTES = 2**18
DISCOVERY = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
PROXY_FAILURE = "error trying to reach service"
APPLY = "application/apply-patch+yaml"


class KubeError(CamError):
    """The API answered with an error, or (status 0) did not answer at all."""

    def __init__(self, message: str, *, status: int, reason: str, path: str) -> None:
        super().__init__(message)
        self.status = status
        self.reason = reason
        self.path = path


class Kube:
    """One cluster, seen through one kubeconfig context. Safe to share between threads."""

    def __init__(self, configuration: Any) -> None:
        self.server: str = str(configuration.host)
        self._configuration = configuration
        self._lock = threading.Lock()
        self._kinds: dict[str, dict[str, tuple[str, bool]]] | None = None
        self._context: ssl.SSLContext | None = None
        self._tls = {
            name: Path(getattr(configuration, name)).read_bytes()
            for name in ("ssl_ca_cert", "cert_file", "key_file")
            if getattr(configuration, name)
        }
        self._pool = self._open_pool()

    @classmethod
    def connect(cls, kubeconfig: str, context: str | None = None) -> Kube:
        """Reads the kubeconfig; no request is sent to the API."""
        if MISSING_LIBRARY is not None:
            raise CamError(
                f"The Python library `kubernetes` is not usable here ({MISSING_LIBRARY}). It is "
                "needed to talk to the cluster: pip install kubernetes"
            )
        path = Path(kubeconfig).expanduser()
        # Read here and not by the package, which takes ten times as long and reads it twice.
        content = _kubeconfig(path, context)
        configuration = Configuration()
        # Client keys that the kubeconfig carries inline pass through files, because OpenSSL reads
        # nothing else. An Ansible worker ends without its exit handlers, so they are removed here.
        with tempfile.TemporaryDirectory(prefix="cam-kube-") as folder:
            try:
                loader = KubeConfigLoader(
                    config_dict=content,
                    active_context=context or None,
                    config_base_path=str(path.parent.absolute()),
                    temp_file_path=folder,
                )
                loader.load_and_set(configuration)
                return cls(configuration)
            except (ConfigException, OSError, ValueError, TypeError, KeyError) as error:
                raise CamError(
                    f"The kubeconfig {path} cannot be used: {error}. Correct that file, or name "
                    "another one in `kubeconfig`."
                ) from error

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Any = None,
        content_type: str = "application/json",
        accept: str = "application/json",
        headers: Mapping[str, str] | None = None,
        timeout: float = 30.0,
        check: bool = True,
        to_app: bool = False,
    ) -> Answer:
        """Sends one request; with `check`, an answer of 400 or more is a KubeError.

        What goes on to an app (`to_app`) is not asked again when it is slow, nor read without end.
        """
        sent = {"Accept": accept, **self._credentials(), **(headers or {})}
        payload: bytes | str | None = None
        if body is not None:
            payload = body if isinstance(body, bytes | str) else json.dumps(body)
            sent.setdefault("Content-Type", content_type)
        url = self.server + path + ("?" + urlencode(query) if query else "")
        deadline = Deadline(timeout)
        try:
            response = self._pool.request(
                method,
                url,
                body=payload,
                headers=sent,
                timeout=urllib3.Timeout(connect=min(timeout, 10.0), read=timeout),
                retries=_retries(reads=0 if to_app else 2),
                redirect=False,
                preload_content=False,
            )
            content = _content(response, path, deadline, to_app)
        except (urllib3.exceptions.ReadTimeoutError, TimeoutError) as error:
            raise _silent(path, timeout) from error
        except (urllib3.exceptions.HTTPError, OSError) as error:
            if isinstance(getattr(error, "reason", None), urllib3.exceptions.ReadTimeoutError):
                raise _silent(path, timeout) from error
            raise self._unreachable(path, error) from error
        answer = Answer(
            response.status,
            {name.lower(): value for name, value in response.headers.items()},
            content,
        )
        if check and answer.status >= 400:
            raise _refused(method, path, answer)
        return answer

    @property
    def is_direct(self) -> bool:
        """Whether the API server is reached without a proxy in between."""
        return not getattr(self._configuration, "proxy", None)

    def get(self, path: str, **query: str) -> dict[str, Any]:
        found = self.request("GET", path, query=query or None).json()
        return found if isinstance(found, dict) else {}

    def find(self, path: str) -> dict[str, Any] | None:
        """The object at this path, or None if there is none."""
        answer = self.request("GET", path, check=False)
        if answer.status == 404:
            return None
        if answer.status >= 400:
            raise _refused("GET", path, answer)
        found = answer.json()
        return found if isinstance(found, dict) else None

    def path_for(self, api_version: str, kind: str, namespace: str | None, name: str | None) -> str:
        """The path of an object, or of its list when no name is given."""
        if {".", ".."} & {namespace, name}:
            # In a path these lead to another object.
            raise CamError(f"{kind} {namespace or ''}/{name or ''}: no object has such a name")
        plural, namespaced = self._kind(api_version, kind)
        path = f"/apis/{api_version}" if "/" in api_version else f"/api/{api_version}"
        if namespaced and namespace:
            path += f"/namespaces/{quote(namespace, safe='')}"
        path += f"/{plural}"
        return f"{path}/{quote(name, safe='')}" if name else path

    def namespaced(self, api_version: str, kind: str) -> bool:
        return self._kind(api_version, kind)[1]

    def api_versions(self) -> list[str]:
        """What the cluster serves, as Helm wants it: group/version and group/version/Kind."""
        with self._lock:
            kinds = self._kinds
        if kinds is None:
            kinds = self._discover()
            with self._lock:
                self._kinds = kinds
        return sorted(
            {*kinds, *(f"{version}/{kind}" for version, known in kinds.items() for kind in known)}
        )

    def service(
        self,
        namespace: str,
        service: str,
        port: str | int,
        path: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        timeout: float = 10.0,
    ) -> Answer:
        """Asks an app through the API's service proxy; the app's own status is never an error."""
        full = f"/api/v1/namespaces/{namespace}/services/{service}:{port}/proxy{path}"
        return self.app(method, full, headers=headers, body=body, timeout=timeout)

    def app(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        timeout: float = 10.0,
    ) -> Answer:
        """Asks an app by the API's proxy path to it; only what the API itself says is an error."""
        answer = self.request(
            method,
            path,
            body=body,
            headers=headers,
            accept="*/*",
            timeout=timeout,
            check=False,
            to_app=True,
        )
        if answer.status >= 400 and _said_by_api_server(answer):
            raise _refused(method, path, answer)
        return answer

    def exec(
        self,
        namespace: str,
        pod: str,
        container: str,
        command: list[str],
        *,
        stdin: str | None = None,
        timeout: float = 30.0,
    ) -> tuple[int, str, str]:
        """Runs a command in a container: return code, stdout, stderr."""
        path = f"/api/v1/namespaces/{namespace}/pods/{pod}/exec"
        query = [("container", container), ("stdout", "true"), ("stderr", "true")]
        if stdin is not None:
            query.append(("stdin", "true"))
        query += [("command", word) for word in command]
        url = ws_client.get_websocket_url(self.server + path, query)
        deadline = time.monotonic() + timeout
        client = None
        try:
            with self._websocket_settings(timeout) as configuration:
                client = ws_client.WSClient(configuration, url, self._ws_headers(), False)
            if stdin is not None:
                client.write_stdin(stdin)
                client.close_channel(ws_client.STDIN_CHANNEL)
            while client.is_open() and time.monotonic() < deadline:
                client.update(timeout=max(0.05, deadline - time.monotonic()))
            if client.is_open():
                raise KubeError(
                    f"`{command[0]}` in {namespace}/{pod} ({container}) did not end within "
                    f"{timeout:g} s.",
                    status=0,
                    reason="Timeout",
                    path=path,
                )
            out, err = client.read_channel(1), client.read_channel(2)
            return _exit_code(client.read_channel(3), path), out, err
        except (websocket.WebSocketException, OSError) as error:
            raise self._websocket_failure(path, error) from error
        finally:
            if client is not None:
                client.close()

    def forward(
        self,
        namespace: str,
        pod: str,
        port: int,
        *,
        method: str,
        path: str,
        headers: Mapping[str, str] | None = None,
        body: Any = None,
        timeout: float = 10.0,
    ) -> Answer:
        """HTTP to a pod's port through port-forward, which keeps the Authorization header."""
        full = f"/api/v1/namespaces/{namespace}/pods/{pod}/portforward"
        deadline = Deadline(timeout)
        tunnel = None
        try:
            with self._websocket_settings(timeout) as configuration:
                tunnel = ws_client.portforward_call(
                    configuration,
                    "GET",
                    self.server + full,
                    query_params=[("ports", str(port))],
                    headers=self._ws_headers(),
                )
            return exchange(
                tunnel.socket(port), deadline, method, path,
                host="localhost", port=port, headers=headers, body=body,
            )  # fmt: skip
        except ApiException as error:
            raise self._websocket_failure(full, error.__context__ or error) from error
        except (CamError, OSError) as error:
            cause = tunnel.error(port) if tunnel is not None else None
            raise KubeError(
                f"Port {port} of pod {namespace}/{pod} does not answer: "
                f"{(cause or str(error) or type(error).__name__).strip()}",
                status=0,
                reason="PortForward",
                path=full,
            ) from error
        finally:
            if tunnel is not None:
                tunnel.close()

    # Inside

    def _open_pool(self) -> Any:
        configuration = copy.copy(self._configuration)
        configuration.connection_pool_maxsize = CONNECTIONS
        pool = RESTClientObject(configuration).pool_manager
        if self.server.startswith("https"):
            # One context for all connections: it has read the key files, which may then go.
            for name in ("cert_file", "key_file", "ca_certs", "ca_cert_data"):
                pool.connection_pool_kw.pop(name, None)
            pool.connection_pool_kw["ssl_context"] = self._context = self.trust()
        return pool

    def trust(self) -> ssl.SSLContext:
        """Whom this client believes to be the API server, and what it shows of itself."""
        if self._context is not None:
            return self._context
        configuration = self._configuration
        context = ssl.create_default_context(cafile=configuration.ssl_ca_cert or None)
        # Cluster CAs are often made without the key usages that Python 3.13 asks for.
        context.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", ssl.VerifyFlags(0))
        if not configuration.verify_ssl:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        if configuration.cert_file:
            context.load_cert_chain(configuration.cert_file, configuration.key_file)
        return context

    @contextlib.contextmanager
    def _websocket_settings(self, timeout: float) -> Iterator[Any]:
        """A configuration whose TLS files exist while a websocket is being opened."""
        websocket.setdefaulttimeout(timeout)
        with tempfile.TemporaryDirectory(prefix="cam-kube-") as folder:
            configuration = copy.copy(self._configuration)
            for name, content in self._tls.items():
                file = Path(folder, name)
                file.write_bytes(content)
                setattr(configuration, name, str(file))
            yield configuration

    def _credentials(self) -> dict[str, str]:
        with self._lock:
            setting = self._configuration.auth_settings().get("BearerToken")
        return {"Authorization": setting["value"]} if setting and setting["value"] else {}

    def _ws_headers(self) -> dict[str, str]:
        return {name.lower(): value for name, value in self._credentials().items()}

    def _kind(self, api_version: str, kind: str) -> tuple[str, bool]:
        with self._lock:
            kinds = self._kinds
        if kinds is None or kind not in kinds.get(api_version, {}):
            # A kind may be younger than what was read before: ask again, once for each miss.
            kinds = self._discover()
            with self._lock:
                self._kinds = kinds
        try:
            return kinds[api_version][kind]
        except KeyError:
            raise CamError(
                f"The cluster at {self.server} has no {kind} in {api_version}. Install what "
                "provides it (an operator, its CustomResourceDefinition), or correct apiVersion "
                "and kind."
            ) from None

    def _discover(self) -> dict[str, dict[str, tuple[str, bool]]]:
        kinds: dict[str, dict[str, tuple[str, bool]]] = {}
        for path in ("/api", "/apis"):
            found = self.request("GET", path, accept=DISCOVERY).json()
            if found.get("kind") != "APIGroupDiscoveryList":
                raise CamError(
                    f"{self.server}{path} answered {found.get('kind')!r}; aggregated discovery "
                    "(Kubernetes 1.30 or newer) is needed. Check `server` in the kubeconfig."
                )
            for group in found.get("items", []):
                name = group.get("metadata", {}).get("name", "")
                for version in group.get("versions", []):
                    api_version = f"{name}/{version['version']}" if name else version["version"]
                    kinds[api_version] = {
                        resource["responseKind"]["kind"]: (
                            resource["resource"],
                            resource["scope"] == "Namespaced",
                        )
                        for resource in version.get("resources", [])
                        if resource.get("responseKind")
                    }
        return kinds

    def _unreachable(self, path: str, error: BaseException) -> KubeError:
        reason = getattr(error, "reason", None) or error
        return KubeError(
            f"The Kubernetes API at {self.server} does not answer: {reason}. Check that the "
            "cluster runs and that `server` in the kubeconfig is right.",
            status=0,
            reason="Unreachable",
            path=path,
        )

    def _websocket_failure(self, path: str, error: BaseException) -> KubeError:
        status = getattr(error, "status_code", None)
        if status is None:
            return self._unreachable(path, error)
        body = getattr(error, "resp_body", None) or b""
        return _refused("GET", path, Answer(int(status), {}, body))


def _content(response: Any, path: str, deadline: Deadline, to_app: bool) -> bytes:
    """The whole body; neither a drip of bytes nor an endless stream goes past the bounds."""
    largest = LARGEST_ANSWER_BYTES if to_app else LARGEST_LIST_BYTES
    content = bytearray()
    try:
        while chunk := response.read1(READ_BYTES):
            content += chunk
            if len(content) > largest:
                raise CamError(f"{path} answers with more than {largest >> 20} MiB")
            deadline.left()
    finally:
        # What was not read to its end cannot serve another request.
        if not response.closed:
            response.close()
        response.release_conn()
    return bytes(content)


def _silent(path: str, timeout: float) -> KubeError:
    text = f"{path} gave no answer within {timeout:g} s"
    return KubeError(text, status=0, reason="Timeout", path=path)


def _retries(reads: int) -> Any:
    """Reads and applies may be repeated; nothing else is sent twice."""
    return urllib3.Retry(
        total=4,
        connect=2,
        read=reads,
        status=4 if reads else 0,
        redirect=0,
        other=0,
        status_forcelist=(429,) if reads else (),
        allowed_methods=("GET", "PATCH"),
        backoff_factor=0.2,
        raise_on_status=False,
        raise_on_redirect=False,
    )


def _kubeconfig(path: Path, context: str | None) -> dict[str, Any]:
    """The kubeconfig; refuses one without the context that is wanted."""
    try:
        content = _yaml.load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise CamError(
            f"The kubeconfig {path} cannot be read ({error}). Name an existing file in "
            "`kubeconfig`, or make the cluster first."
        ) from error
    except yaml.YAMLError as error:
        raise CamError(f"The kubeconfig {path} is not YAML. Correct that file.") from error
    if not isinstance(content, dict) or not content.get("clusters"):
        raise CamError(f"The kubeconfig {path} names no cluster. Correct that file.")
    names = [str(entry.get("name")) for entry in content.get("contexts") or []]
    wanted = context or content.get("current-context")
    if wanted not in names:
        rule = "`context`" if context else "`current-context` in that file"
        raise CamError(
            f"The kubeconfig {path} has no context {wanted!r}; it has: "
            f"{', '.join(names) or 'none'}. Correct {rule}."
        )
    return {**content, "users": content.get("users") or []}


def _status_body(answer: Answer) -> dict[str, Any] | None:
    try:
        found = answer.json()
    except ValueError:
        return None
    is_status = isinstance(found, dict) and found.get("kind") == "Status"
    return found if is_status and found.get("apiVersion") == "v1" else None


def _said_by_api_server(answer: Answer) -> bool:
    start = answer.body[:200].decode("utf-8", "replace").lower()
    return _status_body(answer) is not None or start.startswith(PROXY_FAILURE)


def _refused(method: str, path: str, answer: Answer) -> KubeError:
    status = _status_body(answer) or {}
    text = status.get("message") or answer.body[:500].decode("utf-8", "replace").strip()
    reason = str(status.get("reason") or http.client.responses.get(answer.status, "Error"))
    return KubeError(
        f"The Kubernetes API refused {method} {path} ({answer.status} {reason}): {text}",
        status=answer.status,
        reason=reason,
        path=path,
    )


def _exit_code(channel: str, path: str) -> int:
    """The error channel ends an exec with a Status object."""
    try:
        status = json.loads(channel)
    except ValueError:
        status = {}
    if status.get("status") == "Success":
        return 0
    for cause in (status.get("details") or {}).get("causes") or []:
        if cause.get("reason") == "ExitCode":
            return int(cause["message"])
    raise KubeError(
        f"exec failed: {status.get('message') or channel.strip() or 'the connection ended early'}",
        status=int(status.get("code") or 0),
        reason=str(status.get("reason") or "Exec"),
        path=path,
    )
