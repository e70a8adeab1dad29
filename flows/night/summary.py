"""The end of a run: its line in the journal, its summary, and why it failed if it did."""

from __future__ import annotations

import traceback
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from flows.night import insight
from flows.night.folders import Folders
from flows.night.run import Run, journal_row
from flows.night.sort import Sorted
from flows.night.tally import Tally, run_row, tally
from flows.pull import PullResult
from schemas import tables
from warehouse import files, snapshots
from warehouse.journal import Journal

if TYPE_CHECKING:
    from expectations import gate
    from flows.night.assemble import Assembled
    from warehouse.difference import Difference

Summary = dict[str, Any]
NO_FOLDERS = Folders()


@dataclass(frozen=True, slots=True)
class Results:
    """What the steps of a run made as far as it came; None for what it did not come to."""

    divided: Sorted | None = None
    assembled: Assembled | None = None
    judgement: gate.Judgement | None = None
    difference: Difference | None = None
    state: snapshots.Snapshot | None = None
    pulls: list[PullResult] = field(default_factory=list)
    held_because: list[str] = field(default_factory=list)

    def reasons(self) -> list[str]:
        """Returns why nothing is published although it could be; none where nothing is held."""
        return [*self.held_because, *(self.judgement.reasons if self.judgement else [])]


def outcome_of(results: Results) -> str:
    """Returns how a run ended whose steps all went well: unchanged, held, prepared or published."""
    if results.reasons():
        return "held"
    if results.judgement is None:
        return "unchanged"
    return "published" if results.state else "prepared"


def close_run(
    run: Run,
    results: Results,
    outcome: str,
    failure: str | None = None,
    folders: Folders = NO_FOLDERS,
) -> Summary:
    """Closes the run in the journal and returns its summary, as `fazhi run --json` prints it.

    `outcome` is published, unchanged, held, prepared or failed; `failure` is the last line of what
    went wrong, None where nothing did; `folders` are those of the sources.
    """
    row = run_row(run, _tally(run, results, outcome), outcome, failure)
    Journal(run.folder).finish(journal_row(row))
    state = results.state or run.published
    difference, divided = results.difference, results.divided
    quarantine = divided.quarantine if divided else []
    shown = ("source_name", "reason_code", "message", "message_zh")
    return {
        **journal_row(row),
        "pulls": [result.row() for result in results.pulls],
        "findings": _findings_by_severity(run, results),
        "warehouse": str(run.paths.database),
        "snapshot": state.id if state else None,
        "is_first": run.published is None,
        "first_sight": insight.first_sight(state),
        "held_back_because": results.reasons(),
        "warnings": [
            {"message": found.message("en"), "message_zh": found.message("zh")}
            for found in folders.shrunken
        ],
        "changes": difference.counts if difference else None,
        "difference": _difference_text(run, difference),
        "quarantine": [
            {name: entry[name] for name in shown}
            for entry in quarantine
            if entry["last_seen_run"] == run.run_id
        ],
    }


def _tally(run: Run, results: Results, outcome: str) -> Tally:
    counts = tally(results.divided) if results.divided else Tally()
    if results.assembled:
        made = results.assembled
        counts = replace(counts, superseded=made.superseded, figures=made.figures)
    if outcome not in ("published", "prepared") and run.published:
        counts = replace(counts, figures=_published_figures(run.published))
    return counts


def _published_figures(state: snapshots.Snapshot) -> int:
    if state.counts:
        return int(state.counts["rows"]["metrics"])
    return len(state.read("metrics", ["report_id"])["report_id"])


def _findings_by_severity(run: Run, results: Results) -> dict[str, int]:
    """Returns the number of findings of each severity, of the candidate or else of the published
    state.
    """
    if results.judgement:
        severities = results.judgement.findings["severity"].to_pylist()
    elif run.published:
        severities = run.published.read("quality_findings", ["severity"])["severity"].to_pylist()
    else:
        severities = []
    counts = Counter(severities)
    return {severity: counts[severity] for severity in tables.SEVERITIES}


def _difference_text(run: Run, difference: Difference | None) -> str | None:
    if difference is None or not run.settings.prepare:
        return None
    from flows import states

    return states.difference_text(difference)


def keep_failure(run: Run, error: BaseException) -> str:
    """Keeps the traceback of a failed run in the data folder; returns its last line."""
    text = "".join(traceback.format_exception(error))
    path = run.paths.failures / f"{run.run_id}.txt"
    files.write_atomic(path, text.encode(errors="replace"))
    return f"{type(error).__name__}: {error}".strip().splitlines()[0]
