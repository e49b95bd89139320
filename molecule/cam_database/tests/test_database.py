"""PostgreSQL as a client meets it: TLS, a password, and data that stays."""

LOGIN = 'PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE") psql -tA -U "$POSTGRES_USER" -d "$POSTGRES_DB"'


def test_a_login_over_tls_reaches_the_database_of_the_seed(kubectl) -> None:
    done = kubectl.exec(
        "postgres-0",
        f'PGSSLMODE=require {LOGIN} -h postgres -c "select current_database(), ssl from'
        ' pg_stat_ssl where pid = pg_backend_pid()"',
    )
    assert done.stdout.strip() == "cam_production|t", done.stderr


def test_plaintext_is_refused(kubectl) -> None:
    done = kubectl.exec("postgres-0", f"PGSSLMODE=disable {LOGIN} -h postgres -c 'select 1'")
    assert done.rc != 0
    assert "no encryption" in done.stderr


def test_a_wrong_password_is_refused(kubectl) -> None:
    done = kubectl.exec(
        "postgres-0",
        "PGSSLMODE=require PGPASSWORD=wrong psql -h postgres -U $POSTGRES_USER -d $POSTGRES_DB"
        " -c 'select 1'",
    )
    assert done.rc != 0
    assert "authentication failed" in done.stderr


def test_data_survives_the_end_of_the_pod(kubectl) -> None:
    make = "create table if not exists kept (n int); truncate kept; insert into kept values (7)"
    assert kubectl.exec("postgres-0", f"{LOGIN} -h /var/run/postgresql -c '{make}'").rc == 0
    kubectl("delete pod postgres-0 --wait=true")
    kubectl("rollout status statefulset/postgres --timeout=120s")
    kept = kubectl.exec("postgres-0", f"{LOGIN} -h /var/run/postgresql -c 'select n from kept'")
    assert kept.stdout.strip() == "7", kept.stderr


def test_the_server_is_no_root(kubectl) -> None:
    assert kubectl.exec("postgres-0", "id -u").stdout.strip() == "999"
