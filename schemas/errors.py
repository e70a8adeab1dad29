"""The errors that this project raises on purpose: one root, two branches."""

from __future__ import annotations

from schemas import reasons


class FazhiError(Exception):
    """Root of the project's own errors. The message is one clear line for a person."""


class UsageError(FazhiError):
    """A command that cannot be carried out as given: a source is missing, a folder not writable."""


class Rejected(FazhiError):
    """One source that cannot be loaded: it goes to quarantine under `reason_code`, the run goes on.

    `Rejected("too_large", case="file", size=9, limit=5)` takes its message from the entry of that
    code in `schemas/vocabulary/reasons.toml`; see `schemas.reasons.message` for what it raises.
    `message` in place of case and fields: the message is ready, because it was stored before.
    `needs`: name of the program that would read the file, where it is not installed; else None.
    """

    def __init__(
        self,
        reason_code: str,
        message: str | None = None,
        needs: str | None = None,
        *,
        case: str = "",
        **fields: object,
    ) -> None:
        if message is None:
            message = reasons.message(reason_code, case, **fields)
        super().__init__(message)
        self.reason_code = reason_code
        self.message = message
        self.needs = needs

    def stored(self) -> tuple[str, ...]:
        """Returns code, message and, if any, needs: `Rejected(*stored)` is the same error again."""
        return (self.reason_code, self.message, *([self.needs] if self.needs else []))

    def __reduce__(self) -> tuple[type[Rejected], tuple[str, ...]]:
        return Rejected, self.stored()
