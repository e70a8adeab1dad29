"""Which links of a page lead to reports, to further list pages and to attachments.

Pure functions on addresses and texts; the words are those that portals put on such links.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import unquote, urljoin, urlsplit

_TOPIC = re.compile(r"法治政府|依法行政|法治建设|依法治[省市区县镇乡街]|法治工作")
_REPORT = re.compile(r"报告|总结|情况|年报|汇报|述法")
_YEAR = re.compile(r"20[12]\d|二[〇○零]")
_OTHER = re.compile(r"实施方案|工作方案|工作要点|实施意见|实施纲要|通知$|规划|示范创建|知识竞赛")
_NEXT = re.compile(r"[\s>›»]*(?:下一?[页頁]|后一?页|next|>|›|»)[\s>›»]*", re.I)
# the script call by which a widespread publishing system writes its page numbers:
# createPageHTML(number of pages, page shown, name of the first page, ending)
_PAGE_SCRIPT = re.compile(
    r"createPageHTML\w*\(\s*['\"]?(\d{1,4})['\"]?\s*,\s*['\"]?(\d{1,4})['\"]?\s*,"
    r"\s*['\"]([\w.-]+)['\"]\s*,\s*['\"](\w+)['\"]"
)
_POSTBACK = re.compile(r"__doPostBack\(\s*'([^']*)'\s*,\s*'([^']*)'")
ATTACHMENTS = (".doc", ".docx", ".wps", ".pdf", ".zip", ".rtf", ".rar", ".7z", ".ofd", ".txt")
_DOWNLOAD = re.compile(r"download|attach|fujian|filedown|/affix", re.I)
_TITLE_KEYS = ("title", "name", "bt", "doctitle", "showtitle", "subject", "infotitle", "linktitle")
_ADDRESS_KEYS = ("url", "href", "link", "linkurl", "docpuburl", "puburl", "infourl", "address")


@dataclass(frozen=True, slots=True)
class Link:
    """A link as found on a page: absolute address, shown text, and title (text where none)."""

    address: str
    text: str
    title: str


def is_report(link: Link) -> bool:
    """Tells whether the words on a link speak of an annual report on the rule of law."""
    words = f"{link.title} {link.text}"
    if not _TOPIC.search(words):
        return False
    if _OTHER.search(link.title.strip()) and not _REPORT.search(words):
        return False
    return bool(_REPORT.search(words) or _YEAR.search(words))


def is_attachment(link: Link) -> bool:
    """Tells whether a link leads to a file that may hold a report, by address or shown name."""
    path = unquote(urlsplit(link.address).path).lower()
    if path.endswith(ATTACHMENTS):
        return True
    names = f"{link.text} {link.title}".strip().lower()
    query = unquote(urlsplit(link.address).query).lower()
    by_script = _DOWNLOAD.search(link.address) or query.endswith(ATTACHMENTS)
    return bool(by_script) and (names.endswith(ATTACHMENTS) or query.endswith(ATTACHMENTS))


def is_next(link: Link) -> bool:
    """Tells whether a link leads to the next page of a list."""
    return bool(_NEXT.fullmatch(link.text) or _NEXT.fullmatch(link.title))


def scripted_pages(html: str, address: str) -> list[str]:
    """The addresses of the other pages of a list whose page numbers a script writes."""
    match = _PAGE_SCRIPT.search(html)
    if match is None:
        return []
    count, _, first, ending = match.groups()
    pages = [f"{first}_{n}.{ending}" for n in range(1, min(int(count), 2000))]
    return [urljoin(address, page) for page in pages]


def postback(link_or_script: str) -> tuple[str, str] | None:
    """Target and argument of a .NET page's `__doPostBack` call; None where there is none."""
    match = _POSTBACK.search(link_or_script)
    return (match.group(1), match.group(2)) if match else None


def json_links(text: str, path: str, address: str) -> list[Link]:
    """The links of a JSON list.

    `path` names the entries: keys separated by dots, `[]` behind a list (`data.rows[].url`). An
    entry is an address, or an object from which address and title are taken by their usual names.
    Raises ValueError where the text is no JSON or has no such path.
    """
    text = text.strip()
    wrapped = re.fullmatch(r"[\w.$]+\((.*)\)\s*;?", text, re.S)  # an answer made for a script tag
    links = []
    for entry, parent in _entries(json.loads(wrapped.group(1) if wrapped else text), path):
        found = _address_of(entry)
        if found is None:
            continue
        title = _title_of(entry) or _title_of(parent) or ""
        title = re.sub(r"<[^>]*>", "", title).strip()
        links.append(Link(urljoin(address, found), title, title))
    return links


def _entries(document: object, path: str) -> Iterator[tuple[object, object]]:
    """The values at a path, each with the object it lies in."""
    level: list[tuple[object, object]] = [(document, None)]
    for step in [part for part in path.replace("[*]", "[]").split(".") if part]:
        key, is_list = step.removesuffix("[]"), step.endswith("[]")
        deeper: list[tuple[object, object]] = []
        for value, parent in level:
            if key:
                if not isinstance(value, dict) or key not in value:
                    raise ValueError(f"the JSON has no {key!r} at {path!r}")
                value, parent = value[key], value
            if is_list:
                if not isinstance(value, list):
                    raise ValueError(f"{step!r} of {path!r} is no list in the JSON")
                deeper += [(item, item) for item in value]
            else:
                deeper.append((value, parent))
        level = deeper
    for value, parent in level:
        if isinstance(value, list):
            yield from ((item, item) for item in value)
        else:
            yield value, parent


def _address_of(entry: object) -> str | None:
    if isinstance(entry, str):
        return entry
    return _by_key(entry, _ADDRESS_KEYS)


def _title_of(entry: object) -> str | None:
    return _by_key(entry, _TITLE_KEYS)


def _by_key(entry: object, keys: tuple[str, ...]) -> str | None:
    if not isinstance(entry, dict):
        return None
    lowered = {str(k).lower().replace("_", ""): v for k, v in entry.items()}
    for key in keys:
        if isinstance(lowered.get(key), str) and lowered[key]:
            return str(lowered[key])
    return None
