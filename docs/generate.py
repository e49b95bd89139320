"""Writes docs/variables.md from the argument specs of the roles and the playbooks.

Usage: python docs/generate.py [--check]. With --check it only says whether the page is current.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "variables.md"


def plain(text: Any) -> str:
    """The prose of a spec without its markup, in one table cell."""
    joined = " ".join(text) if isinstance(text, list) else str(text)
    marked = re.sub(r"[A-Z]\(([^)]*)\)", r"`\1`", joined)
    return " ".join(marked.split()).replace("|", "\\|")


def default(option: dict[str, Any]) -> str:
    if option.get("required"):
        return "required"
    value = option.get("default")
    if value is None:
        return ""
    text = value if isinstance(value, str) else json.dumps(value)
    return f"`{text}`".replace("|", "\\|") if text else "empty"


def table(options: dict[str, Any]) -> Iterator[str]:
    yield "| Variable | Type | Default | Meaning |"
    yield "|---|---|---|---|"
    for name, option in options.items():
        choices = option.get("choices")
        kind = f"{option['type']}: {', '.join(map(str, choices))}" if choices else option["type"]
        yield f"| `{name}` | {kind} | {default(option)} | {plain(option['description'])} |"


def page() -> str:
    lines = [
        "# Variables",
        "",
        "Written by `make docs` from the argument specs; change those.",
        "",
        "## Playbooks",
        "",
    ]
    seen: dict[str, Any] = {}
    for file in sorted((ROOT / "playbooks").glob("*.meta.yml")):
        for spec in yaml.safe_load(file.read_text("utf-8"))["argument_specs"].values():
            seen.update(spec["options"])
    lines += [*table(dict(sorted(seen.items()))), ""]
    for role in sorted((ROOT / "roles").iterdir()):
        specs = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text("utf-8"))
        main = specs["argument_specs"]["main"]
        lines += [f"## {role.name}", "", plain(main["short_description"]) + ".", ""]
        lines += [*table(main["options"]), ""] if main.get("options") else ["It has none.", ""]
    return "\n".join(lines)


def main() -> int:
    text = page()
    if "--check" not in sys.argv:
        PAGE.write_text(text, "utf-8")
        return 0
    if PAGE.exists() and PAGE.read_text("utf-8") == text:
        return 0
    print("docs/variables.md is not what the argument specs say: run make docs", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
