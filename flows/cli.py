"""The command `fazhi`: reads the command line, calls the command, and says how it ended.

Nothing heavy is imported before the command is known: help, sql, status and bad usage never load
Prefect.
"""

from __future__ import annotations

import argparse
import os
import sys

from flows import configuration, exit_codes
from flows.commands import (
    again,
    ask,
    configure,
    decisions,
    demo,
    explore,
    index,
    mcp,
    quarantine,
    register,
    remote,
    run,
    site,
    sources,
    states,
    withdraw,
)
from flows.commands.options import Commands, Parser
from flows.progress import NOTHING_PUBLISHED, Stopped
from flows.terminal import make_printable, unbroken, visible
from schemas import language
from schemas.errors import FazhiError, UsageError
from schemas.language import say

_MODULES = (
    run,
    demo,
    sources,
    ask,
    explore,
    index,
    mcp,
    site,
    register,
    remote,
    quarantine,
    decisions,
    withdraw,
    states,
    again,
    configure,
)


def parser() -> Parser:
    """Returns the parser of the whole command line."""
    top = Parser(
        prog="fazhi",
        description=say(
            "Township governments' annual rule-of-law reports -> a warehouse of traceable figures."
        ),
        epilog=say(exit_codes.TEXT),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    top.add_argument("--version", action="store_true", help=say("print the version and leave"))
    top.add_argument(
        "--lang",
        choices=language.LANGUAGES,
        help=say("language of messages, before or after the command (default: by LANG)"),
    )
    commands: Commands = top.add_subparsers(dest="command", metavar="COMMAND", parser_class=Parser)
    for module in _MODULES:
        module.declare(commands)
    return top


def _language_of(arguments: list[str]) -> list[str]:
    """Sets the language that `--lang` names, wherever it stands, and returns the other arguments.

    The words of the parser itself depend on it, so it is looked for before there is one.
    """
    first = Parser(prog="fazhi", add_help=False)
    first.add_argument("--lang", choices=language.LANGUAGES)
    chosen, others = argparse.ArgumentParser.parse_known_args(first, arguments)
    if chosen.lang:
        language.use(chosen.lang)
    return others


def _as_text(arguments: list[str]) -> list[str]:
    """Returns the words of the command line as text.

    Paths, patterns and names of files that are there stay as they are.
    """
    words = []
    for before, word in zip(["", *arguments], arguments):
        is_path = os.sep in word or before == "--data" or bool(set(word) & set("*?["))
        is_plain = word.isprintable() or "\0" in word
        words.append(word if is_plain or is_path or os.path.lexists(word) else unbroken(word))
    return words


def main(arguments: list[str] | None = None) -> int:
    """Runs one command and returns its exit code."""
    make_printable(sys.stdout, sys.stderr)
    given = _as_text(sys.argv[1:] if arguments is None else arguments)
    language.speak_in_argparse()
    others = _language_of(given) if any(a.startswith("--lang") for a in given) else given
    top = parser()
    try:
        configuration.apply(top)
    except UsageError as error:
        print(f"fazhi: {visible(str(error))}", file=sys.stderr)
        return exit_codes.USAGE
    options = top.parse_args(others)
    if options.version:
        from importlib import metadata

        print(say("fazhi-warehouse {version}", version=metadata.version("fazhi-warehouse")))
        return exit_codes.OK
    if not options.command:
        top.print_help()
        return exit_codes.OK
    try:
        code: int = options.call(options)
    except FazhiError as error:
        lines = [visible(line) for line in str(error).split("\n")]
        print("fazhi: " + "\n".join(lines), file=sys.stderr)
        return exit_codes.USAGE
    except Stopped as stop:
        return stop.code
    except KeyboardInterrupt:
        print(say(NOTHING_PUBLISHED), file=sys.stderr)
        return exit_codes.INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return exit_codes.OK
    return code


if __name__ == "__main__":
    sys.exit(main())
