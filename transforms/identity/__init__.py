"""Which body reports on which year: from title, signature, metadata and text.

`read_claims` reads what the document says of itself and needs no register; `resolve_body` decides
with a register of divisions, and never guesses: a name that several bodies share stays `ambiguous`
unless the text, or the folder the file lay in, names the county.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transforms.identity.claims import Claims, read_claims
    from transforms.identity.dates import iso_date, year_of_address
    from transforms.identity.register import EMPTY, Place, Register, read_register
    from transforms.identity.resolve import other_place, resolve_body

__all__ = [
    "EMPTY",
    "Claims",
    "Place",
    "Register",
    "iso_date",
    "other_place",
    "read_claims",
    "read_register",
    "resolve_body",
    "year_of_address",
]
_MODULES = {
    "claims": ("Claims", "read_claims"),
    "dates": ("iso_date", "year_of_address"),
    "register": ("EMPTY", "Place", "Register", "read_register"),
    "resolve": ("other_place", "resolve_body"),
}


def __getattr__(name: str) -> Any:
    """Imports what is asked for: a night without changes needs the register alone."""
    for module, names in _MODULES.items():
        if name in names:
            return getattr(importlib.import_module(f"{__name__}.{module}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
