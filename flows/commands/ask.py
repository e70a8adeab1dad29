"""fazhi sql, explain, status, log, export: questions to the warehouse."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from flows import exit_codes
from flows.commands.options import (
    Commands,
    add_command,
    data_folder,
    positive,
    published_database,
)
from schemas.language import say, say_count

_PLACES = ("province", "prefecture", "county", "township")


def declare(commands: Commands) -> None:
    """Adds the commands sql, explain, status, log and export."""
    sql = add_command(commands, "sql", _sql, help=say("ask the warehouse in SQL"))
    sql.add_argument(
        "query",
        help=say('a query, e.g. "from reports"; @FILE reads it from a file, - from standard input'),
    )
    sql.add_argument(
        "--state", metavar="STATE", help=say("ask an earlier published state (see fazhi snapshots)")
    )
    sql.add_argument(
        "--format",
        choices=("table", "csv", "json", "jsonl", "vertical"),
        default="table",
        help=say(
            "how rows are printed (default: %(default)s, with whole cells where it is no terminal)"
        ),
    )
    sql.add_argument(
        "--json",
        dest="format",
        action="store_const",
        const="json",
        help=say("the same as --format json"),
    )
    sql.add_argument(
        "--files",
        action="store_true",
        help=say("let the query read and write other files and load extensions"),
    )
    explain = add_command(
        commands,
        "explain",
        _explain,
        help=say("show a report or a figure: how it was read, findings, trust and decisions"),
    )
    explain.add_argument(
        "report",
        metavar="REPORT",
        help=say(
            "a file, a published report by its report_id or file name, or a figure by its metric_id"
        ),
    )
    explain.add_argument("--html", metavar="FILE", help=say("write a page instead of printing"))
    status = add_command(
        commands, "status", _status, help=say("the last runs, and what is published")
    )
    status.add_argument("--json", action="store_true", help=say("print as JSON"))
    add_command(commands, "log", _log, help=say("one line of JSON a run, with its times"))
    _declare_export(commands)


def _declare_export(commands: Commands) -> None:
    export = add_command(
        commands, "export", _export, help=say("a selection as DuckDB, Parquet, CSV or Excel")
    )
    export.add_argument(
        "--to",
        required=True,
        metavar="FILE|DIR",
        help=say(".duckdb, .xlsx, .csv, .parquet, or a folder"),
    )
    export.add_argument(
        "--keep-formulas",
        action="store_true",
        help=say("leave texts in CSV that begin with = + - @ as they are: spreadsheets run them"),
    )
    export.add_argument(
        "--mart",
        metavar="NAME",
        help=say(
            "only the rows of this mart or table, e.g. township_year_sheet (.xlsx, .csv, .parquet)"
        ),
    )
    for level in _PLACES:
        export.add_argument(f"--{level}", metavar="NAME")
    export.add_argument("--year", type=positive, action="append", default=[], metavar="YEAR")
    export.add_argument("--metric", action="append", default=[], metavar="CODE")


def _sql(options: argparse.Namespace) -> int:
    from flows import answers, database
    from warehouse import snapshots

    path = published_database(options)
    if options.state:
        path = snapshots.find(Path(options.data), options.state).path / "warehouse.duckdb"
    query = answers.read_query(options.query)
    names, rows = database.ask(path, query, external_access=options.files)
    if text := answers.FORMATS[options.format](names, rows):
        print(text)
    if options.format == "table":
        print(say_count("({count:,} row)", "({count:,} rows)", len(rows)), file=sys.stderr)
    return exit_codes.OK


def _explain(options: argparse.Namespace) -> int:
    from flows.explain import explain

    explain(options.report, data_folder(options), options.html)
    return exit_codes.OK


def _status(options: argparse.Namespace) -> int:
    from flows import status

    folder = Path(options.data)
    print(status.as_json(folder) if options.json else status.as_text(folder))
    return exit_codes.OK


def _log(options: argparse.Namespace) -> int:
    from flows import status

    if text := status.log(Path(options.data)):
        print(text)
    return exit_codes.OK


def _export(options: argparse.Namespace) -> int:
    from warehouse import export

    places = {level: getattr(options, level) for level in _PLACES if getattr(options, level)}
    database = published_database(options).resolve()
    print(
        export.export(
            database,
            options.to,
            places,
            options.year,
            options.metric,
            keep_formulas=options.keep_formulas,
            mart=options.mart,
        )
    )
    return exit_codes.OK
