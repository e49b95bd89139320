"""Makes the checkout importable as the collection cam.mesh, without an installation."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "collections"))
sys.path.insert(0, str(Path(__file__).parent))
