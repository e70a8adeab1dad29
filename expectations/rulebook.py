"""All rules as a page: docs/rules.md. `make dictionary` writes it.

usage: python -m expectations.rulebook
"""

from __future__ import annotations

from pathlib import Path

from expectations import policy
from expectations.declaration import KINDS
from expectations.rules import RULES

_SAID = {
    "form": "Form: is what was read whole",
    "arithmetic": "Arithmetic: do the numbers of a report go with one another",
    "plausibility": "Plausibility: is it like its peers, and like the body's own last year",
    "origin": "Origin: is it the body's own, and this year's",
    "structure": "Structure: keys, values and references, derived from the declared tables",
}


def page() -> str:
    """The page as Markdown."""
    said = policy.load()
    lines = [
        "# Rules",
        "",
        "What is checked of every state before it is published. Every row that breaks a rule is a row of `quality_findings`; what follows is the",
        "policy's to say (`expectations/policy.toml`; `fazhi run --policy FILE`, or `policy.toml` in the data folder, overrides single lines).",
        "",
        "Written by `make dictionary`.",
    ]
    for kind in sorted(KINDS, key=list(_SAID).index):
        lines += [
            "",
            f"## {_SAID[kind]}",
            "",
            "| rule | of | severity | consequence | what must hold | broken by | source |",
        ]
        lines.append("| --- | --- | --- | --- | --- | --- | --- |")
        for r in (r for r in RULES if r.kind == kind):
            cells = (
                f"`{r.id}`",
                f"`{r.table}`",
                r.severity,
                said.consequence(r),
                r.holds,
                r.broken_by,
                r.source,
            )
            lines.append("| " + " | ".join(c.replace("|", "\\|") for c in cells) + " |")
    lines += [
        "",
        "## Floors",
        "",
        "What may be lost against the state in force without `--accept-loss REASON`.",
        "",
    ]
    lines += [
        "| floor | value |",
        "| --- | --- |",
        *(f"| `{k}` | {v:g} |" for k, v in said.floors.items()),
    ]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Writes the page."""
    (Path(__file__).resolve().parent.parent / "docs" / "rules.md").write_text(
        page(), encoding="utf-8"
    )
    print("docs/rules.md")


if __name__ == "__main__":
    main()
