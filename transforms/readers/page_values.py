"""Text that a page shows and that stands in no text of its own, put where it is shown.

Values of controls, text that a style sheet generates, words in drawings, raised digits, text turned
round.
"""

from __future__ import annotations

import re

from lxml import etree

from transforms.readers.style_sheets import StyleSheets

_TYPED = ("", "text", "number", "tel", "date", "email", "url")
_SAYS_SOMETHING = re.compile("[\\d\u3400-\u9fff]")
_IS_TEXT = re.compile(
    r"^\s*(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)])|[。；]"
)
_STRING = re.compile(r"\"((?:\\.|[^\"\\])*)\"|'((?:\\.|[^'\\])*)'|attr\(\s*([\w-]+)\s*\)")
_ESCAPE = re.compile(r"\\([0-9a-f]{1,6})\s?|\\(.)", re.I | re.S)
_RAISED = re.compile(r"vertical-align:(?:super|text-top)")
_LOWERED = re.compile(r"vertical-align:sub(?![a-z])")


def show_values(root: etree._Element, sheets: StyleSheets | None) -> None:
    """Changes the page below `root`: what it shows without text of its own becomes text."""
    _open_shadows(root)
    for button in list(root.iter("button")):
        if _IS_TEXT.search("".join(button.itertext())):
            button.tag = "span"  # the head of a part that folds, or all of it
    for element in list(root.iter("input", "select", "svg", "bdo", "span", "i", "em", "b", "font")):
        if element.tag == "input":
            _show_input(element)
        elif element.tag == "select":
            _show_choice(element)
        elif element.tag == "svg":
            _show_drawn_words(element)
        else:
            _show_placed(element, sheets)
    if sheets is not None:
        for element in list(root.iter(etree.Element)):
            _show_generated(element, sheets)


def _open_shadows(root: etree._Element) -> None:
    """Shows what an element holds in a template as its shadow (HTML, declarative shadow root).

    Children of the element itself are shown only where the shadow has a slot for them.
    """
    for template in list(root.iter("template")):
        if not {"shadowrootmode", "shadowroot"} & set(template.keys()):
            continue
        template.tag = "div"
        if next(template.iter("slot"), None) is None:
            for beside in [*template.itersiblings(), *template.itersiblings(preceding=True)]:
                if isinstance(beside.tag, str):
                    beside.set("hidden", "")


def _show_input(element: etree._Element) -> None:
    value = (element.get("value") or "").strip()
    if value and (element.get("type") or "").strip().lower() in _TYPED:
        element.tag, element.text = "span", value


def _show_choice(element: etree._Element) -> None:
    chosen = [option for option in element.iter("option") if option.get("selected") is not None]
    if len(chosen) == 1:
        text = " ".join("".join(chosen[0].itertext()).split())
        for child in list(element):
            element.remove(child)
        element.tag, element.text = "span", text


def _show_drawn_words(element: etree._Element) -> None:
    words = ["".join(node.itertext()).strip() for node in element.iter("text", "foreignobject")]
    if any(map(_SAYS_SOMETHING.search, words)):
        for child in list(element):
            element.remove(child)
        element.tag, element.text = "span", " ".join(words)


def _show_placed(element: etree._Element, sheets: StyleSheets | None) -> None:
    """Marks raised and lowered text as such, and turns round what is written from right to left."""
    style = sheets.style_of(element) if sheets else (element.get("style") or "")
    style = "".join(style.split()).lower()
    if _RAISED.search(style):
        element.tag = "sup"
    elif _LOWERED.search(style):
        element.tag = "sub"
    is_turned = element.tag == "bdo" and (element.get("dir") or "").lower() == "rtl"
    is_turned = is_turned or ("bidi-override" in style and "direction:rtl" in style)
    if is_turned and not len(element) and element.text:
        element.text = element.text[::-1]


def _show_generated(element: etree._Element, sheets: StyleSheets) -> None:
    for place in ("before", "after"):
        content = sheets.generated(element, place)
        text = _generated_text(content, element) if content else ""
        if not _SAYS_SOMETHING.search(text):
            continue
        if place == "before":
            element.text = text + (element.text or "")
        elif len(element):
            element[-1].tail = (element[-1].tail or "") + text
        else:
            element.text = (element.text or "") + text


def _generated_text(content: str, element: etree._Element) -> str:
    pieces = (
        (element.get(found[3].lower()) or "")
        if found[3]
        else _unescaped(found[1] or found[2] or "")
        for found in _STRING.finditer(content)
    )
    return "".join(pieces)


def _unescaped(text: str) -> str:
    def character(found: re.Match[str]) -> str:
        code = int(found[1], 16) if found[1] else 0
        return chr(code) if 0 < code < 0x110000 else (found[2] or "")

    return _ESCAPE.sub(character, text)
