"""fazhi snapshots, diff, rollback, verify: published states."""

from __future__ import annotations

import argparse
import getpass
from pathlib import Path

from flows import exit_codes
from flows.commands.options import Commands, add_command, data_folder, published_state
from schemas.language import say


def declare(commands: Commands) -> None:
    """Adds the commands snapshots, diff, rollback and verify."""
    add_command(commands, "snapshots", _snapshots, help=say("the published states that are kept"))
    diff = add_command(
        commands, "diff", _diff, help=say("what changed between two published states")
    )
    diff.add_argument("before", metavar="A", help=say("a state of fazhi snapshots"))
    diff.add_argument(
        "after", metavar="B", nargs="?", help=say("another (default: the one in force)")
    )
    diff.add_argument("--to", metavar="FILE", help=say("all changed rows as .csv or .parquet"))
    rollback = add_command(
        commands, "rollback", _rollback, help=say("put an earlier published state in force again")
    )
    rollback.add_argument("state", metavar="STATE")
    rollback.add_argument(
        "--pin",
        metavar="REASON",
        help=say("and pin it: no night puts another state in force until fazhi unpin"),
    )
    pin = add_command(
        commands, "pin", _pin, help=say("keep the state in force there, whatever nights bring")
    )
    pin.add_argument(
        "--because", required=True, metavar="REASON", help=say("why, for those who come after")
    )
    add_command(
        commands, "unpin", _unpin, help=say("let the next night put its state in force again")
    )
    verify = add_command(
        commands,
        "verify",
        _verify,
        help=say("is everything in the data folder as it was written?"),
    )
    verify.add_argument("state", metavar="STATE", nargs="?", help=say("only this published state"))


def _snapshots(options: argparse.Namespace) -> int:
    from flows import states

    print(states.listing(Path(options.data)))
    return exit_codes.OK


def _diff(options: argparse.Namespace) -> int:
    from flows import states
    from warehouse import snapshots
    from warehouse.difference import difference

    folder = Path(options.data)
    before = snapshots.find(folder, options.before)
    after = snapshots.find(folder, options.after) if options.after else published_state(options)
    compared = difference(before, after, export_to=options.to)
    print(states.difference_text(compared))
    if options.to:
        print(say("\nall {total:,} rows: {to}", total=compared.total(), to=options.to))
    return exit_codes.OK


def _rollback(options: argparse.Namespace) -> int:
    from warehouse import pins, snapshots

    folder = Path(options.data)
    state = snapshots.find(folder, options.state)
    snapshots.rollback(folder, state)
    if options.pin:
        print(pins.pin(folder, state.id, options.pin, getpass.getuser()).line())
    else:
        print(
            say(
                "in force now: {state}; the next run publishes what its sources say", state=state.id
            )
        )
    return exit_codes.OK


def _pin(options: argparse.Namespace) -> int:
    from warehouse import pins

    state = published_state(options)
    print(pins.pin(data_folder(options), state.id, options.because, getpass.getuser()).line())
    return exit_codes.OK


def _unpin(options: argparse.Namespace) -> int:
    from warehouse import pins

    pin = pins.unpin(data_folder(options))
    print(say("{state} is pinned no more; the next run publishes", state=pin.state))
    return exit_codes.OK


def _verify(options: argparse.Namespace) -> int:
    from flows import states

    problems, summary = states.verify(data_folder(options), options.state)
    print("\n".join([*problems, summary]))
    return exit_codes.FAILED if problems else exit_codes.OK
