"""fazhi withdraw: reports and sources that are published no more, until that is taken back."""

from __future__ import annotations

import argparse
import getpass

from flows import exit_codes
from flows.commands.options import Commands, add_command, data_folder, published_database
from flows.commands.quarantine import IN_THE_NEXT_RUN, exit_code
from schemas.language import say, say_count


def declare(commands: Commands) -> None:
    """Adds the command withdraw."""
    command = add_command(
        commands,
        "withdraw",
        _withdraw,
        help=say("take a report or a source out of what is published, or take that back"),
        description=say(
            "A report is withdrawn by its bytes: a new version of it is published again. Nothing "
            "is deleted; reason and name stay in the table decisions."
        ),
    )
    command.add_argument(
        "which",
        nargs="*",
        metavar="WHICH",
        help=say("report_id, file name, address or digest"),
    )
    command.add_argument(
        "--because",
        required=True,
        metavar="REASON",
        help=say("why, for those who come after"),
    )
    command.add_argument(
        "--source",
        action="store_true",
        help=say("by the address: later versions are left out too"),
    )
    command.add_argument("--undo", action="store_true", help=say("publish it again"))
    command.add_argument("--by", metavar="NAME", help=say("who decides (default: the user's name)"))


def _withdraw(options: argparse.Namespace) -> int:
    from flows import withdrawing
    from flows.launch import run_now_or_next

    folder, by = data_folder(options), options.by or getpass.getuser()
    rows = withdrawing.chosen(published_database(options), options.which, not options.undo)
    if options.undo:
        count = withdrawing.take_back(folder, rows, options.because, by)
        text = say_count("{count} withdrawal taken back", "{count} withdrawals taken back", count)
    else:
        scope = "source" if options.source else "report"
        count = withdrawing.withdraw(folder, rows, scope, options.because, by)
        text = say_count("{count} file withdrawn", "{count} files withdrawn", count)
    summary = run_now_or_next(folder, [])
    print(
        "\n  ".join([text, *(summary["held_back_because"] if summary else [say(IN_THE_NEXT_RUN)])])
    )
    return exit_code(summary) if summary else exit_codes.OK
