"""What goes wrong with one source, as a problem that names it; defects of this program are told
apart.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

from flows.terminal import visible
from schemas import reasons
from schemas.errors import Rejected
from warehouse.files import write_atomic
from warehouse.folder import DataFolder

# a worker calls it with the source that it begins with, or with SEVERAL before it works on several
# at once
Begin = Callable[[str], None]
SEVERAL = ""
Problem = tuple[str, ...]  # reason code, message, and the name of a program that is needed, if any

OUR_DEFECT = "our_defect"
_SHOWN_LENGTH = 200


def problem_of(folder: Path, name: str, error: Exception) -> Problem:
    """Returns what is wrong with a source, from the error that it met.

    An error that no reader raises on purpose is a defect of this program; its traceback is kept in
    the data folder under `name`.
    """
    if isinstance(error, Rejected):
        return error.stored()
    if isinstance(error, MemoryError):
        return reasons.problem("too_much_memory")
    if isinstance(error, RecursionError):
        return reasons.problem("too_deep")
    path = DataFolder(folder).failures / f"{name[:16]}.txt"
    text = "".join(traceback.format_exception(error))
    write_atomic(path, text.encode(errors="replace"))
    line = f"{type(error).__name__}: {error}".splitlines()[0]
    shown = visible(line)[:_SHOWN_LENGTH]
    return reasons.problem(OUR_DEFECT, error=shown, file=f"state/failures/{path.name}")
