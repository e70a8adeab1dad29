"""The policy: what follows from the findings of each rule, and what may be lost from one state to the next."""

from __future__ import annotations

import hashlib
import json
import tomllib
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from expectations.declaration import Rule
from expectations.rules import BY_ID
from schemas.errors import UsageError

CONSEQUENCES = ("note", "flag", "hold_report", "hold_publication")


@dataclass(frozen=True, slots=True)
class Policy:
    """`severity` and `rule` map to a consequence, `floors` to a share."""

    severity: dict[str, str]
    rule: dict[str, str]
    floors: dict[str, float]

    def consequence(self, rule: Rule) -> str:
        """What follows from a finding of this rule."""
        return self.rule.get(rule.id, self.severity[rule.severity])

    def digest(self) -> str:
        """Digest of all that it says."""
        told = json.dumps([self.severity, self.rule, self.floors], sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:16]


def load(path: Path | None = None) -> Policy:
    """The policy of the project, with the lines of the file at `path` in their place.

    Raises UsageError naming the file and the line's key where it is no policy.
    """
    said = tomllib.loads(
        resources.files("expectations").joinpath("policy.toml").read_text(encoding="utf-8")
    )
    if path is not None:
        try:
            more = tomllib.loads(path.read_text(encoding="utf-8"))
        except OSError as error:
            raise UsageError(f"the policy {path} cannot be read ({error.strerror})") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise UsageError(f"the policy {path} is no TOML: {error}") from None
        _check(path, more, said)
        said = {part: {**said[part], **more.get(part, {})} for part in said}
    return Policy(said["severity"], said["rule"], {k: float(v) for k, v in said["floors"].items()})


def _check(path: Path, more: dict, known: dict) -> None:
    names = {"severity": known["severity"], "rule": BY_ID, "floors": known["floors"]}
    for part, entries in more.items():
        if part not in names or not isinstance(entries, dict):
            raise UsageError(f"{path}: [{part}] is none of {', '.join(f'[{n}]' for n in names)}")
        for key, value in entries.items():
            if key not in names[part]:
                raise UsageError(
                    f"{path}: [{part}] {key} is not known: docs/rules.md lists what is"
                )
            if part == "floors":
                if isinstance(value, bool) or not isinstance(value, (int, float)) or value < 0:
                    raise UsageError(f"{path}: [floors] {key} = {value!r} is no number from 0")
            elif value not in CONSEQUENCES:
                raise UsageError(
                    f"{path}: [{part}] {key} = {value!r} is none of {', '.join(CONSEQUENCES)}"
                )
