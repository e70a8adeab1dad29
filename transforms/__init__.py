"""Bytes to figures: pure functions, no clock, no disk, no network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transforms.report import parse

__all__ = ["parse"]


def __getattr__(name: str) -> Any:
    """Imports the parser when it is asked for: a night without changes does without it."""
    if name == "parse":
        from transforms.report import parse

        return parse
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
