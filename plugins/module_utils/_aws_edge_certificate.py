# Copyright: (c) 2026, CAM mesh contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The certificate of a mesh (ACM), proven by records of DNS."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from ansible_collections.cam.mesh.plugins.module_utils._aws import Aws, Service, at_once
from ansible_collections.cam.mesh.plugins.module_utils._aws_edge_records import Record, Zone
from ansible_collections.cam.mesh.plugins.module_utils._aws_edge_wanted import Edge, plain_name
from ansible_collections.cam.mesh.plugins.module_utils._aws_identity_read import missing, tagged
from ansible_collections.cam.mesh.plugins.module_utils._aws_wait import Wait, Watched
from ansible_collections.cam.mesh.plugins.module_utils._aws_work import Item, tags_of
from ansible_collections.cam.mesh.plugins.module_utils._ownership import tags_to_set
from ansible_collections.cam.mesh.plugins.module_utils._plan import ABSENT, Change, Step

KIND: Final = "certificate"
ISSUED: Final = "ISSUED"
PENDING: Final = "PENDING_VALIDATION"
USABLE: Final = (ISSUED, PENDING)
FAILED: Final = frozenset({"FAILED", "VALIDATION_TIMED_OUT", "EXPIRED", "REVOKED", "INACTIVE"})
# What ACM says, and what mends it.
REMEDIES: Final = {
    "CAA_ERROR": "Let amazon.com issue for the domain: its CAA record forbids it.",
    "DOMAIN_NOT_ALLOWED": "ACM gives this domain no public certificate.",
}
NAMING_SECONDS: Final = 120.0


def look(aws: Aws, wanted: Edge) -> Item | None:
    """DescribeCertificate of ours for these very domains, with `Tags`; the best of several."""
    acm = aws.service("acm")
    about = f"{KIND} {wanted.domains[0]}"
    every = acm.ask_all("list_certificates", about, "CertificateSummaryList")
    arns = [
        one["CertificateArn"]
        for one in every
        if plain_name(one.get("DomainName") or "") == wanted.domains[0]
    ]
    found = [one for one in at_once(partial(_whole, acm), arns) if one is not None]
    fitting = [
        one
        for one in found
        if one.get("Type") != "IMPORTED"
        and _domains(one) == set(wanted.domains)
        and (wanted.owner.owns(tags_of(one)) or wanted.adopt)
    ]
    # Ours before adopted ones, what can be used before what failed.
    fitting.sort(
        key=lambda one: (
            one["Status"] not in USABLE,
            not wanted.owner.owns(tags_of(one)),
            one["Status"] != ISSUED,
        )
    )
    return fitting[0] if fitting else None


def _whole(acm: Service, arn: str) -> Item | None:
    about = f"{KIND} {arn}"
    answer = missing(partial(acm.ask, "describe_certificate", about, CertificateArn=arn))
    if answer is None:
        return None
    tags = acm.ask("list_tags_for_certificate", about, CertificateArn=arn)
    return {**answer["Certificate"], "Tags": tags.get("Tags") or []}


def _domains(live: Item) -> set[str]:
    others = live.get("SubjectAlternativeNames") or []
    return {plain_name(one) for one in [live["DomainName"], *others]}


def steps(aws: Aws, wanted: Edge, live: Item | None, made: list[str]) -> list[Step]:
    """The request, or the tags that lack; of one that failed, one in its place.

    `made` gets the ARN of the certificate that was asked for.
    """
    acm, name = aws.service("acm"), wanted.domains[0]
    if live is None:
        change = Change(KIND, name, "create", {"domains": (None, list(wanted.domains))})
        return [Step(change, partial(_request, acm, wanted, "", made))]
    if live["Status"] not in USABLE:
        why = {"status": (live["Status"], PENDING)}
        old = str(live["CertificateArn"])
        anew = partial(_request, acm, wanted, old, made)
        found = [Step(Change(KIND, name, "replace", why), anew)]
        if wanted.owner.owns(tags_of(live)) and not live.get("InUseBy"):
            gone = partial(_delete, acm, name, old)
            found.append(Step(Change(KIND, old.rpartition("/")[2], "delete"), gone))
        return found
    lacking, before = tags_to_set(wanted.tags, tags_of(live)), tags_of(live)
    if not lacking:
        return []
    fields = {f"tag {key}": (before.get(key, ABSENT), lacking[key]) for key in lacking}
    given = {"CertificateArn": live["CertificateArn"], "Tags": _pairs(lacking)}
    call = partial(_ask, acm, name, "add_tags_to_certificate", given)
    return [Step(Change(KIND, name, "update", fields), call)]


def removal(aws: Aws, wanted: Edge) -> list[Step]:
    acm = aws.service("acm")
    arns = {one["ResourceARN"] for one in tagged(aws, wanted.owner, "acm:certificate")}
    found = [one for one in at_once(partial(_whole, acm), sorted(arns)) if one is not None]
    if wanted.domains:
        # The list of tags is late by some seconds.
        late = look(aws, wanted)
        found += [late] if late is not None and late["CertificateArn"] not in arns else []
    return [
        Step(
            Change(KIND, str(one["DomainName"]), "delete"),
            partial(_delete, acm, str(one["DomainName"]), str(one["CertificateArn"])),
        )
        for one in found
        if wanted.owner.owns(tags_of(one))
    ]


def named(aws: Aws, wanted: Edge, arn: str, wait: Wait) -> Item:
    """The certificate once ACM has named the records that prove it, some seconds later."""
    look_again = partial(_whole, aws.service("acm"), arn)

    def status(live: Mapping[str, Any]) -> str:
        records = [one.get("ResourceRecord") for one in _options(live)]
        return "NAMED" if records and all(records) else str(live.get("Status") or "")

    watched = Watched(
        f"{KIND} {wanted.domains[0]}", look_again, frozenset({"NAMED", ISSUED}), FAILED,
        status=status, issues=_issues,
    )  # fmt: skip
    bounded = Wait(min(wait.seconds, NAMING_SECONDS), wait.clock, wait.progress)
    return bounded.one(watched) or {}


def issued(aws: Aws, wanted: Edge, arn: str, wait: Wait) -> Item:
    """The certificate once ACM has seen the records, within `wait_seconds`."""
    watched = Watched(
        f"{KIND} {wanted.domains[0]}",
        partial(_whole, aws.service("acm"), arn),
        frozenset({ISSUED}),
        FAILED,
        status=lambda live: str(live.get("Status") or ""),
        issues=_issues,
    )
    return wait.one(watched) or {}


def records(live: Item, zone: Zone | None) -> tuple[list[Record], list[Record]]:
    """What proves the domains: what is set in the zone, and what is left to be set by hand."""
    found: dict[str, Record] = {}
    for one in _options(live):
        record = one.get("ResourceRecord")
        if record:
            name = plain_name(record["Name"])
            found[name] = Record(name, plain_name(record["Value"]), shared=True)
    inside = [one for one in found.values() if zone is not None and zone.holds(one.name)]
    return inside, [one for one in found.values() if one not in inside]


def _options(live: Mapping[str, Any]) -> list[Item]:
    every: list[Item] = live.get("DomainValidationOptions") or []
    return sorted(every, key=lambda one: str(one["DomainName"]))


def _issues(live: Mapping[str, Any]) -> list[str]:
    """Why it failed, or which domain is not proven yet, and by which record it would be."""
    reason = live.get("FailureReason")
    found = [f"{reason}. {REMEDIES.get(str(reason), '')}".strip()] if reason else []
    for one in _options(live):
        if one.get("ValidationStatus") != "SUCCESS" and one.get("ResourceRecord"):
            record = one["ResourceRecord"]
            found.append(
                f"ACM does not see CNAME {plain_name(record['Name'])} -> "
                f"{plain_name(record['Value'])}"
            )
    return found


def _request(acm: Service, wanted: Edge, failed: str, made: list[str]) -> None:
    """The token makes an attempt whose answer was lost, and the next one, the same request."""
    text = " ".join([wanted.owner.environment, wanted.owner.cluster, *wanted.domains, failed])
    given: dict[str, Any] = {
        "DomainName": wanted.domains[0],
        "ValidationMethod": "DNS",
        "IdempotencyToken": hashlib.sha256(text.encode()).hexdigest()[:32],
        "Tags": _pairs(wanted.tags),
    }
    if wanted.domains[1:]:
        given["SubjectAlternativeNames"] = list(wanted.domains[1:])
    answer = acm.ask("request_certificate", f"{KIND} {wanted.domains[0]}", **given)
    made.append(str(answer["CertificateArn"]))


def _delete(acm: Service, name: str, arn: str) -> None:
    _ask(acm, name, "delete_certificate", {"CertificateArn": arn})


def _ask(acm: Service, name: str, operation: str, given: Mapping[str, Any]) -> None:
    acm.ask(operation, f"{KIND} {name}", **given)


def _pairs(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
