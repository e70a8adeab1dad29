"""The plan -> the Parquet files of the next state. A changed report rewrites its own partition and no other.

A partition is the reports of one year and province, split by the leading hexadecimal digits of the identifiers of their bodies as long as it
holds over `LEAF` of them: a function of the set of reports alone, so the files do not depend on the order of arrival, and a report in the place
of another of its body lies where that lay.
"""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas import tables
from warehouse import engine
from warehouse.engine import run_with_rows
from warehouse.files import portions as by_size
from warehouse.plan import Plan
from warehouse.snapshots import Candidate, Snapshot

DIVIDED = 32_000_000  # bytes of staged Parquet that are divided among portions at once
FEW = 2_000  # reports that came or changed, whose rows are gathered in a file of their own
PORTION = {
    "reports": 6_000,
    "section_terms": 2_500,
}  # reports whose rows of a table are sorted at once
_FROM_STAGING = {
    "reports": (
        "documents",
        "d.report_id, f.source_name, f.source_uri, d.source_sha256, f.township_id, f.township_name, f.county_name, f.prefecture_name, f.province_name, "
        "d.report_year, d.title, d.title_other, d.issuer, d.issued_on, f.other_place, f.other_place_start, d.media_type, d.encoding, d.reader, d.page_count, d.parser_version, d.text",
    ),
    "sections": ("sections", None),
    "metrics": ("metrics", None),
    "numerals": ("numerals", None),
    "metric_links": ("metric_links", None),
    "section_terms": ("section_terms", None),
    "text_fingerprints": ("text_fingerprints", None),
}

# columns that are not staged: of the place, which a register decides, and of the corpus, which the rules judge later
_ELSEWHERE = {
    "report_year": "f.report_year",
    "township_id": "f.township_id",
    "trust": "'unquestioned' trust",
}


def write_partitions(candidate: Candidate, previous: Snapshot | None, planned: Plan) -> None:
    """Writes the partitions that changed into the candidate, links the others."""
    rows = planned.connection.execute(_CLEAN_OR_DIRTY).fetchall()
    # how many reports are read for a partition at once: all of those that are sorted, the new ones where they go in among others
    sort = [(partition, reports) for partition, reports, _, how in rows if how == "sort"]
    insert = [(partition, come) for partition, _, come, how in rows if how == "insert"]
    names = {
        t: {n.rsplit("-", 1)[0]: n for n in previous.files.get(t, {})} if previous else {}
        for t in _FROM_STAGING
    }
    give_way = _giving_way([key for key, _ in insert], planned.connection)
    few = previous is not None and sum(come for _, _, come, _ in rows) <= FEW
    if few:
        _show("gathered", [key for key, _ in sort + insert], planned.connection)
    for table in _FROM_STAGING:
        for key in (partition for partition, _, _, how in rows if how == "keep"):
            if key in names[table]:
                candidate.keep(table, names[table][key])
        size = PORTION.get(table, PORTION["reports"])
        if few:
            come = _gather(candidate, table, planned)
            _insert(candidate, table, [key for key, _ in insert], come, give_way, names[table])
        to_sort, to_insert = (
            list(_portions(sort, size)),
            [] if few else list(_portions(insert, size)),
        )
        with _staged_rows(
            candidate.path / "divided", table, [*to_sort, *to_insert], planned
        ) as paths:
            for portion, those in zip(to_sort, paths):
                _sort(candidate, table, portion, those, names[table], previous, planned.connection)
            for portion, those in zip(to_insert, paths[len(to_sort) :]):
                query = _rows_that_come(table, those, portion, planned.connection)
                come = dict(_by_partition(query, table, planned.connection))
                _insert(candidate, table, portion, come, give_way, names[table])
        if not candidate.listing[table]:
            candidate.write(
                table, "empty", tables.arrow_schema(tables.BY_NAME[table]).empty_table()
            )


# a report comes from staging, or from the partition in which it lay; a partition is written when a report came, changed or went. Where half
# of it or more lay in it before, what is new goes in among what is there, else it is sorted from its reports
_CLEAN_OR_DIRTY = """
create or replace table lying as
select s.report_id, s.source_sha256, s.partition, w.partition was_in, s.fresh or w.partition is null is_new
from state s left join was w using (report_id) where s.partition is not null;
with left_behind as (
  select w.partition from was w left join state s using (report_id) where w.partition is not null and w.partition is distinct from s.partition)
select partition, count(*), count(*) filter (is_new) come,
  case when not bool_or(is_new or partition <> was_in) and partition not in (from left_behind) then 'keep'
    when bool_and(is_new or partition = was_in) and 2 * come <= count(*) then 'insert' else 'sort' end
from lying group by partition order by partition
"""


def partition_of(path: str) -> str:
    """The partition that a file of a partitioned table holds."""
    return path.rsplit("/", 1)[1].rsplit("-", 1)[0]


def year_of(partition: str) -> str:
    """The year whose reports lie in a partition, or `unknown`."""
    return partition.split("-", 1)[0]


def _portions(dirty: list[tuple[str, int]], reports: int) -> Iterator[list[str]]:
    """The partitions, each with how many reports it holds, in portions of so many: what is sorted at once is bounded, however large the corpus."""
    some, count = [], 0
    for key, members in dirty:
        some.append(key)
        count += members
        if count >= reports:
            yield some
            some, count = [], 0
    if some:
        yield some


def _show_those(partitions: list[str], connection: duckdb.DuckDBPyConnection) -> None:
    """The table `those`: these partitions."""
    named = pa.table({"partition": pa.array(partitions, pa.string())})
    run_with_rows(connection, "create or replace temp table those as", named)


def _show(name: str, partitions: list[str], connection: duckdb.DuckDBPyConnection) -> None:
    """A table of that name: the state of the reports that come into these partitions, which are in the table `those`."""
    _show_those(partitions, connection)
    connection.execute(
        f"create or replace temp table {name} as select s.* from state s semi join (from lying semi join those using (partition) where is_new) using (report_id)"
    )


def _gather(candidate: Candidate, table: str, planned: Plan) -> dict[str, pa.Table]:
    """The rows of all reports that came or changed, which are few, by partition. They are put into one file, too: what looks at them later
    need not open their partitions."""
    batches = (
        "select distinct file from staged_at semi join gathered using (source_sha256) order by file"
    )
    paths = _parts(table, planned.connection.execute(batches).fetchall())
    come = dict(_by_partition(_from_staging(table, paths, "gathered"), table, planned.connection))
    with pq.ParquetWriter(
        candidate.gathers(table), tables.arrow_schema(tables.BY_NAME[table])
    ) as writer:
        for rows in come.values():
            writer.write_table(rows)
    return come


def _parts(table: str, documents: list[tuple[str]]) -> list[str]:
    """Where in the batches with these documents the rows of a table are staged."""
    return [
        str(Path(file).with_name(f"{_FROM_STAGING[table][0]}.parquet")) for (file,) in documents
    ]


@contextlib.contextmanager
def _staged_rows(
    scratch: Path, table: str, portions: list[list[str]], planned: Plan
) -> Iterator[list[list[str]]]:
    """For each portion the files with its staged rows. Every batch has reports of many portions, so with more than one the rows are first
    divided among them: each batch is read once, however many they are."""
    if not portions:
        yield []
        return
    connection = planned.connection
    of = [(key, i) for i, keys in enumerate(portions) for key in keys]
    partitions = {
        "partition": pa.array([k for k, _ in of], pa.string()),
        "portion": pa.array([i for _, i in of], pa.int32()),
    }
    run_with_rows(connection, "create or replace temp table portions as", pa.table(partitions))
    connection.execute(
        "create or replace temp view owners as select source_sha256, report_id, portion from lying join portions using (partition) where is_new"
    )
    batches = (
        "select distinct file from staged_at semi join owners using (source_sha256) order by file"
    )
    files = _parts(table, connection.execute(batches).fetchall())
    if len(portions) < 2 or not files:
        yield [files for _ in portions]
        return
    home = str(scratch).replace("'", "''")
    # each portion has its writer, with as many rows in memory as this says
    connection.execute("set partitioned_write_flush_threshold = 4_000")
    connection.execute("set partitioned_write_max_open_files = 10_000")
    try:
        scratch.mkdir()
        # what is divided at once is bounded too: DuckDB holds all of it, or needs more memory than it has
        for i, some in enumerate(by_size(files, DIVIDED)):
            connection.execute(
                f"copy (select d.*, o.portion from read_parquet({some!r}) d join owners o using (source_sha256, report_id)) "
                f"to '{home}/{i}' (format parquet, compression lz4_raw, partition_by (portion))"
            )
        yield [
            sorted(map(str, scratch.glob(f"*/portion={i}/*.parquet"))) for i in range(len(portions))
        ]
    finally:
        shutil.rmtree(scratch)


def _rows_that_come(
    table: str, paths: list[str], partitions: list[str], connection: duckdb.DuckDBPyConnection
) -> str:
    """The query for the staged rows of the new reports of these partitions, with `partition`; empty where nothing comes."""
    _show("fresh", partitions, connection)
    return _from_staging(table, paths, "fresh")


def _from_staging(table: str, paths: list[str], reports: str) -> str:
    """The query for the staged rows of the reports in that table, with `partition`; empty without files."""
    if not paths:
        return ""
    declared = tables.BY_NAME[table]
    columns = _FROM_STAGING[table][1] or ", ".join(
        _ELSEWHERE.get(c.name, f"d.{c.name}") for c in declared.columns
    )
    return f"select {columns}, f.partition from read_parquet({paths!r}, hive_partitioning=false) d join {reports} f on d.source_sha256 = f.source_sha256 and d.report_id = f.report_id"


def _by_partition(
    query: str, table: str, connection: duckdb.DuckDBPyConnection
) -> Iterator[tuple[str, pa.Table]]:
    """What a query with `partition` gives, partition by partition, in the schema of a table."""
    schema = tables.arrow_schema(tables.BY_NAME[table])
    if query:
        for key, rows in _runs_of(
            connection.sql(f"select * from ({query}) order by partition").to_arrow_reader(65_536)
        ):
            yield key, rows.select(schema.names).cast(schema)


def _sort(
    candidate: Candidate,
    table: str,
    partitions: list[str],
    paths: list[str],
    names: dict[str, str],
    previous: Snapshot | None,
    connection: duckdb.DuckDBPyConnection,
) -> None:
    """Writes partitions from the rows of all their reports."""
    declared = tables.BY_NAME[table]
    selects = [come] if (come := _rows_that_come(table, paths, partitions, connection)) else []
    connection.execute(
        "create or replace temp table kept as select report_id, partition, was_in from lying semi join those using (partition) where not is_new"
    )
    lay = [
        p
        for (p,) in connection.execute(
            "select distinct was_in from kept order by was_in"
        ).fetchall()
    ]
    if before := [str(previous.path / "parquet" / table / names[p]) for p in lay if p in names]:
        columns = ", ".join(f"o.{c.name}" for c in declared.columns)
        selects.append(
            f"select {columns}, k.partition from read_parquet({before!r}, hive_partitioning=false) o join kept k on o.report_id = k.report_id"
        )
    if selects:
        order = ", ".join(f"{c} nulls first" for c in ("partition", *declared.order))
        reader = connection.sql(
            f"select * from ({' union all by name '.join(selects)}) order by {order}"
        ).to_arrow_reader(4_096)
        for key, rows in _runs_of(reader):
            candidate.write(table, key, rows)
        written = {n.rsplit("-", 1)[0] for n in candidate.listing[table]}
        for key in partitions:
            if key not in written:
                candidate.write(table, key, tables.arrow_schema(declared).empty_table())


_GIVE_WAY = """
select partition, list(report_id) from (select report_id, partition from was semi join those using (partition))
anti join (from lying where not is_new) using (report_id, partition) group by partition
"""


def _giving_way(
    partitions: list[str], connection: duckdb.DuckDBPyConnection
) -> dict[str, list[str]]:
    """The reports whose rows in the file of a partition are not what they are now."""
    _show_those(partitions, connection)
    return dict(connection.execute(_GIVE_WAY).fetchall())


def _insert(
    candidate: Candidate,
    table: str,
    partitions: list[str],
    come: dict[str, pa.Table],
    give_way: dict[str, list[str]],
    names: dict[str, str],
) -> None:
    """Writes partitions of which the greater part stays: out of each file what gives way, and what comes in at its place."""
    schema = tables.arrow_schema(tables.BY_NAME[table])
    order = [(column, "ascending", "at_start") for column in tables.BY_NAME[table].order]

    def write(key: str) -> None:
        rows = [come.get(key, schema.empty_table())]
        if key in names:
            path = candidate.previous.path / "parquet" / table / names[key]
            there = pq.ParquetFile(path).read(use_threads=False).select(schema.names).cast(schema)
            away = pc.is_in(there["report_id"], pa.array(give_way.get(key, []), pa.string()))
            rows.append(there.filter(pc.invert(away)))
        together = pa.concat_tables(rows).combine_chunks()
        candidate.write(table, key, together.take(pc.sort_indices(together, order)))

    with ThreadPoolExecutor(engine.threads()) as pool:
        for _ in pool.map(write, partitions):
            pass


def _runs_of(reader: pa.RecordBatchReader) -> Iterable[tuple[str, pa.Table]]:
    """The rows of each partition, from a reader that is ordered by partition."""
    key, parts = None, []
    for batch in reader:
        runs = pc.run_end_encode(batch.column("partition"))
        rows, start = pa.Table.from_batches([batch.drop_columns(["partition"])]), 0
        for partition, end in zip(runs.values.to_pylist(), runs.run_ends.to_pylist()):
            if partition != key:
                if parts:
                    yield key, pa.concat_tables(parts)
                key, parts = partition, []
            parts.append(rows.slice(start, end - start))
            start = end
    if parts:
        yield key, pa.concat_tables(parts)

