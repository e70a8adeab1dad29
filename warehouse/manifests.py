"""Manifests: what a crawler wrote down beside the files it fetched (where from, by whom published, whose report it is).

`manifest.csv` or `manifest.jsonl` in a folder speaks of the files in and below that folder. It is no source itself; what is wrong with it
is a problem of its own and costs no file.
"""

from __future__ import annotations

import csv
import io
import json
import os
from dataclasses import dataclass

NAMES = ("manifest.csv", "manifest.jsonl")
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
_NAME_OF = {alias: name for name, aliases in _ALIASES.items() for alias in aliases}


@dataclass(slots=True, frozen=True)
class Note:
    """What a manifest says of one file. `place` is province/prefecture/county/township, unknown ones left empty; None where it names none."""

    url: str | None = None
    publisher: str | None = None
    received: str | None = None
    place: str | None = None


def read(path: str) -> tuple[dict[str, Note], list[str]]:
    """The notes of a manifest by absolute path of the file, and what is wrong with it, each with its line."""
    try:
        with open(path, "rb") as f:
            text = f.read().decode("utf-8-sig")
    except OSError as error:
        return {}, [f"it cannot be read ({error.strerror})"]
    except UnicodeDecodeError as error:
        return {}, [f"it is not UTF-8 (byte {error.start})"]
    rows, problems = (_csv if path.endswith(".csv") else _json_lines)(text)
    notes: dict[str, Note] = {}
    folder = os.path.dirname(path)
    for line, row in rows:
        said = {
            _NAME_OF[k.strip().lower()]: str(v).strip()
            for k, v in row.items()
            if k and k.strip().lower() in _NAME_OF and v
        }
        if not said.get("file"):
            problems.append(f"line {line} names no file")
            continue
        target = os.path.abspath(os.path.join(folder, said["file"].replace("\\", "/")))
        if os.path.commonpath([folder, target]) != folder:
            problems.append(f"line {line}: {said['file']} lies outside its folder")
            continue
        if target in notes:
            problems.append(f"line {line}: {said['file']} stands twice; the first line counts")
            continue
        place = "/".join(said.get(k, "") for k in _PLACES)
        notes[target] = Note(
            said.get("url"),
            said.get("publisher"),
            said.get("received"),
            place if place.strip("/") else None,
        )
    return notes, problems


def _csv(text: str) -> tuple[list[tuple[int, dict]], list[str]]:
    reader = csv.DictReader(io.StringIO(text), strict=True)
    rows: list[tuple[int, dict]] = []
    try:
        if "file" not in {_NAME_OF.get((n or "").strip().lower()) for n in reader.fieldnames or ()}:
            return [], ["its first line has no column `file`"]
        for row in reader:
            rows.append((reader.line_num, row))
    except csv.Error as error:
        return rows, [f"line {reader.line_num}: {error}"]
    return rows, []


def _json_lines(text: str) -> tuple[list[tuple[int, dict]], list[str]]:
    rows, problems = [], []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            problems.append(f"line {number} is no JSON ({error})")
            continue
        if isinstance(row, dict):
            rows.append((number, row))
        else:
            problems.append(f"line {number} is no JSON object")
    return rows, problems
