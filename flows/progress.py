"""What a run tells while it runs: stages and counts, to whoever listens."""

from __future__ import annotations

from collections.abc import Callable

Listener = Callable[[str, int, int], None]
_listener: Listener = lambda stage, done, total: None


def listen(listener: Listener) -> None:
    """From now on `listener(stage, done, total)` hears of every step."""
    global _listener
    _listener = listener


def tell(stage: str, done: int = 0, total: int = 0) -> None:
    """Says how far a stage is."""
    _listener(stage, done, total)
