"""All rules: one SQL file each, in a folder a kind, and those that follow from the declared
tables.
"""

from __future__ import annotations

from importlib import resources

from expectations.declaration import KINDS, Rule, parse_rule
from expectations.rules.derived import derived_rules


def _rules_of_kind(kind: str) -> list[Rule]:
    """Reads the SQL files of a kind, by name."""
    files = resources.files("expectations").joinpath("rules", kind).iterdir()
    return [
        parse_rule(kind, file.name.removesuffix(".sql"), file.read_text(encoding="utf-8"))
        for file in sorted(files, key=lambda file: file.name)
        if file.name.endswith(".sql")
    ]


RULES: tuple[Rule, ...] = (
    *derived_rules(),
    *(rule for kind in KINDS for rule in _rules_of_kind(kind)),
)
BY_ID = {rule.id: rule for rule in RULES}
# pieces of SQL that several rules share: to be run once on a connection before the rules are
MACROS = resources.files("expectations").joinpath("rules", "macros.sql").read_text(encoding="utf-8")
