"""Reports and sources that people withdrew: they are left out of the next states until that is
taken back.

A report is withdrawn by the bytes that it was read from: a new version of it is published. A source
is withdrawn by its address: whatever it brings is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

SCOPES = ("report", "source")
ACTIONS = ("withdraw", "undo")
_TEXTS = ("source_uri", "source_name", "source_sha256", "because", "by")


@dataclass(frozen=True, slots=True)
class Withdrawals:
    """The withdrawals in force, as lines of their log, by digest and by address."""

    digests: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    addresses: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)

    def of(self, source_uri: str, source_sha256: str | None) -> Mapping[str, Any] | None:
        """Returns the withdrawal that a source falls under; None for none.

        Members of an archive fall under that of the archive.
        """
        archive = source_uri.split("!/")[0]
        for found in (
            self.digests.get(source_sha256 or ""),
            self.addresses.get(source_uri),
            self.addresses.get(archive),
        ):
            if found:
                return found
        return None

    def lines(self) -> list[Mapping[str, Any]]:
        """Returns all withdrawals in force."""
        return [*self.digests.values(), *self.addresses.values()]


NOTHING_WITHDRAWN = Withdrawals()


def in_force(lines: Iterable[Mapping[str, Any]]) -> Withdrawals:
    """Returns what is withdrawn after all lines of the log; the last line on one thing counts."""
    digests: dict[str, Mapping[str, Any]] = {}
    addresses: dict[str, Mapping[str, Any]] = {}
    for line in lines:
        by_key, column = (
            (digests, "source_sha256") if line["scope"] == "report" else (addresses, "source_uri")
        )
        by_key.pop(line[column], None)
        if line["action"] == "withdraw":
            by_key[line[column]] = line
    return Withdrawals(digests, addresses)


def problem(line: Mapping[str, Any]) -> str | None:
    """Returns what is wrong with a line of the log; None for a good one."""
    for column in _TEXTS:
        if not isinstance(line.get(column), str):
            return f"has no {column}"
    if line.get("scope") not in SCOPES:
        return f"has a scope that is none of {', '.join(SCOPES)}"
    if line.get("action") not in ACTIONS:
        return f"has an action that is none of {', '.join(ACTIONS)}"
    return None


def entry(
    source: Mapping[str, Any], scope: str, action: str, because: str, by: str
) -> dict[str, Any]:
    """Returns a line of the log, but for its time. `source` is its row of the table sources."""
    columns = ("source_uri", "source_name", "source_sha256")
    named = {column: source[column] for column in columns}
    return {**named, "scope": scope, "action": action, "because": because, "by": by}


def row(line: Mapping[str, Any]) -> dict[str, Any]:
    """Returns a withdrawal as it stands in the table decisions, but for its identifier."""
    return {
        "origin": "withdrawal",
        "source_uri": line["source_uri"],
        "source_sha256": line["source_sha256"],
        "action": f"withdraw_{line['scope']}",
        "reason": line["because"],
        "decided_by": line["by"],
    }
