"""The explorer's words in Chinese and English, from `texts.toml`: one table, one line a text."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from importlib import resources
from typing import Any

LANGUAGES = ("zh", "en")


@functools.cache
def _table() -> dict[str, dict[str, str]]:
    content = resources.files("flows.explore").joinpath("texts.toml").read_text(encoding="utf-8")
    return tomllib.loads(content)


class Texts:
    """The texts of one language. `texts("report")` is one of them, with its fields filled in."""

    def __init__(self, lang: str) -> None:
        """`lang` is one of LANGUAGES; another one means Chinese."""
        self.lang = lang if lang in LANGUAGES else "zh"

    def __call__(self, key: str, **values: Any) -> str:
        """Returns the text of a key. Raises KeyError for a key that the table lacks."""
        text = _table()[key][self.lang]
        return text.format(**values) if values else text

    def value(self, kind: str, code: str | None) -> str:
        """Returns what a code of the tables (a status, a severity) is called; the code itself
        where the table does not name it.
        """
        entry = _table().get(f"{kind}_{code}")
        return entry[self.lang] if entry else code or "—"

    def of(self, row: Mapping[str, Any], column: str = "name") -> str:
        """Returns a row's own text in this language, from `<column>_zh` or `<column>_en`."""
        return str(row.get(f"{column}_{self.lang}") or row.get(f"{column}_zh") or "")
