"""fazhi corrections import, list and fazhi review: what people decide about figures."""

from __future__ import annotations

import argparse
from pathlib import Path

from flows import exit_codes
from flows.commands.options import (
    Commands,
    add_command,
    add_group,
    data_folder,
    positive,
    published_database,
)
from flows.commands.quarantine import IN_THE_NEXT_RUN, exit_code
from schemas.language import say, say_count


def declare(commands: Commands) -> None:
    """Adds the commands corrections and review."""
    actions = add_group(
        commands,
        "corrections",
        say("known errors of reports: a list of corrections, kept beside the transcription"),
    )
    import_command = add_command(
        actions,
        "import",
        _import,
        help=say("check a list and put it in force"),
        description=say(
            "FILE is CSV with the columns source_sha256, quote, occurrence (which of several, "
            "from 1), action (correct or reject), metric_code, value, status, reason, by. It "
            "takes the place of the list before. A correction whose report or quote is not there "
            "any more lapses, and is a finding."
        ),
    )
    import_command.add_argument("file", metavar="FILE")
    add_command(
        actions, "list", _list, help=say("the corrections and reviews, and whether they hold")
    )
    review = add_command(
        commands,
        "review",
        _review,
        help=say("go through suspicious and uncertain figures: accept, correct, reject"),
    )
    review.add_argument(
        "--limit",
        type=positive,
        default=50,
        metavar="N",
        help=say("figures to ask about (default: %(default)s)"),
    )
    review.add_argument("--code", metavar="CODE", help=say("only figures of this metric"))
    review.add_argument("--rule", metavar="RULE", help=say("only figures that break this rule"))
    review.add_argument(
        "--report",
        metavar="REPORT",
        help=say("only figures of this report (report_id or file name)"),
    )
    review.add_argument("--by", metavar="NAME", help=say("who decides (default: the user's name)"))
    review.add_argument(
        "--export",
        metavar="FILE",
        help=say("write the decisions as labelled sentences instead of asking"),
    )
    review.add_argument(
        "--publish",
        action="store_true",
        help=say("put the decisions in force now instead of asking, without looking at sources"),
    )


def _import(options: argparse.Namespace) -> int:
    from flows.launch import run_now_or_next
    from warehouse import corrections

    published_database(options)
    folder = data_folder(options)
    count, is_waiting = corrections.import_file(folder, Path(options.file))
    print(say_count("{count} correction kept", "{count} corrections kept", count))
    summary = None if is_waiting else run_now_or_next(folder, [])
    if summary is None:
        print(say(IN_THE_NEXT_RUN))
        return exit_codes.OK
    if summary["outcome"] == "held":
        return exit_codes.HELD
    return _list(options)


def _list(options: argparse.Namespace) -> int:
    from flows import review

    print(review.listing(published_database(options)))
    return exit_codes.OK


def _review(options: argparse.Namespace) -> int:
    from flows import review
    from flows.launch import run_now_or_next

    database, folder = published_database(options), data_folder(options)
    if options.export:
        count = review.export(folder, Path(options.export))
        print(say("{count} figures labelled in {export}", count=count, export=options.export))
        return exit_codes.OK
    if options.publish:
        summary = run_now_or_next(folder, [])
        print("the decisions are published" if summary else IN_THE_NEXT_RUN)
        return exit_code(summary) if summary else exit_codes.OK
    only = (options.code, options.rule, options.report)
    waiting = review.queue(folder, database, *only, options.limit)
    if not waiting:
        print(say("no figure waits for review"))
        return exit_codes.OK
    decided = review.walk(folder, waiting, review.known_codes(database), options.by)
    if not decided:
        return exit_codes.OK
    summary = run_now_or_next(folder, [])
    if summary and summary["outcome"] == "published":
        kept = say_count(
            "{count} decision kept and published", "{count} decisions kept and published", decided
        )
    else:
        kept = say_count("{count} decision kept", "{count} decisions kept", decided)
    print(kept)
    if summary is None:
        print(say(IN_THE_NEXT_RUN))
        return exit_codes.OK
    for reason in summary["held_back_because"]:
        print(f"  {reason}")
    return exit_code(summary)
