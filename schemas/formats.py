"""The file formats that sources come in, read from `vocabulary/formats.toml`."""

from __future__ import annotations

import functools
from dataclasses import dataclass

from schemas import vocabulary

UNKNOWN_RANK = 9


@dataclass(frozen=True, slots=True)
class Format:
    """One entry of the table of formats; its fields are explained at the head of the table."""

    kind: str
    name: str
    magic: tuple[bytes, ...] = ()
    media_type: str | None = None
    rank: int = UNKNOWN_RANK
    reader: str | None = None
    needs: str | None = None
    archive: bool = False
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """What must be installed to read a format: any of `commands` and all of `modules`."""

    name: str
    install: str
    commands: tuple[str, ...] = ()
    modules: tuple[str, ...] = ()


@functools.cache
def formats() -> dict[str, Format]:
    """Returns kind -> format, in the order of the table."""
    return {
        entry["kind"]: Format(
            **{**entry, "magic": tuple(bytes.fromhex(m) for m in entry.get("magic", ()))}
        )
        for entry in vocabulary.toml("formats.toml")["format"]
    }


@functools.cache
def programs() -> dict[str, Program]:
    """Returns name -> program, for the names that `needs` of a format can have."""
    return {
        name: Program(
            name,
            entry["install"],
            tuple(entry.get("commands", ())),
            tuple(entry.get("modules", ())),
        )
        for name, entry in vocabulary.toml("formats.toml")["program"].items()
    }


@functools.cache
def interpretation_ranks() -> dict[str, int]:
    """Returns media type -> how much is interpreted in reading it, 0 for plain text.

    Of several files with one text the one with the lowest rank stands for the report.
    """
    return {f.media_type: f.rank for f in formats().values() if f.media_type is not None}


def interpretation_rank(media_type: str) -> int:
    """Returns the rank of a media type, UNKNOWN_RANK for one that is not in the table."""
    return interpretation_ranks().get(media_type, UNKNOWN_RANK)
