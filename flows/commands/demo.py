"""fazhi demo: a night over the samples that come with the project."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

from flows.commands.options import Commands, add_command
from schemas.errors import UsageError
from schemas.language import say

FOLDER = "data-samples"


def declare(commands: Commands) -> None:
    """Adds the command demo."""
    demo = add_command(
        commands,
        "demo",
        _demo,
        help=say("the nightly job on the samples that come with it, into a data folder of its own"),
    )
    demo.set_defaults(data=FOLDER)


def samples() -> Path:
    """Returns the folder of the samples, installed or in a clone. Raises UsageError where it
    lacks.
    """
    try:
        folder = Path(next(iter(importlib.import_module("samples").__path__)))
    except (ImportError, StopIteration):
        raise UsageError(say("the samples are not installed: clone the project")) from None
    return folder


def _demo(options: argparse.Namespace) -> int:
    from flows import cli

    return cli.main(["run", str(samples()), "--data", options.data])
