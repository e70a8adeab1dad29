"""Brings the column `trust` of metrics in line with what rules and people say."""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse import engine
from warehouse.candidate import Candidate

_UNQUESTIONED = "unquestioned"


def write_trust(
    candidate: Candidate,
    trust: pa.Table,
    connection: duckdb.DuckDBPyConnection,
    report_ids: Collection[str] | None,
    paths: list[str],
) -> set[str]:
    """Writes `trust` (metric_id, trust; every other figure is unquestioned) into the figures of the
    candidate.

    Only figures of `report_ids` are changed (None: of all reports); their rows lie in the files
    `paths`. A file in which everything is right already stays as it is. Returns the reports with
    figures that were changed.
    """
    trust_of = dict(zip(trust["metric_id"].to_pylist(), trust["trust"].to_pylist()))

    def rewrite(path: str, reports: list[str]) -> None:
        rows = pq.ParquetFile(path).read(use_threads=False)
        values = [trust_of.get(metric, _UNQUESTIONED) for metric in rows["metric_id"].to_pylist()]
        is_changed = pc.is_in(rows["report_id"], pa.array(reports, pa.string()))
        column = pc.if_else(is_changed, pa.array(values, pa.string()), rows["trust"])
        at = rows.schema.get_field_index("trust")
        changed = rows.set_column(at, rows.schema.field(at), column)
        candidate.replace("metrics", path.rsplit("/", 1)[1], changed)

    differing = _differing(connection, trust, report_ids, paths)
    with ThreadPoolExecutor(engine.threads()) as pool:
        for _ in pool.map(lambda entry: rewrite(*entry), differing):
            pass
    return {report_id for _, reports in differing for report_id in reports}


def _differing(
    connection: duckdb.DuckDBPyConnection,
    trust: pa.Table,
    report_ids: Collection[str] | None,
    paths: list[str],
) -> list[tuple[str, list[str]]]:
    """Returns each file in which `trust` says otherwise, with the reports whose figures it is
    about.
    """
    where = "m.trust <> coalesce(t.trust, $unquestioned)"
    if report_ids is not None:
        engine.create_values(connection, "trusted_reports", "report_id", sorted(report_ids))
        where += " and m.report_id in (from trusted_reports)"
    connection.register("new_trust", trust)
    rows = connection.execute(
        "select m.filename, list(distinct m.report_id) "
        "from read_parquet($paths, hive_partitioning = false, filename = true) m "
        f"left join new_trust t using (metric_id) where {where} "
        "group by m.filename order by m.filename",
        {"paths": paths, "unquestioned": _UNQUESTIONED},
    ).fetchall()
    connection.unregister("new_trust")
    return [(path, reports) for path, reports in rows]
