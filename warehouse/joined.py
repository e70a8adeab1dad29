"""Decisions and journal of two machines as one, without losing what either has.

Logs are joined line by line. Of a list that is replaced as a whole the one that changed since the
two last agreed stays.
"""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

from schemas.errors import UsageError
from schemas.language import say
from warehouse import corrections, files, lines
from warehouse.folder import DataFolder

# relative to the data folder
LOGS = (
    "state/runs.jsonl",
    "decisions/accepted.jsonl",
    "decisions/dismissed.jsonl",
    "decisions/reviews.jsonl",
    "decisions/withdrawn.jsonl",
)
LISTS = ("decisions/corrections.csv", "policy.toml")
_DIGEST = re.compile(r"[0-9a-f]{64}")


def is_document(name: object, sha256: object) -> bool:
    """Whether a pointer may name such a document with such a digest."""
    return name in (*LOGS, *LISTS) and bool(_DIGEST.fullmatch(str(sha256)))


def digest(content: bytes) -> str:
    """Returns the SHA-256 of a document."""
    return hashlib.sha256(content).hexdigest()


def _documents(data_dir: Path) -> dict[str, bytes]:
    return {
        name: (data_dir / name).read_bytes()
        for name in (*LOGS, *LISTS)
        if (data_dir / name).is_file()
    }


def join(
    data_dir: Path, elsewhere: dict[str, bytes], agreed: dict[str, str], url: str
) -> dict[str, bytes]:
    """Joins the documents here with those elsewhere and writes them here; returns document ->
    content of all of them.

    `agreed` holds the digests of the documents when the two last agreed, `url` says where the
    others lie. Raises UsageError for a list that changed in both places, before anything is
    written.
    """
    folder = DataFolder(data_dir)
    with files.briefly_locked(folder.decisions_lock):  # people may decide meanwhile
        corrections.take_up_waiting(folder)
        return _join(data_dir, elsewhere, agreed, url)


def _join(
    data_dir: Path, elsewhere: dict[str, bytes], agreed: dict[str, str], url: str
) -> dict[str, bytes]:
    here = _documents(data_dir)
    new = {}
    for name, content in elsewhere.items():
        own = here.get(name)
        if own == content:
            continue
        if name in LOGS:
            new[name] = _joined_lines(data_dir, name, content, own or b"")
        elif own is None or digest(own) == agreed.get(name):
            new[name] = content
        elif digest(content) != agreed.get(name):
            raise UsageError(
                say(
                    "{data_dir} was changed here and at {url}: put yours aside, run again, and "
                    "bring what it says in again",
                    data_dir=data_dir / name,
                    url=url,
                )
            )
    for name, content in new.items():
        if here.get(name) != content:
            files.write_atomic(data_dir / name, content)
    return {**here, **new}


def _joined_lines(data_dir: Path, name: str, elsewhere: bytes, own: bytes) -> bytes:
    """Returns the lines of two logs as one, each once, in order of their times. Broken lines of the
    own log are kept aside.
    """
    broken = lines.parse(own).broken
    if broken:
        aside = DataFolder(data_dir).set_aside / f"{name}~{digest(own)[:6]}"
        files.write_atomic(aside, b"".join(line.content + b"\n" for line in broken))
    rows: dict[bytes, dict[str, object]] = {}
    for content in (elsewhere, own):
        for row in lines.parse(content).objects():
            rows.setdefault(lines.encoded(row), row)
    if name == LOGS[0]:  # starts and ends in the order of either machine
        return b"".join(line + b"\n" for line in rows)
    ordered = sorted(rows, key=lambda line: str(rows[line].get("at", "")))
    return b"".join(line + b"\n" for line in ordered)
