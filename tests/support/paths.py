"""Where the checkout, its command and the files for the tests lie."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

SHARED = ROOT.parent / "shared"
FAZHI = Path(sys.executable).with_name("fazhi")
GOLD = ROOT / "tests" / "gold"
DOCUMENTS = ROOT / "tests" / "documents"
