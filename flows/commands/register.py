"""fazhi register import, show: the register of divisions."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from flows import exit_codes
from flows.commands.options import Commands, add_command, add_group


def declare(commands: Commands) -> None:
    """Adds the command register with its actions."""
    actions = add_group(
        commands,
        "register",
        "the register of divisions that tells which county a township lies in",
    )
    import_command = add_command(
        actions,
        "import",
        _import,
        help="keep a register in the data folder for all runs",
        description="FILE is CSV (.gz too) with the columns code, name, county, prefecture, "
        "province and, where known, from_year and to_year; or the streets.csv of the public lists "
        "of divisions, with areas.csv, cities.csv and provinces.csv beside it.",
    )
    import_command.add_argument("file", metavar="FILE")
    import_command.add_argument(
        "--vintage",
        metavar="DATE",
        help="date its divisions hold for (default: the year in the file's name)",
    )
    add_command(actions, "show", _show, help="which register is kept")


def _import(options: argparse.Namespace) -> int:
    from flows import register

    known = register.keep(Path(options.data), Path(options.file), options.vintage)
    print(_line(known))
    return exit_codes.OK


def _show(options: argparse.Namespace) -> int:
    from flows import register

    known = register.imported(Path(options.data))
    if known is None:
        print(
            f"no register is kept in {options.data}: "
            f"fazhi register import FILE --data {options.data}"
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
