"""JSON and YAML texts that depend on their content alone, not on the version of a library."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Plain: TypeAlias = "str | int | float | bool | Sequence[Plain] | Mapping[str, Plain] | None"


def as_json(value: Plain) -> str:
    """Returns a value as JSON with one blank of indent a level, in the order of its keys."""
    return json.dumps(value, ensure_ascii=False, indent=1) + "\n"


def as_yaml(value: Mapping[str, Plain]) -> str:
    """Returns a mapping as YAML 1.2: texts are quoted as in JSON, short lists stand in one line."""
    return "".join(f"{line}\n" for line in _lines(value))


def _lines(value: Plain) -> list[str]:
    """Returns a mapping or list as lines without indent."""
    if isinstance(value, Mapping):
        lines = []
        for key, child in value.items():
            lines += _entry(f"{key}:", child)
        return lines
    if isinstance(value, Sequence) and not isinstance(value, str):
        lines = []
        for child in value:
            first, *others = _lines(child)
            lines += [f"- {first}", *(f"  {line}" for line in others)]
        return lines
    return [_scalar(value)]


def _entry(head: str, child: Plain) -> list[str]:
    has_lines = isinstance(child, Mapping) and len(child) > 0
    if isinstance(child, Sequence) and not isinstance(child, str):
        has_lines = any(isinstance(item, Mapping) for item in child)
    if has_lines:
        return [head, *(f"  {line}" for line in _lines(child))]
    return [f"{head} {_scalar(child)}"]


def _scalar(value: Plain) -> str:
    return json.dumps(value, ensure_ascii=False)
