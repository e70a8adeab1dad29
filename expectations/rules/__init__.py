"""The rules of substance: each a query that gives the rows that break it."""

from __future__ import annotations

from expectations.declaration import Rule
from expectations.rules import arithmetic, form, origin, plausibility, structure

RULES: list[Rule] = [
    *structure.RULES,
    *form.RULES,
    *arithmetic.RULES,
    *plausibility.RULES,
    *origin.RULES,
]
BY_ID = {rule.id: rule for rule in RULES}
