"""Redis as a client meets it: TLS, a password, and data that stays."""

CLIENT = (
    "REDISCLI_AUTH=$(cat /etc/redis-secret/password) "
    "redis-cli --tls --cacert /etc/redis-tls/ca.crt -h localhost"
)


def test_the_server_is_no_root_and_has_limits(kubectl) -> None:
    pod = kubectl.get("deployment redis")["spec"]["template"]["spec"]
    assert pod["containers"][0]["resources"]["limits"]["memory"] == "128Mi"
    assert kubectl.exec("deploy/redis", "id -u").stdout.strip() == "999"


def test_plaintext_is_refused(kubectl) -> None:
    done = kubectl.exec("deploy/redis", "timeout 5 redis-cli -p 6379 ping")
    assert "PONG" not in done.stdout


def test_no_password_is_refused(kubectl) -> None:
    done = kubectl.exec("deploy/redis", "timeout 5 redis-cli --tls --insecure ping")
    assert "NOAUTH" in done.stdout + done.stderr


def test_the_password_is_in_no_argument_and_no_variable(kubectl) -> None:
    password = kubectl.secret("redis-secret")["password"]
    assert len(password) >= 22
    seen = kubectl.exec("deploy/redis", "cat /proc/*/cmdline /proc/self/environ | tr '\\0' '\\n'")
    assert password not in seen.stdout


def test_data_survives_the_end_of_the_pod(kubectl) -> None:
    assert kubectl.exec("deploy/redis", f"{CLIENT} set kept 7").stdout.strip() == "OK"
    kubectl("delete pod -l app.kubernetes.io/name=redis --wait=true")
    kubectl("rollout status deployment/redis --timeout=120s")
    kept = kubectl.exec("deploy/redis", f"{CLIENT} get kept")
    assert kept.stdout.strip() == "7", kept.stderr
