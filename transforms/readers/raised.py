"""Digits that stand above or below the line: marks of notes and exponents, never part of a
number.
"""

from __future__ import annotations

_ABOVE = dict(zip("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹", strict=True))
_BELOW = dict(zip("0123456789", "₀₁₂₃₄₅₆₇₈₉", strict=True))
_TO_ABOVE, _TO_BELOW = str.maketrans(_ABOVE), str.maketrans(_BELOW)
# for comparing texts: the ordinary digit of each
ORDINARY = {ord(raised): digit for row in (_ABOVE, _BELOW) for digit, raised in row.items()}


def raised(text: str) -> str:
    """Returns the text with superscript digits in place of ordinary ones."""
    return text.translate(_TO_ABOVE)


def lowered(text: str) -> str:
    """Returns the text with subscript digits in place of ordinary ones."""
    return text.translate(_TO_BELOW)
