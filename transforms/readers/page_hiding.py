"""Which elements of a web page a browser does not show: by attribute, by style, by a style sheet,
by color.
"""

from __future__ import annotations

import colorsys
import re

from lxml import etree

from transforms.readers.style_sheets import (
    StyleSheets,
    declarations_of,
    merged,
    read_style_sheets,
    sheets_of,
)

_FAR = r"-(?:\d{4,}(?:\.\d+)?(?:px|pt)?|\d{3,}(?:\.\d+)?(?:r?em|v[wh]|%|cm|in))"
_ZERO = r"(?:0(?:\.0*)?|\.0+)(?:px|%|em)?"
_HIDING = re.compile(
    r"display:none|content-visibility:hidden|mso-hide:all"
    rf"|transform:[^;]*scale(?:x|y|3d)?\({_ZERO}[,)]|transform:[^;]*scale\([^,;)]*,{_ZERO}\)"
    rf"|(?:^|;)scale:{_ZERO}(?:[;!]|$)|transform:[^;]*rotate[xy]\(-?(?:90|270)deg\)"
    r"|(?:^|;)opacity:(?:0?\.0\d*|0|[0-9]%)(?:;|!|$)|filter:[^;]*(?:[^:]"
    r"|^)opacity\(0(?:\.0\d*)?%?\)"
    rf"|filter:opacity\(0(?:\.0\d*)?%?\)|(?:^|;)(?:left|top|right|margin-left|margin-top):{_FAR}"
    rf"|transform:translate(?:x|y|3d)?\([^)]*{_FAR}"
    r"|text-decoration(?:-line)?:[^;]*line-through|clip:rect\([01]"
    r"|clip-path:inset\((?:50|[^;)]*100)%"
    rf"|clip-path:(?:circle\({_ZERO}(?:a|\))|ellipse\({_ZERO}|polygon\((?:0(?:px|%)?,?)+\))"
)
# what elements inside may undo
_INHERITED = re.compile(
    r"visibility:(?:hidden|collapse)|font-size:[01](?:\.\d+)?(?:px|pt)(?:;|!|$)"
    rf"|font-size:0(?:\.0+)?(?:em|rem|%)?(?:;|!|$)|text-indent:{_FAR}|text-indent:-\d{{3,}}"
)
_UNDOING = re.compile(
    r"visibility:visible|font-size:(?:[2-9]|1\d|1(?:\.\d+)?(?:r?em|%)|[a-z]|0?\.[1-9])"
    r"|text-indent:(?!-\d{3})"
)
_NO_SIZE = re.compile(r"(?:^|;)(?:max-)?(?:height|width):[01](?:px)?(?:;|!|$)")
# a style sheet without any of these neither hides nor adds anything
_MAY_HIDE = re.compile(
    r"none|hidden|collapse|line-through|opacity:|font-size:[01]|-\d{3}|rect\(|inset\(|scale"
    r"|circle\(|ellipse\(|polygon\(|rotate|\\[0-9a-f]{2}|data:text/css"
    r"|mso-hide|content:[\"'a]|vertical-align:su|bidi-override|color:(?:#f|w|t|rgb|hsl)"
)
_WHITE = (255, 255, 255)
_ALIKE = 10  # of 255: colors that differ by less are one color to the eye
_NAMED = {
    "white": _WHITE, "black": (0, 0, 0), "snow": (255, 250, 250), "red": (255, 0, 0),
    "blue": (0, 0, 255), "ivory": (255, 255, 240), "whitesmoke": (245, 245, 245),
    "ghostwhite": (248, 248, 255), "yellow": (255, 255, 0), "gray": (128, 128, 128),
    "grey": (128, 128, 128),
}  # fmt: skip
_NUMBERS = re.compile(r"(\d+(?:\.\d+)?|\.\d+)(%?)")

Color = tuple[int, int, int]


def page_sheets(root: etree._Element) -> StyleSheets | None:
    """Returns the style sheets of a page, None where they neither hide nor add any text."""
    if any(hides(source, _MAY_HIDE) for source, _ in sheets_of(root)):
        return read_style_sheets(root)
    return None


def hidden_elements(
    root: etree._Element, sheets: StyleSheets | None, pale: list[etree._Element]
) -> set[etree._Element]:
    """Returns the elements that a browser hides: by attribute, by style, or by a style sheet of the
    page.

    Elements with white text are appended to `pale` where only a style sheet of another file knows
    what is behind them.
    """
    hidden: set[etree._Element] = set()
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        attributes = element.attrib
        inline = attributes.get("style")
        if (
            "hidden" in attributes
            or "popover" in attributes
            or (element.tag == "dialog" and "open" not in attributes)
        ):
            hidden.add(element)
        elif sheets is not None or inline or element.tag == "font":
            style = _style_of(element, sheets)
            if hides(style):
                hidden.add(element)
            elif hides(style, _INHERITED):
                _hide_below(element, sheets, hidden, _UNDOING)
            elif _has_color_of_ground(element, style, sheets, pale):
                _hide_below(element, sheets, hidden, re.compile(r"(?:^|;)color:"))
    return hidden


def hides(style: str, pattern: re.Pattern[str] = _HIDING) -> bool:
    """Returns whether a style of CSS makes its element invisible or strikes its text."""
    plain = re.sub(r"\s+", "", style).lower()
    if pattern.search(plain):
        return True
    return pattern is _HIDING and "overflow:hidden" in plain and bool(_NO_SIZE.search(plain))


def _style_of(element: etree._Element, sheets: StyleSheets | None) -> str:
    """Returns the style of an element; color attributes of old HTML are part of it."""
    if sheets is not None:
        style = sheets.style_of(element)
    else:
        inline = element.get("style")
        style = merged([declarations_of(inline)]) if inline else ""
    color, ground = element.get("color"), element.get("bgcolor") or element.get("background")
    before = f"color:{color};" if color and element.tag == "font" and "color:" not in style else ""
    return before + style + (f";background:{ground}" if ground else "")


def _hide_below(
    element: etree._Element,
    sheets: StyleSheets | None,
    hidden: set[etree._Element],
    undoing_style: re.Pattern[str],
) -> None:
    """Hides an element by a style that those inside it may undo; what does not undo it is
    hidden.
    """
    undoing = {
        inner
        for inner in element.iterdescendants(etree.Element)
        if undoing_style.search(_style_of(inner, sheets))
    }
    if not undoing:
        hidden.add(element)
        return
    around = {above for inner in undoing for above in inner.iterancestors()}
    open_elements = [element]
    while open_elements:
        for child in open_elements.pop().iterchildren(etree.Element):
            if child in undoing:
                continue
            if child in around:
                open_elements.append(child)
            else:
                hidden.add(child)


def _has_color_of_ground(
    element: etree._Element, style: str, sheets: StyleSheets | None, pale: list[etree._Element]
) -> bool:
    """Returns whether an element gives its text no color, or that of what is behind it."""
    color = _value(style, ("color",))
    if color is None:
        return False
    if color == "transparent" or _opacity(color) == 0:
        return "background-clip" not in (element.get("style") or "")
    known = _color(color)
    ground = _ground(element, style, sheets) if known is not None else None
    if known is None or ground is None:
        if known and _is_styled_elsewhere(element) and _is_alike(known, _WHITE):
            pale.append(element)
        return False
    return _is_alike(known, ground)


def _is_alike(color: Color, ground: Color) -> bool:
    return all(abs(one - other) < _ALIKE for one, other in zip(color, ground, strict=True))


def _ground(element: etree._Element, style: str, sheets: StyleSheets | None) -> Color | None:
    """Returns the color behind an element, None where it is unknown.

    That is so where a style sheet of another file may give one to a class or name.
    """
    is_styled_elsewhere = _is_styled_elsewhere(element)
    for above in (element, *element.iterancestors()):
        own = style if above is element else _style_of(above, sheets)
        ground = _value(own, ("background", "background-color", "background-image"))
        if ground not in (None, "none", "transparent", "initial", "inherit", "unset"):
            return _color(ground or "")
        is_named = above.get("class") is not None or above.get("id") is not None
        if is_styled_elsewhere and (is_named or above.tag in ("th", "a", "button")):
            return None
    return _WHITE


def _is_styled_elsewhere(element: etree._Element) -> bool:
    links = element.getroottree().getroot().iter("link")
    return any("stylesheet" in (link.get("rel") or "").lower() for link in links)


def _value(style: str, names: tuple[str, ...]) -> str | None:
    """Returns the last value that a style gives to one of these properties."""
    found = None
    for declaration in style.split(";"):
        name, _, value = declaration.partition(":")
        if name.strip() in names:
            found = value.strip().lower()
    return found


def _color(value: str) -> Color | None:
    if value in _NAMED:
        return _NAMED[value]
    digits = value.removeprefix("#")
    if re.fullmatch("[0-9a-f]{3,4}", digits):
        red, green, blue = (int(digit * 2, 16) for digit in digits[:3])
        return red, green, blue
    if re.fullmatch("[0-9a-f]{6}(?:[0-9a-f]{2})?", digits):
        red, green, blue = bytes.fromhex(digits[:6])
        return red, green, blue
    if value.startswith("rgb"):
        numbers = _NUMBERS.findall(value)[:3]
        if len(numbers) == 3:
            red, green, blue = (
                round(float(number) * (2.55 if percent else 1)) for number, percent in numbers
            )
            return red, green, blue
    if value.startswith("hsl"):
        numbers = _NUMBERS.findall(value)[:3]
        if len(numbers) == 3:
            hue, saturation, lightness = (float(number) for number, _ in numbers)
            parts = colorsys.hls_to_rgb(hue / 360, lightness / 100, saturation / 100)
            red, green, blue = (round(255 * part) for part in parts)
            return red, green, blue
    return None


def _opacity(color: str) -> float:
    """Returns how opaque a color is, from 0 to 1."""
    if color.startswith(("rgba", "rgb(", "hsl")):
        numbers = _NUMBERS.findall(color)
        if len(numbers) == 4:
            return float(numbers[3][0])
    if re.fullmatch("#(?:[0-9a-f]{3}0|[0-9a-f]{6}00)", color):
        return 0.0
    return 1.0
