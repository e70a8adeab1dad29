"""fazhi remote push, pull: the data folder on S3-compatible storage."""

from __future__ import annotations

import argparse
from pathlib import Path

from flows import exit_codes
from flows.commands.options import Commands, add_command, add_group
from schemas.language import say


def declare(commands: Commands) -> None:
    """Adds the command remote with its actions."""
    actions = add_group(
        commands, "remote", say("the data folder on S3-compatible storage: push, pull")
    )
    push = add_command(
        actions, "push", _push, help=say("bring what was landed and the state in force there")
    )
    pull = add_command(
        actions,
        "pull",
        _pull,
        help=say("put the state in force there in force here, with what was landed"),
    )
    for command in (push, pull):
        command.add_argument(
            "url",
            metavar="URL",
            help=say("s3://bucket/prefix; credentials and endpoint from AWS_* variables"),
        )


def _push(options: argparse.Namespace) -> int:
    from warehouse import remote
    from warehouse.folder import DataFolder

    folder = Path(options.data)
    with DataFolder(folder).alone():
        print(remote.push(folder, options.url))
    return exit_codes.OK


def _pull(options: argparse.Namespace) -> int:
    from warehouse import remote
    from warehouse.folder import DataFolder

    folder = Path(options.data)
    with DataFolder(folder).alone():
        print(remote.pull(folder, options.url))
    return exit_codes.OK
