"""What a new process costs: `python -m tests.tools.benchmarks.first_pass [FOLDER]`.

CPU time of one core, the least of some new processes: imports; the first pass over texts, in which
patterns are compiled and models loaded; and later passes over the same texts. The texts are those
of FOLDER (*.txt), else the labelled reports of the repository.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from schemas.errors import Rejected
from tests.support.paths import GOLD, ROOT

PROCESSES, LATER_PASSES = 3, 3


def measure(folder: Path) -> dict[str, float]:
    """Returns seconds of CPU time in this process, and how many texts and figures there are."""
    begin = time.process_time()
    from flows.workers.batch import TOGETHER
    from transforms import readers
    from transforms.report import draft_report, understand_drafts

    imported = time.process_time() - begin
    texts = [path.read_bytes() for path in sorted(folder.rglob("*.txt"))]

    def run(data: list[bytes]) -> tuple[int, int]:
        reports = figures = 0
        for at in range(0, len(data), TOGETHER):
            drafts = []
            for one in data[at : at + TOGETHER]:
                try:
                    drafts.append(draft_report(readers.read(one)))
                except Rejected:
                    continue
            reports += len(drafts)
            figures += sum(len(report.readings) for report in understand_drafts(drafts))
        return reports, figures

    passes = []
    for _ in range(1 + LATER_PASSES):
        begin = time.process_time()
        reports, figures = run(texts)
        passes.append(time.process_time() - begin)
    return {
        "imports": imported,
        "first pass": passes[0],
        "later pass": min(passes[1:]),
        "reports": reports,
        "figures": figures,
    }


def main() -> None:
    """Measures some new processes and prints the least of each time."""
    arguments = sys.argv[1:]
    if arguments[:1] == ["--one"]:
        print(json.dumps(measure(Path(arguments[1]))))
        return
    folder = arguments[0] if arguments else str(GOLD / "reports")
    command = [sys.executable, "-m", "tests.tools.benchmarks.first_pass", "--one", folder]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    measured = [
        json.loads(subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True).stdout)
        for _ in range(PROCESSES)
    ]
    reports, figures = measured[0]["reports"], measured[0]["figures"]
    print(f"{reports} reports, {figures} figures")
    for name in ("imports", "first pass", "later pass"):
        least = min(one[name] for one in measured)
        print(
            f"{name}: {least:.2f} s, {least / reports * 1e3:.1f} ms a report, "
            f"{least / figures * 1e6:.0f} µs a figure"
        )


if __name__ == "__main__":
    main()
