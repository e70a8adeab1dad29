"""Judges the candidate: rules, suites and floors decide whether it may be published."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import PurePath

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations import findings, floors, gate, judging, pages, suites
from expectations.trust import otherwise_trusted, trust_of_figures
from flows.night.assemble import Assembled
from flows.night.change import change_since
from flows.night.parse import is_large
from flows.night.run import Run
from flows.night.sort import HELD_BY_RULE, Sorted, set_aside, withdrawn_reports
from flows.night.tally import earlier_runs, run_row, tally
from schemas import reasons, tables
from warehouse import engine, pins, relations, snapshots, sources, trust
from warehouse.candidate import Candidate

# tables that are complete only after the rules were applied: their suites run last
_JUDGED_LAST = ("metrics", "runs", "decisions", "quality_findings")


@dataclass(frozen=True, slots=True)
class Judged:
    """What judging a candidate gave.

    `judgement` says whether it may be published: where `judgement.reasons` is empty. It is None
    where the policy holds reports back; then the next state must be assembled anew from `divided`,
    in which the sources of these reports are in quarantine. `retrusted` are the report_ids of the
    reports of which a figure has another trust than in the published state.
    """

    judgement: gate.Judgement | None
    divided: Sorted
    retrusted: frozenset[str] = frozenset()


def judge(run: Run, assembled: Assembled, validate: suites.Validate) -> Judged:
    """Writes runs, decisions, findings and trust into the candidate and returns its judgement.

    `validate` runs the suites over tables (`suites.validated`, or another in tests). The candidate
    is removed where the policy holds reports back (then `judgement` is None), and where an error is
    raised.
    """
    try:
        judged = _judge(run, assembled, validate)
    except BaseException:
        assembled.candidate.discard()
        raise
    if judged.judgement is None:
        assembled.candidate.discard()
    return judged


def _judge(run: Run, assembled: Assembled, validate: suites.Validate) -> Judged:
    """Does the work of `judge`: the suites look at most tables while the rules are applied."""
    candidate, outline = assembled.candidate, assembled.outline
    change = change_since(run, candidate, outline)
    judged_files = _published_files(run) if change else set()
    fresh = sorted(outline.touched()) if change else None
    first = {t.name: _unjudged(candidate.parquet(t.name), judged_files) for t in tables.TABLES}
    if change:
        first |= _gathered(candidate, list(candidate.gathered))
    large = is_large(run.published, len(assembled.divided.seen))
    with judging.Judging(large, validate) as judges:
        judges.look_at({t: p for t, p in first.items() if t not in _JUDGED_LAST}, fresh)
        found, retrusted, held = _findings(run, assembled, change)
        if held:
            return Judged(None, _hold_back(run, assembled, held))
        last = {t: _unjudged(candidate.parquet(t), judged_files) for t in _JUDGED_LAST}
        if change:
            last |= _gathered(candidate, ["quality_findings"])
            fresh = sorted({*outline.touched(), *retrusted})
        judges.look_at(last, fresh)
        published, now = _counts(run, assembled)
        judgement = gate.judgement(
            judges, published, now, found, run.policy, run.settings.accept_loss
        )
    if pinned := pins.read(run.folder):
        judgement.reasons.insert(0, pinned.line())
    counts = tally(assembled.divided, assembled.superseded, assembled.figures)
    row = run_row(run, counts, "published")
    pages.write(run.paths.quality, row, judgement, candidate.path / "state.parquet")
    return Judged(judgement, assembled.divided, retrusted)


def _published_files(run: Run) -> set[str]:
    """Returns the names of all published files: the same suites have judged them before."""
    files = run.published.files.values() if run.published else []
    return {name for names in files for name in names}


def _unjudged(paths: list[str], judged_files: set[str]) -> list[str]:
    """Returns the paths whose names are not in `judged_files`; the first one where none is left.

    A suite needs a table to look at.
    """
    return [path for path in paths if PurePath(path).name not in judged_files] or paths[:1]


def _gathered(candidate: Candidate, names: list[str]) -> dict[str, list[str]]:
    """Returns table -> the one file with its new rows, for those of `names` that have new rows."""
    return {
        name: [candidate.gathered[name]]
        for name in names
        if pq.read_metadata(candidate.gathered[name]).num_rows
    }


def _counts(run: Run, assembled: Assembled) -> tuple[floors.Counts | None, floors.Counts]:
    """Returns what the published state holds that may not be lost, and what the candidate holds.

    The first is None where nothing is published. Reports that the policy holds back, or people
    withdrew, may be lost: they are not counted in it.
    """
    candidate, published = assembled.candidate, run.published
    if published is None:
        return None, floors.counted({t.name: candidate.parquet(t.name) for t in tables.TABLES})
    gone, added = dict[str, list[str]](), dict[str, list[str]]()
    for table, names in candidate.listing.items():
        old = published.files.get(table, {})
        paths = published.parquet(table) if old else []
        gone[table] = [path for path in paths if PurePath(path).name not in names]
        added[table] = [p for p in candidate.parquet(table) if PurePath(p).name not in old]
    before = published_counts(published)
    now = before.minus(floors.counted(gone)).plus(floors.counted(added))
    held = frozenset(assembled.divided.held) | withdrawn_reports(run)
    return (before.minus(floors.of_reports(gone, held)) if held else before), now


def published_counts(state: snapshots.Snapshot) -> floors.Counts:
    """Returns how much a published state holds, by its description or else by its files."""
    if state.counts:
        return floors.Counts.from_json(state.counts)
    return floors.counted({table: state.parquet(table) for table in state.files})


def _findings(
    run: Run, assembled: Assembled, change: findings.Change | None
) -> tuple[pa.Table, frozenset[str], dict[str, str]]:
    """Writes runs, decisions, findings and trust into the candidate.

    Returns (findings, report_ids of retrusted reports, report_id -> reason of reports that the
    policy holds back now). Where there are any of the last, findings and trust are not written.
    """
    candidate, divided = assembled.candidate, assembled.divided
    counts = tally(divided, assembled.superseded, assembled.figures)
    runs = [*earlier_runs(run), run_row(run, counts, "published")]
    schema = tables.arrow_schema(tables.RUNS)
    candidate.write("runs", "runs", pa.Table.from_pylist(runs, schema=schema))
    known = _known_findings(run)
    with engine.connect(run.folder) as connection:
        relations.show_tables(connection, _paths(candidate))
        candidate.write("decisions", "decisions", run.decisions.rows(connection))
        relations.show_tables(connection, {"decisions": candidate.parquet("decisions")})
        found = _collect(run, candidate, connection, known, change)
        held = {
            report_id: reason
            for report_id, reason in gate.held_reports(found).items()
            if report_id not in divided.held
        }
        for report_id in _accepted_reports(run, connection):
            held.pop(report_id, None)
        if held:
            return found, frozenset(), held
        retrusted = _write_trust(run, candidate, connection, found, known, change)
        if change:
            new_rows = findings.new_or_changed(connection, found, known)
            pq.write_table(new_rows, candidate.gathered_file("quality_findings"))
    candidate.write("quality_findings", "quality_findings", found)
    return found, retrusted, {}


def _accepted_reports(run: Run, connection: duckdb.DuckDBPyConnection) -> list[str]:
    """Returns the report_ids whose bytes a person accepted: the policy holds none of them back."""
    query = "select report_id from reports where list_contains($accepted, source_sha256)"
    rows = connection.execute(query, {"accepted": sorted(run.decisions.accepted())}).fetchall()
    return [report_id for (report_id,) in rows]


def _known_findings(run: Run) -> pa.Table | None:
    """Returns the published findings, or None where there are none that fit the tables of this
    version.
    """
    if run.published is None or run.published.schema_version != tables.SCHEMA_VERSION:
        return None
    return run.published.read("quality_findings")


def _paths(candidate: Candidate) -> dict[str, list[str]]:
    """Returns the Parquet files of each table of the candidate."""
    return {table.name: candidate.parquet(table.name) for table in tables.TABLES}


def _collect(
    run: Run,
    candidate: Candidate,
    connection: duckdb.DuckDBPyConnection,
    known: pa.Table | None,
    change: findings.Change | None,
) -> pa.Table:
    """Returns all findings, of everything where `change` is None.

    Where the database of the published state is damaged or not there, its Parquet is read instead.
    """
    if change is None or run.published is None:
        relations.hold_in_memory(connection)
        return findings.collect(connection, run.run_id, known, run.policy)
    files = _changed_files(candidate, run.published, change)
    if (database := run.published.path / "warehouse.duckdb").exists():
        try:
            relations.show_change(connection, dataclasses.replace(files, database=database))
            return findings.collect(connection, run.run_id, known, run.policy, change)
        except duckdb.Error as error:
            if not engine.is_damage(error):
                raise
            connection.execute("set schema = 'main'")
            relations.show_tables(connection, _paths(candidate))
    relations.show_change(connection, files)
    return findings.collect(connection, run.run_id, known, run.policy, change)


def _changed_files(
    candidate: Candidate, published: snapshots.Snapshot, change: findings.Change
) -> relations.ChangedFiles:
    """Returns the files in which the rows of changed reports lie, for each table at least one.

    Without a file the table would have no columns.
    """
    changed = {}
    for table in (table.name for table in tables.TABLES if table.partitioned):
        if table in candidate.gathered:
            changed[table] = [candidate.gathered[table]]
        else:
            files = change.files_of(set(change.reports), table)
            changed[table] = files or candidate.parquet(table)[:1]
    former = {name: published.parquet(name) for name in ("reports", "text_fingerprints")}
    return relations.ChangedFiles(change.reports, changed, former)


def _write_trust(
    run: Run,
    candidate: Candidate,
    connection: duckdb.DuckDBPyConnection,
    found: pa.Table,
    known: pa.Table | None,
    change: findings.Change | None,
) -> frozenset[str]:
    """Writes how far each figure can be trusted into the candidate's metrics.

    Returns the report_ids where that is not as it was before. With a `change` only its reports, and
    those with other findings or decisions than before, are looked at.
    """
    report_ids, files = None, candidate.parquet("metrics")
    if change and run.published:
        decided = run.published.read("decisions")
        report_ids = change.reports | otherwise_trusted(connection, found, known, decided)
        files = change.files_of(set(report_ids), "metrics")
    if not files:
        return frozenset()
    trusted = trust_of_figures(connection, found, report_ids)
    return frozenset(trust.write_trust(candidate, trusted, connection, report_ids, files))


def _hold_back(run: Run, assembled: Assembled, held: dict[str, str]) -> Sorted:
    """Returns the sources of the run, with those of the reports `held` moved into quarantine.

    `held` maps report_id -> reason.
    """
    divided = assembled.divided
    # all versions of the sources of these reports: none is loaded, the current one is set aside
    of_held = pc.is_in(pc.field("report_id"), pa.array(sorted(held)))
    versions = [
        row
        for path in assembled.candidate.parquet("sources")
        for row in pq.read_table(path, filters=of_held).to_pylist()
    ]
    keys = {(row["source_uri"], row["source_sha256"]) for row in versions}
    seen = {(s.uri, s.sha256): s for s in divided.seen if (s.uri, s.sha256) in keys}
    loaded = {(s.uri, s.sha256) for s in divided.loaded} & keys
    problems, unchanged, quarantined = [], divided.unchanged, divided.quarantined
    for row in versions:
        key = row["source_uri"], row["source_sha256"]
        if not row["is_current"]:
            continue
        source = seen.get(key) or sources.Seen(
            row["source_uri"], row["source_name"], row["source_sha256"], row["size"]
        )
        problems.append((source, reasons.problem(HELD_BY_RULE, finding=held[row["report_id"]])))
        if key in seen:
            quarantined += 1
            unchanged -= key not in loaded
    divided = dataclasses.replace(
        divided,
        loaded=sources.Packed(s for s in divided.loaded if (s.uri, s.sha256) not in keys),
        unchanged=unchanged,
        quarantined=quarantined,
        held={**divided.held, **held},
    )
    return set_aside(run, divided, problems)
