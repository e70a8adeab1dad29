"""All rules as a page: docs/rules.md. `make dictionary` writes it.

usage: python -m expectations.rulebook
"""

from __future__ import annotations

from pathlib import Path

from expectations import policy
from expectations.declaration import Rule
from expectations.rules import RULES

PAGE = Path(__file__).resolve().parent.parent / "docs" / "rules.md"
_HEADINGS = {
    "form": "Form: is what was read whole",
    "arithmetic": "Arithmetic: do the numbers of a report go with one another",
    "plausibility": "Plausibility: is it like its peers, and like the body's own last year",
    "origin": "Origin: is it the body's own, and this year's",
    "structure": "Structure: keys, values and references, derived from the declared tables",
}
_INTRODUCTION = """\
# Rules

These rules are checked on every state before it is published. Every row that breaks a rule is
a row of `quality_findings`. The policy says what follows from it (`expectations/policy.toml`;
`fazhi run --policy FILE`, or `policy.toml` in the data folder, overrides single lines).

Written by `make dictionary`."""
_FLOORS = """
## Floors

What may be lost against the state in force without `--accept-loss REASON`.

| floor | value |
| --- | --- |"""


def page() -> str:
    """Returns the page as Markdown."""
    rules_policy = policy.load()
    lines = [_INTRODUCTION]
    for kind, heading in _HEADINGS.items():
        lines += [
            "",
            f"## {heading}",
            "",
            "| rule | of | severity | consequence | what must hold | broken by | source |",
            "| --- | --- | --- | --- | --- | --- | --- |",
        ]
        lines += [_row(rule, rules_policy) for rule in RULES if rule.kind == kind]
    lines.append(_FLOORS)
    lines += [f"| `{name}` | {value:g} |" for name, value in rules_policy.floors.items()]
    return "\n".join(lines) + "\n"


def _row(rule: Rule, rules_policy: policy.Policy) -> str:
    cells = (
        f"`{rule.id}`",
        f"`{rule.table}`",
        rule.severity,
        rules_policy.consequence(rule),
        rule.holds,
        rule.broken_by,
        rule.source,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def main() -> None:
    """Writes the page."""
    PAGE.write_text(page(), encoding="utf-8")
    print("docs/rules.md")


if __name__ == "__main__":
    main()
