"""ACM: a certificate is issued once its domains are proven."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from doubles.aws.registry import wraps
from moto.acm.models import CertBundle
from moto.route53.models import route53_backends


@wraps(CertBundle, "check", "acm")
def a_certificate_waits_for_its_records(original: Callable[..., Any], self: CertBundle) -> None:
    """API_DomainValidation ResourceRecord: "The CNAME record that is added to the DNS database for
    domain validation"; moto issues after a minute, whatever DNS holds."""
    if self.type != "AMAZON_ISSUED" or self.status != "PENDING_VALIDATION":
        original(self)
        return
    held = {
        (one.name.rstrip("."), str(value).rstrip("."))
        for backend in route53_backends[self.arn.split(":")[4]].values()
        for zone in backend.zones.values()
        for one in zone.rrsets
        if one.type == "CNAME"
        for value in one.records
    }
    options = self.describe()["Certificate"]["DomainValidationOptions"]
    wanted = {
        tuple(str(one["ResourceRecord"][key]).rstrip(".") for key in ("Name", "Value"))
        for one in options
    }
    if wanted <= held:
        self.status = "ISSUED"
