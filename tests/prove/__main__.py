"""Runs one piece of proof, resumable: python -m prove PIECE."""

from __future__ import annotations

import sys
from importlib import import_module
from pathlib import Path

# The checkout is the collection, as for pytest.
sys.path.insert(0, str(Path(__file__).parents[2] / "collections"))

PIECES = sorted(
    file.stem for file in Path(__file__).parent.glob("[a-z]*.py") if file.stem != "record"
)


def main() -> int:
    if len(sys.argv) != 2 or sys.argv[1] not in PIECES:
        print(f"name one piece: {', '.join(PIECES)}", file=sys.stderr)
        return 2
    try:
        return 0 if import_module(f"prove.{sys.argv[1]}").main() else 1
    except KeyboardInterrupt:
        print("stopped; run it again to go on where it was", file=sys.stderr)
        return 130


if __name__ == "__main__":
    sys.exit(main())
