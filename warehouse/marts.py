"""Creates the views, macros and marts of `warehouse.duckdb`.

Each is one SQL file in `warehouse/sql/marts`. The files are run in the order of their names. A
file with `create or replace` makes a view or a macro. A file that is a bare query is a mart: its
result is kept as a table, named after the file without its number. The first two comment lines of
such a file are the comment on the table. Lines `column: meaning` at the head of a file are the
comments on the columns of its table or views; a column of a view without such a line has the
meaning that the tables declare for its name. To add a mart, add one file.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator
from importlib import resources

import duckdb

from schemas import tables
from schemas.metrics import sheet_metrics
from warehouse import engine
from warehouse.engine import quoted

# how many reports have their rows of a mart made at once
MART_BATCH_REPORTS = 30_000
_COLUMN_COMMENT = re.compile(r"(\w+): (.+)")
_VIEW = re.compile(r"create or replace view (\w+)")


def create(connection: duckdb.DuckDBPyConnection, touched: Collection[str] | None) -> None:
    """Creates the views and macros, and brings the marts up to date.

    Only the rows of the reports in `touched` (report_id) and of reports with decisions are made
    anew; the marts must be there then. None makes the marts anew with the rows of all reports.
    """
    # the query of a mart gives the rows of the reports in this table
    connection.execute("create or replace temp table touched (report_id varchar)")
    if touched is not None:
        engine.create_values(connection, "touched", "report_id", sorted(touched))
        connection.execute(
            "insert into touched select report_id from decisions where report_id is not null "
            "and report_id not in (from touched)"
        )
    batches = engine.count(connection, "select count(*) from reports") // MART_BATCH_REPORTS + 1
    for name, sql in _scripts():
        if "create or replace" in sql:
            connection.execute(sql)
            _describe_views(connection, sql)
        elif touched is None:
            _create_mart(connection, name, sql, batches)
        else:
            connection.execute(f"delete from {name} where report_id in (from touched)")
            connection.execute(f"insert into {name} {sql}")
    describe_columns(connection, tables.SECTION_TERMS)
    connection.execute("drop table touched")


def _create_mart(connection: duckdb.DuckDBPyConnection, name: str, sql: str, batches: int) -> None:
    """Creates a mart as a table with the rows of all reports, and its comments.

    The reports are taken in `batches` parts, through the table `touched`, so that memory stays
    bounded.
    """
    connection.execute(f"create or replace table {name} as from ({sql}) limit 0")
    for batch in range(batches):
        connection.execute("delete from touched")
        connection.execute(
            "insert into touched select report_id from reports where hash(report_id) % ? = ?",
            [batches, batch],
        )
        connection.execute(f"insert into {name} {sql}")
    head = [line.removeprefix("-- ") for line in sql.splitlines() if line.startswith("-- ")]
    comments = [f"comment on table {name} is {quoted(' '.join(head[:2]))}"]
    for column, meaning in _column_comments(sql).items():
        comments.append(f"comment on column {name}.{column} is {quoted(meaning)}")
    engine.execute_together(connection, comments)


def _column_comments(sql: str) -> dict[str, str]:
    """Returns the meaning of each column that a comment line at the head of a file describes."""
    head = [line.removeprefix("-- ") for line in sql.splitlines() if line.startswith("-- ")]
    return {match[1]: match[2] for line in head if (match := _COLUMN_COMMENT.match(line))}


def _describe_views(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Writes the comment on each column of the views that a file creates.

    A column that neither the file nor a declared table describes gets none: a test names it.
    """
    meanings = _declared_meanings() | _sheet_meanings() | _column_comments(sql)
    comments = []
    for view in _VIEW.findall(sql):
        for column, *_ in connection.execute(f"describe {view}").fetchall():
            if meaning := meanings.get(column):
                comments.append(f"comment on column {view}.{column} is {quoted(meaning)}")
    engine.execute_together(connection, comments)


@functools.cache
def _declared_meanings() -> dict[str, str]:
    """Returns the meaning of each column name, as the first table that has it declares it."""
    columns = [column for table in tables.TABLES for column in table.columns]
    return {column.name: _meaning(column) for column in reversed(columns)}


@functools.cache
def _sheet_meanings() -> dict[str, str]:
    """Returns the meanings of the columns of township_year_sheet that metrics have."""
    meanings = {}
    for metric in sheet_metrics():
        unit = f" [{metric.unit}]" if metric.unit else ""
        meanings[metric.code] = f"{metric.name_en}{unit} {metric.name_zh}"
        meanings[f"{metric.code}_state"] = (
            f"{metric.name_en}: reported, zero, unreadable or not_reported. "
            f"{metric.name_zh}：已报告、明确为零、无法判定或未报告。"
        )
    return meanings


def _meaning(column: tables.Column) -> str:
    """Returns the declared meaning of a column: English, [unit], Chinese."""
    unit = f" [{column.unit}]" if column.unit else ""
    return f"{column.en}{unit} {column.zh}"


def describe_columns(connection: duckdb.DuckDBPyConnection, table: tables.Table) -> None:
    """Writes the declared meaning of each column (English, [unit], Chinese) as its SQL comment."""
    comments = []
    for column in table.columns:
        comment = quoted(_meaning(column))
        comments.append(f"comment on column {table.name}.{column.name} is {comment}")
    engine.execute_together(connection, comments)


def _scripts() -> Iterator[tuple[str, str]]:
    """Yields (name, SQL) of each view, macro or mart, in the order of the files."""
    home = resources.files("warehouse").joinpath("sql", "marts")
    for name in sorted(entry.name for entry in home.iterdir() if entry.name.endswith(".sql")):
        sql = engine.script(f"marts/{name}")
        if "/* sheet_" in sql:
            sql = _with_sheet_columns(sql)
        yield name.split("_", 1)[1].removesuffix(".sql"), sql


def _with_sheet_columns(sql: str) -> str:
    """Returns the SQL of township_year_sheet with its columns filled in.

    They are a value and a state for each metric that has `sheet = true` in the catalogue.
    """
    pivoted = []
    selected = []
    for metric in sheet_metrics():
        code = metric.code
        chosen = f"filter (metric_code = '{code}')"
        pivoted.append(f"max(value) {chosen} as {code}, max(state) {chosen} as {code}_state")
        selected.append(f"s.{code}, coalesce(s.{code}_state, 'not_reported') as {code}_state")
    sql = sql.replace("/* sheet_pivot */", ",\n    ".join(pivoted))
    return sql.replace("/* sheet_columns */", ",\n  ".join(selected))
