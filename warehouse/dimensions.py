"""The tables beside the facts: townships, their candidates, sources, and the history of reports."""

from __future__ import annotations

from collections import defaultdict

import pyarrow as pa

from schemas import tables
from warehouse.engine import run_with_rows
from warehouse.partitions import partition_of
from warehouse.plan import Plan
from warehouse.reports import documents_of
from warehouse.snapshots import Candidate, Snapshot

_PLACE = (
    "township_name",
    "county_name",
    "prefecture_name",
    "province_name",
    "division_code",
    "resolution",
)


def write_dimensions(candidate: Candidate, previous: Snapshot | None, planned: Plan) -> None:
    """Writes townships, the candidates of ambiguous ones, sources and report_history."""
    rows = planned.connection.sql
    _write(candidate, "townships", rows(_TOWNSHIPS).to_arrow_table())
    _write(candidate, "township_candidates", rows(_CANDIDATES).to_arrow_table())
    names = ", ".join(c.name for c in tables.SOURCES.columns)
    of_all = rows(f"select {names} from sources order by source_uri, version").to_arrow_table()
    candidate.write("sources", "sources", of_all)
    _write(
        candidate,
        "report_history",
        pa.Table.from_pylist(
            _history_rows(previous, planned), schema=tables.arrow_schema(tables.REPORT_HISTORY)
        ),
    )


_TOWNSHIPS = f"""
select township_id, {", ".join(f"first({n} order by report_id) {n}" for n in _PLACE[:-1])},
  if(bool_or(resolution = 'exact'), 'exact', first(resolution order by report_id)) resolution,
  min(report_year) first_report_year, max(report_year) last_report_year, count(*) report_count
from state where is_current and township_id is not null group by township_id
"""
# the divisions that an ambiguous body may be
_CANDIDATES = f"""
select distinct township_id, {", ".join(f"c ->> {i} {n}" for i, n in enumerate(_PLACE[:5]))}
from (select township_id, unnest(cast(cast(candidates as json) as json[])) c from state where is_current and township_id is not null and candidates <> '[]')
qualify row_number() over (partition by township_id, c ->> 4) = 1
"""


def _write(candidate: Candidate, table: str, rows: pa.Table) -> None:
    declared = tables.BY_NAME[table]
    made = rows.select(tables.arrow_schema(declared).names).cast(tables.arrow_schema(declared))
    candidate.write(
        table, table, made.sort_by([(c, "ascending") for c in declared.order or declared.key])
    )


# the first version of each report that is not current; in its place stands another of its body and year, or what its source holds now
_REPLACED = """
with version as (
  from sources where report_id not in (select report_id from state where is_current) qualify row_number() over (partition by report_id order by source_uri, version) = 1),
now as (select c.source_uri, coalesce(s.replaced_by, c.report_id) report_id from sources c left join state s using (report_id) where c.is_current)
select v.report_id, v.source_name, v.source_uri, v.source_sha256, a.file, s.report_id is not null live, s.township_name,
  if(s.report_id is not null, s.replaced_by, now.report_id) replaced_by, w.partition was_in, w.figures
from version v left join state s using (report_id) left join was w using (report_id) left join now on now.source_uri = v.source_uri
left join staged_at a on a.source_sha256 = v.source_sha256
order by v.report_id
"""


def _history_rows(previous: Snapshot | None, planned: Plan) -> list[dict]:
    versions = planned.connection.sql(_REPLACED).to_arrow_table().to_pylist()
    known = (
        {r["report_id"]: r for r in previous.read("report_history").to_pylist()} if previous else {}
    )
    missing = [v for v in versions if v["report_id"] not in known]
    published = {}
    if previous and missing:
        those = pa.table({"report_id": [v["report_id"] for v in missing]})
        run_with_rows(planned.connection, "create or replace temp table missing as", those)
        lay = {v["was_in"] for v in missing}
        files = [
            p for p in previous.parquet("reports") if partition_of(p) in lay
        ] or previous.parquet("reports")[:1]
        got = planned.connection.sql(
            f"select report_id, township_name, report_year, title, text from read_parquet({files!r}) semi join missing using (report_id)"
        ).to_arrow_table()
        published = {r["report_id"]: r for r in got.to_pylist()}
    wanted: dict[str, set[str]] = defaultdict(set)
    for version in missing:
        if version["file"] and version["report_id"] not in published:
            wanted[version["file"]].add(version["source_sha256"])
    texts = {
        sha256: d for file, those in wanted.items() for sha256, d in documents_of(file, those).items()
    }
    rows = []
    for version in versions:
        base = known.get(version["report_id"]) or {}
        document = texts.get(version["source_sha256"]) or {}
        old = published.get(version["report_id"]) or {}
        figures = (version["figures"], document.get("figures"), base.get("figure_count"))
        years = (old.get("report_year"), document.get("report_year"), base.get("report_year"))
        rows.append(
            {
                **{
                    n: version[n]
                    for n in (
                        "report_id",
                        "source_name",
                        "source_uri",
                        "source_sha256",
                        "replaced_by",
                    )
                },
                "township_name": version["township_name"]
                or old.get("township_name")
                or base.get("township_name"),
                "report_year": next((y for y in years if y is not None), None),
                "title": old.get("title") or document.get("title") or base.get("title"),
                "reason": "other_report_of_body_and_year" if version["live"] else "superseded",
                "figure_count": next((n for n in figures if n is not None), 0),
                "text": old.get("text") or document.get("text") or base.get("text") or "",
            }
        )
    return rows
