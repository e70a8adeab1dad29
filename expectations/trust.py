"""How far each figure can be trusted: by the findings on it and by what people decided about it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from importlib import resources

import duckdb
import pyarrow as pa
import pyarrow.compute as pc


def _statement(name: str) -> str:
    return resources.files("expectations").joinpath("sql", name).read_text(encoding="utf-8")


@contextmanager
def _registered(
    connection: duckdb.DuckDBPyConnection, relations: dict[str, pa.Table]
) -> Iterator[None]:
    """Makes tables readable under their names for as long as the block runs."""
    for name, rows in relations.items():
        connection.register(name, rows)
    try:
        yield
    finally:
        for name in relations:
            connection.unregister(name)


def _of_reports(rows: pa.Table, reports: frozenset[str]) -> pa.Table:
    return rows.filter(pc.is_in(rows["report_id"], pa.array(sorted(reports), pa.string())))


def trust_of_figures(
    connection: duckdb.DuckDBPyConnection, findings: pa.Table, reports: frozenset[str] | None = None
) -> pa.Table:
    """Returns (metric_id, trust) of every figure that is not unquestioned.

    `connection` has the relations metrics and decisions. With `reports` only their figures.
    """
    if reports is not None:
        findings = _of_reports(findings, reports)
    with _registered(connection, {"findings": findings}):
        rows = connection.sql(_statement("trust.sql")).to_arrow_table()
    if reports is not None:
        rows = _of_reports(rows, reports)
    return rows.drop_columns(["report_id"])


def otherwise_trusted(
    connection: duckdb.DuckDBPyConnection,
    findings: pa.Table,
    findings_before: pa.Table,
    decisions_before: pa.Table,
) -> frozenset[str]:
    """Returns the reports of which other figures are questioned or decided on than before.

    `connection` has the relation decisions as it is now; `findings_before` and `decisions_before`
    are those of the state in force.
    """
    relations = {
        "findings_now": findings,
        "findings_before": findings_before,
        "decisions_before": decisions_before,
    }
    with _registered(connection, relations):
        rows = connection.execute(_statement("otherwise_trusted.sql")).fetchall()
    return frozenset(report_id for (report_id,) in rows if report_id)
