"""Names of townships and counties inside running text."""

from __future__ import annotations

import functools
from typing import Any

from schemas import vocabulary

HAN = "[\u4e00-\u9fff]"


@functools.cache
def places() -> dict[str, Any]:
    """The vocabulary of place names."""
    return vocabulary.toml("places.toml")
