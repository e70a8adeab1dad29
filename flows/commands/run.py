"""fazhi run, serve: the nightly job now, or on a schedule."""

from __future__ import annotations

import argparse
import json

from flows import exit_codes
from flows.commands.options import Commands, Parser, add_command, positive, share
from schemas.language import say


def declare(commands: Commands) -> None:
    """Adds the commands run and serve."""
    run = add_command(
        commands,
        "run",
        _run,
        help=say("the nightly job: read sources, check, publish"),
        epilog=say(exit_codes.TEXT),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_settings(run)
    run.add_argument(
        "--strict", action="store_true", help=say("leave with 3 if a source was quarantined")
    )
    run.add_argument(
        "--verbose", action="store_true", help=say("show the logs instead of a progress bar")
    )
    run.add_argument(
        "--json", action="store_true", help=say("print the summary as one line of JSON")
    )
    serve = add_command(
        commands, "serve", _serve, help=say("keep a Prefect server and run the job on a schedule")
    )
    _add_settings(serve)
    serve.add_argument(
        "--cron",
        default="0 2 * * *",
        help=say("when to run, as a cron line (default: %(default)s)"),
    )
    serve.add_argument(
        "--timezone",
        default="Asia/Shanghai",
        help=say("time zone of the cron line (default: %(default)s)"),
    )
    serve.add_argument(
        "--port",
        type=int,
        default=4200,
        help=say("port of Prefect's server and page on loopback (default: %(default)s)"),
    )


def _add_settings(command: Parser) -> None:
    """Adds what run and serve have in common: sources, files, addresses and numbers."""
    _add_sources(command)
    _add_files(command)
    _add_addresses(command)
    _add_numbers(command)


def _add_sources(command: Parser) -> None:
    command.add_argument(
        "source",
        nargs="*",
        metavar="SOURCE",
        help=say("a file, a folder (searched to the bottom) or a pattern"),
    )
    command.add_argument(
        "--sources",
        metavar="FILE",
        help=say("pull from the sources on this list first (see fazhi sources add)"),
    )
    command.add_argument(
        "--warc",
        metavar="FILE",
        help=say("keep every answer of portals and listings in a WARC file too"),
    )


def _add_files(command: Parser) -> None:
    command.add_argument(
        "--register",
        metavar="FILE",
        help=say(
            "CSV register of township-level divisions: code,name,county,prefecture,province "
            "(default: the imported one)"
        ),
    )
    command.add_argument(
        "--policy",
        metavar="FILE",
        help=say(
            "lines that override the policy: what follows from each rule (default: policy.toml in "
            "the data folder)"
        ),
    )
    command.add_argument(
        "--accept-loss",
        metavar="REASON",
        help=say("publish although rows are lost against the state in force; the reason is kept"),
    )


def _add_addresses(command: Parser) -> None:
    command.add_argument(
        "--webhook",
        metavar="URL",
        help=say(
            "post the outcome of every run there: as JSON with the morning report, or as a "
            "message of WeCom, DingTalk or Feishu, by their hosts or by wecom+, dingtalk+, "
            "feishu+ before URL (or in the variable FAZHI_WEBHOOK, where no other user sees it)"
        ),
    )
    command.add_argument(
        "--remote",
        metavar="URL",
        help=say(
            "fetch the state in force from S3-compatible storage (s3://bucket/prefix) before, and "
            "bring the new one there after"
        ),
    )
    command.add_argument(
        "--dask",
        metavar="ADDRESS",
        help=say(
            "parse on the workers of the Dask scheduler at tcp://HOST:PORT, or on a cluster of "
            "its own here (local)"
        ),
    )


def _add_numbers(command: Parser) -> None:
    command.add_argument(
        "--defect-share",
        type=share,
        default=0.05,
        metavar="SHARE",
        help=say(
            "share of the sources, from 0 to 1, that may meet a defect of this program: with "
            "more, and more than three, the night stops (default: %(default)s)"
        ),
    )
    numbers = (
        ("--keep", 7, say("published states to keep readable (default: %(default)s)")),
        ("--workers", 0, say("processes that parse (default: one a core)")),
        ("--batch-size", 200, say("reports a batch (default: %(default)s)")),
        ("--seconds", 120, say("longest time one file may take (default: %(default)s)")),
        ("--max-bytes", 20_000_000, say("largest file that is read (default: %(default)s)")),
    )
    for name, default, text in numbers:
        command.add_argument(name, type=positive, default=default, metavar="N", help=text)


def _run(options: argparse.Namespace) -> int:
    from flows import launch, outcome, terminal
    from flows.progress import Progress

    settings = launch.checked_settings(options)
    bar = terminal.Bar(not (options.verbose or options.json))
    progress = Progress(bar.show)
    progress.obey_signals()  # before anything is shown: a Ctrl-C that answers the bar is heard
    with bar:
        summary = launch.run_now(settings, progress, options.verbose, bar.print_line)
    if options.json:
        print(json.dumps(summary, ensure_ascii=False))
    else:
        print(outcome.summary(summary))
    if summary["outcome"] == "held":
        return exit_codes.HELD
    is_short = summary["quarantined"] or any(pull["error"] for pull in summary["pulls"])
    has_quarantined = options.strict and is_short
    return exit_codes.QUARANTINED if has_quarantined else exit_codes.OK


def _serve(options: argparse.Namespace) -> int:
    from flows import launch
    from flows.serving.schedule import serve

    settings = launch.checked_settings(options)
    return serve(settings, options.cron, options.timezone, options.port)
