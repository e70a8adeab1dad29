"""The policy: what follows from the findings of each rule, and what may be lost from one state to
the next.
"""

from __future__ import annotations

import hashlib
import json
import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from expectations.declaration import Rule
from expectations.rules import BY_ID, MACROS, RULES
from schemas.errors import UsageError
from schemas.language import say

CONSEQUENCES = ("note", "flag", "hold_report", "hold_publication")
# what may follow where a folder of the sources is empty or has shrunk
_OF_SOURCES = ("note", "hold_publication")
_PARTS = ("severity", "rule", "floors", "sources")


@dataclass(frozen=True, slots=True)
class Policy:
    """`severity` and `rule` map to a consequence, `floors` maps a name to a share or a number.

    `sources` says what follows where a folder of the sources is `empty` or `shrunken`, and when it
    is that: the share `files_lost`, and the number `files_free` that may always go.
    """

    severity: dict[str, str]
    rule: dict[str, str]
    floors: dict[str, float]
    sources: dict[str, Any]

    def consequence(self, rule: Rule) -> str:
        """Returns what follows from a finding of this rule: one of CONSEQUENCES."""
        return self.rule.get(rule.id, self.severity[rule.severity])

    def digest(self) -> str:
        """Returns a digest of everything that the policy says of the content of a state."""
        content = json.dumps([self.severity, self.rule, self.floors], sort_keys=True)
        return hashlib.sha256(content.encode()).hexdigest()[:16]


def version(policy: Policy) -> str:
    """Returns a digest of rules and policy: where it differs, every state is judged anew."""
    texts = [f"{r.id} {r.severity} {r.scope} {r.table} {r.sql}" for r in RULES]
    content = "\n".join([*texts, MACROS, policy.digest()])
    return hashlib.sha256(content.encode()).hexdigest()[:16]


def load(path: Path | None = None) -> Policy:
    """Returns the policy of the project, overridden by the lines of the file at `path`.

    Raises UsageError naming the file and the key where a line is no policy.
    """
    own = resources.files("expectations").joinpath("policy.toml").read_text(encoding="utf-8")
    parts: dict[str, dict[str, Any]] = tomllib.loads(own)
    if path is not None:
        overrides = _read(path)
        _check(path, overrides, parts)
        parts = {name: {**parts[name], **overrides.get(name, {})} for name in parts}
    floors = {name: float(value) for name, value in parts["floors"].items()}
    return Policy(parts["severity"], parts["rule"], floors, parts["sources"])


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise UsageError(
            say("the policy {path} cannot be read ({reason})", path=path, reason=error.strerror)
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as error:
        raise UsageError(
            say("the policy {path} is no TOML: {error}", path=path, error=error)
        ) from None


def _check(
    path: Path, overrides: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]
) -> None:
    keys = {**known, "rule": BY_ID}
    for part, entries in overrides.items():
        if part not in keys or not isinstance(entries, dict):
            parts = ", ".join(f"[{name}]" for name in _PARTS)
            raise UsageError(
                say("{path}: [{part}] is none of {parts}", path=path, part=part, parts=parts)
            )
        for key, value in entries.items():
            if key not in keys[part]:
                message = f"[{part}] {key} is not known: docs/rules.md lists what is"
                raise UsageError(f"{path}: {message}")
            is_number = isinstance(known[part].get(key), int | float)
            allowed = _OF_SOURCES if part == "sources" else CONSEQUENCES
            if is_number and not _is_floor(value):
                raise UsageError(
                    say(
                        "{path}: [{part}] {key} = {value} is no number from 0",
                        path=path,
                        part=part,
                        key=key,
                        value=repr(value),
                    )
                )
            if not is_number and value not in allowed:
                shown = ", ".join(allowed)
                raise UsageError(
                    say(
                        "{path}: [{part}] {key} = {value} is none of {shown}",
                        path=path,
                        part=part,
                        key=key,
                        value=repr(value),
                        shown=shown,
                    )
                )


def _is_floor(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value) and value >= 0
