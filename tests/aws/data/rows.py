"""The rows of faults of the database: what goes wrong, how the run ends, what the next one does."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final

from estate import Estate
from remains import ended_well, tagged

MODEL: Final = "rds::instance"
PART: Final = ("cam_database",)


@dataclass(frozen=True)
class Row:
    """`says`: of the refusal; empty: the run ends well. `slow`: how many looks a state lasts."""

    kind: str
    action: str = ""
    says: str = ""
    code: str = ""
    times: int = 1
    slow: int = 0
    failed: str = ""
    variables: dict[str, Any] = field(default_factory=dict, hash=False)
    # What the run after the fault says; empty: it ends well.
    then: str = ""

    def __str__(self) -> str:
        return " ".join(word for word in (self.kind, self.action, self.code, self.failed) if word)

    def happen(self, estate: Estate) -> None:
        if self.slow:
            estate.double.transition(MODEL, progression="manual", times=self.slow)
        if self.failed:
            estate.double.outcomes({"model": MODEL, "status": self.failed, "name": "cam-db-dev"})
        if self.action:
            given = {"kind": self.kind, "action": self.action, "times": self.times}
            estate.double.faults(given | ({"code": self.code} if self.code else {}))


QUOTA: Final = "raised in Service Quotas"
ROWS: Final = (
    Row("throttle", "CreateDBInstance", times=2),
    Row("throttle", "DescribeDBInstances", times=2),
    Row("unavailable", "CreateDBInstance", times=2),
    Row("unavailable", "CreateSecret"),
    Row("reset", "CreateDBSubnetGroup"),
    Row("reset", "CreateDBParameterGroup"),
    Row("reset", "ModifyDBParameterGroup"),
    Row("reset", "CreateSecret"),
    Row("reset", "CreateDBInstance"),
    Row("drop", "CreateDBInstance"),
    Row("slow creation", slow=3),
    Row("creation for ever", slow=99, says="`cam_database_aws_wait_seconds`",
        variables={"cam_database_aws_wait_seconds": 8}),
    Row("failure", failed="incompatible-network", says="incompatible-network",
        then="Mend that, then run again"),
    Row("failure", failed="failed", says="RDS instance cam-db-dev is failed",
        then='cam_database_aws_allow: ["replace cam-db-dev"]'),
    Row("denied", "CreateDBInstance", "Allow the action rds:CreateDBInstance", times=0),
    Row("denied", "CreateSecret", "Allow the action secretsmanager:CreateSecret", times=0),
    Row("denied", "DescribeDBSubnetGroups", "Allow the action rds:DescribeDBSubnetGroups", times=0),
    Row("denied", "GetSecretValue", "secret cam-db-dev", times=0),
    Row("expired", "CreateDBParameterGroup", "Get new ones and run again", times=0),
    Row("expired", "DescribeDBInstances", "Get new ones and run again", times=0),
    Row("quota", "CreateDBInstance", QUOTA, times=0),
    Row("quota", "CreateDBInstance", QUOTA, code="StorageQuotaExceeded", times=0),
    Row("quota", "CreateDBSubnetGroup", QUOTA, times=0),
    Row("quota", "CreateDBParameterGroup", QUOTA, times=0),
    Row("quota", "CreateSecret", QUOTA, times=0),
    Row("quota", "CreateDBSubnetGroup", "The name is taken", code="DBSubnetGroupAlreadyExists",
        times=0),
)  # fmt: skip
# A lost answer: the database is there, and the next run goes on with it.
SAMPLE: Final = tuple(
    row for row in ROWS if (row.kind, row.action) == ("reset", "CreateDBInstance")
)


def play(estate: Estate, row: Row) -> None:
    """The fault, the run, the next run, and the removal, after which nothing of ours is left."""
    row.happen(estate)
    ran = estate.run(parts=PART, **row.variables)
    if not row.says:
        ended_well(ran)
    else:
        assert ran.code != 0, ran.output[-3000:]
        assert row.says in ran.refusal
        assert len(ran.refusal.splitlines()) <= 3, ran.refusal
        assert "Traceback" not in ran.output
    estate.double.faults()
    estate.double.outcomes()
    estate.double.transition(MODEL)
    after = estate.run(parts=PART)
    if row.then:
        assert row.then in after.refusal, after.output[-2500:]
    else:
        ended_well(after)
        again = ended_well(estate.run(parts=PART))
        assert (again.recap["changed"], again.writes) == (0, [])
    named = {"cam_database_aws_allow": ["delete cam-db-dev"]}
    ended_well(estate.run("absent", parts=PART, **named))
    assert tagged(estate) == []
