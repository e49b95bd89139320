"""Measures what two stages save and writes the table of docs/images.md.

Usage: PYTHONPATH=lab python -m benchmarks.image_size, once the local cluster's images are built.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from camlab import images
from camlab.paths import CHECKOUT as ROOT
from camlab.paths import Paths

PAGE = ROOT / "docs" / "images.md"
BEGIN, END = "<!-- sizes -->\n", "<!-- end of sizes -->\n"
NAIVE = str(ROOT / "benchmarks" / "images" / "naive" / "Dockerfile")
CAM = str(ROOT / "images" / "cam" / "Dockerfile")
NODE, COMPILERS = "localhost/node:24", "localhost/cam-bench-compilers:1"
RUNTIME = "localhost/node-runtime:24"
# What is measured: how a reader knows it, its recipe and its bases.
WAYS = (
    ("one stage, base with compilers", NAIVE, (f"BASE_IMAGE={COMPILERS}",)),
    ("one stage, base with npm", NAIVE, (f"BASE_IMAGE={NODE}",)),
    ("two stages, both on the base with npm", CAM, (f"BASE_IMAGE={NODE}",)),
    (
        "two stages, the second on Node alone (what the local cluster runs)",
        CAM,
        (f"BASE_IMAGE={NODE}", f"RUNTIME_IMAGE={RUNTIME}"),
    ),
)


def size(paths: Paths, recipe: str, bases: tuple[str, ...], folder: Path) -> float:
    """Megabytes of the image as `docker save` would write it."""
    tag, archive = "localhost/cam-bench-size:1", folder / "image.tar"
    images.bud(paths, ROOT / "lab" / "app", tag, bases, folder / "log", recipe)
    images.push(paths, tag, archive)
    megabytes = archive.stat().st_size / 1e6
    archive.unlink()
    return megabytes


def main() -> None:
    paths = Paths.default()
    for name in ("node", "node-runtime"):
        images.recall(paths, name)
    with tempfile.TemporaryDirectory(prefix="cam-size-") as place:
        folder = Path(place)
        images.bud(
            paths, ROOT / "benchmarks" / "images" / "compilers", COMPILERS, (), folder / "log"
        )
        found = [(words, size(paths, recipe, bases, folder)) for words, recipe, bases in WAYS]
    last = found[-1][1]
    rows = [
        f"| {words} | {megabytes:.0f} | {100 * (1 - last / megabytes):.0f} % |"
        for words, megabytes in found[:-1]
    ]
    table = [
        "| Image of the stand-in | MB | the last one is smaller by |",
        "|---|---|---|",
        *rows,
        f"| {found[-1][0]} | {last:.0f} | |",
        "",
    ]
    head, _begin, rest = PAGE.read_text("utf-8").partition(BEGIN)
    tail = rest.partition(END)[2]
    PAGE.write_text(head + BEGIN + "\n".join(table) + END + tail, "utf-8")


if __name__ == "__main__":
    main()
