"""fazhi site: the explorer's pages as static files."""

from __future__ import annotations

import argparse
from pathlib import Path

from flows import exit_codes
from flows.commands.options import Commands, add_command, data_folder, published_state
from schemas.language import say


def declare(commands: Commands) -> None:
    """Adds the command site."""
    site = add_command(
        commands,
        "site",
        _site,
        help=say("write the pages of the explorer as static files, of counties or of the country"),
    )
    site.add_argument(
        "--to",
        required=True,
        metavar="DIR",
        help=say("folder of the site: new, empty, or with an earlier site, which is replaced"),
    )
    site.add_argument(
        "--county",
        metavar="NAME",
        action="extend",
        nargs="+",
        default=[],
        help=say(
            "counties whose bodies and reports are shown, as 桐庐县 or 浙江省/杭州市/桐庐县 (default: the "
            "overview of the country, without texts)"
        ),
    )
    site.add_argument(
        "--state",
        metavar="STATE",
        help=say("show an earlier published state (see fazhi snapshots)"),
    )


def _site(options: argparse.Namespace) -> int:
    published_state(options)
    from flows.site.make import make

    print(make(data_folder(options), Path(options.to), options.county, options.state))
    return exit_codes.OK
