"""Everything that is before moto: the journal, the faults, and the interface to both."""

from __future__ import annotations

import io
import json
import socket
import struct
import threading
import time
import traceback
from collections.abc import Callable, Iterable
from dataclasses import asdict
from typing import Any

from doubles.aws import access, faults, presigned, states
from doubles.aws.estate import ESTATE
from doubles.aws.faults import Faults
from doubles.aws.identify import Identity, identify
from doubles.aws.journal import Journal, mutating
from doubles.aws.states import OUTCOMES
from moto.moto_api._internal.models import moto_api_backend

Start = Callable[..., Any]
# Status, headers, body, and the code of the error if it is one.
Served = tuple[int, dict[str, str], bytes, str]
App = Callable[[dict[str, Any], Start], Iterable[bytes]]
# A reset is the kernel's own: closing a socket that lingers for no time sends RST.
AT_ONCE = struct.pack("ii", 1, 0)
# boto3 does not try 501 again, so what the double cannot do is seen at once.
CANNOT = 501


class Gateway:
    """WSGI. `policies`: user name to policy, made anew after each reset; none: no enforcement until
    the operator is given one."""

    def __init__(self, app: App, journal: Journal, policies: dict[str, dict[str, Any]]) -> None:
        self._app, self.journal, self.faults = app, journal, Faults()
        self._at_first, self._policies = policies, dict(policies)
        # moto's backends were not made for several threads.
        self._one_at_a_time = threading.Lock()
        self._people()

    def _people(self) -> None:
        for user in (access.ADMIN, access.OPERATOR):
            if user.name in self._policies:
                access.add(user, self._policies[user.name])
        access.enforce(bool(self._policies))

    def __call__(self, environ: dict[str, Any], start: Start) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        path = environ["PATH_INFO"]
        if path.startswith("/_cam/"):
            return self._told(environ["REQUEST_METHOD"], path[6:], body, start)
        if path.startswith("/moto-api"):
            return self._pass(environ, body, start)
        begun = time.monotonic()
        call = identify(environ, body)
        who = access.principal(call.access_key)
        fault = self.faults.striking(call)
        status, headers, answer, error = self._served(environ, body, call, fault, who)
        self.journal.add(
            service=call.service, action=call.action, region=call.region, principal=who,
            mutating=mutating(call.service, call.action, call.params), parameters=call.params,
            fault=fault.kind if fault else "", status=status, error=error,
            seconds=round(time.monotonic() - begun, 3),
        )  # fmt: skip
        if fault and fault.kind in {"reset", "drop"}:
            linger(environ["werkzeug.socket"])
            raise ConnectionAbortedError(f"{call.service}:{call.action} is to be reset")
        start(f"{status} -", list(headers.items()))
        return [answer]

    def _served(
        self,
        environ: dict[str, Any],
        body: bytes,
        call: Identity,
        fault: faults.Fault | None,
        who: str,
    ) -> Served:
        if fault:
            time.sleep(fault.delay)
        carried_out = not fault or fault.kind in {"reset", "slow"} or fault.carried_out
        served: Served = (0, {}, b"", "")
        if carried_out and not call.service and presigned.is_one(environ):
            call.service, call.action = "sts", "GetCallerIdentity"
            served = presigned.answer(environ)
        elif carried_out:
            served = self._moto(environ, body, call)
        if not fault or fault.kind in faults.SILENT:
            return served
        code, status, message = fault.error(call, who)
        return _encoded(*faults.answer(call, code, status, message), code)

    def _moto(self, environ: dict[str, Any], body: bytes, call: Identity) -> Served:
        kept: list[tuple[str, list[tuple[str, str]]]] = []

        def start(status: str, headers: list[tuple[str, str]], info: Any = None) -> None:
            kept.append((status, headers))

        try:
            with self._one_at_a_time:
                environ = {**environ, "wsgi.input": io.BytesIO(body)}
                answer = b"".join(self._app(environ, start))
        except NotImplementedError as error:
            code = "NotImplementedByTheDouble"
            message = f"{call.service}:{call.action}: {error}"
            return _encoded(*faults.answer(call, code, CANNOT, message), code)
        except Exception as error:
            traceback.print_exc()
            code = "TheDoubleCrashed"
            message = f"{call.service}:{call.action}: {error!r}"
            return _encoded(*faults.answer(call, code, CANNOT, message), code)
        status, headers = int(kept[-1][0].split()[0]), dict(kept[-1][1])
        return status, headers, answer, _code(answer, headers) if status >= 400 else ""

    def _pass(self, environ: dict[str, Any], body: bytes, start: Start) -> Iterable[bytes]:
        with self._one_at_a_time:
            return list(self._app({**environ, "wsgi.input": io.BytesIO(body)}, start))

    def _told(self, method: str, what: str, body: bytes, start: Start) -> Iterable[bytes]:
        """GET calls, faults, outcomes, estate; POST faults, outcomes, estate, policy, quiet,
        reset."""
        try:
            with self._one_at_a_time:
                answer, status = self._tell(method, what, json.loads(body or b"null")), 200
        except (KeyError, TypeError, ValueError) as error:
            answer, status = {"error": str(error)}, 400
        made = json.dumps(answer).encode()
        start(f"{status} -", [("Content-Type", "application/json"),
                              ("Content-Length", str(len(made)))])  # fmt: skip
        return [made]

    def _tell(self, method: str, what: str, given: Any) -> Any:
        if method == "POST":
            if what == "faults":
                self.faults.plan(given)
            elif what == "outcomes":
                OUTCOMES.plan(given)
            elif what == "estate":
                ESTATE.update(given)
            elif what == "policy":
                of_the_operator = {access.OPERATOR.name: given} if given else {}
                self._policies = {**self._at_first, **of_the_operator}
                self._people()
            elif what == "quiet":
                self._quiet()
            elif what == "reset":
                moto_api_backend.reset()
                self._quiet()
                self._people()
            elif what == "calls/clear":
                self.journal.clear()
        if what.startswith("calls"):
            return self.journal.calls
        return {
            "faults": [asdict(fault) for fault in self.faults.planned],
            "outcomes": [asdict(outcome) for outcome in OUTCOMES.planned],
            "estate": asdict(ESTATE),
        }

    def _quiet(self) -> None:
        self.faults.plan([])
        OUTCOMES.plan([])
        states.at_once()
        self.journal.clear()


def linger(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)


def lingers(connection: socket.socket) -> bool:
    size = len(AT_ONCE)
    return connection.getsockopt(socket.SOL_SOCKET, socket.SO_LINGER, size) == AT_ONCE


def _encoded(status: int, headers: dict[str, str], body: str, code: str) -> Served:
    made = body.encode()
    return status, {**headers, "Content-Length": str(len(made))}, made, code


def _code(answer: bytes, headers: dict[str, str]) -> str:
    """The error's code in any of the protocols."""
    named = {name.lower(): value for name, value in headers.items()}.get("x-amzn-errortype")
    if named:
        return named.split(":")[0]
    text = answer.decode("utf-8", "replace")
    if "<Code>" in text:
        return text.partition("<Code>")[2].partition("</Code>")[0]
    try:
        found = json.loads(text)
        return str(found.get("__type") or found.get("code") or "").rpartition("#")[2]
    except (ValueError, AttributeError):
        return ""
