"""Assembling: the Parquet of the next state is written beside the published one."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import PurePath

import duckdb
import pyarrow as pa

from flows.night.plan import Planned
from flows.night.run import Run
from flows.night.sort import Sorted
from schemas import tables
from transforms import rows
from transforms.version import parser_version
from warehouse import database, dimensions, partitions, snapshots
from warehouse import plan as warehouse_plan
from warehouse.candidate import Candidate


@dataclass(frozen=True, slots=True)
class Assembled:
    """A candidate: every table of the next state but runs, decisions and findings.

    `superseded` counts the reports that gave way to a re-issue, `figures` the figures in force.
    """

    candidate: Candidate
    outline: warehouse_plan.Outline
    divided: Sorted
    superseded: int
    figures: int


def assemble(run: Run, planned: Planned) -> Assembled:
    """Writes the Parquet of the next state; removes the plan, and the candidate too when it
    fails.
    """
    try:
        return _assemble(run, planned)
    except BaseException:
        planned.candidate.discard()
        raise
    finally:
        planned.connection.close()


def _assemble(run: Run, planned: Planned) -> Assembled:
    plan, candidate = planned.plan, planned.candidate
    if not run.settings.prepare:
        database.start_copy(candidate, run.published, *plan.extent())
    partitions.write_partitions(candidate, run.published, plan)
    dimensions.write_dimensions(candidate, run.published, plan)
    candidate.write_state(plan.parts())
    superseded, figures = plan.removed(), plan.figures()
    outline = warehouse_plan.Outline(plan)
    plan.drop()
    occurrences = _occurrences(run.published, candidate, planned.connection)
    candidate.write("metric_definitions", "metric_definitions", rows.definitions(occurrences))
    candidate.write("units", "units", rows.units())
    _write_divisions(run, candidate)
    quarantine = pa.Table.from_pylist(
        planned.divided.quarantine, schema=tables.arrow_schema(tables.QUARANTINE)
    )
    candidate.write("quarantine", "quarantine", quarantine)
    return Assembled(candidate, outline, planned.divided, superseded, figures)


def _write_divisions(run: Run, candidate: Candidate) -> None:
    """Writes the register as a table; the one in force is taken over where the register is the
    same.
    """
    published = run.published
    is_same = published is not None and (
        (published.register, published.schema_version)
        == (run.register.digest, tables.SCHEMA_VERSION)
    )
    if published is not None and is_same:
        for name in published.files["divisions"]:
            candidate.reuse("divisions", name)
        return
    candidate.write("divisions", "divisions", rows.divisions(run.register))


def _occurrences(
    published: snapshots.Snapshot | None,
    candidate: Candidate,
    connection: duckdb.DuckDBPyConnection,
) -> dict[str, int]:
    """Returns metric code -> number of figures with it.

    Where the published state has the same tables and parser, only files that differ are counted.
    """
    files = candidate.parquet("metrics")
    same = published is not None and (
        (published.schema_version, published.parser_version)
        == (tables.SCHEMA_VERSION, parser_version())
    )
    if published is None or not same:
        return _codes_in(files, connection)
    known = published.read("metric_definitions", ["metric_code", "occurrences"]).to_pydict()
    counts = Counter(dict(zip(known["metric_code"], known["occurrences"])))
    added = [path for path in files if PurePath(path).name not in published.files["metrics"]]
    removed = [
        path
        for path in published.parquet("metrics")
        if PurePath(path).name not in candidate.listing["metrics"]
    ]
    counts.update(_codes_in(added, connection))
    counts.subtract(_codes_in(removed, connection))
    return counts


def _codes_in(files: list[str], connection: duckdb.DuckDBPyConnection) -> Counter[str]:
    if not files:
        return Counter()
    query = (
        "select metric_code, count(*) from read_parquet(?, hive_partitioning=false) "
        "group by metric_code"
    )
    return Counter(dict(connection.execute(query, [files]).fetchall()))
