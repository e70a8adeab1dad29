"""Which body reports on which year: from title, signature, metadata and text.

`read_claims` reads what the document says of itself and needs no register; `resolve_body` decides
with a register of divisions, and never guesses: a name that several bodies share stays `ambiguous`
unless the text, or the folder the file lay in, names the county.
"""

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
