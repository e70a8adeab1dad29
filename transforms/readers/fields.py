"""Fields of Word documents: marks that begin them, part instruction from result, and end them."""

from __future__ import annotations

from lxml import etree

from transforms.readers.ooxml import W, find_value

_DRAWN = ("EQ ", "SYMBOL ", "LISTNUM", "AUTONUM")


def broken_fields(body: etree._Element) -> set[etree._Element]:
    """Returns the marks that begin a field which never ends: what follows them is text."""
    begun: list[etree._Element] = []
    for mark in body.iter(f"{W}fldChar"):
        if next(mark.iterancestors(f"{W}del", f"{W}moveFrom"), None) is not None:
            continue
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            begun.append(mark)
        elif kind == "end" and begun:
            begun.pop()
    return set(begun)


def chosen_entry(begin: etree._Element) -> str:
    """Returns the entry that a drop-down field shows; it stands in its properties, not in its
    text.
    """
    choices = begin.find(f"{W}ffData/{W}ddList")
    if choices is None:
        return ""
    entries = [entry.get(f"{W}val") or "" for entry in choices.iterchildren(f"{W}listEntry")]
    chosen = find_value(choices, "result") or find_value(choices, "default") or "0"
    return entries[int(chosen)] if chosen.isdigit() and int(chosen) < len(entries) else ""


def drawn_instructions(body: etree._Element) -> list[str]:
    """Returns the instructions that Word itself draws (EQ, SYMBOL, LISTNUM): they have no text as
    result.
    """
    open_fields: list[tuple[list[str], list[str]]] = []  # instruction and result of each
    drawn: list[str] = []
    in_result: list[bool] = []
    for node in body.iter(f"{W}fldChar", f"{W}instrText", f"{W}t"):
        kind = node.get(f"{W}fldCharType")
        if kind == "begin":
            open_fields.append(([], []))
            in_result.append(False)
        elif kind == "separate" and in_result:
            in_result[-1] = True
        elif kind == "end" and open_fields:
            instruction, result = open_fields.pop()
            in_result.pop()
            whole = " ".join("".join(instruction).split())
            if whole.upper().startswith(_DRAWN) and not "".join(result).strip():
                drawn.append(whole)
        elif node.text and open_fields:
            open_fields[-1][in_result[-1]].append(node.text)
    return drawn
