"""Redis as a client meets it: TLS and a password."""


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
