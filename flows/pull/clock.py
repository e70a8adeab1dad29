"""The time of an answer."""

from __future__ import annotations

import datetime


def now_text() -> str:
    """The time now, in UTC, to the second, in ISO form."""
    return datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
