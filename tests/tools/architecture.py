"""Writes the list of modules in docs/architecture.md: one line a module, its own first sentence.

usage: python -m tests.tools.architecture
"""

import ast
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "architecture.md"
PACKAGES = ("flows", "transforms", "warehouse", "expectations", "schemas")
BEGIN, END = "<!-- modules -->\n", "<!-- end of modules -->"


def page(text: str) -> str:
    """Returns the page with its list of modules written anew."""
    before, rest = text.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}{modules()}{END}{after}"


def modules() -> str:
    """Returns a Markdown table a package: module, and what it does."""
    parts = []
    for package in PACKAGES:
        rows = [
            f"| `{path.relative_to(ROOT)}` | {sentence} |\n"
            for path in sorted((ROOT / package).rglob("*.py"))
            if (sentence := first_sentence(path))
        ]
        parts.append(f"\n### {package}\n\n| module | |\n| --- | --- |\n{''.join(rows)}")
    return "".join(parts) + "\n"


def first_sentence(path: Path) -> str:
    """Returns the first sentence of a module's docstring on one line; empty without a docstring."""
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    paragraph = " ".join(docstring.split("\n\n")[0].split())
    end = paragraph.find(". ")
    return (paragraph if end < 0 else paragraph[: end + 1]).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
    print(PAGE.relative_to(ROOT))
