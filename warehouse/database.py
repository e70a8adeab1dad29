"""The candidate's Parquet -> `warehouse.duckdb`: one self-contained file that any DuckDB from 1.2 on opens, with comments on everything.

Two things are kept otherwise than in Parquet, for size and speed: `sections` has a number of its own in this file (`section_no`), by which
`term_postings` holds the search index (`section_terms` is a view of it), and marts that would be slow as views are tables, kept up to date by report.
"""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from schemas import tables
from warehouse import engine, files
from warehouse.partitions import partition_of
from warehouse.snapshots import Candidate, Snapshot

_FILE = "warehouse.duckdb"
STORAGE_VERSION = "v1.2.0"
PORTION = 32_000_000  # bytes of Parquet that are sorted at once
MART_PORTION = 30_000  # reports whose rows of a mart are made at once
_TYPES = {
    "string": "varchar",
    "int32": "integer",
    "int64": "bigint",
    "float64": "double",
    "bool": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}
# long texts: half the size that DuckDB would choose for them
_LONG = {("reports", "text"), ("sections", "body"), ("report_history", "text")}
_NUMBERED = (
    "section_no",
    "integer",
    "Number of the section in this file; joins to term_postings. 本文件内的章节序号。",
)
_POSTINGS = (
    ("term", "varchar", "A word of two characters or more, cut as jieba cuts. 两字以上的词。"),
    ("section_no", "integer", "The section, by its number in this file. 章节序号。"),
    ("occurrences", "integer", "How often it stands there. [times] 出现次数。"),
    (
        "words",
        "integer",
        "How many words that section has, for the ranking without a join. [words] 该章节的词数。",
    ),
)


def begin(candidate: Candidate, previous: Snapshot | None, changed: int, total: int) -> None:
    """Begins to copy the file before into the candidate, beside what is done until `build`, where that is likely to bring it up to date and
    was not begun before."""
    if candidate.is_busy():
        return
    if previous and (previous.path / _FILE).exists() and changed <= total // 5:
        candidate.beside(files.copy, previous.path / _FILE, candidate.path / _FILE)


def build(
    candidate: Candidate,
    previous: Snapshot | None,
    changed: dict[str, str | None],
    retrusted: dict[str, str | None],
    total: int,
    parser_version: str,
) -> Path:
    """Writes the candidate's DuckDB file. Where few of the `total` reports changed, the file before is copied and brought up to date.

    `changed` maps the reports that changed to the partition they lie in now (None: nowhere); of those in `retrusted` figures alone changed.
    """
    path = candidate.path / _FILE
    old = previous.path / _FILE if previous else None
    incremental = (
        old is not None
        and old.exists()
        and previous.schema_version == tables.SCHEMA_VERSION
        and len(changed.keys() | retrusted.keys()) <= total // 5
        and not _worn(old)
    )
    copied = candidate.settle()
    if incremental and not copied:
        files.copy(old, path)
    if incremental:
        try:
            _make(path, candidate, previous, changed, retrusted, parser_version)
        except duckdb.Error as error:
            if not engine.is_damage(error):
                raise
            incremental = False
    if not incremental:
        for leftover in (path, path.with_name(f"{_FILE}.wal")):
            leftover.unlink(missing_ok=True)
        _make(path, candidate, None, {}, {}, parser_version)
    path.chmod(0o444)
    return path


def _make(
    path: Path,
    candidate: Candidate,
    previous: Snapshot | None,
    changed: dict[str, str | None],
    retrusted: dict[str, str | None],
    parser_version: str,
) -> None:
    """Makes the file, or given the state `previous` whose file was copied to `path` brings it up to date."""
    incremental = previous is not None
    connection = engine.connect(candidate.data_dir)
    try:
        option = "" if incremental else f" (storage_version '{STORAGE_VERSION}')"
        connection.execute(f"attach {_quoted(path)} as made{option}")
        connection.execute("use made")
        if incremental:
            connection.execute("set wal_autocheckpoint = '1TB'")  # once, below
        before = {t: _rows(connection, t) for t in _COUNTED} if incremental else {}
        for table in tables.TABLES:
            touched = {**retrusted, **changed} if table is tables.METRICS else changed
            if table is tables.SECTION_TERMS:
                pass  # with sections, whose numbers it needs
            elif incremental and table.partitioned:
                _update(connection, candidate, previous, table, touched)
            elif not incremental:
                _create(connection, candidate, table)
            elif set(candidate.listing[table.name]) != set(previous.files[table.name]):
                _amend(connection, candidate, table)
        _compare(connection, candidate, previous, before)
        same_reading = incremental and previous.parser_version == parser_version
        _views_and_marts(connection, {**retrusted, **changed} if same_reading else None)
        connection.execute("checkpoint made")
        connection.execute("use memory")
        connection.execute("detach made")
    finally:
        connection.close()


def _worn(path: Path) -> bool:
    """Whether a tenth of the search index speaks of sections that are no more, or the file is damaged: then it is made anew."""
    try:
        with duckdb.connect(str(path), read_only=True) as connection:
            return connection.execute(
                "select (select count(postings) from replaced_sections) > (select count(*) from sections) // 10"
            ).fetchone()[0]
    except duckdb.Error:
        return True


def _create(connection, candidate: Candidate, table: tables.Table) -> None:
    paths = candidate.parquet(table.name)
    order = ", ".join(f"{c} nulls first" for c in table.order or table.key)
    connection.execute(f"drop table if exists {table.name}")
    columns = [
        f"{c.name} {_TYPES[c.type]}{'' if c.nullable else ' not null'}{' using compression zstd' if (table.name, c.name) in _LONG else ''}"
        for c in table.columns
    ]
    if table is tables.SECTIONS:
        columns.append(f"{_NUMBERED[0]} {_NUMBERED[1]} not null")
    connection.execute(f"create table {table.name} ({', '.join(columns)})")
    for some in files.portions(paths, PORTION):
        number = ""
        if table is tables.SECTIONS:
            number = ", (select coalesce(max(section_no), 0) from sections) + row_number() over ()"
        rows = f"select * from read_parquet({some!r}, hive_partitioning=false) order by {order}"
        connection.execute(f"insert into {table.name} select *{number} from ({rows})")
    connection.execute(f"comment on table {table.name} is {_quoted(table.en + ' ' + table.zh)}")
    _describe(connection, table)
    if table is tables.SECTIONS:
        connection.execute(f"comment on column sections.{_NUMBERED[0]} is {_quoted(_NUMBERED[2])}")
        connection.execute(
            f"create or replace table term_postings ({', '.join(f'{name} {kind} not null' for name, kind, _ in _POSTINGS)})"
        )
        connection.execute(
            "comment on table term_postings is 'One row per word and section: what search() reads, in the order of the words. 每词每节一行：检索索引。'"
        )
        for name, _, said in _POSTINGS:
            connection.execute(f"comment on column term_postings.{name} is {_quoted(said)}")
        connection.execute(
            "create or replace table replaced_sections (section_no integer not null, postings integer not null)"
        )
        connection.execute(
            "comment on table replaced_sections is 'Sections that are no more and still stand in term_postings: search() leaves them out. 已被替换、检索时剔除的章节序号。'"
        )
        connection.execute(
            f"comment on column replaced_sections.section_no is {_quoted(_NUMBERED[2])}"
        )
        connection.execute(
            "comment on column replaced_sections.postings is 'How many rows of term_postings it has. [rows] 其索引行数。'"
        )
        for some in files.portions(candidate.parquet("section_terms"), 3 * PORTION):
            _post(connection, some, "true")


def _amend(connection, candidate: Candidate, table: tables.Table) -> None:
    """Rows out that are no more, and in that were not there, by digests of whole rows."""
    columns = ", ".join(c.name for c in table.columns)
    order = ", ".join(f"{c} nulls first" for c in table.order or table.key)
    now = f"read_parquet({candidate.parquet(table.name)!r}, hive_partitioning=false)"
    connection.execute(
        f"delete from {table.name} where hash({columns}) not in (select hash({columns}) from {now})"
    )
    connection.execute(
        f"insert into {table.name} select {columns} from {now} where hash({columns}) not in (select hash({columns}) from {table.name}) order by {order}"
    )


def _describe(connection, table: tables.Table) -> None:
    for c in table.columns:
        unit = f" [{c.unit}]" if c.unit else ""
        connection.execute(
            f"comment on column {table.name}.{c.name} is {_quoted(c.en + unit + ' ' + c.zh)}"
        )


def _post(connection, files: list[str], where: str) -> None:
    if files:
        connection.execute(
            "insert into term_postings select t.term, s.section_no, t.occurrences, s.term_count "
            f"from read_parquet({files!r}, hive_partitioning=false) t join sections s using (section_id) where {where} order by t.term, s.section_no"
        )


def _update(
    connection,
    candidate: Candidate,
    previous: Snapshot,
    table: tables.Table,
    changed: dict[str, str | None],
) -> None:
    """Rows of the changed reports out, and in again from the partitions they lie in now."""
    if not changed:
        return
    partitions = set(changed.values())

    def lying(name: str) -> list[str]:
        if (
            name in candidate.gathered and name != "metrics"
        ):  # whose trust was told later, and not of these alone
            return [candidate.gathered[name]]
        return [p for p in candidate.parquet(name) if partition_of(p) in partitions]

    order = ", ".join(f"{c} nulls first" for c in table.order or table.key)
    connection.register("changed", pa.table({"report_id": pa.array(sorted(changed), pa.string())}))
    number, numbered = "", table is tables.SECTIONS
    if numbered:
        # their postings stand scattered over the whole index: taking them out would cost memory for each of its pages
        lay = previous.state(["report_id", "partition"])
        lay = lay.filter(pc.is_in(lay["report_id"], pa.array(sorted(changed), pa.string())))
        there = set(lay["partition"].to_pylist())
        was = [p for p in previous.parquet("section_terms") if partition_of(p) in there]
        if was:
            connection.execute(
                "insert into replaced_sections select section_no, coalesce(n, 0) from sections semi join changed using (report_id) "
                f"left join (select section_id, count(*) n from read_parquet({was!r}, hive_partitioning=false) "
                "where report_id in (from changed) group by section_id) using (section_id)"
            )
        number = ", (select coalesce(max(section_no), 0) from (select section_no from replaced_sections union all select section_no from sections)) + row_number() over ()"
    connection.execute(f"delete from {table.name} where report_id in (from changed)")
    if files := lying(table.name):
        rows = f"select * from read_parquet({files!r}, hive_partitioning=false) semi join changed using (report_id) order by {order}"
        connection.execute(f"insert into {table.name} select *{number} from ({rows})")
    if numbered:
        _post(connection, lying("section_terms"), "t.report_id in (from changed)")
    connection.unregister("changed")


def _views_and_marts(connection, touched: dict[str, str | None] | None) -> None:
    """Runs the scripts of warehouse/sql in their order. One that is a bare query is a mart kept as a table, brought up to date for the
    reports in `touched` (None: all); reports with decisions always are."""
    connection.execute("create or replace temp table touched (report_id varchar)")
    if touched is not None:
        connection.register(
            "those", pa.table({"report_id": pa.array(sorted(touched), pa.string())})
        )
        connection.execute(
            "insert into touched from those union select report_id from decisions where report_id is not null"
        )
        connection.unregister("those")
    ((reports,),) = connection.execute("select count(*) from reports").fetchall()
    for name, script in _scripts().items():
        said = [line.removeprefix("-- ") for line in script.splitlines() if line.startswith("-- ")]
        mart = name.split("_", 1)[1].removesuffix(".sql")
        if "create or replace" in script:
            connection.execute(script)
        elif touched is None:
            connection.execute(f"create or replace table {mart} as from ({script}) limit 0")
            portions = reports // MART_PORTION + 1
            for i in range(portions):
                connection.execute("delete from touched")
                connection.execute(
                    f"insert into touched select report_id from reports where hash(report_id) % {portions} = {i}"
                )
                connection.execute(f"insert into {mart} {script}")
            connection.execute(f"comment on table {mart} is {_quoted(' '.join(said[:2]))}")
            for column, meaning in (
                m.groups() for line in said if (m := re.match(r"(\w+): (.+)", line))
            ):
                connection.execute(f"comment on column {mart}.{column} is {_quoted(meaning)}")
        else:
            connection.execute(f"delete from {mart} where report_id in (from touched)")
            connection.execute(f"insert into {mart} {script}")
    _describe(connection, tables.SECTION_TERMS)
    connection.execute("drop table touched")


# tables whose rows are compared by what came and went, where the file before is brought up to date
_COUNTED = tuple(t.name for t in tables.TABLES if t.partitioned)


def _compare(
    connection, candidate: Candidate, previous: Snapshot | None, before: dict[str, int]
) -> None:
    """As many rows in the file as in Parquet: anything else is a bug of ours and must not be published. `before` are the rows that a file
    brought up to date had, which then was compared like this."""
    for table in (t.name for t in tables.TABLES):
        come, wanted = set(candidate.listing[table]), 0
        if table in before:
            gone = previous.files[table].keys() - come
            come -= previous.files[table].keys()
            wanted = before[table] - _ends(connection, previous.path, table, gone)
        wanted += _ends(connection, candidate.path, table, come)
        if (rows := _rows(connection, table)) != wanted:
            raise AssertionError(
                f"{table} has {rows:,} rows in warehouse.duckdb and {wanted:,} in Parquet"
            )


def _rows(connection, table: str) -> int:
    query = f"select count(*) from {table}"
    if table == "section_terms":
        query = "select (select count(*) from term_postings) - (select coalesce(sum(postings), 0) from replaced_sections)::bigint"
    return connection.execute(query).fetchall()[0][0]


def _ends(connection, state: Path, table: str, names: set[str]) -> int:
    """The rows of some files of a table, as their ends tell."""
    paths = [str(state / "parquet" / table / name) for name in names]
    if not paths:
        return 0
    return connection.execute(
        f"select sum(num_rows)::bigint from parquet_file_metadata({paths!r})"
    ).fetchall()[0][0]


def _scripts() -> dict[str, str]:
    home = resources.files("warehouse").joinpath("sql")
    names = sorted(e.name for e in home.iterdir() if e.name.endswith(".sql"))
    return {name: home.joinpath(name).read_text(encoding="utf-8") for name in names}


def _quoted(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
