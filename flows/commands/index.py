"""fazhi index: an index by weights of one's own."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from flows import exit_codes
from flows.commands.options import Commands, add_command, published_database
from schemas.language import say, say_count


def declare(commands: Commands) -> None:
    """Adds the command index."""
    index = add_command(
        commands,
        "index",
        _index,
        help=say("an index by weights of your own, with what is missing"),
        description=say(
            "WEIGHTS is a TOML file of your own: metrics or ratios of two, how much each counts "
            "and which way (see docs/own-index.md). What is missing is shown and never counted as "
            "zero; the rows are in the order of the places."
        ),
    )
    index.add_argument("weights", metavar="WEIGHTS", help=say("the file with the weights"))
    index.add_argument(
        "--state",
        metavar="STATE",
        help=say("ask an earlier published state (see fazhi snapshots)"),
    )
    output = index.add_mutually_exclusive_group()
    output.add_argument(
        "--format",
        choices=("table", "csv", "json", "jsonl", "vertical"),
        default="table",
        help=say("how rows are printed (default: %(default)s: scores and what is missing)"),
    )
    output.add_argument(
        "--to", metavar="FILE", help=say("write all columns to a .xlsx, .csv or .parquet file")
    )
    output.add_argument(
        "--sql",
        action="store_true",
        help=say("print the index as a view, to paste into any DuckDB"),
    )


def _index(options: argparse.Namespace) -> int:
    from flows import answers, database
    from warehouse import export, own_index, snapshots, weights
    from warehouse.engine import quoted

    path = published_database(options).resolve()
    if options.state:
        path = snapshots.find(Path(options.data), options.state).path / "warehouse.duckdb"
    state = path.parent.name
    given = weights.read(Path(options.weights))
    units = own_index.usual_units(str(path), given)
    query, summary = own_index.query(given, units), own_index.summary(given, units)
    if options.sql:
        print(own_index.view(given, units))
        return exit_codes.OK
    if options.to:
        source = f"select {quoted(given.name)} as name, {quoted(state)} as state"
        sheets = {given.name[:31]: query, "构成": summary, "来源": source}
        print(export.export_queries(path, options.to, sheets))
        return exit_codes.OK
    names, rows = database.ask(path, query)
    if options.format == "table":
        shown = [names.index(name) for name in own_index.shown_columns(given)]
        print(answers.as_table(*database.ask(path, summary)) + "\n")
        names, rows = [names[i] for i in shown], [tuple(row[i] for i in shown) for row in rows]
    if text := answers.FORMATS[options.format](names, rows):
        print(text)
    if options.format == "table":
        counted = say_count("({count:,} row)", "({count:,} rows)", len(rows))
        print(f"{counted} {state}", file=sys.stderr)
    return exit_codes.OK
