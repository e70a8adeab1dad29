"""What the commands share: the parser, the options that several have, and what follows from
these.
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from flows import exit_codes
from flows.terminal import visible
from schemas.errors import UsageError
from schemas.language import say

if TYPE_CHECKING:
    from warehouse.snapshots import Snapshot

    Commands = argparse._SubParsersAction["Parser"]
else:
    Commands = Any


class Parser(argparse.ArgumentParser):
    """A parser that leaves with 1 on bad usage, takes no shortened options, and names what is near.

    An unknown option is reported by the command that lacks it, with that command's usage.
    """

    def __init__(self, **options: Any) -> None:
        super().__init__(allow_abbrev=False, **options)

    def parse_known_args(  # type: ignore[override]
        self, args: Sequence[str] | None = None, namespace: argparse.Namespace | None = None
    ) -> tuple[argparse.Namespace, list[str]]:
        options, unknown = super().parse_known_args(args, namespace)
        if unknown:
            first = next((word.split("=")[0] for word in unknown if word.startswith("-")), "")
            known = [name for name in self._option_string_actions if name.startswith("--")]
            near = difflib.get_close_matches(first, known, 1)
            hint = say(" (did you mean {name}?)", name=near[0]) if near else ""
            self.error(say("unknown: {words}{hint}", words=" ".join(unknown), hint=hint))
        return options, unknown

    def error(self, message: str) -> NoReturn:
        self.print_usage(sys.stderr)
        print(f"fazhi: {visible(message)}", file=sys.stderr)
        raise SystemExit(exit_codes.USAGE)


Body = Callable[[argparse.Namespace], int]


def add_command(commands: Commands, name: str, body: Body, **options: Any) -> Parser:
    """Adds a command and its option --data; returns its parser."""
    command: Parser = commands.add_parser(name, **options)
    command.set_defaults(call=body)
    command.add_argument(
        "--data", default="data", metavar="DIR", help=say("data folder (default: %(default)s)")
    )
    return command


def add_group(
    commands: Commands,
    name: str,
    help: str,
    default: Body | None = None,
    values: Mapping[str, Any] | None = None,
) -> Commands:
    """Adds a command that has commands of its own, as `fazhi register import`; returns their place.

    Without one of them it is called as `default`, with `values` for the options of that.
    """
    group: Parser = commands.add_parser(name, help=help)
    if default is not None:
        group.set_defaults(call=default, **(values or {}))
    return group.add_subparsers(
        dest="action", metavar="ACTION", required=default is None, parser_class=Parser
    )


def positive(text: str) -> int:
    """Returns a whole number from 1 on. Raises ArgumentTypeError for another text."""
    if not (text.isascii() and text.isdigit() and len(text) <= 15) or int(text) < 1:
        raise argparse.ArgumentTypeError(say("{text} is no whole number from 1", text=repr(text)))
    return int(text)


def share(text: str) -> float:
    """Returns a number from 0 to 1. Raises ArgumentTypeError for another text."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(say("{text} is no number from 0 to 1", text=repr(text)))
    return number


def data_folder(options: argparse.Namespace) -> Path:
    """Returns the absolute path of the data folder."""
    return Path(options.data).absolute()


def published_database(options: argparse.Namespace) -> Path:
    """Returns the path of the published DuckDB file. Raises UsageError where nothing is
    published.
    """
    path = Path(options.data) / "warehouse.duckdb"
    if not path.exists():
        raise UsageError(_nothing_published(options.data))
    return path


def published_state(options: argparse.Namespace) -> Snapshot:
    """Returns the state in force. Raises UsageError where nothing is published."""
    from warehouse import snapshots

    state = snapshots.current(data_folder(options))
    if state is None:
        raise UsageError(_nothing_published(options.data))
    return state


def _nothing_published(data: str) -> str:
    return say("nothing is published in {data} yet: fazhi run SOURCE --data {data}", data=data)
