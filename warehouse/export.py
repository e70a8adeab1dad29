"""A selection of the warehouse as a file of its own: DuckDB, Parquet, CSV or Excel."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb

from schemas.errors import UsageError

PLACES = ("province", "prefecture", "county", "township")
# what goes along, and which rows of it belong to the chosen reports
_TABLES = {
    "reports": "select * from source.reports where report_id in (from chosen)",
    "townships": "select * from source.townships where township_id in (select township_id from source.reports where report_id in (from chosen))",
    "sections": "select * from source.sections where report_id in (from chosen)",
    "metrics": "select * from source.metrics where report_id in (from chosen) and {metric}",
    "metric_definitions": "select * from source.metric_definitions",
    "quality_findings": "select * from source.quality_findings where report_id in (from chosen)",
}
_FIGURES = "select * from source.figures where report_id in (from chosen) and {metric} order by province_name, county_name, township_name, report_year, metric_id"
EXCEL_ROWS = 1_048_575


def export(
    database: Path, to: str, places: dict[str, str], years: list[int], metrics: list[str]
) -> str:
    """Writes the selection to `to`: a .duckdb, .xlsx or .csv file, or a folder of Parquet (a folder of CSV where it ends in `.csv/`).

    Returns what was written. Raises UsageError for what is there already, an unknown metric, or a selection of nothing.
    """
    target = Path(to)
    kind = "csv folder" if to.endswith(".csv/") else target.suffix.lstrip(".") or "parquet folder"
    if kind not in ("duckdb", "xlsx", "csv", "parquet", "csv folder", "parquet folder"):
        raise UsageError(
            f"{to}: give a name that ends in .duckdb, .xlsx, .csv, .parquet, or a folder"
        )
    if target.exists():
        raise UsageError(f"{to} is there already: give another name")
    with duckdb.connect() as connection:
        connection.execute(f"attach {_quoted(database)} as source (read_only)")
        unknown = [
            m
            for m in metrics
            if not connection.execute(
                "select 1 from source.metric_definitions where metric_code = ?", [m]
            ).fetchone()
        ]
        if unknown:
            raise UsageError(
                f"no such metric: {', '.join(unknown)}; see fazhi sql \"from find_metric('…')\""
            )
        where = [f"{level}_name = {_quoted(name)}" for level, name in places.items()]
        where += [f"report_year in ({', '.join(map(str, years))})"] if years else []
        connection.execute(
            f"create temp table chosen as select report_id from source.reports where {' and '.join(where) or 'true'}"
        )
        metric = f"metric_code in ({', '.join(map(_quoted, metrics))})" if metrics else "true"
        count = connection.execute("select count(*) from chosen").fetchone()[0]
        if not count:
            raise UsageError(
                "the selection holds no report: check the names (full ones, as 浙江省) and years"
            )
        partial = target.with_name(f".{target.name}.partial")
        _remove(partial)
        try:
            figures = _write(connection, kind, partial, metric)
            partial.rename(target)
        except duckdb.Error as error:
            raise UsageError(f"{to} cannot be written ({str(error).splitlines()[0]})") from None
        finally:
            _remove(partial)
    return f"{count:,} reports, {figures:,} figures: {to}"


def _write(connection: duckdb.DuckDBPyConnection, kind: str, path: Path, metric: str) -> int:
    figures = connection.execute(
        f"select count(*) from ({_TABLES['metrics'].format(metric=metric)})"
    ).fetchone()[0]
    if kind == "duckdb":
        connection.execute(f"attach {_quoted(path)} as made (storage_version 'v1.2.0')")
        for name, query in _TABLES.items():
            connection.execute(f"create table made.{name} as {query.format(metric=metric)}")
        connection.execute("detach made")
    elif kind in ("csv", "parquet"):
        connection.execute(
            f"copy ({_FIGURES.format(metric=metric)}) to {_quoted(path)} (format {kind})"
        )
    elif kind == "xlsx":
        _workbook(connection, path, metric, figures)
    else:
        form = kind.split()[0]
        path.mkdir(parents=True)
        for name, query in {**_TABLES, "figures": _FIGURES}.items():
            connection.execute(
                f"copy ({query.format(metric=metric)}) to {_quoted(path / f'{name}.{form}')} (format {form})"
            )
    return figures


def _workbook(connection: duckdb.DuckDBPyConnection, path: Path, metric: str, figures: int) -> None:
    import xlsxwriter

    if figures > EXCEL_ROWS:
        raise UsageError(
            f"{figures:,} figures do not fit on a sheet of Excel ({EXCEL_ROWS:,} rows): select less, or write .csv"
        )
    with xlsxwriter.Workbook(
        str(path),
        {
            "constant_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "default_date_format": "yyyy-mm-dd",
        },
    ) as book:
        sheets = {
            "figures": _FIGURES,
            "reports": "select * exclude (text) from source.reports where report_id in (from chosen)",
            "metric_definitions": _TABLES["metric_definitions"],
        }
        for name, query in sheets.items():
            sheet = book.add_worksheet(name)
            cursor = connection.execute(query.format(metric=metric))
            sheet.write_row(
                0, 0, [d[0] for d in cursor.description], book.add_format({"bold": True})
            )
            sheet.freeze_panes(1, 0)
            at = 1
            while rows := cursor.fetchmany(5000):
                for row in rows:
                    sheet.write_row(at, 0, [v[:32_000] if isinstance(v, str) else v for v in row])
                    at += 1


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _quoted(value: object) -> str:
    return "'" + str(value).replace("'", "''") + "'"
