"""Writes docs/variables.md from the argument specs, the chart's README from its values, and the
table of checks in docs/health.md from what the checks declare.

Usage: python docs/generate.py [--check]. With --check it only says whether the pages are current.
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
sys.path.insert(0, str(ROOT / "collections"))
CHART = ROOT / "roles" / "cam_release" / "files" / "cam-chart"
HEALTH = ROOT / "docs" / "health.md"
HEADING = "## All checks"


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


def variables() -> str:
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


def leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Every value below a key with its dotted path; lists and empty maps are values."""
    if isinstance(value, dict) and value:
        for key, item in value.items():
            yield from leaves(item, f"{path}.{key}")
    else:
        yield path, value


def chart() -> str:
    """The README of the chart: what is written by hand, then a table for each value."""
    text = (CHART / "values.yaml").read_text("utf-8")
    by_hand = (CHART / "README.md").read_text("utf-8").partition("\n## Values\n")[0]
    lines = [by_hand, "## Values", "", "Written by `make docs` from values.yaml.", ""]
    for name, value in yaml.safe_load(text).items():
        said = re.search(rf"((?:^#[^\n]*\n)*)^{name}:", text, re.MULTILINE)
        comment = " ".join((said[1] if said else "").replace("#", "").split()).removeprefix("-- ")
        lines += [f"### {name}", "", *([comment, ""] if comment else [])]
        lines += ["| Value | Default |", "|---|---|"]
        lines += [f"| `{path}` | `{json.dumps(leaf)}` |" for path, leaf in leaves(value, name)]
        lines.append("")
    return "\n".join(lines)


def health() -> str:
    """The page as it is, with the table of all checks at its end."""
    from ansible_collections.cam.mesh.plugins.module_utils import _checks, _health

    owed = {kind.name for one in _health.looks(_checks.FILES) for kind in one.kinds}
    prose = HEALTH.read_text("utf-8").partition(HEADING)[0]
    lines = [f"{prose}{HEADING}", "", "Written by `make docs` from what the checks declare."]
    for group in _health.GROUPS:
        lines += [
            "",
            f"### {group}",
            "",
            "| Check | Looks at | Red when | Type |",
            "|---|---|---|---|",
        ]
        for kind in _health.kinds():
            if kind.group == group and kind.name in owed:
                name = f"`{kind.name}`" + ("" if kind.critical else " (advice)")
                lines.append(f"| {name} | {kind.looks_at} | {kind.red_when} | {typed(kind.next)} |")
    return "\n".join([*lines, ""])


def typed(text: str) -> str:
    """Commands as code, words as words."""
    parts = re.split(r"((?:kube|timedate)ctl .*?)(?=; |, |$)", text)
    return "".join(f"`{part}`" if number % 2 else part for number, part in enumerate(parts))


PAGES = (
    (ROOT / "docs" / "variables.md", variables),
    (CHART / "README.md", chart),
    (HEALTH, health),
)


def main() -> int:
    stale = []
    for page, write in PAGES:
        text = write()
        if "--check" not in sys.argv:
            page.write_text(text, "utf-8")
        elif not page.exists() or page.read_text("utf-8") != text:
            stale.append(str(page.relative_to(ROOT)))
    if stale:
        print(f"not what their sources say: {', '.join(stale)}: run make docs", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    sys.exit(main())
