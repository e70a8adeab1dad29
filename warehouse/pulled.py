"""What pulls brought: one log a source in `state/pull/<name>.jsonl`.

Each line is one answer, appended and flushed to disk before the next request is made, so a pull
that is killed goes on after its last answer. The bytes lie in landing, by their digest.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from warehouse.files import write_atomic


@dataclass(slots=True)
class Answer:
    """One answer of a source.

    `kind` is list, page, attachment or file. `status` is the HTTP status (0 where none came).
    `sha256` and `size` are those of the bytes; None and 0 where none came. `problem` is a reason
    code where the answer is no content, and `detail` says more of it. `links` are what a list page
    linked to, (kind, address, text, title) each, so that an unchanged list needs no second
    transfer. `carrier` marks a page that only carries attachments, `needs_body` a list whose
    next page can be asked for with its body alone. `unchanged` marks an answer
    that brought no body (304) or the bytes known already.
    """

    address: str
    kind: str
    at: str
    status: int = 0
    sha256: str | None = None
    size: int = 0
    final_address: str | None = None
    content_type: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    link_text: str | None = None
    link_title: str | None = None
    list_address: str | None = None
    file_name: str | None = None
    problem: str | None = None
    detail: str | None = None
    carrier: bool = False
    needs_body: bool = False
    unchanged: bool = False
    transferred: int = 0
    links: list[list[str]] = field(default_factory=list)


_NAMES = {f.name for f in fields(Answer)}


class PullLog:
    """The log of one source: its answers, and the pulls they were given in."""

    def __init__(self, data_dir: Path, name: str) -> None:
        self.path = data_dir / "state" / "pull" / f"{name}.jsonl"
        self.latest: dict[str, Answer] = {}
        self.good: dict[str, Answer] = {}
        self.pulls: list[dict[str, Any]] = []
        self.open_pull: str | None = None
        self.answered: set[str] = set()
        self.damaged_lines = 0
        self._file: int | None = None
        for line in self._lines():
            self._take(line)

    def _lines(self) -> Iterator[dict[str, Any]]:
        try:
            raw = self.path.read_bytes()
        except FileNotFoundError:
            return
        for line in raw.split(b"\n"):
            if not line.strip():
                continue
            try:
                entry = json.loads(line)
            except ValueError:
                entry = None
            if isinstance(entry, dict):
                yield entry
            else:
                self.damaged_lines += 1

    def _take(self, entry: dict[str, Any]) -> None:
        event = entry.pop("event", None)
        if event == "begin":
            self.open_pull = entry.get("pull")
            self.answered = set()
        elif event == "end":
            self.open_pull = None
            self.pulls.append(entry)
        elif isinstance(entry.get("address"), str):
            self._remember(Answer(**{k: v for k, v in entry.items() if k in _NAMES}))

    def _remember(self, answer: Answer) -> None:
        self.latest[answer.address] = answer
        self.answered.add(answer.address)
        if answer.problem is not None or not answer.sha256:
            return
        known = self.good.get(answer.address)
        # the answer that brought the bytes stands for them: later ones differ by their time alone
        if known is None or known.sha256 != answer.sha256:
            self.good[answer.address] = answer

    def begin(self, pull: str) -> bool:
        """Opens a pull. Returns True where one that was killed goes on."""
        if self.open_pull is not None:
            return True
        self.open_pull = pull
        self.answered = set()
        self._append({"event": "begin", "pull": pull})
        return False

    def add(self, answer: Answer) -> None:
        """Appends an answer; it is on disk when this returns."""
        self._append({k: v for k, v in asdict(answer).items() if v not in (None, "", [], False)})
        self._remember(answer)

    def end(self, row: dict[str, Any]) -> None:
        """Closes the pull with its counts, and rewrites the log where most of it is superseded."""
        self._append({"event": "end", **row})
        self.pulls.append(row)
        self.open_pull = None
        self.close()
        self._compact()

    def close(self) -> None:
        """Closes the file of the log."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _append(self, entry: dict[str, Any]) -> None:
        if self._file is None:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            flags = os.O_CREAT | os.O_APPEND | os.O_RDWR
            self._file = os.open(self.path, flags, 0o644)
            size = os.fstat(self._file).st_size
            torn = size > 0 and os.pread(self._file, 1, size - 1) != b"\n"
            if torn:  # a line that a kill cut off stays as it is, and the log goes on behind it
                os.write(self._file, b"\n")
        line = json.dumps(entry, ensure_ascii=False, sort_keys=True) + "\n"
        os.write(self._file, line.encode("utf-8", "surrogatepass"))
        os.fsync(self._file)

    def _compact(self) -> None:
        """Keeps the newest answer and the newest content of each address, and fifty pulls."""
        size = self.path.stat().st_size
        kept = [*self.good.values()]
        kept += [a for a in self.latest.values() if self.good.get(a.address) is not a]
        entries = [{"event": "end", **row} for row in self.pulls[-50:]]
        entries += [
            {k: v for k, v in asdict(answer).items() if v not in (None, "", [], False)}
            for answer in kept
        ]
        lines = [json.dumps(e, ensure_ascii=False, sort_keys=True) + "\n" for e in entries]
        text = "".join(lines).encode("utf-8", "surrogatepass")
        if len(text) * 3 < size:
            write_atomic(self.path, text)
