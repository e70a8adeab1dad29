"""Names of WordprocessingML elements, and its on-off and symbol values."""

from __future__ import annotations

from lxml import etree

W_URI = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
W = f"{{{W_URI}}}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
AML = "{http://schemas.microsoft.com/aml/2001/core}"
WX = "{http://schemas.microsoft.com/office/word/2003/auxHint}"
XML_SPACE = "{http://www.w3.org/XML/1998/namespace}space"

# the namespaces of the strict standard and of Word 2003, and what this reader knows them as
SAME_NAMESPACE = {
    b"http://purl.oclc.org/ooxml/wordprocessingml/main": W_URI.encode(),
    b"http://schemas.microsoft.com/office/word/2003/wordml": W_URI.encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/relationships": R[1:-1].encode(),
    b"http://purl.oclc.org/ooxml/officeDocument/math": M[1:-1].encode(),
    b"http://purl.oclc.org/ooxml/drawingml/main": A[1:-1].encode(),
}
# drawings that this reader understands; others have a copy that it does
_UNDERSTOOD = {
    "wps", "wpg", "wpc", "wpi", "wp14", "w14", "w15", "w16", "w16se", "w16cid", "wp", "a14", "wp15",
}  # fmt: skip
_SYMBOL_FONTS = ("symbol", "wingdings", "webdings", "zapfdingbats")
_OFF = ("0", "false", "off", "none")

# what the symbol fonts of Office show; other characters of these fonts are ornaments
_SYMBOL_FONT = {
    0xA3: "≤", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB8: "÷", 0xB9: "≠", 0xA5: "∞", 0xBB: "≈",
    0xB0: "°", 0xB7: "•", 0x2D: "−", 0x7E: "~", 0xAE: "→", 0xDE: "⇒", 0xD7: "·",
}  # fmt: skip
_WINGDINGS = {
    0x6C: "●", 0x6E: "■", 0x6F: "□", 0x71: "□", 0x75: "◆", 0x76: "❖", 0x9F: "•", 0xA7: "▪",
    0xA8: "□", 0xD8: "➢", 0xE0: "→", 0xE8: "→", 0xF0: "⇨", 0xFB: "✗", 0xFC: "✓", 0xFD: "☒",
    0xFE: "☑", 0x80: "⓪", 0x8B: "⓿",
    **{0x81 + n: chr(0x2460 + n) for n in range(10)},
    **{0x8C + n: chr(0x2776 + n) for n in range(10)},
}  # fmt: skip


def find_value(element: etree._Element, name: str) -> str | None:
    """Returns the w:val of the first child of this name, None where there is no such child."""
    child = element.find(f"{W}{name}")
    return None if child is None else child.get(f"{W}val")


def is_on(element: etree._Element) -> bool:
    """Returns whether an on-off property (w:vanish, w:strike) is switched on by this element."""
    return (element.get(f"{W}val") or "true").lower() not in _OFF


def symbol(element: etree._Element) -> str:
    """Returns the character that a w:sym shows.

    Symbol fonts hold their characters at U+F000 to U+F0FF; letters and digits of ordinary fonts
    may stand there too. An ornament without a known equal keeps its private character.
    """
    try:
        number = int(element.get(f"{W}char") or "", 16)
    except ValueError:
        return ""
    if not 0 < number < 0x110000 or 0xD800 <= number < 0xE000:
        return ""
    return _in_font(number, (element.get(f"{W}font") or "").lower())


def symbol_font(properties: etree._Element | None) -> str:
    """Returns the symbol font in which a run shows its Latin characters, empty for an ordinary
    one.
    """
    fonts = None if properties is None else properties.find(f"{W}rFonts")
    font = "" if fonts is None else (fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or "").lower()
    return font if font.startswith(_SYMBOL_FONTS) else ""


def in_symbol_font(text: str, font: str) -> str:
    """Returns what text shows in a symbol font; Chinese characters are shown as they are."""
    return "".join(
        _in_font(ord(c), font) if "\u0020" < c < "\u0100" or "\uf020" <= c <= "\uf0ff" else c
        for c in text
    )


def _in_font(number: int, font: str) -> str:
    low = number - 0xF000 if 0xF000 <= number <= 0xF0FF else number
    if low > 0xFF:
        return chr(number)
    if font.startswith("wingdings"):
        return _WINGDINGS.get(low, chr(0xF000 + low))
    if "webdings" in font or "dingbats" in font:
        return chr(0xF000 + low)
    if font.startswith("symbol"):
        return _SYMBOL_FONT.get(low, chr(low) if 0x20 <= low < 0x40 else chr(0xF000 + low))
    return chr(low)


def alternative(element: etree._Element) -> etree._Element | None:
    """Returns the one branch of several with the same content that is read.

    A branch without text (a picture of the text) gives way to one that has some.
    """
    choices = list(element.iterchildren(f"{MC}Choice"))
    known = [c for c in choices if set((c.get("Requires") or "").split()) <= _UNDERSTOOD]
    fallback = element.find(f"{MC}Fallback")
    branches = [*known, *(choices if fallback is None else [fallback])]
    with_text = (
        branch for branch in branches if next(branch.iter(f"{W}t", f"{A}t"), None) is not None
    )
    return next(with_text, branches[0] if branches else None)


def removed_annotation(element: etree._Element) -> bool:
    """Returns whether this is text that Word 2003 XML keeps as deleted, or a comment."""
    return element.tag == f"{AML}annotation" and element.get(f"{W}type") in _AML_REMOVED


_AML_REMOVED = {"Word.Deletion", "Word.Comment", "Word.Formatting"}
