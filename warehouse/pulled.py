"""What pulls brought: one log a source in `state/pull/<name>.jsonl`.

Each line is one answer, appended and flushed to disk before the next request is made, so a pull
that is killed goes on after its last answer. The bytes lie in landing, by their digest, with a
receipt each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from schemas import keys
from warehouse import addresses, landing, lines
from warehouse.files import write_atomic
from warehouse.folder import DataFolder

# kinds of answers whose bytes are landed; those of lists are not
CONTENT = ("page", "attachment", "file")
_KEPT_PULLS = 50


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
    """The log of one source: its answers, and the pulls they were given in.

    `latest` maps an address to its newest answer, `good` to the answer that brought its newest
    content. `pulls` are the counts of the pulls that ended, oldest first. `open_pull` is the time
    at which a pull began that has not ended, None where there is none; `answered` are the addresses
    that the newest pull had an answer of.
    """

    def __init__(self, data_dir: Path, name: str) -> None:
        self.data_dir = data_dir
        self.path = DataFolder(data_dir).pulls / f"{name}.jsonl"
        self.latest: dict[str, Answer] = {}
        self.good: dict[str, Answer] = {}
        self.pulls: list[dict[str, Any]] = []
        self.open_pull: str | None = None
        self.answered: set[str] = set()
        self._news: set[str] = set()  # addresses of which that pull brought new content
        read = lines.read_checked(self.path)
        self.damaged_lines = len(read.broken)
        for row in read.objects():
            self._take(row)

    def _take(self, entry: dict[str, Any]) -> None:
        event = entry.pop("event", None)
        if event == "begin":
            self.open_pull = entry.get("pull")
            self.answered, self._news = set(), set()
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
            self._news.add(answer.address)

    def begin(self, pull: str) -> bool:
        """Opens a pull. Returns True where one that was killed goes on."""
        if self.open_pull is not None:
            return True
        self.open_pull = pull
        self.answered, self._news = set(), set()
        lines.append(self.path, {"event": "begin", "pull": pull})
        return False

    def add(self, answer: Answer) -> None:
        """Appends an answer; it is on disk when this returns."""
        lines.append(self.path, _row(answer))
        self._remember(answer)

    def end(self, row: Mapping[str, Any]) -> None:
        """Closes the pull with its counts; rewrites the log where most of it is superseded."""
        lines.append(self.path, _sound({"event": "end", **row}))
        self.pulls.append(dict(row))
        self.open_pull = None
        self._compact()

    def received(self) -> list[Answer]:
        """Returns the answers of the newest pull that brought new content, by address."""
        found = [self.good[address] for address in sorted(self._news)]
        return [answer for answer in found if answer.kind in CONTENT]

    def _compact(self) -> None:
        """Keeps the newest answer and the newest content of each address, and fifty pulls."""
        kept = [*self.good.values()]
        kept += [a for a in self.latest.values() if self.good.get(a.address) is not a]
        entries = [_sound({"event": "end", **row}) for row in self.pulls[-_KEPT_PULLS:]]
        content = lines.joined([*entries, *map(_row, kept)])
        if len(content) * 3 < self.path.stat().st_size:
            write_atomic(self.path, content)


def _row(answer: Answer) -> dict[str, Any]:
    values = asdict(answer).items()
    row: dict[str, Any] = _sound({k: v for k, v in values if v not in (None, "", [], False)})
    return row


def _sound(value: Any) -> Any:
    """Returns a value without halves of surrogate pairs, which strangers send and no file holds."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _sound(item) for key, item in value.items()}
    return [_sound(item) for item in value] if isinstance(value, list) else value


# what a receipt says beside what every receipt says
_ON_RECEIPT = (
    "final_address",
    "status",
    "etag",
    "last_modified",
    "content_type",
    "link_text",
    "link_title",
    "list_address",
    "file_name",
    "carrier",
)


def write_receipts(data_dir: Path, name: str, pull: str, answers: list[Answer]) -> None:
    """Writes a receipt for the content of each answer, as `landing.write_receipts` does.

    `name` is that of the source, `pull` the time at which the pull began. A receipt of a page that
    only carries attachments says so (`carrier`): it is no report.
    """
    stamp = "".join(filter(str.isdigit, pull))
    receipts = [
        {
            "source_uri": answer.address,
            "source_name": name_of(answer),
            "sha256": answer.sha256,
            "size": answer.size,
            "received_at": answer.at,
            "pulled_from": name,
            **{k: v for k, v in _row(answer).items() if k in _ON_RECEIPT},
        }
        for answer in answers
    ]
    landing.write_receipts(data_dir, f"pull-{stamp}-{keys.key(name, length=8)}", 0, receipts)


def name_of(answer: Answer) -> str:
    """Returns the file name of an answer: the server's, the end of its address, or its host."""
    parts = urlsplit(answer.address)
    name = answer.file_name or unquote(parts.path).rstrip("/").rsplit("/", 1)[-1]
    return addresses.printable(name or parts.netloc)


def logs(data_dir: Path) -> list[Path]:
    """Returns the logs of all sources that were ever pulled, by name."""
    return sorted(DataFolder(data_dir).pulls.glob("*.jsonl"))


def unended(data_dir: Path) -> dict[str, int]:
    """Returns SHA-256 -> size of the content of pulls that were killed: it has no receipt yet."""
    sizes: dict[str, int] = {}
    for path in logs(data_dir):
        log = PullLog(data_dir, path.stem)
        if log.open_pull is not None:
            sizes |= {a.sha256: a.size for a in log.received() if a.sha256}
    return sizes
