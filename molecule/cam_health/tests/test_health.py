"""A role that looks leaves the mesh as it found it."""


def test_the_mesh_still_runs(kubectl) -> None:
    found = kubectl.get("deployment cam-arbitration-mesh")
    assert found["status"]["readyReplicas"] == 1


def test_the_probe_left_a_row_of_its_own(kubectl) -> None:
    script = (
        'PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE") psql -tA -U "$POSTGRES_USER" -d "$POSTGRES_DB"'
        ' -h /var/run/postgresql -c "select count(*) from requests"'
    )
    assert int(kubectl.exec("postgres-0", script).stdout) >= 1
