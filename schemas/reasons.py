"""Why a source can be in quarantine: the reason codes, read from `vocabulary/reasons.toml`.

To add a reason code, add an entry there and raise `Rejected(code, ...)` where it happens.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field

from schemas import vocabulary


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason code: what happened (`en`, `zh`) and what a person can do (`do_en`, `do_zh`).

    `message` and `cases` (by name) are longer messages in English; names in braces are fields.
    """

    code: str
    en: str
    zh: str
    do_en: str
    do_zh: str
    message: str | None = None
    cases: dict[str, str] = field(default_factory=dict)


@functools.cache
def reasons() -> dict[str, Reason]:
    """Returns reason code -> reason, in the order of the codes.

    Raises TypeError for an entry that lacks a field or has an unknown one.
    """
    entries = [Reason(**entry) for entry in vocabulary.toml("reasons.toml")["reason"]]
    return {reason.code: reason for reason in sorted(entries, key=lambda reason: reason.code)}


def template(code: str, case: str = "") -> str:
    """Returns the message of a reason code, or of one of its cases, with its fields in braces.

    Raises KeyError for an unknown code or case.
    """
    reason = reasons()[code]
    if case:
        return reason.cases[case]
    return reason.message or f"{reason.en} {reason.do_en}"


def message(code: str, case: str = "", **fields: object) -> str:
    """Returns the message for a person: what happened to this source, and what to do about it.

    Raises KeyError for an unknown code or case, and for a field that the message needs and lacks.
    """
    return template(code, case).format(**fields)


def problem(code: str, case: str = "", **fields: object) -> tuple[str, str]:
    """Returns (reason code, message): what is wrong with a source, as plain data."""
    return code, message(code, case, **fields)
