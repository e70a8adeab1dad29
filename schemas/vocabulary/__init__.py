"""The vocabulary: data files that say what the words of such reports mean.

They are read once a process, and only here.
"""

from __future__ import annotations

import csv
import functools
import tomllib
from importlib import resources
from typing import Any


def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


@functools.cache
def toml(name: str) -> dict[str, Any]:
    """Returns the content of the TOML file `name` of this folder. Callers must not change it."""
    return tomllib.loads(_read(name))


@functools.cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """Returns the rows of the tab-separated file `name` of this folder, one dict a row.

    The first line holds the column names. Callers must not change the rows.
    """
    lines = _read(name).splitlines()
    return tuple(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


@functools.cache
def lines(name: str) -> tuple[str, ...]:
    """Returns the lines of the text file `name` of this folder, without blank ones and comments."""
    stripped = (line.strip() for line in _read(name).splitlines())
    return tuple(line for line in stripped if line and not line.startswith("#"))
