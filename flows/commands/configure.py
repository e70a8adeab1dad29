"""fazhi config, completion: which options hold and from where; words for the shell to complete."""

from __future__ import annotations

import argparse
import json

from flows import exit_codes
from flows.commands.options import Commands
from schemas.language import say

_SHELLS = ("bash", "zsh", "tcsh")


def declare(commands: Commands) -> None:
    """Adds the commands config and completion."""
    config = commands.add_parser(
        "config", help=say("which options hold without the command line, and from where")
    )
    config.set_defaults(call=_config)
    config.add_argument("--all", action="store_true", help=say("those at their default, too"))
    config.add_argument("--json", action="store_true", help=say("print them as JSON"))
    completion = commands.add_parser(
        "completion", help=say("a script that lets the shell complete commands and options")
    )
    completion.set_defaults(call=_completion)
    completion.add_argument("shell", choices=_SHELLS)


def _config(options: argparse.Namespace) -> int:
    from flows import cli, configuration
    from flows.terminal import table, visible

    settings = configuration.apply(cli.parser())
    shown = [s for s in settings if options.all or s.origin != "default"]
    if options.json:
        rows = [
            {"command": s.command, "option": s.option, "value": s.shown(), "origin": s.origin}
            for s in shown
        ]
        print(json.dumps(rows, ensure_ascii=False, indent=1))
    elif shown:
        cells = [(s.command, s.option, visible(s.shown()), visible(s.origin)) for s in shown]
        print(table(["command", "option", "value", "from"], cells))
    else:
        print(
            say(
                "every option is at its default: neither fazhi.toml nor a variable FAZHI_… sets one"
            )
        )
    return exit_codes.OK


def _completion(options: argparse.Namespace) -> int:
    import shtab

    from flows import cli

    print(shtab.complete(cli.parser(), options.shell))
    return exit_codes.OK
