"""Repository, certificate and name of a mesh, on the stand-in of the AWS API."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from ansible_collections.cam.mesh.plugins.module_utils import _aws_edge, _aws_edge_info
from ansible_collections.cam.mesh.plugins.module_utils._aws_edge_wanted import Edge
from ansible_collections.cam.mesh.plugins.module_utils._aws_errors import AwsError
from ansible_collections.cam.mesh.plugins.module_utils._errors import CamError
from small_aws import SmallAws

DEFAULTS = {key: rule.get("default") for key, rule in _aws_edge.ARGUMENT_SPEC.items()}
TARGET = "lb-1.eu-central-1.elb.amazonaws.com"
NUMBERS = itertools.count(1)


def run(aws: SmallAws, *, check: bool = False, **options: Any) -> dict[str, Any]:
    params = {**DEFAULTS, "environment": "dev", "cluster": aws.name, **options}
    clock = aws.hands.clock
    return _aws_edge.run(params, check_mode=check, diff=True, clock=clock)


def info(aws: SmallAws, **options: Any) -> dict[str, Any]:
    spec = _aws_edge_info.ARGUMENT_SPEC
    defaults = {key: rule.get("default") for key, rule in spec.items()}
    params = {**defaults, "environment": "dev", "cluster": aws.name, **options}
    return _aws_edge_info.run(params, check_mode=False, diff=False)


@pytest.fixture
def zone(aws: SmallAws) -> tuple[str, str]:
    """Its id and its name."""
    name = f"mesh{next(NUMBERS)}.example.com"
    made = aws.double.client("route53").create_hosted_zone(Name=name, CallerReference=name)
    aws.forget()
    return made["HostedZone"]["Id"].rpartition("/")[2], name


def records(aws: SmallAws, ident: str) -> dict[tuple[str, str], dict[str, Any]]:
    found = aws.double.client("route53").list_resource_record_sets(HostedZoneId=ident)
    return {
        (one["Name"], one["Type"]): one
        for one in found["ResourceRecordSets"]
        if one["Type"] not in ("NS", "SOA")
    }


def write(aws: SmallAws, ident: str, action: str, record: dict[str, Any]) -> None:
    aws.double.client("route53").change_resource_record_sets(
        HostedZoneId=ident,
        ChangeBatch={"Changes": [{"Action": action, "ResourceRecordSet": record}]},
    )
    aws.forget()


def cname(name: str, target: str = "theirs.example.net", ttl: int = 60) -> dict[str, Any]:
    return {"Name": name, "Type": "CNAME", "TTL": ttl, "ResourceRecords": [{"Value": target}]}


def quiet(aws: SmallAws, **options: Any) -> None:
    """A second run, wet and dry, has nothing to do."""
    aws.forget()
    for check in (False, True):
        found = run(aws, check=check, **options)
        assert (found["changed"], found["plan"]) == (False, [])
    assert aws.mutating() == []


def test_nothing_is_asked_where_nothing_is_wanted(aws: SmallAws) -> None:
    assert run(aws)["plan"] == []
    assert aws.asked() == []


def push(aws: SmallAws, name: str) -> None:
    manifest = {
        "schemaVersion": 2, "mediaType": "application/vnd.docker.distribution.manifest.v2+json",
        "config": {"digest": "sha256:" + "0" * 64, "size": 1}, "layers": [],
    }  # fmt: skip
    aws.double.client("ecr").put_image(
        repositoryName=name, imageManifest=json.dumps(manifest), imageTag="1"
    )


def test_a_repository_is_made_kept_and_removed(aws: SmallAws) -> None:
    name, ecr = aws.name.replace("cluster", "images"), aws.double.client("ecr")
    dry = run(aws, check=True, registry=name)
    assert dry["plan"][0] == f"would create image repository {name}"
    assert aws.mutating() == []
    made = run(aws, registry=name, keep_images=5)
    assert aws.mutating() == ["CreateRepository", "PutLifecyclePolicy"]
    (live,) = ecr.describe_repositories(repositoryNames=[name])["repositories"]
    assert made["registry_url"] == live["repositoryUri"]
    assert live["imageTagMutability"] == "IMMUTABLE"
    assert live["imageScanningConfiguration"] == {"scanOnPush": True}
    quiet(aws, registry=name, keep_images=5)
    assert info(aws, registry=name)["registry_url"] == made["registry_url"]
    ecr.put_image_tag_mutability(repositoryName=name, imageTagMutability="MUTABLE")
    ecr.put_image_scanning_configuration(
        repositoryName=name, imageScanningConfiguration={"scanOnPush": False}
    )
    plan = run(aws, registry=name, keep_images=6, tags={"team": "a"})["plan"]
    said = " ".join(plan)
    for part in ("tag team", "mutable -> immutable", "scan_on_push off", "keep_images 5 -> 6"):
        assert part in said, part
    quiet(aws, registry=name, keep_images=6, tags={"team": "a"})
    # Found by its tags, whatever the inventory names by now.
    assert run(aws, state="absent")["plan"] == [f"deleted image repository {name}"]
    quiet(aws, state="absent", registry=name)


def test_images_go_only_by_name(aws: SmallAws) -> None:
    name = aws.name.replace("cluster", "images")
    run(aws, registry=name)
    push(aws, name)
    aws.forget()
    for check in (True, False):
        with pytest.raises(CamError, match=rf'holds 1 images.*allow: \["delete {name}"\]'):
            run(aws, check=check, state="absent", registry=name)
    assert aws.mutating() == []
    assert run(aws, state="absent", allow=[f"delete {name}"])["changed"]


def test_a_repository_of_others_is_left_alone(aws: SmallAws) -> None:
    name = aws.name.replace("cluster", "theirs")
    aws.double.client("ecr").create_repository(repositoryName=name)
    aws.forget()
    with pytest.raises(CamError, match="not made by this collection"):
        run(aws, registry=name)
    assert info(aws, registry=name)["registry_url"] == ""
    assert run(aws, state="absent", registry=name)["plan"] == []
    assert aws.mutating() == []
    assert "keep_images (none) -> 30" in " ".join(run(aws, registry=name, adopt=True)["plan"])
    quiet(aws, registry=name)
    count = {"tagStatus": "untagged", "countType": "imageCountMoreThan", "countNumber": 2}
    rule = {"rulePriority": 1, "selection": count, "action": {"type": "expire"}}
    policy = {"rules": [rule]}
    aws.double.client("ecr").put_lifecycle_policy(
        repositoryName=name, lifecyclePolicyText=json.dumps(policy)
    )
    assert "by another rule -> 30" in " ".join(run(aws, registry=name)["plan"])


def test_an_answer_that_was_lost_is_no_repository_of_others(aws: SmallAws) -> None:
    name = aws.name.replace("cluster", "lost")
    aws.double.faults({"action": "CreateRepository", "kind": "reset", "times": 1})
    assert run(aws, registry=name)["registry_url"].endswith(name)
    quiet(aws, registry=name)


def test_a_record_is_made_moved_and_removed(aws: SmallAws, zone: tuple[str, str]) -> None:
    ident, domain = zone
    name = f"api.{domain}"
    given = {"zone_id": ident, "record_name": name.upper(), "record_target": f"{TARGET}."}
    dry = run(aws, check=True, **given)
    assert dry["plan"] == [f"would create DNS record {name}"]
    assert aws.mutating() == []
    run(aws, **given)
    # It and the mark beside it, in one request.
    assert aws.mutating() == ["ChangeResourceRecordSets"]
    found = records(aws, ident)
    assert set(found) == {(f"{name}.", "CNAME"), (f"_cam-owner.{name}.", "TXT")}
    assert found[f"{name}.", "CNAME"]["ResourceRecords"] == [{"Value": TARGET}]
    quiet(aws, **given)
    assert run(aws, **given, record_ttl=60)["plan"] == [f"changed DNS record {name}: ttl 300 -> 60"]
    given |= {"record_target": f"other.{TARGET}"}
    assert run(aws, **given)["plan"] == [
        f"changed DNS record {name}: target CNAME {TARGET} -> CNAME other.{TARGET}"
    ]
    quiet(aws, **given)
    given |= {"record_target_zone_id": "Z215JYRZR1TBD5"}
    assert "-> alias" in run(aws, **given)["plan"][0]
    assert (f"{name}.", "CNAME") not in records(aws, ident)
    quiet(aws, **given)
    write(aws, ident, "CREATE", cname(f"theirs.{domain}"))
    assert run(aws, state="absent", zone_id=ident)["plan"] == [f"deleted DNS record {name}"]
    assert set(records(aws, ident)) == {(f"theirs.{domain}.", "CNAME")}
    quiet(aws, state="absent", **given)


def test_a_record_of_others_is_never_written_over(aws: SmallAws, zone: tuple[str, str]) -> None:
    ident, domain = zone
    name = f"api.{domain}"
    given = {"zone_id": ident, "record_name": name, "record_target": TARGET}
    write(aws, ident, "CREATE", cname(f"{name}."))
    before = records(aws, ident)
    for check in (True, False):
        with pytest.raises(CamError, match=r"CNAME theirs\.example\.net.*not written over"):
            run(aws, check=check, **given)
    assert run(aws, state="absent", **given)["plan"] == []
    assert aws.mutating() == []
    assert records(aws, ident) == before
    plan = " ".join(run(aws, **given, adopt=True)["plan"])
    assert "owner (absent) -> app=cam" in plan
    assert f"-> CNAME {TARGET}" in plan
    quiet(aws, **given)


def test_the_name_of_another_mesh_is_refused(aws: SmallAws, zone: tuple[str, str]) -> None:
    ident, domain = zone
    given = {"zone_id": ident, "record_name": f"api.{domain}", "record_target": TARGET}
    run(aws, **given, cluster=f"{aws.name}0")
    write(aws, ident, "DELETE", cname(f"api.{domain}.", TARGET, 300))
    with pytest.raises(CamError, match=f"claimed by another mesh.*cam-cluster={aws.name}0"):
        run(aws, **given)


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({"Type": "TXT", "TTL": 60, "ResourceRecords": [{"Value": '"x"'}]}, "TXT"),
        ({"Type": "AAAA", "TTL": 60, "ResourceRecords": [{"Value": "::1"}]}, "AAAA"),
    ],
)
def test_what_a_cname_bears_not_beside_it_is_told(
    aws: SmallAws, zone: tuple[str, str], record: dict[str, Any], told: str
) -> None:
    ident, domain = zone
    name = f"api.{domain}"
    given = {"zone_id": ident, "record_name": name, "record_target": TARGET}
    alias = {"record_target_zone_id": "Z215JYRZR1TBD5"}
    run(aws, **given, **alias)
    write(aws, ident, "CREATE", {"Name": f"{name}.", **record})
    # An alias bears it.
    quiet(aws, **given, **alias)
    with pytest.raises(CamError, match=told):
        run(aws, **given)


def test_a_record_that_is_answered_by_weight_is_not_adopted(
    aws: SmallAws, zone: tuple[str, str]
) -> None:
    ident, domain = zone
    weighted = {**cname(f"api.{domain}."), "SetIdentifier": "a", "Weight": 1}
    write(aws, ident, "CREATE", weighted)
    given = {"zone_id": ident, "record_name": f"api.{domain}", "record_target": TARGET}
    with pytest.raises(CamError, match="by weight"):
        run(aws, **given, adopt=True)


def test_a_zone_is_where_its_records_belong(aws: SmallAws, zone: tuple[str, str]) -> None:
    ident, domain = zone
    with pytest.raises(CamError, match="no such hosted zone"):
        run(aws, zone_id="Z0", record_name="a.example.com", record_target=TARGET)
    with pytest.raises(CamError, match="does not belong into"):
        run(aws, zone_id=ident, record_name="a.example.org", record_target=TARGET)
    with pytest.raises(CamError, match="the zone itself"):
        run(aws, zone_id=ident, record_name=domain, record_target=TARGET)


def test_a_lost_answer_of_a_record_is_found(aws: SmallAws, zone: tuple[str, str]) -> None:
    ident, domain = zone
    given = {"zone_id": ident, "record_name": f"api.{domain}", "record_target": TARGET}
    aws.double.faults({"action": "ChangeResourceRecordSets", "kind": "reset", "times": 1})
    run(aws, **given)
    quiet(aws, **given)


def certificates(aws: SmallAws, domain: str) -> list[str]:
    every = aws.double.client("acm").list_certificates()["CertificateSummaryList"]
    return [one["CertificateArn"] for one in every if one["DomainName"] == domain]


def test_a_certificate_is_asked_for_proven_and_removed(
    aws: SmallAws, zone: tuple[str, str]
) -> None:
    ident, domain = zone
    given = {"zone_id": ident, "certificate_domains": [domain, f"*.{domain}"]}
    dry = run(aws, check=True, **given)
    assert dry["plan"] == [
        f"would create certificate {domain}",
        f"would create DNS record that proves {domain}, *.{domain}, as ACM will name it, "
        f"in the zone {domain}",
    ]
    assert aws.mutating() == []
    made = run(aws, **given)
    assert aws.mutating() == ["RequestCertificate", "ChangeResourceRecordSets"]
    assert made["certificate_arn"] in certificates(aws, domain)
    assert (made["certificate_status"], made["by_hand"]) == ("ISSUED", [])
    assert {kind for _name, kind in records(aws, ident)} == {"CNAME", "TXT"}
    quiet(aws, **given)
    told = info(aws, certificate_domains=given["certificate_domains"])
    assert told["certificate_arn"] == made["certificate_arn"]
    (changed,) = run(aws, **given, tags={"team": "a"})["plan"]
    assert "tag team (absent) -> a" in changed
    # Other domains are another certificate; the old one may still be shown.
    run(aws, zone_id=ident, certificate_domains=[domain])
    assert len(certificates(aws, domain)) == 2
    plan = run(aws, state="absent", zone_id=ident)["plan"]
    assert plan[1:] == [f"deleted certificate {domain}"] * 2
    assert records(aws, ident) == {}
    assert certificates(aws, domain) == []
    quiet(aws, state="absent", **given)


def test_what_nobody_but_the_user_can_set_is_told_and_not_waited_for(aws: SmallAws) -> None:
    domain = f"hand{next(NUMBERS)}.example.org"
    dry = run(aws, check=True, certificate_domains=[domain])
    assert dry["plan"][1].endswith("by hand")
    made = run(aws, certificate_domains=[domain])
    assert aws.mutating() == ["RequestCertificate"]
    assert aws.hands.time == 0
    assert (made["certificate_status"], made["certificate_arn"]) == ("PENDING_VALIDATION", "")
    (line,) = made["by_hand"]
    assert line.startswith("CNAME _")
    assert f".{domain} -> " in line
    assert info(aws, certificate_domains=[domain])["by_hand"] == [line]
    quiet(aws, certificate_domains=[domain])


def test_the_record_of_others_that_proves_the_same_is_enough(
    aws: SmallAws, zone: tuple[str, str]
) -> None:
    ident, domain = zone
    given = {"zone_id": ident, "certificate_domains": [domain]}
    run(aws, **given, cluster=f"{aws.name}0")
    before = records(aws, ident)
    aws.forget()
    run(aws, **given)
    assert aws.mutating() == ["RequestCertificate"]
    assert len(certificates(aws, domain)) == 2
    run(aws, state="absent", **given)
    assert records(aws, ident) == before
    assert len(certificates(aws, domain)) == 1


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"registry": "A"}, "`registry` is 'A'"),
        ({"registry": "a--b/"}, "small letters"),
        ({"keep_images": 20_000}, "1 to 10000"),
        ({"certificate_domains": ["example"]}, "no full name of DNS"),
        ({"certificate_domains": ["a.*.example.com"]}, "no full name of DNS"),
        ({"certificate_domains": [f"a{n}.example.com" for n in range(11)]}, "10 into one"),
        ({"zone_id": "example.com"}, "no id of a hosted zone"),
        ({"record_name": "a.example.com"}, "needs both"),
        ({"record_target": TARGET}, "needs both"),
        ({"record_name": "a.example.com", "record_target": TARGET}, "`zone_id` is empty"),
        ({"record_name": "*.example.com", "record_target": TARGET}, "no full name"),
        (
            {"record_name": "a.example.com", "record_target": "10.0.0.1/x", "zone_id": "Z1"},
            "`record_target` holds",
        ),
        (
            {"record_name": "a.example.com", "record_target": "a.example.com", "zone_id": "Z1"},
            "the record itself",
        ),
        (
            {"record_name": "a.b.c", "record_target": TARGET, "zone_id": "Z1", "record_ttl": -1},
            "`record_ttl` is -1",
        ),
    ],
)
def test_what_cannot_work_is_refused(options: dict[str, Any], told: str) -> None:
    params = {**DEFAULTS, "environment": "dev", "cluster": "a", **options}
    with pytest.raises(CamError, match=told):
        Edge.of(params)


def test_a_refusal_of_aws_says_what_was_asked(aws: SmallAws) -> None:
    aws.double.faults({"action": "CreateRepository", "kind": "denied"})
    with pytest.raises(AwsError, match="Allow the action ecr:CreateRepository"):
        run(aws, registry=aws.name.replace("cluster", "denied"))
