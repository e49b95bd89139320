"""Faults that are injected into a mesh, the cause that the verdict must name, and their undoing."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import yaml
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from mesh import APP, KUBECONFIG, Mesh
from verdict import Document, Judge

SECONDS = 20
STRANGER = KUBECONFIG.with_name("stranger")
REQUESTS = 150
NAME = "cam-fault"
OTHER_PASSWORD = "another-password-of-a-test"

Act = Callable[[Mesh], None]


@dataclass(frozen=True)
class Fault:
    """`check` must turn red and name `cause`, which must be the verdict's own cause as well."""

    name: str
    check: str
    cause: str
    inject: Act
    undo: Act
    # Arguments of the verdict that differ: what the inventory would say.
    asked: Mapping[str, Any] = field(default_factory=dict)
    # Told as an advice: the mesh stays healthy.
    is_advice: bool = False
    # In `make test` as well; all others in `make prove PIECE=faults` alone.
    is_sample: bool = False

    def is_named(self, found: Document) -> bool:
        (check,) = [one for one in found["checks"] if one["name"] == self.check]
        if self.is_advice:
            return self.cause in check["cause"] and not check["critical"]
        whole = f"{self.check}: "
        return found["cause"].startswith(whole) and self.cause in found["cause"]

    def prove(self, mesh: Mesh, judge: Judge) -> tuple[Document, float]:
        """Inject it, have it named in time, undo it, see the mesh healthy.

        The red verdict, and the seconds from the fault's effect, which `inject` waits for, until
        that verdict ended.
        """
        try:
            self.inject(mesh)
            found, seconds = judge.wait_for(self.is_named, SECONDS, **self.asked)
        finally:
            self.undo(mesh)
        in_time = self.is_named(found) and seconds <= SECONDS
        late = f"not named within {SECONDS} s; the verdict at {seconds:.1f} s: {found['lines']}"
        assert in_time, late
        assert (found["status"] == "healthy") == self.is_advice, found["lines"]
        judge.wait_for_health()
        return found, seconds


# How faults are injected


def kubectl(*words: str) -> Act:
    return lambda mesh: mesh.kubectl(*words) and None


def together(*acts: Act) -> Act:
    def act(mesh: Mesh) -> None:
        for one in acts:
            one(mesh)

    return act


def settle(mesh: Mesh) -> None:
    """Wait until the pods run it; otherwise the old ones would be judged."""
    mesh.settle()


def patch(kind: str, name: str, change: Any) -> Act:
    sort = "json" if isinstance(change, list) else "strategic"
    return kubectl("patch", kind, name, "--type", sort, "-p", json.dumps(change))


def scale(what: str, replicas: int) -> Act:
    return kubectl("scale", what, f"--replicas={replicas}")


def template(spec: dict[str, Any]) -> Act:
    """A change of the app's pods."""
    return patch("deployment", "cam-arbitration-mesh", {"spec": {"template": {"spec": spec}}})


def container(change: dict[str, Any]) -> Act:
    return template({"containers": [{"name": "cam-app", **change}]})


def switch(fault: str) -> Act:
    """One of the failures that the stand-in knows."""
    return kubectl("set", "env", APP, "CAM_FAULTS_ENABLED=true", fault)


back = kubectl("rollout", "undo", APP)


def sql(
    *statements: str, password: str = "$(cat $POSTGRES_PASSWORD_FILE)", options: str = ""
) -> Act:
    """Statements as the owner of the database, each in a transaction of its own."""
    script = (
        f'PGPASSWORD={password} PGOPTIONS="{options}" psql -X -q -v ON_ERROR_STOP=1 '
        '-U "$POSTGRES_USER" -h /var/run/postgresql -d "$POSTGRES_DB"'
    )
    # A backslash command ends with its line, a semicolon would be part of it.
    text = "".join(f"{one}\n" if one.startswith("\\") else f"{one};\n" for one in statements)
    return lambda mesh: (
        mesh.kubectl("exec", "-i", "postgres-0", "--", "sh", "-c", script, stdin=text) and None
    )


def redis(*words: str, password: str = "$(cat /etc/redis-secret/password)") -> Act:
    script = (
        f"REDISCLI_AUTH={password} redis-cli --tls --cacert /etc/redis-tls/ca.crt -h localhost "
        + " ".join(words)
    )
    return kubectl("exec", "deployment/redis", "--", "sh", "-c", script)


def taken_away(kind: str, name: str) -> tuple[Act, Act]:
    """An object is deleted, and put back as it was."""
    kept: dict[str, str] = {}

    def take(mesh: Mesh) -> None:
        item = json.loads(mesh.kubectl("get", kind, name, "-o", "json"))
        for key in ("uid", "resourceVersion", "creationTimestamp", "managedFields"):
            item["metadata"].pop(key, None)
        item.pop("status", None)
        kept["item"] = json.dumps(item)
        mesh.kubectl("delete", kind, name)

    def give(mesh: Mesh) -> None:
        mesh.kubectl("create", "--save-config=false", "-f", "-", stdin=kept["item"])

    return take, give


def replaced(
    kind: str, name: str, change: Callable[[Mesh, dict[str, str]], dict[str, str]]
) -> tuple[Act, Act]:
    """The data of a Secret or ConfigMap is changed, and put back as it was."""
    kept: dict[str, dict[str, str]] = {}

    def put(mesh: Mesh, data: dict[str, str]) -> None:
        body = json.dumps({"data": data})
        mesh.kubectl("patch", kind, name, "--type=merge", "--patch-file=/dev/stdin", stdin=body)

    def inject(mesh: Mesh) -> None:
        data = json.loads(mesh.kubectl("get", kind, name, "-o", "json"))["data"]
        kept["data"] = data
        put(mesh, change(mesh, dict(data)))

    return inject, lambda mesh: put(mesh, kept["data"])


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def expired(mesh: Mesh, data: dict[str, str]) -> dict[str, str]:
    """The same Secret with a certificate that ended yesterday."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAME)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=9))
        .not_valid_after(now - timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    return {**data, "tls.crt": encoded(made.public_bytes(serialization.Encoding.PEM).decode())}


def sees_the_mesh(mesh: Mesh) -> None:
    """Wait until Prometheus has found the pods: until then it has no targets at all."""
    service = f"/api/v1/namespaces/{mesh.namespace}/services/prometheus:http"
    deadline = time.monotonic() + 60
    while '"health":"up"' not in mesh.kubectl("get", "--raw", f"{service}/proxy/api/v1/targets"):
        assert time.monotonic() < deadline, "Prometheus finds no pods"
        time.sleep(0.5)


def prometheus(change: Callable[[dict[str, Any]], None], rules: str = "") -> tuple[Act, Act]:
    """Prometheus with another configuration, and with its own again."""

    def changed(mesh: Mesh, data: dict[str, str]) -> dict[str, str]:
        settings = json.loads(data["prometheus.yml"])
        change(settings)
        return {
            "prometheus.yml": json.dumps(settings),
            "cam_rules.yml": rules or data["cam_rules.yml"],
        }

    restart = together(
        kubectl("rollout", "restart", "deployment/prometheus"),
        kubectl("rollout", "status", "deployment/prometheus", "--timeout=60s"),
    )
    inject, undo = replaced("configmap", "prometheus-config", changed)
    return together(inject, restart, sees_the_mesh), together(undo, restart)


def some_requests(mesh: Mesh) -> None:
    """Enough of them, so that a share says something; from inside the pod, with its own key."""
    script = (
        "const {readFileSync} = require('fs');"
        "const key = readFileSync('/etc/cam/api-key/api-key', 'utf8').trim();"
        f"Promise.all(Array.from({{length: {REQUESTS}}}, (_, n) =>"
        "fetch('http://127.0.0.1:8080/process', {method: 'POST',"
        "headers: {authorization: `Bearer ${key}`, 'content-type': 'application/json'},"
        "body: JSON.stringify({prompt: `fault ${n}`})}))).then(() => console.log('sent'))"
    )
    (pod,) = mesh.pods()
    mesh.kubectl("exec", pod, "--", "node", "-e", script)


def stray(mesh: Mesh) -> None:
    """A pod of the app that nobody asked for, and that believes itself in another mesh."""
    (pod,) = mesh.pods()
    item = json.loads(mesh.kubectl("get", "pod", pod, "-o", "json"))
    labels = item["metadata"]["labels"]
    labels.pop("pod-template-hash")
    spec = item["spec"]
    for key in ("nodeName", "serviceAccount"):
        spec.pop(key, None)
    spec["containers"][0]["env"].append({"name": "CAM_MESH_ID", "value": "stray"})
    body = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": NAME, "labels": labels},
        "spec": spec,
    }
    mesh.kubectl("create", "-f", "-", stdin=json.dumps(body))
    mesh.kubectl("wait", f"pod/{NAME}", "--for=condition=Ready", "--timeout=60s")


def full_quota(mesh: Mesh) -> None:
    """As many pods as there are, and a reason to make one more."""
    # One on its way out would leave room behind for the next.
    mesh.kubectl("create", "quota", NAME, f"--hard=pods={len(mesh.running())}")
    mesh.kubectl("rollout", "restart", APP)


def few_connections(mesh: Mesh) -> None:
    """A server with room for twelve, and somebody who takes most of it."""
    position = "/spec/template/spec/containers/0/args/10"
    limit = [{"op": "replace", "path": position, "value": "max_connections=12"}]
    patch("statefulset", "postgres", limit)(mesh)
    mesh.kubectl("rollout", "status", "statefulset/postgres", "--timeout=90s")
    script = (
        "export PGPASSWORD=$(cat $POSTGRES_PASSWORD_FILE); for n in 1 2 3 4 5 6; do "
        'psql -U "$POSTGRES_USER" -h /var/run/postgresql -d "$POSTGRES_DB" '
        "-c 'SELECT pg_sleep(60)' >/dev/null 2>&1 & done"
    )
    mesh.kubectl("exec", "postgres-0", "--", "sh", "-c", script)


def claim(name: str, storage_class: str) -> Act:
    body = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": name},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": storage_class,
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }
    return lambda mesh: mesh.kubectl("create", "-f", "-", stdin=json.dumps(body)) and None


def autoscaler_gone(mesh: Mesh) -> None:
    """Somebody deletes the autoscaler that the inventory wants; this mesh needs one made first."""
    kind, name = APP.split("/")
    body = {
        "apiVersion": "autoscaling/v2",
        "kind": "HorizontalPodAutoscaler",
        "metadata": {"name": NAME},
        "spec": {
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": kind.title(), "name": name},
            "minReplicas": 1,
            "maxReplicas": 1,
        },
    }
    mesh.kubectl("create", "-f", "-", stdin=json.dumps(body))
    mesh.kubectl("delete", "hpa", NAME)


def stranger(mesh: Mesh) -> None:
    """A kubeconfig of somebody who may do nothing in this cluster."""
    mesh.kubectl("create", "serviceaccount", NAME)
    settings = yaml.safe_load(KUBECONFIG.read_text("utf-8"))
    settings["users"][0]["user"] = {"token": mesh.kubectl("create", "token", NAME).strip()}
    STRANGER.touch(mode=0o600)
    STRANGER.write_text(yaml.safe_dump(settings), "utf-8")


def nothing(mesh: Mesh) -> None:
    """There is nothing to do."""


PROBE = {"httpGet": {"path": "/nowhere", "port": "http"}, "periodSeconds": 1, "failureThreshold": 1}
LOSE = (
    "CREATE FUNCTION lose() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
    "CREATE TRIGGER lose BEFORE INSERT ON {} FOR EACH ROW EXECUTE FUNCTION lose()",
)
ALERT = """groups:
  - name: faults
    rules:
      - {alert: FaultInjected, expr: vector(1), labels: {severity: critical}}
"""


def lost(table: str) -> tuple[Act, Act]:
    return sql(LOSE[0], LOSE[1].format(table)), sql("DROP FUNCTION lose CASCADE")


def config(**data: str) -> Act:
    return patch("configmap", "cam-arbitration-mesh", {"data": data})


def quickly(settings: dict[str, Any]) -> None:
    settings["global"]["evaluation_interval"] = "1s"


def without_collaboration(settings: dict[str, Any]) -> None:
    settings["scrape_configs"] = [
        one for one in settings["scrape_configs"] if one["job_name"] != "cam-collaboration-engine"
    ]


FAULTS = (
    Fault(
        "right-missing", "nodes", "the kubeconfig's user may not do this",
        stranger,
        together(kubectl("delete", "serviceaccount", NAME), lambda mesh: STRANGER.unlink()),
        asked={"kubeconfig": str(STRANGER)},
    ),
    # Database and cache
    Fault(
        "database-down", "database", "scaled to 0",
        scale("statefulset/postgres", 0), scale("statefulset/postgres", 1), is_sample=True,
    ),
    Fault(
        "database-password", "database_login", "password authentication failed",
        sql(f"ALTER ROLE CURRENT_USER PASSWORD '{OTHER_PASSWORD}'"),
        sql(
            "\\set password `cat $POSTGRES_PASSWORD_FILE`",
            "ALTER ROLE CURRENT_USER PASSWORD :'password'",
            password=OTHER_PASSWORD,
        ),
        is_sample=True,
    ),
    Fault(
        "database-read-only", "database_login", "the database is read-only",
        sql("ALTER SYSTEM SET default_transaction_read_only = on", "SELECT pg_reload_conf()"),
        sql(
            "ALTER SYSTEM RESET default_transaction_read_only", "SELECT pg_reload_conf()",
            options="-c default_transaction_read_only=off",
        ),
    ),
    Fault(
        "database-connections", "database_connections", "connections",
        few_connections,
        together(
            patch("statefulset", "postgres", [{
                "op": "replace", "path": "/spec/template/spec/containers/0/args/10",
                "value": "max_connections=100",
            }]),
            kubectl("rollout", "status", "statefulset/postgres", "--timeout=90s"),
        ),
    ),
    Fault(
        "cache-down", "cache", "scaled to 0",
        scale("deployment/redis", 0), scale("deployment/redis", 1), is_sample=True,
    ),
    Fault(
        "cache-password", "cache_login", "WRONGPASS",
        redis("ACL", "SETUSER", "default", "resetpass", f"'>{OTHER_PASSWORD}'"),
        redis("ACL", "LOAD", password=OTHER_PASSWORD),
        is_sample=True,
    ),
    Fault(
        "cache-noeviction", "cache_memory", "a full cache refuses writes",
        redis("CONFIG", "SET", "maxmemory-policy", "noeviction"),
        redis("CONFIG", "SET", "maxmemory-policy", "allkeys-lru"),
    ),
    Fault(
        "cache-hangs", "cache_login", "did not end within",
        redis("CLIENT", "PAUSE", "15000", "ALL"), nothing, asked={"timeout_seconds": 4},
    ),
    # The app's pods
    Fault(
        "app-down", "rollout", "scaled to 0", scale(APP, 0), scale(APP, 1), is_sample=True,
    ),
    Fault(
        "image-missing", "rollout", "the image localhost/none:1 cannot be pulled",
        kubectl("set", "image", APP, "cam-app=localhost/none:1"), back, is_sample=True,
    ),
    Fault(
        "image-name", "rollout", "InvalidImageName",
        kubectl("set", "image", APP, "cam-app=localhost/None:1"), back,
    ),
    Fault(
        "crash", "rollout", "its last log line: CAM_FAULT_CRASH_ON_START is set",
        switch("CAM_FAULT_CRASH_ON_START=true"), back, is_sample=True,
    ),
    Fault(
        "wrong-setting", "rollout", 'CAM_ARBITRATION_TIMEOUT is "soon"',
        kubectl("set", "env", APP, "CAM_ARBITRATION_TIMEOUT=soon"), back,
    ),
    Fault(
        "memory", "rollout", "OOMKilled, it took more memory than its limit of 384Mi",
        switch("CAM_FAULT_MEMORY_GROWTH_MIB=300"), back,
    ),
    Fault(
        "readiness", "rollout",
        "its readiness probe failed: HTTP probe failed with statuscode: 503",
        switch("CAM_FAULT_READINESS=true"), back, is_sample=True,
    ),
    Fault(
        "liveness", "rollout", "its liveness probe failed",
        container({"livenessProbe": {**PROBE, "terminationGracePeriodSeconds": 1}}), back,
    ),
    Fault(
        "startup", "rollout", "its startup probe failed",
        container({"startupProbe": PROBE}), back,
    ),
    Fault(
        "config-map-missing", "rollout", 'configmap "nowhere" not found',
        patch("deployment", "cam-arbitration-mesh", [{
            "op": "replace", "path": "/spec/template/spec/containers/0/envFrom/0/configMapRef/name",
            "value": "nowhere",
        }]),
        back,
    ),
    Fault(
        "secret-missing", "rollout", 'secret "nowhere" not found',
        template({"volumes": [{"name": "redis", "secret": {"secretName": "nowhere"}}]}), back,
    ),
    Fault(
        "secret-key-missing", "rollout", "couldn't find key nowhere in Secret",
        container({"env": [{"name": "FAULT", "valueFrom": {
            "secretKeyRef": {"name": "cam-api-key", "key": "nowhere"},
        }}]}),
        back,
    ),
    Fault(
        "unschedulable", "rollout", "Insufficient cpu",
        kubectl("set", "resources", APP, "--requests=cpu=64", "--limits=cpu=64"), back,
    ),
    Fault(
        "claim-missing", "rollout", 'persistentvolumeclaim "nowhere" not found',
        template({"volumes": [{
            "name": "fault", "persistentVolumeClaim": {"claimName": "nowhere"},
        }]}),
        back,
    ),
    Fault(
        "claim-unbound", "claims", f"claim {NAME} is Pending",
        claim(NAME, "gold"), kubectl("delete", "pvc", NAME),
    ),
    Fault(
        "quota", "rollout", "quota exceeded: pods",
        full_quota, together(kubectl("delete", "quota", NAME), back), is_sample=True,
    ),
    Fault(
        "pod-security", "rollout", "denied by Pod Security",
        template({"hostNetwork": True}), back,
    ),
    Fault(
        "service-account", "rollout", "its pods cannot be made",
        template({"serviceAccountName": "nowhere"}), back,
    ),
    Fault(
        "dns", "rollout", "DNS: a name cannot be resolved",
        kubectl("set", "env", APP, "DB_HOST=postgres.nowhere.invalid"), back,
    ),
    Fault(
        "migration", "rollout", "a migration failed",
        together(
            sql("ALTER TABLE schema_revision RENAME TO kept"),
            kubectl("rollout", "restart", APP),
        ),
        together(
            back,
            sql("BEGIN", "DROP TABLE IF EXISTS schema_revision",
                "ALTER TABLE kept RENAME TO schema_revision", "COMMIT"),
        ),
    ),
    Fault(
        "schema", "schema", "the database has schema revision 3, the app needs 4",
        sql("DELETE FROM schema_revision WHERE revision = 4"),
        sql("INSERT INTO schema_revision (revision) VALUES (4)"),
    ),
    Fault(
        "autoscaler", "autoscaler", "the autoscaler is gone",
        autoscaler_gone, kubectl("delete", "hpa", NAME, "--ignore-not-found"),
        asked={"autoscaling": True},
    ),
    Fault(
        "disruption", "disruption", "no pod may be evicted",
        kubectl("create", "pdb", NAME, "--selector=app=cam", "--min-available=1"),
        kubectl("delete", "pdb", NAME), is_advice=True,
    ),
    # The ways to the app
    Fault(
        "certificate", "certificates", "expired on", *replaced("secret", "postgres-tls", expired),
    ),
    Fault(
        "service-selector", "endpoints", "matches no pod",
        patch("service", "cam-service", {"spec": {"selector": {"app": "nobody"}}}),
        patch("service", "cam-service", {"spec": {"selector": {"app": None}}}),
        is_sample=True,
    ),
    Fault(
        "service-gone", "endpoints", "the Service is gone",
        *taken_away("service", "cam-service"),
    ),
    Fault(
        "service-port", "health", "connection refused",
        patch("service", "cam-service", [
            {"op": "replace", "path": "/spec/ports/0/targetPort", "value": 9},
        ]),
        patch("service", "cam-service", [
            {"op": "replace", "path": "/spec/ports/0/targetPort", "value": "http"},
        ]),
    ),
    Fault(
        "ingress-gone", "edge", "the edge does not lead to the mesh",
        *taken_away("ingress", "cam-ingress"),
    ),
    Fault(
        "metric-renamed", "metrics",
        "cam_cost_total is missing, perhaps renamed to cam_costs_total",
        together(switch("CAM_FAULT_RENAME_METRIC=cam_cost_total=cam_costs_total"), settle), back,
        is_sample=True,
    ),
    Fault(
        "metric-renamed-on-both-pages", "metrics",
        "sessions_active is missing, perhaps renamed to cam_collaboration_session_active",
        together(
            switch(
                "CAM_FAULT_RENAME_METRIC="
                "cam_collaboration_sessions_active=cam_collaboration_session_active"
            ),
            settle,
        ),
        back,
    ),
    Fault(
        "version", "health", "wrong version runs",
        together(switch("CAM_FAULT_VERSION=1.9.9"), settle), back,
    ),
    # What the mesh is for
    Fault(
        "api-key", "process", "the API key is refused",
        *replaced("secret", "cam-api-key", lambda mesh, data: {"api-key": encoded("f" * 40)}),
    ),
    Fault(
        "errors", "process", "the request failed",
        together(switch("CAM_FAULT_ERROR_SHARE=1"), settle), back,
    ),
    Fault(
        "latency", "slo", "the 95th percentile of the arbitration latency is",
        together(switch("CAM_FAULT_LATENCY_MS=900"), settle, some_requests), back,
    ),
    Fault(
        "policy", "process", "does the policy of cam_health_process_policy exist?",
        sql("DELETE FROM policies WHERE id = 'balanced'"),
        sql("INSERT INTO policies (id, name, category) "
            "VALUES ('balanced', 'Balanced choice', 'balanced')"),
    ),
    Fault("row-lost", "process_row", "the request was not stored", *lost("requests")),
    Fault(
        "audit-lost", "process_audit", "the audit log does not have it", *lost("audit_log"),
        is_sample=True,
    ),
    Fault(
        "cache-keeps-nothing", "cache_round_trip", "Redis does not keep it",
        redis("CONFIG", "SET", "maxmemory", "1"), redis("CONFIG", "SET", "maxmemory", "64mb"),
    ),
    Fault(
        "sessions", "collaboration", "a session cannot be opened",
        sql("ALTER TABLE sessions RENAME TO kept"), sql("ALTER TABLE kept RENAME TO sessions"),
    ),
    # The mesh as one
    Fault(
        "threshold", "consensus", "a threshold of 0.3 lets parts of the mesh decide differently",
        config(CAM_CONSENSUS_THRESHOLD="0.3"), config(CAM_CONSENSUS_THRESHOLD="0.66"),
    ),
    Fault(
        "algorithm", "consensus", "'paxos' is no consensus algorithm of CAM",
        config(CAM_CONSENSUS_ALGORITHM="paxos"), config(CAM_CONSENSUS_ALGORITHM="raft"),
    ),
    Fault(
        "config-map-gone", "consensus", "ConfigMap cam-arbitration-mesh is gone",
        *taken_away("configmap", "cam-arbitration-mesh"),
    ),
    Fault(
        "stray-instance", "agreement", "instances disagree on their mesh id",
        stray, kubectl("delete", "pod", NAME),
    ),
    # The monitoring
    Fault(
        "prometheus-down", "prometheus", "Prometheus is down: scaled to 0",
        scale("deployment/prometheus", 0), scale("deployment/prometheus", 1), is_sample=True,
    ),
    Fault(
        "alertmanager-down", "alertmanager", "since Alertmanager is down: scaled to 0",
        scale("deployment/alertmanager", 0), scale("deployment/alertmanager", 1),
    ),
    Fault(
        "rules-gone", "rules", "alerts cannot fire",
        *prometheus(lambda settings: None, rules="groups: []"),
    ),
    Fault(
        "job-gone", "targets", "0 targets of job cam-collaboration-engine",
        *prometheus(without_collaboration),
    ),
    Fault("alert", "alerts", "alerts fire: FaultInjected", *prometheus(quickly, rules=ALERT)),
)  # fmt: skip
