"""Manifests: what a crawler wrote down beside the files it fetched (where from, by whom published,
whose report it is).

`manifest.csv` or `manifest.jsonl` in a folder speaks of the files in and below that folder. It is
no source itself; what is wrong with a line is a problem that names the line, and costs no file.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from warehouse import lines

NAMES = ("manifest.csv", "manifest.jsonl")
MAX_BYTES = 100_000_000
_PLACES = ("province", "prefecture", "county", "township")
# columns, and what Chinese crawlers call them
_ALIASES = {
    "file": ("file", "filename", "path", "文件", "文件名"),
    "url": ("url", "link", "网址", "链接"),
    "publisher": ("publisher", "source", "发布机构", "来源"),
    "received": ("received", "received_at", "fetched", "date", "抓取时间", "获取日期"),
    "province": ("province", "省", "省份"),
    "prefecture": ("prefecture", "city", "市", "地市"),
    "county": ("county", "district", "县", "区县"),
    "township": ("township", "street", "乡镇", "乡镇街道"),
}
_COLUMN_OF = {alias: column for column, aliases in _ALIASES.items() for alias in aliases}
_MAX_VALUE_LENGTH = 10_000
# the longest official name of a division has 30 characters; names are compared with many patterns
_MAX_PLACE_LENGTH = 100
_SHOWN_LENGTH = 60

Rows = list[tuple[int, Mapping[str, Any]]]


@dataclass(slots=True, frozen=True)
class Note:
    """What is known of one source beside its bytes: from a manifest, or from the pull that brought
    it.

    `place` is province/prefecture/county/township, unknown ones left empty; None where nothing
    names one. The fields from `address` on are of a pull; None where a source was not pulled.
    `pull_problem` is the reason code of the last answer where the address does not answer as it
    did.
    """

    url: str | None = None
    publisher: str | None = None
    received: str | None = None
    place: str | None = None
    address: str | None = None
    final_address: str | None = None
    fetched_at: str | None = None
    status: int | None = None
    etag: str | None = None
    link_text: str | None = None
    list_address: str | None = None
    page_address: str | None = None
    pull_problem: str | None = None


def read(path: str) -> tuple[dict[str, Note], list[str]]:
    """Returns the notes of a manifest by absolute path of the file, and what is wrong with it, each
    with its line.
    """
    try:
        with open(path, "rb") as file:
            content = file.read(MAX_BYTES + 1)
    except OSError as error:
        return {}, [f"it cannot be read ({error.strerror})"]
    if len(content) > MAX_BYTES:
        return {}, [f"it has more than {MAX_BYTES:,} bytes"]
    rows, problems = _csv(content) if path.endswith(".csv") else _json_lines(content)
    notes: dict[str, Note] = {}
    folder = os.path.dirname(path)
    for number, row in rows:
        try:
            target, note = _note(folder, row)
            if target in notes:
                raise ValueError(f"{_shown(row)} stands twice; the first line counts")
            notes[target] = note
        except ValueError as error:
            problems.append(f"line {number}: {error}")
    return notes, problems


def _note(folder: str, row: Mapping[str, Any]) -> tuple[str, Note]:
    """Returns the path of the file that a row speaks of, and what it says. Raises ValueError, with
    what is wrong in words.
    """
    values: dict[str, str] = {}
    for name, value in row.items():
        column = _COLUMN_OF.get(name.strip().lower()) if isinstance(name, str) else None
        if column and value:
            values[column] = str(value).strip()
    if not values.get("file"):
        raise ValueError("names no file")
    for column, value in values.items():
        limit = _MAX_PLACE_LENGTH if column in _PLACES else _MAX_VALUE_LENGTH
        if len(value) > limit:
            raise ValueError(f"{column} has more than {limit:,} characters")
        if "\0" in value:
            raise ValueError(f"{column} holds a zero byte")
    target = os.path.abspath(os.path.join(folder, values["file"].replace("\\", "/")))
    if os.path.commonpath([folder, target]) != folder:
        raise ValueError(f"{values['file'][:_SHOWN_LENGTH]} lies outside its folder")
    place = "/".join(values.get(column, "").replace("/", " ") for column in _PLACES)
    return target, Note(
        url=values.get("url"),
        publisher=values.get("publisher"),
        received=values.get("received"),
        place=place if place.strip("/") else None,
    )


def _shown(row: Mapping[str, Any]) -> str:
    """Returns the name of the file in a row, cut short."""
    names = [
        value for name, value in row.items() if _COLUMN_OF.get(str(name).strip().lower()) == "file"
    ]
    return str(names[0])[:_SHOWN_LENGTH]


def _csv(content: bytes) -> tuple[Rows, list[str]]:
    """Returns the rows of a CSV file with the numbers of their last lines, and what is wrong with
    it.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        return [], [f"it is not UTF-8 (byte {error.start + 1})"]
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    rows: Rows = []
    problems: list[str] = []
    try:
        columns = {_COLUMN_OF.get((name or "").strip().lower()) for name in reader.fieldnames or ()}
        if "file" not in columns:
            return [], ["its first line has no column `file`"]
    except csv.Error as error:
        return [], [f"line 1: {error}"]
    while True:
        try:
            row = next(reader, None)
        except csv.Error as error:  # the reader goes on with the next line
            problems.append(f"line {reader.line_num + 1}: {error}")
            continue
        if row is None:
            return rows, problems
        rows.append((reader.line_num, row))


def _json_lines(content: bytes) -> tuple[Rows, list[str]]:
    """Returns the rows of a file of JSON lines with their numbers, and what is wrong with it."""
    parsed = lines.parse(content.removeprefix(b"\xef\xbb\xbf"))
    rows: Rows = list(parsed.rows)
    return rows, [f"line {broken.number} {broken.problem}" for broken in parsed.broken]
