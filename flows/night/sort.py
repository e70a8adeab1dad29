"""Sorting: which sources are new, which are as published, and which go into quarantine."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import duckdb

from expectations import rules
from flows.night.land import Landed
from flows.night.run import (
    WITHDRAWN,
    Run,
    has_newer_parser,
    judged_by,
    needs_rebuild,
    published_quarantine,
)
from flows.workers.defects import OUR_DEFECT
from schemas import language, reasons, tables
from schemas.errors import UsageError
from transforms.version import parser_version
from warehouse import reports, snapshots, sources, staging
from warehouse.withdrawals import Withdrawals

# one odd file in a small folder stops no night
ALWAYS_ALLOWED_DEFECTS = 3
HELD_BY_RULE = "held_by_rule"
FAR_EMPTIER = "far_emptier"
# of the data folder itself: gone once nothing is wrong any more
OF_DATA_FOLDER = ("bad_decision", "set_aside")
Problem = tuple[str, str]  # reason code, message
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Sorted:
    """The sources of a run, divided: `loaded` are new or changed, `quarantine` are rows of that
    table.

    `held` maps a report that the policy holds back to the reason. `quarantined` counts the sources
    met by this run; `quarantine` also keeps those of earlier runs that were not met again.
    """

    seen: sources.Packed
    loaded: sources.Packed
    unchanged: int
    quarantined: int
    quarantine: list[Row]
    held: Mapping[str, str] = field(default_factory=dict)


def sort_out(run: Run, landed: Landed, index: staging.Index) -> Sorted:
    """Divides the sources into loaded, unchanged and quarantined."""
    versions, read_by_older = _published_versions(run)
    before = published_quarantine(run)
    still_held = _still_held(run, before)
    not_met = before.keys() - landed.opened
    withdrawals = run.decisions.withdrawals()
    loaded, unchanged, quarantine = sources.Packed(), 0, list[Row]()
    for source in landed.seen:
        not_met.discard(source.uri)
        problem = (
            _withdrawal(withdrawals, source.uri, source.sha256)
            or source.problem
            or _refusal(index, source)
            or still_held.get((source.uri, source.sha256))
        )
        if problem:
            quarantine.append(_row(run, source, problem, before))
        elif (
            versions.get(source.uri) == (source.sha256, *reports.note_of(source))
            and source.uri not in read_by_older
        ):
            unchanged += 1
        else:
            loaded.append(source)
    _check_defects(run, len(landed.seen), quarantine)
    quarantined = len(quarantine)
    quarantine += [
        row
        for uri, row in before.items()
        if uri in not_met and row["reason_code"] not in OF_DATA_FOLDER
    ]
    listed = {row["source_uri"] for row in quarantine}
    quarantine += [
        _row(run, source, problem, before)
        for source in withdrawn_sources(run)
        if source.uri not in listed
        and (problem := _withdrawal(withdrawals, source.uri, source.sha256))
    ]
    return Sorted(landed.seen, loaded, unchanged, quarantined, _with_dismissals(run, quarantine))


class TooManyDefectsError(RuntimeError):
    """So many sources met a defect of this program that the night is not to be trusted."""


def _check_defects(run: Run, seen: int, quarantine: list[Row]) -> None:
    """Raises TooManyDefectsError where more sources met a defect of this program than the settings
    allow.
    """
    defects = sum(row["reason_code"] == OUR_DEFECT for row in quarantine)
    allowed = run.settings.defect_share
    if defects > ALWAYS_ALLOWED_DEFECTS and defects > seen * allowed:
        raise TooManyDefectsError(
            f"{defects:,} of {seen:,} sources met a defect of this program, "
            f"more than {allowed:.0%} (--defect-share); what was kept of them is in state/failures"
        )


def is_unchanged(run: Run, divided: Sorted) -> bool:
    """Whether the published state already is what these sources give: then nothing is written."""
    if (
        run.published is None
        or divided.loaded
        or needs_rebuild(run)
        or run.published.judged_by != judged_by(run)
    ):
        return False
    before = published_quarantine(run)
    return [_without_last_seen(row) for row in divided.quarantine] == [
        _without_last_seen(before[uri]) for uri in sorted(before)
    ]


def set_aside(
    run: Run, divided: Sorted, problems: Iterable[tuple[sources.Seen, Problem]]
) -> Sorted:
    """Puts sources into quarantine, in place of the rows that they have there."""
    before = published_quarantine(run)
    rows = [_row(run, source, problem, before) for source, problem in problems]
    uris = {row["source_uri"] for row in rows}
    others = [row for row in divided.quarantine if row["source_uri"] not in uris]
    return replace(divided, quarantine=_with_dismissals(run, others + rows))


def _withdrawal(withdrawals: Withdrawals, uri: str, sha256: str | None) -> Problem | None:
    """Returns what the quarantine says of a withdrawn source; None for one that is not."""
    line = withdrawals.of(uri, sha256)
    return reasons.problem(WITHDRAWN, by=line["by"], because=line["because"]) if line else None


def withdrawn_sources(run: Run) -> list[sources.Seen]:
    """Returns the sources in force that people have withdrawn since they were published."""
    withdrawals = run.decisions.withdrawals()
    if run.published is None or not withdrawals.lines():
        return []
    columns = ["source_uri", "source_name", "source_sha256", "size", "is_current"]
    return [
        sources.Seen(*(row[column] for column in columns[:4]))
        for row in run.published.read("sources", columns).to_pylist()
        if row["is_current"] and withdrawals.of(row["source_uri"], row["source_sha256"])
    ]


def withdrawn_reports(run: Run) -> frozenset[str]:
    """Returns the reports in force (report_id) of which people have withdrawn a source."""
    uris = {source.uri for source in withdrawn_sources(run)}
    if run.published is None or not uris:
        return frozenset()
    columns = ["source_uri", "report_id", "is_current"]
    rows = run.published.read("sources", columns).to_pylist()
    return frozenset(r["report_id"] for r in rows if r["is_current"] and r["source_uri"] in uris)


def _published_versions(run: Run) -> tuple[dict[str, tuple[str | None, ...]], set[str]]:
    """Returns what is published of each source (digest and manifest), and which an older parser
    read.
    """
    published = run.published
    if published is None or published.schema_version != tables.SCHEMA_VERSION:
        return {}, set()
    versions, read_by_older = dict[str, tuple[str | None, ...]](), set[str]()
    read_by = _other_parsers(published)
    columns = ["is_current", "source_uri", "report_id", "source_sha256", *reports.NOTE]
    table = published.read("sources", columns)
    for is_current, uri, report_id, *version in zip(*(table[c].to_pylist() for c in columns)):
        if is_current:
            versions[uri] = tuple(version)
            if read_by.get(report_id, published.parser_version) != parser_version():
                read_by_older.add(uri)
    return versions, read_by_older


def _other_parsers(published: snapshots.Snapshot) -> dict[str, str]:
    """Returns report -> version of the parser, of the reports that another parser than the state's
    own read.
    """
    other = f"parser_version <> '{published.parser_version}'"
    try:
        return snapshots.reports_where(published, other)
    except (duckdb.Error, UsageError):  # a damaged file costs time, not the night
        rows = published.read("reports", ["report_id", "parser_version"])
        return dict(zip(rows["report_id"].to_pylist(), rows["parser_version"].to_pylist()))


def _refusal(index: staging.Index, source: sources.Seen) -> Problem | None:
    refused = index.problem(source.sha256) if source.sha256 else None
    return (refused.reason_code, refused.message) if refused else None


def _still_held(run: Run, before: Mapping[str, Row]) -> dict[tuple[str, str | None], Problem]:
    """Returns what rules held back, unless rules, parser or a person's wish call for another
    judgement.
    """
    if (
        run.published is None
        or run.published.judged_by != judged_by(run)
        or has_newer_parser(run)
        or run.settings.again is not None
    ):
        return {}
    return {
        (uri, row["source_sha256"]): (row["reason_code"], row["message"])
        for uri, row in before.items()
        if row["reason_code"] in (HELD_BY_RULE, FAR_EMPTIER)
    }


def _row(run: Run, source: sources.Seen, problem: Problem, before: Mapping[str, Row]) -> Row:
    """Returns a row of the table quarantine."""
    earlier = before.get(source.uri)
    return {
        "source_name": source.name,
        "source_uri": source.uri,
        "source_sha256": source.sha256,
        "reason_code": problem[0],
        "message": problem[1],
        "first_seen_run": earlier["first_seen_run"] if earlier else run.run_id,
        "last_seen_run": run.run_id,
    }


def _with_dismissals(run: Run, rows: list[Row]) -> list[Row]:
    """Returns the rows in order of their addresses, each with its state and the reason of its
    dismissal.
    """
    dismissed, withdrawals = run.decisions.dismissed(), run.decisions.withdrawals()
    noted = []
    for row in rows:
        reason = dismissed.get((row["source_uri"], row["source_sha256"], row["reason_code"]))
        if row["reason_code"] == WITHDRAWN:
            line = withdrawals.of(row["source_uri"], row["source_sha256"])
            reason = line["because"] if line else None
        state = "dismissed" if reason else "waiting"
        said = {"message_zh": _in_chinese(row), "state": state, "dismissed_because": reason}
        noted.append({**row, **said})
    return sorted(noted, key=lambda row: row["source_uri"])


def _in_chinese(row: Row) -> str:
    """Returns the message of a row of the table quarantine in Chinese.

    What a rule found is said by the name of the rule.
    """
    rule = rules.BY_ID.get(row["message"].split(":")[0])
    if row["reason_code"] == HELD_BY_RULE and rule:
        template = reasons.template(HELD_BY_RULE)
        finding = f"规则“{rule.name_zh}”（{rule.id}）被违反。"
        return language.say_in("zh", template, finding=finding)
    return language.reason_in_chinese(row["reason_code"], row["message"])


def _without_last_seen(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "last_seen_run"}
