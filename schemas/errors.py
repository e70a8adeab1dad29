"""The errors of this project: one root, two branches."""

from __future__ import annotations


class FazhiError(Exception):
    """Root of all errors that this project raises on purpose. The message is one clear line for a person."""


class UsageError(FazhiError):
    """A command that cannot be carried out as given: a missing source, an unwritable folder, another run under way."""


class Rejected(FazhiError):
    """One source that cannot be loaded. It goes to quarantine under `reason_code`; the rest of the run goes on."""

    def __init__(self, reason_code: str, message: str) -> None:
        super().__init__(message)
        self.reason_code = reason_code
        self.message = message

    def __reduce__(self):
        return (Rejected, (self.reason_code, self.message))
