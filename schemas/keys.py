"""The identifiers of the warehouse. Each is a digest of a natural key, or begins with one.

The same source gives the same identifiers in every run and on every machine, so they can be cited.
Nothing here may change without a new SCHEMA_VERSION: published identifiers would no longer match.
"""

from __future__ import annotations

import hashlib


def key(*parts: str, length: int = 16) -> str:
    """Returns the first `length` hexadecimal digits of the SHA-256 of the parts, joined by "|".

    The order of the parts counts. Use "" for a part that is not known.
    """
    return hashlib.sha256("|".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:length]


def report_id(text: str) -> str:
    """Returns the key of a report: a digest of its text without any white space.

    `text` has half-width digits and signs (`transforms.numerals.fold`). The same text in another
    file or another format has the same key.
    """
    return key("".join(text.split()))


def section_id(report: str, ordinal: int) -> str:
    """Returns the key of a section from its report and its position there, counted from 1."""
    return f"{report}-s{ordinal:03d}"


def metric_id(report: str, char_start: int) -> str:
    """Returns the key of a figure from its report and the offset of its first character."""
    return f"{report}-c{char_start:06d}"


def numeral_id(report: str, char_start: int) -> str:
    """Returns the key of a numeral from its report and the offset of its first character."""
    return f"{report}-n{char_start:06d}"


def township_id(
    province: str | None, prefecture: str | None, county: str | None, township: str | None
) -> str:
    """Returns the key of a reporting body from its official names. None: the name is not known."""
    return key(province or "", prefecture or "", county or "", township or "")


def unresolved_township_id(place: str, source_uri: str) -> str:
    """Returns the key of a body whose place is not certain: each source is a body of its own.

    `place` is what `township_id` returns for the names that are known.
    """
    return key(place, source_uri)


def decision_id(
    origin: str,
    source_sha256: str,
    quote: str,
    occurrence: int | None,
    char_start: int | None,
) -> str:
    """Returns the key of a person's decision on one figure.

    The figure is named by the bytes of its source and its quote, and then by its `occurrence`
    (which of several equal quotes, from 1) or by its offset `char_start`.
    """
    return key(origin, source_sha256, quote, str(occurrence), str(char_start))
