"""Brings the column `trust` of metrics in line with what the rules and decisions say."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse import engine
from warehouse.snapshots import Candidate


def write_trust(
    candidate: Candidate,
    trust: pa.Table,
    connection: duckdb.DuckDBPyConnection,
    reports: frozenset[str] | None,
    files: list[str],
) -> set[str]:
    """Brings the column `trust` of metrics in line with `trust` (metric_id, trust; the others are unquestioned), of all reports or of
    `reports`, whose rows lie in `files`. Files in which it is so already stay as they are. Returns the reports whose figures were touched."""
    connection.register("trust_now", trust)
    where = "m.trust <> coalesce(t.trust, 'unquestioned')"
    if reports is not None:
        connection.register(
            "those_reports", pa.table({"report_id": pa.array(sorted(reports), pa.string())})
        )
        where += " and m.report_id in (from those_reports)"
    differing = connection.execute(
        f"select m.filename, list(distinct m.report_id) from read_parquet({files!r}, hive_partitioning=false, filename=true) m "
        f"left join trust_now t using (metric_id) where {where} group by m.filename order by m.filename"
    ).fetchall()
    connection.unregister("trust_now")
    connection.unregister("those_reports")
    told = dict(zip(trust["metric_id"].to_pylist(), trust["trust"].to_pylist()))

    def bring(path: str, those: list[str]) -> None:
        rows = pq.ParquetFile(path).read(use_threads=False)
        of_those = pc.is_in(rows["report_id"], pa.array(those, pa.string()))
        now = pa.array(
            [told.get(m, "unquestioned") for m in rows["metric_id"].to_pylist()], pa.string()
        )
        at = rows.schema.get_field_index("trust")
        column = pc.if_else(of_those, now, rows["trust"])
        candidate.replace(
            "metrics", path.rsplit("/", 1)[1], rows.set_column(at, rows.schema.field(at), column)
        )

    with ThreadPoolExecutor(engine.threads()) as pool:
        for _ in pool.map(bring, *zip(*differing)) if differing else ():
            pass
    return {report_id for _, those in differing for report_id in those}

