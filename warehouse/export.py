"""A selection of the warehouse as a file of its own: DuckDB, Parquet, CSV or Excel."""

from __future__ import annotations

import codecs
import contextlib
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import duckdb

from schemas.errors import UsageError
from schemas.language import say
from warehouse import engine, workbook
from warehouse.engine import quoted

PLACES = ("province", "prefecture", "county", "township")
_STORAGE_VERSION = "v1.2.0"
_SMALL_FIGURES = 100_000  # with fewer, most of DuckDB's usual blocks would hold zeros
# how a text begins that a spreadsheet takes for a formula
FORMULA = re.compile(r"[=+@\t\r-]")
_APOSTROPHE = quoted("'")
_KINDS = ("duckdb", "xlsx", "csv", "parquet", "csv folder", "parquet folder")
# what goes along; the temporary tables chosen (reports) and chosen_metrics say which rows
_TABLES = {
    "reports": "select * from source.reports where report_id in (from chosen)",
    "townships": "select * from source.townships where township_id in "
    "(select township_id from source.reports where report_id in (from chosen))",
    "sections": "select * from source.sections where report_id in (from chosen)",
    "metrics": "select * from source.metrics where report_id in (from chosen) "
    "and metric_code in (from chosen_metrics)",
    "metric_definitions": "select * from source.metric_definitions",
    "quality_findings": "select * from source.quality_findings where report_id in (from chosen)",
}
_FIGURES = (
    "select * from source.figures where report_id in (from chosen) "
    "and metric_code in (from chosen_metrics) "
    "order by province_name, county_name, township_name, report_year, metric_id"
)


def export(
    database: Path,
    to: str,
    places: dict[str, str],
    years: list[int],
    metrics: list[str],
    keep_formulas: bool = False,
    mart: str | None = None,
) -> str:
    """Writes the selection to `to`: a .duckdb, .xlsx, .csv or .parquet file, or a folder of Parquet
    (of CSV: `name.csv/`).

    `places` maps province, prefecture, county or township to a name; no years and no metrics mean
    all. In CSV a text that a spreadsheet would run as a formula (= + - @ first) gets an apostrophe
    before it, unless `keep_formulas`. With `mart` the rows of that mart are written and
    nothing else. Returns a line about what was written. Raises UsageError for
    what is there already, an unknown metric, or a selection of nothing.
    """
    kind = _kind(to)
    with duckdb.connect() as connection:
        connection.execute("attach ? as source (read_only)", [str(database)])
        reports = _choose(connection, places, years, metrics)
        with _made(to) as partial:
            if mart:
                query = workbook.mart_query(connection, mart, places, years)
                if kind == "csv" and not keep_formulas:
                    query = _without_formulas(connection, query)
                rows = _write_mart(connection, kind, partial, mart, query)
            else:
                figures = _write(connection, kind, partial, keep_formulas)
    return f"{rows:,} rows: {to}" if mart else f"{reports:,} reports, {figures:,} figures: {to}"


def export_queries(
    database: Path, to: str, queries: dict[str, str], keep_formulas: bool = False
) -> str:
    """Writes the rows of queries on `database` to a .xlsx file, a sheet each by its name; of the
    first query alone to a .csv or .parquet file.

    Returns a line about what was written. Raises UsageError as `export` does.
    """
    kind = _kind(to)
    first = next(iter(queries.values()))
    with duckdb.connect() as connection, _made(to) as partial:
        connection.execute("attach ? as source (read_only)", [str(database)])
        connection.execute("use source")
        count = engine.count(connection, f"select count(*) from ({first})")
        if kind == "xlsx":
            workbook.write_sheets(connection, partial, queries)
        elif kind in ("csv", "parquet"):
            safe = kind == "csv" and not keep_formulas
            query = _without_formulas(connection, first) if safe else first
            _copy(connection, query, partial, kind)
        else:
            raise UsageError(say("{to}: give a name that ends in .xlsx, .csv or .parquet", to=to))
    return f"{count:,} rows: {to}"


def _kind(to: str) -> str:
    """Returns what kind of file or folder a name asks for. Raises UsageError for what is there
    already, or cannot be made.
    """
    target = Path(to)
    kind = "csv folder" if to.endswith(".csv/") else target.suffix.lstrip(".") or "parquet folder"
    if kind not in _KINDS:
        raise UsageError(
            say("{to}: give a name that ends in .duckdb, .xlsx, .csv, .parquet, or a folder", to=to)
        )
    if target.exists():
        raise UsageError(say("{to} is there already: give another name", to=to))
    if not target.absolute().parent.is_dir():
        raise UsageError(
            say(
                "{to} cannot be written: there is no folder {parent}",
                to=to,
                parent=target.absolute().parent,
            )
        )
    return kind


@contextlib.contextmanager
def _made(to: str) -> Iterator[Path]:
    """Yields a path beside `to` to write to, which becomes `to` when all is written.

    Raises UsageError where it cannot be written.
    """
    target = Path(to)
    partial = target.with_name(f".{target.name}.partial")
    _remove(partial)
    try:
        yield partial
        partial.rename(target)
    except duckdb.Error as error:
        raise UsageError(
            say(
                "{to} cannot be written ({reason})",
                to=to,
                reason=str(error).splitlines()[0],
            )
        ) from None
    except OSError as error:
        raise UsageError(
            say("{to} cannot be written ({reason})", to=to, reason=error.strerror)
        ) from None
    finally:
        _remove(partial)


def _choose(
    connection: duckdb.DuckDBPyConnection,
    places: dict[str, str],
    years: list[int],
    metrics: list[str],
) -> int:
    """Creates the tables chosen and chosen_metrics; returns the number of reports. Raises
    UsageError.
    """
    rows = connection.execute("select metric_code from source.metric_definitions").fetchall()
    known = {code for (code,) in rows}
    unknown = [metric for metric in metrics if metric not in known]
    if unknown:
        hint = "see fazhi sql \"from find_metric('…')\""
        raise UsageError(
            say("no such metric: {unknown}; {hint}", unknown=", ".join(unknown), hint=hint)
        )
    engine.create_values(connection, "chosen_metrics", "metric_code", metrics or sorted(known))
    conditions = ["true", *(f"{level}_name = ?" for level in places)]
    if years:
        conditions.append("list_contains(?, report_year)")
    connection.execute(
        "create temp table chosen as select report_id from source.reports "
        f"where {' and '.join(conditions)}",
        [*places.values(), *([years] if years else [])],
    )
    reports = engine.count(connection, "select count(*) from chosen")
    if not reports:
        raise UsageError(
            say("the selection holds no report: check the names (full ones, as 浙江省) and years")
        )
    return reports


def _without_formulas(connection: duckdb.DuckDBPyConnection, query: str) -> str:
    """Returns the query with an apostrophe before texts that a spreadsheet would run as a
    formula.
    """
    columns = []
    for name, kind, *_ in connection.execute(f"describe {query}").fetchall():
        if kind == "VARCHAR":
            columns.append(
                f"if(regexp_matches({name}, '^{FORMULA.pattern}'), {_APOSTROPHE} || {name}, "
                f"{name}) as {name}"
            )
        else:
            columns.append(name)
    return f"select {', '.join(columns)} from ({query})"


def _write(
    connection: duckdb.DuckDBPyConnection, kind: str, path: Path, keep_formulas: bool
) -> int:
    """Writes the chosen rows; returns the number of figures."""

    def rows(query: str) -> str:
        is_csv = kind.startswith("csv")
        return _without_formulas(connection, query) if is_csv and not keep_formulas else query

    figures = engine.count(connection, f"select count(*) from ({_TABLES['metrics']})")
    if kind == "duckdb":
        small = ", block_size 16384" if figures < _SMALL_FIGURES else ""
        options = f"storage_version {quoted(_STORAGE_VERSION)}{small}"
        connection.execute(f"attach ? as exported ({options})", [str(path)])
        for name, query in _TABLES.items():
            connection.execute(f"create table exported.{name} as {query}")
        connection.execute("detach exported")
    elif kind in ("csv", "parquet"):
        _copy(connection, rows(_FIGURES), path, kind)
    elif kind == "xlsx":
        workbook.write(connection, path, _FIGURES)
    else:
        file_format = kind.split()[0]
        path.mkdir(parents=True)
        for name, query in {**_TABLES, "figures": _FIGURES}.items():
            _copy(connection, rows(query), path / f"{name}.{file_format}", file_format)
    return figures


def _write_mart(
    connection: duckdb.DuckDBPyConnection, kind: str, path: Path, mart: str, query: str
) -> int:
    """Writes the rows of one mart; returns how many. `query` gives them."""
    count = engine.count(connection, f"select count(*) from ({query})")
    if kind == "xlsx":
        workbook.write_sheets(connection, path, {workbook.sheet_name(mart): query})
    elif kind in ("csv", "parquet"):
        _copy(connection, query, path, kind)
    else:
        raise UsageError(say("a mart is written as .xlsx, .csv or .parquet"))
    return count


def _copy(connection: duckdb.DuckDBPyConnection, query: str, path: Path, file_format: str) -> None:
    """Writes the rows of a query as a file; CSV begins with a byte-order mark, by which Excel knows
    that it is UTF-8.
    """
    connection.execute(f"copy ({query}) to ? (format {file_format})", [str(path)])
    if file_format == "csv":
        plain = path.with_name(f"{path.name}.plain")
        path.rename(plain)
        with open(plain, "rb") as source, open(path, "wb") as target:
            target.write(codecs.BOM_UTF8)
            shutil.copyfileobj(source, target)
        plain.unlink()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
