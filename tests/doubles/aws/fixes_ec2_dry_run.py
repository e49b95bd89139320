"""EC2: a dry run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from doubles.aws.registry import wraps
from moto.core.utils import camelcase_to_underscores
from moto.ec2.responses import EC2Response


@wraps(EC2Response, "call_action", "ec2")
def a_dry_run_makes_nothing(original: Callable[..., Any], self: EC2Response) -> Any:
    """API_CreateVpc DryRun and others: after the permission comes DryRunOperation, whatever the
    operation is; moto carries out those that it forgot to ask."""
    if self._get_param("DryRun", False):
        setattr(self, camelcase_to_underscores(self._get_action()), self.error_on_dryrun)
    return original(self)
