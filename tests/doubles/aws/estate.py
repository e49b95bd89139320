"""What the double hands out as its own: the endpoints of things that really answer."""

from __future__ import annotations

import base64
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

# Looks like a certificate and is none, so nobody takes it for one that could be trusted.
NO_CA = "-----BEGIN CERTIFICATE-----\nbm90IGEgY2VydGlmaWNhdGU=\n-----END CERTIFICATE-----\n"


@dataclass
class Estate:
    """`eks_endpoint` is a URL, `eks_ca` a PEM file, the others are HOST:PORT. "": moto's own."""

    eks_endpoint: str = ""
    eks_ca: str = ""
    rds_endpoint: str = ""
    cache_endpoint: str = ""

    def update(self, values: dict[str, Any]) -> None:
        known = {field.name for field in fields(self)}
        if unknown := set(values) - known:
            raise ValueError(f"There is no {', '.join(sorted(unknown))}; there are {sorted(known)}")
        for name, value in values.items():
            setattr(self, name, str(value))

    def certificate_authority(self) -> str:
        """Base64 of the PEM, as Certificate.data of the EKS API has it."""
        pem = Path(self.eks_ca).read_text("utf-8") if self.eks_ca else NO_CA
        return base64.b64encode(pem.encode()).decode()

    @staticmethod
    def host_and_port(endpoint: str, host: str, port: int) -> tuple[str, int]:
        if not endpoint:
            return host, port
        given, _, number = endpoint.rpartition(":")
        return given.strip("[]"), int(number)


ESTATE = Estate()
