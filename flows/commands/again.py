"""fazhi reprocess, repair: published reports are made anew from their landed bytes."""

from __future__ import annotations

import argparse

from flows import exit_codes
from flows.commands.options import Commands, add_command, data_folder, published_state
from flows.commands.quarantine import exit_code
from schemas.language import say


def declare(commands: Commands) -> None:
    """Adds the commands reprocess and repair."""
    add_command(
        commands,
        "repair",
        _repair,
        help=say("make good what verify names, from sound states and landed bytes"),
    )
    reprocess = add_command(
        commands,
        "reprocess",
        _reprocess,
        help=say("read published reports again from their landed bytes, without the sources"),
        description=say(
            "After a change of parser, vocabulary or rules: says how much there is to do, reads "
            "what another version read, shows what would change, and puts it in force when told "
            "to. It can be stopped and goes on from there."
        ),
    )
    reprocess.add_argument(
        "--where",
        default="true",
        metavar="SQL",
        help=say("only reports for which this holds, e.g. \"province_name = '浙江省'\""),
    )
    reprocess.add_argument(
        "--since",
        metavar="DATE",
        help=say("only reports first loaded on this day (2026-01-31) or later"),
    )
    reprocess.add_argument(
        "--publish",
        action="store_true",
        help=say("put it in force; otherwise only the difference is shown"),
    )


def _reprocess(options: argparse.Namespace) -> int:
    from flows import reprocess

    folder, state = data_folder(options), published_state(options)
    where = reprocess.condition(options.where, options.since)
    print(reprocess.outlook(folder, state, where))
    summary = reprocess.reprocess(folder, where, options.publish)
    print(reprocess.outcome_text(summary))
    return exit_code(summary)


def _repair(options: argparse.Namespace) -> int:
    from flows import reprocess
    from warehouse import repair

    folder = data_folder(options)
    repaired = reprocess.repair_folder(folder)
    if repaired is None:
        print(say("nothing to repair in {data}", data=options.data))
        return exit_codes.OK
    print("\n".join(repaired.lines))
    summary = reprocess.reprocess(folder, "true", publish=True)
    print(f"{summary['outcome']}: {summary['snapshot']}")
    lost = repair.lost_reports(folder, repaired)
    if lost:
        print("\n".join(lost))
        return exit_codes.FAILED
    return exit_code(summary)
