"""Writes the tables beside the facts: townships, their candidates, sources, and the history of
reports.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pyarrow as pa

from schemas import tables
from warehouse import engine
from warehouse.candidate import Candidate
from warehouse.partitions import partition_of
from warehouse.plan import Plan
from warehouse.reports import documents_of
from warehouse.snapshots import Snapshot


def write_dimensions(candidate: Candidate, previous: Snapshot | None, planned: Plan) -> None:
    """Writes townships, township_candidates, sources and report_history into the candidate."""
    query = planned.connection.sql
    _write(candidate, "townships", query(engine.script("plan/townships.sql")).to_arrow_table())
    candidates = query(engine.script("plan/candidates.sql")).to_arrow_table()
    _write(candidate, "township_candidates", candidates)
    columns = ", ".join(column.name for column in tables.SOURCES.columns)
    sources = query(f"select {columns} from ({engine.script('plan/written_sources.sql')})")
    candidate.write("sources", "sources", sources.to_arrow_table())
    schema = tables.arrow_schema(tables.REPORT_HISTORY)
    history = pa.Table.from_pylist(_history_rows(previous, planned), schema=schema)
    _write(candidate, "report_history", history)


def _write(candidate: Candidate, table: str, rows: pa.Table) -> None:
    """Writes a table that lies in one file, in its order."""
    declared = tables.BY_NAME[table]
    schema = tables.arrow_schema(declared)
    order = [(column, "ascending") for column in declared.order or declared.key]
    candidate.write(table, table, rows.select(schema.names).cast(schema).sort_by(order))


def _history_rows(previous: Snapshot | None, planned: Plan) -> list[dict[str, Any]]:
    """One row per report that is not current.

    What is known of it comes from the state in force, from its staged document, or from its row in
    the history so far.
    """
    replaced = planned.connection.sql(engine.script("plan/replaced.sql"))
    versions = replaced.to_arrow_table().to_pylist()
    known: dict[str, dict[str, Any]] = {}
    if previous:
        rows = previous.read("report_history").to_pylist()
        known = {row["report_id"]: row for row in rows}
    missing = [version for version in versions if version["report_id"] not in known]
    published = _published_reports(previous, planned, missing)
    wanted = [version for version in missing if version["report_id"] not in published]
    documents = _staged_documents(wanted)
    return [
        _history_row(
            version,
            published.get(version["report_id"], {}),
            documents.get(version["source_sha256"], {}),
            known.get(version["report_id"], {}),
        )
        for version in versions
    ]


def _published_reports(
    previous: Snapshot | None, planned: Plan, versions: list[dict[str, Any]]
) -> dict[str, dict[str, Any]]:
    """Returns report -> its row in the state in force, of those versions that are there."""
    if previous is None or not versions:
        return {}
    report_ids = [version["report_id"] for version in versions]
    engine.create_values(planned.connection, "missing", "report_id", report_ids)
    partitions = {version["was_in"] for version in versions}
    paths = previous.parquet("reports")
    chosen = [path for path in paths if partition_of(path) in partitions] or paths[:1]
    rows = planned.connection.sql(
        "select report_id, township_name, report_year, title, text "
        "from read_parquet(?, hive_partitioning=false) semi join missing using (report_id)",
        params=[chosen],
    ).to_arrow_table()
    return {row["report_id"]: row for row in rows.to_pylist()}


def _staged_documents(versions: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Returns digest of the bytes -> staged document, of those versions that have one."""
    digests: dict[str, set[str]] = defaultdict(set)
    for version in versions:
        if version["file"]:
            digests[version["file"]].add(version["source_sha256"])
    return {
        sha256: document
        for file, wanted in digests.items()
        for sha256, document in documents_of(file, wanted).items()
    }


def _history_row(
    version: dict[str, Any],
    published: dict[str, Any],
    document: dict[str, Any],
    known: dict[str, Any],
) -> dict[str, Any]:
    """One row of report_history. Each of the four may know what the others do not."""
    figures = (version["figures"], document.get("figures"), known.get("figure_count"))
    years = (published.get("report_year"), document.get("report_year"), known.get("report_year"))
    reason = "other_report_of_body_and_year" if version["has_source"] else "superseded"
    if version["chosen_because"] == "same_report":
        reason = "same_report"
    if version["is_withdrawn"] and not version["has_source"]:
        reason = "withdrawn"
    return {
        "report_id": version["report_id"],
        "source_name": version["source_name"],
        "source_uri": version["source_uri"],
        "source_sha256": version["source_sha256"],
        "replaced_by": version["replaced_by"],
        "chosen_because": version["chosen_because"],
        "issued_on": version["issued_on"] or document.get("issued_on") or known.get("issued_on"),
        "township_name": version["township_name"]
        or published.get("township_name")
        or known.get("township_name"),
        "report_year": next((year for year in years if year is not None), None),
        "title": published.get("title") or document.get("title") or known.get("title"),
        "reason": reason,
        "figure_count": next((number for number in figures if number is not None), 0),
        "text": published.get("text") or document.get("text") or known.get("text") or "",
    }
