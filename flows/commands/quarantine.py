"""fazhi quarantine list, show, retry, dismiss, accept: what could not be loaded."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

from flows import exit_codes
from flows.commands.options import Commands, add_command, add_group, data_folder, published_database
from flows.terminal import visible
from schemas.language import marked, say

if TYPE_CHECKING:
    from flows.night.summary import Summary

IN_THE_NEXT_RUN = marked("another run is under way: this takes effect in the next one")


def declare(commands: Commands) -> None:
    """Adds the command quarantine with its actions."""
    actions = add_group(
        commands, "quarantine", say("what could not be loaded: list, show, retry, dismiss, accept")
    )
    listed = add_command(actions, "list", _list, help=say("what is in quarantine and why"))
    listed.add_argument("--all", action="store_true", help=say("with what was dismissed"))
    shown = add_command(
        actions,
        "show",
        _show,
        help=say("why one source is there, what to do, and how its bytes begin"),
    )
    retried = add_command(
        actions, "retry", _retry, help=say("read it again, from the bytes that were kept")
    )
    retried.add_argument("--all", action="store_true", help=say("everything that waits"))
    dismissed = add_command(
        actions,
        "dismiss",
        _dismiss,
        help=say("say that a source needs no attention: it stays on record"),
    )
    accepted = add_command(
        actions,
        "accept",
        _accept,
        help=say("put a version in force although it is far emptier than the one before"),
    )
    for command in (dismissed, accepted):
        command.add_argument(
            "--because", required=True, metavar="REASON", help=say("why, for those who come after")
        )
    for command in (shown, retried, dismissed, accepted):
        command.add_argument(
            "which",
            nargs="*",
            metavar="WHICH",
            help=say("number in the list, file name, address or digest"),
        )


def _list(options: argparse.Namespace) -> int:
    from flows import quarantine

    print(quarantine.listing(quarantine.rows(published_database(options)), options.all))
    return exit_codes.OK


def _chosen(options: argparse.Namespace, everything: bool = False) -> list[dict[str, Any]]:
    from flows import quarantine

    rows = quarantine.rows(published_database(options))
    return quarantine.chosen(rows, options.which, everything)


def _show(options: argparse.Namespace) -> int:
    from flows import quarantine

    folder = data_folder(options)
    print("\n\n".join(quarantine.details(row, folder) for row in _chosen(options)))
    return exit_codes.OK


def _retry(options: argparse.Namespace) -> int:
    from flows.launch import run_again

    rows = _chosen(options, options.all)
    summary = run_again(data_folder(options), [row["source_uri"] for row in rows])
    loaded = summary["loaded"]
    print(
        say(
            "tried again {count}: {loaded} loaded, {left} still in quarantine",
            count=len(rows),
            loaded=loaded,
            left=len(rows) - loaded,
        )
    )
    return exit_code(summary)


def _dismiss(options: argparse.Namespace) -> int:
    from flows import quarantine
    from flows.launch import run_now_or_next

    rows = _chosen(options)
    quarantine.dismiss(data_folder(options), rows, options.because)
    summary = run_now_or_next(data_folder(options), [])
    names = ", ".join(row["source_name"] for row in rows)
    print(visible(say("dismissed {count}: {names}", count=len(rows), names=names)))
    if summary is None:
        print(say(IN_THE_NEXT_RUN))
        return exit_codes.OK
    return exit_code(summary)


def _accept(options: argparse.Namespace) -> int:
    from flows import quarantine
    from flows.launch import run_now_or_next

    rows = _chosen(options)
    quarantine.accept(data_folder(options), rows, options.because)
    summary = run_now_or_next(data_folder(options), [row["source_uri"] for row in rows])
    if summary is None:
        print(
            say(
                "accepted {count}\n{when}",
                count=len(rows),
                when=say(IN_THE_NEXT_RUN),
            )
        )
        return exit_codes.OK
    print(say("accepted {count}: {loaded} in force now", count=len(rows), loaded=summary["loaded"]))
    return exit_code(summary)


def exit_code(summary: Summary) -> int:
    """Returns how a command leaves that published again."""
    return exit_codes.HELD if summary["outcome"] == "held" else exit_codes.OK
