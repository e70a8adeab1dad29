"""200 random orders in which two and three machines publish to one storage, a third of them with kills: what was lost.

`python -m tests.tools.interleavings [number]`
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.support.machines import interleaved
from warehouse import storage


def main(number: int = 200) -> int:
    """Tries so many orders and prints how many lost something, and what."""
    storage.AT_ONCE = 1
    bad = 0
    for seed in range(number):
        with tempfile.TemporaryDirectory() as home:
            lost = interleaved(Path(home), seed, 2 + seed % 2, 0.05 if seed % 3 == 0 else 0.0)
        if lost:
            bad += 1
            print(f"order {seed}: {'; '.join(lost)}")
    print(f"{number} orders tried, {bad} lost something")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]) if len(sys.argv) > 1 else 200))
