"""The data files that say what the words of such reports mean, read once a process and only here."""

from __future__ import annotations

import csv
import functools
import tomllib
from importlib import resources


def _read(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text(encoding="utf-8")


@functools.cache
def toml(name: str) -> dict:
    """The TOML file `name` of this folder."""
    return tomllib.loads(_read(name))


@functools.cache
def rows(name: str) -> tuple[dict[str, str], ...]:
    """The rows of the tab-separated file `name` of this folder, one dict a row."""
    return tuple(csv.DictReader(_read(name).splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
