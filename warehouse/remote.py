"""A data folder on S3-compatible storage: landed bytes, published states, and one pointer, `current.json`, that names the state in force.

The pointer is swapped by a conditional write: of two machines that publish at once one is told that the other was first, and nothing is lost.
Everything else is written once under a name that follows from its content or its state, so a push that is killed anywhere is simply done again,
and readers of the pointer see whole states only. Credentials and endpoint come from the environment, as everywhere (AWS_ACCESS_KEY_ID,
AWS_SECRET_ACCESS_KEY, AWS_REGION, AWS_ENDPOINT_URL).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from schemas import tables
from schemas.errors import UsageError
from warehouse import files, snapshots
from warehouse.folder import DataFolder

POINTER = "current.json"
AT_ONCE = 16
_JOURNAL = "state/runs.jsonl"  # runs that are not in it are put in again from the state in force
# what people decided, beside landing and states
_DECIDED = (
    "decisions/corrections.csv",
    "decisions/reviews.jsonl",
    "decisions/dismissed.jsonl",
    "policy.toml",
)


class Conflict(UsageError):
    """Another machine has published there since this one last looked."""


class Remote:
    """The storage at `url` (s3://bucket/prefix)."""

    def __init__(self, url: str) -> None:
        try:
            import obstore
            from obstore import store
        except ImportError:
            raise UsageError(
                "remote storage needs the extra: pip install 'fazhi-warehouse[s3]'"
            ) from None
        endpoint = os.environ.get("AWS_ENDPOINT_URL", "")
        options = {"client_options": {"allow_http": True}} if endpoint.startswith("http://") else {}
        if not url.startswith("s3://"):
            raise UsageError(f"{url}: give an address like s3://bucket/prefix")
        self.url, self._library = url.rstrip("/"), obstore
        self._store = store.from_url(self.url, **options)

    def pointer(self) -> tuple[dict | None, str | None]:
        """What the pointer says, and its tag; (None, None) before the first publication. Raises UsageError where the storage does not answer."""
        try:
            got = self._library.get(self._store, POINTER)
            return json.loads(bytes(got.bytes())), got.meta["e_tag"]
        except FileNotFoundError:
            return None, None
        except self._library.exceptions.BaseError as error:
            raise UsageError(
                f"{self.url} cannot be reached: {str(error).splitlines()[0]}"
            ) from None

    def swap(self, said: dict, tag: str | None) -> None:
        """Puts the pointer on `said` if it is still the one with `tag` (None: if there is none). Raises Conflict."""
        wrong = (
            self._library.exceptions.AlreadyExistsError,
            self._library.exceptions.PreconditionError,
        )
        try:
            content = json.dumps(said, sort_keys=True).encode()
            self._library.put(
                self._store, POINTER, content, mode={"e_tag": tag} if tag else "create"
            )
        except wrong:
            raise Conflict(
                f"another machine has published to {self.url} in the meantime: run again, its state is fetched first"
            ) from None

    def names(self, prefix: str) -> set[str]:
        """Names below a prefix."""
        return {o["path"] for batch in self._library.list(self._store, prefix) for o in batch}

    def put(self, name: str, path: Path) -> None:
        """A file, under a name."""
        self._library.put(self._store, name, path)

    def copy(self, old: str, new: str) -> None:
        """A second name for what is there already, without its bytes being sent."""
        self._library.copy(self._store, old, new)

    def get(self, name: str) -> bytes:
        """The bytes under a name."""
        return bytes(self._library.get(self._store, name).bytes())

    def fetch(self, name: str, path: Path) -> None:
        """The bytes under a name into a file, some at a time."""
        with open(path, "wb") as f:
            for some in self._library.get(self._store, name):
                f.write(some)

    def find(self, name: str) -> bytes | None:
        """The bytes under a name, None where there is none."""
        try:
            return self.get(name)
        except FileNotFoundError:
            return None

    def delete(self, names: list[str]) -> None:
        """Removes names."""
        if names:
            self._library.delete(self._store, names)


def _noted(data_dir: Path) -> Path:
    return data_dir / "state" / "remote.json"


def _each(work: Callable, those: Iterable[tuple]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(work, *one) for one in those]:
            done.result()


def _landed(data_dir: Path) -> list[str]:
    """Names of everything that was landed: bytes, receipts, lists of archives."""
    home = data_dir / "landing"
    found = (
        p
        for kind in ("[0-9a-f][0-9a-f]/*", "receipts/*.jsonl", "archives/*/*.json")
        for p in home.glob(kind)
    )
    return sorted(str(p.relative_to(data_dir)) for p in found)


def push(data_dir: Path, url: str, keep: int = snapshots.KEEP) -> str:
    """Brings the storage to the state in force here; returns a line about it. Raises Conflict where another machine was first."""
    remote, state = Remote(url), snapshots.current(data_dir)
    if state is None:
        raise UsageError(f"nothing is published in {data_dir} yet")
    said, tag = remote.pointer()
    if said and said["id"] != state.id:
        if _known(data_dir, remote).get("tag") != tag:
            raise Conflict(
                f"{url} has the state {said['id']}, which is not known here: fetch it first (fazhi remote pull)"
            )
    there = remote.names("landing")
    new = [n for n in _landed(data_dir) if n not in there]
    _each(remote.put, ((n, data_dir / n) for n in new))
    _take_decided(remote, data_dir)
    _each(remote.put, ((n, data_dir / n) for n in (_JOURNAL, *_DECIDED) if (data_dir / n).exists()))
    home = f"snapshots/{state.id}"
    done = remote.names(home)
    old = json.loads(remote.get(f"snapshots/{said['id']}/snapshot.json"))["files"] if said else {}
    sent, copied = [], []
    for table, listed in state.files.items():
        for name, sha256 in listed.items():
            target = f"{home}/parquet/{table}/{name}"
            if target in done:
                continue
            if said and old.get(table, {}).get(name) == sha256:
                copied.append((f"snapshots/{said['id']}/parquet/{table}/{name}", target))
            else:
                sent.append((target, state.path / "parquet" / table / name))
    _each(remote.copy, copied)
    _each(remote.put, sent)
    _each(
        remote.put,
        (
            (f"{home}/{n}", state.path / n)
            for n in ("state.parquet", "warehouse.duckdb", "snapshot.json")
        ),
    )
    if said is None or said["id"] != state.id:
        remote.swap(
            {"id": state.id, "digest": state.digest, "run_id": state.run_id, "path": home}, tag
        )
    _note(data_dir, remote)
    _prune(remote, state.id, keep)
    return f"{state.id} is in force at {url}: {len(sent):,} files sent, {len(copied):,} there before, {len(new):,} landed files sent"


def pull(data_dir: Path, url: str) -> str:
    """Puts the state in force at `url` in force here, with everything that was landed for it; returns a line about it.

    Raises UsageError for bytes that are not what was published.
    """
    remote = Remote(url)
    said, _ = remote.pointer()
    if said is None:
        return f"nothing is published at {url} yet"
    here = snapshots.current(data_dir)
    fetched = [n for n in sorted(remote.names("landing")) if not (data_dir / n).exists()]
    _each(_fetch_landed, ((remote, data_dir, n) for n in fetched))
    _take_decided(remote, data_dir)
    journal = remote.find(_JOURNAL)
    if journal is not None:
        files.write_atomic(data_dir / _JOURNAL, journal)
    if here is None or here.id != said["id"]:
        _fetch_state(remote, data_dir, said, here)
    _note(data_dir, remote)
    return f"{said['id']} of {url} is in force here; {len(fetched):,} landed files fetched"


def _take_decided(remote: Remote, data_dir: Path) -> None:
    """Brings here what was decided elsewhere, without losing what was decided here since the two last agreed: logs are joined, of the
    lists the one that changed stays. Raises UsageError for a list that changed in both places, before anything is written."""
    agreed, taken = _known(data_dir, remote).get("decided", {}), {}
    for name in _DECIDED:
        path, there = data_dir / name, remote.find(name)
        here = path.read_bytes() if path.exists() else None
        if there is None or there == here:
            continue
        if here is None or _digest(here) == agreed.get(name):
            taken[name] = there
        elif name.endswith(".jsonl"):
            # as everywhere, a last line that a kill cut off is none
            lines = dict.fromkeys(
                li for li in [*there.splitlines(), *here.splitlines()] if li.endswith(b"}")
            )
            taken[name] = b"".join(
                li + b"\n" for li in sorted(lines, key=lambda li: json.loads(li)["at"])
            )
        elif _digest(there) != agreed.get(name):
            raise UsageError(
                f"{path} was changed here and at {remote.url}: put yours aside, run again, and bring what it says in again"
            )
    for name, content in taken.items():
        files.write_atomic(data_dir / name, content)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def _known(data_dir: Path, remote: Remote) -> dict:
    """What was noted when this folder and that storage last agreed."""
    known = (
        json.loads(_noted(data_dir).read_text(encoding="utf-8"))
        if _noted(data_dir).exists()
        else {}
    )
    return known if known.get("url") == remote.url else {}


def _fetch_landed(remote: Remote, data_dir: Path, name: str) -> None:
    content = remote.get(name)
    digest = name.rsplit("/", 1)[1]
    if name.count("/") == 2 and len(digest) == 64 and _digest(content) != digest:
        raise UsageError(f"{remote.url}/{name} has other bytes than its name says")
    files.write_atomic(data_dir / name, content, 0o444, DataFolder(data_dir).incoming)


def _fetch_state(
    remote: Remote, data_dir: Path, said: dict, here: snapshots.Snapshot | None
) -> None:
    home, final = data_dir / "snapshots" / ".fetched", data_dir / "snapshots" / said["id"]
    shutil.rmtree(home, ignore_errors=True)
    for table in tables.TABLES:
        (home / "parquet" / table.name).mkdir(parents=True)
    for name in ("snapshot.json", "state.parquet", "warehouse.duckdb"):
        remote.fetch(f"{said['path']}/{name}", home / name)
    listed = snapshots.load(home).files

    def fetch(table: str, name: str, sha256: str) -> None:
        target = home / "parquet" / table / name
        if here and here.files.get(table, {}).get(name) == sha256:
            shutil.copy2(here.path / "parquet" / table / name, target)
        else:
            remote.fetch(f"{said['path']}/parquet/{table}/{name}", target)

    _each(fetch, ((t, n, sha) for t, names in listed.items() for n, sha in names.items()))
    wrong = snapshots.verify(snapshots.load(home))
    if wrong:
        raise UsageError(f"the state {said['id']} at {remote.url} is damaged: {wrong[0]}")
    shutil.rmtree(final, ignore_errors=True)
    os.rename(home, final)
    snapshots.put_in_force(data_dir, said["id"])


def _note(data_dir: Path, remote: Remote) -> None:
    said, tag = remote.pointer()
    decided = {n: _digest(content) for n in _DECIDED if (content := remote.find(n)) is not None}
    files.write_json(
        _noted(data_dir), {"url": remote.url, "id": said["id"], "tag": tag, "decided": decided}
    )


def _prune(remote: Remote, in_force: str, keep: int) -> None:
    names = remote.names("snapshots")
    states = sorted({n.split("/")[1] for n in names} - {in_force})
    for state in states[: max(0, len(states) + 1 - keep)]:
        remote.delete(sorted(n for n in names if n.split("/")[1] == state))
