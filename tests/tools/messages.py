"""Messages in the code and their Chinese texts in schemas/locale/zh.po.

usage: python -m tests.tools.messages     adds the templates that the catalogue lacks, removes those
that stand nowhere any more, and says which have no Chinese text.
"""

from __future__ import annotations

import ast
import sys
from pathlib import Path

from schemas import formats, language, reasons
from tests.support.paths import ROOT

CATALOGUE = ROOT / "schemas" / "locale" / "zh.po"
PACKAGES = ("schemas", "warehouse", "expectations", "flows")
MARKS = {"say": 1, "marked": 1, "say_in": 2, "say_count": 2}
HEAD = (
    "Language: zh_CN\nMIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\n"
    "Plural-Forms: nplurals=1; plural=0;\n"
)


def in_code() -> dict[tuple[str, str], str]:
    """Returns (template, plural or "") -> the file that says it first.

    Raises ValueError for a mark around something else than a literal.
    """
    found: dict[tuple[str, str], str] = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            for node in ast.walk(ast.parse(path.read_bytes())):
                for key in _marked(node, name):
                    found.setdefault(key, name)
    for reason in reasons.reasons().values():
        for template in (reason.message, *reason.cases.values()):
            if template:
                found.setdefault((template, ""), "schemas/vocabulary/reasons.toml")
    for entry in formats.formats().values():
        for template in (entry.name, entry.refused):
            if template:
                found.setdefault((template, ""), "schemas/vocabulary/formats.toml")
    return found


def _marked(node: ast.AST, name: str) -> list[tuple[str, str]]:
    if not isinstance(node, ast.Call):
        return []
    called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if called not in MARKS:
        return []
    given = node.args[MARKS[called] - 1 :] if called == "say_in" else node.args[: MARKS[called]]
    texts = [argument.value for argument in given if isinstance(argument, ast.Constant)]
    if len(texts) == len(given) and texts:
        return [(texts[0], texts[1] if len(texts) > 1 else "")]
    if called in ("say", "say_in") and not isinstance(given[0], ast.JoinedStr | ast.BinOp):
        return []  # a template that was marked elsewhere
    raise ValueError(f"{name}:{node.lineno}: {called} is given no literal")


def written(catalogue: dict[tuple[str, str], str], code: dict[tuple[str, str], str]) -> str:
    """Returns the catalogue with one entry for each template of the code, ordered by file."""
    parts = [_entry(("", ""), HEAD, "Messages in Chinese. See schemas/language.py.")]
    for key, name in sorted(code.items(), key=lambda item: (item[1], item[0])):
        parts.append(_entry(key, catalogue.get(key, ""), name))
    return "\n".join(parts)


def _entry(key: tuple[str, str], chinese: str, comment: str) -> str:
    one, many = key
    lines = [f"#: {comment}" if one else f"# {comment}", *_string("msgid", one)]
    if many:
        lines += _string("msgid_plural", many)
    return "\n".join([*lines, *_string("msgstr[0]" if many else "msgstr", chinese), ""])


def _string(keyword: str, text: str) -> list[str]:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    pieces = [piece for piece in escaped.replace("\n", "\\n\0").split("\0") if piece]
    if len(pieces) < 2:
        return [f'{keyword} "{"".join(pieces)}"']
    return [f'{keyword} ""', *(f'"{piece}"' for piece in pieces)]


def main(path: Path = CATALOGUE) -> int:
    known = language.entries(path.read_text(encoding="utf-8")) if path.exists() else {}
    code = in_code()
    path.write_text(written(known, code), encoding="utf-8")
    missing = [one for one, many in code if not known.get((one, many))]
    for template in missing:
        print(f"no Chinese text: {template!r}")
    print(f"{len(code)} messages, {len(missing)} without Chinese")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
