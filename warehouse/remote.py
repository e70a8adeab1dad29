"""A data folder on S3-compatible storage: landed bytes, published states, and one pointer,
`current.json`.

The pointer names the state in force, the decisions and the journal together, and is swapped by a
conditional write: of two machines that publish at once one is told that the other was first, and
nothing of either is lost. Everything else is written once under a name that follows from its
content, so a push that is killed anywhere is simply done again, and readers of the pointer see
whole states only.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Any

from schemas import tables
from schemas.errors import UsageError
from schemas.language import say
from warehouse import files, joined, snapshots
from warehouse.folder import DataFolder
from warehouse.journal import has_open_run
from warehouse.pins import refuse_where_pinned
from warehouse.remote_landing import pull_landed, push_landed
from warehouse.snapshots import Snapshot
from warehouse.storage import POINTER, Conflict, Remote, each

__all__ = ["POINTER", "Conflict", "Remote", "pull", "pull_from", "push", "push_to"]

_SWAPS = 20
# what a pointer and a storage may name: all of it becomes a path here
_HOME = re.compile(r"snapshots/r\d{6,12}-[0-9a-f]{12}(~[0-9a-f]{12})?")
_WHOLE_FILES = ("state.parquet", "warehouse.duckdb", snapshots.DESCRIPTION)


def push(data_dir: Path, url: str, keep: int = snapshots.KEEP) -> str:
    """Brings the storage to the state in force here; returns a line about it.

    Raises Conflict where another machine was first, UsageError where what is to be sent is damaged.
    """
    return push_to(data_dir, Remote(url), keep)


def pull(data_dir: Path, url: str) -> str:
    """Puts the state in force at `url` in force here, with everything that was landed for it;
    returns a line about it.

    Raises UsageError for names that lead elsewhere and bytes that are not what was published.
    """
    return pull_from(data_dir, Remote(url))


def push_to(data_dir: Path, remote: Remote, keep: int = snapshots.KEEP) -> str:
    """Does what `push` does, on a storage."""
    state = snapshots.current(data_dir)
    if state is None:
        raise UsageError(say("nothing is published in {data_dir} yet", data_dir=data_dir))
    problems = snapshots.verify(state)
    if problems:
        raise UsageError(
            say("{id} is damaged and is not sent: {problems}", id=state.id, problems=problems[0])
        )
    pointer, _ = _checked_pointer(remote)
    landed = push_landed(data_dir, remote)
    home, sent, copied = _push_state(remote, state, pointer)
    for _ in range(_SWAPS):
        pointer, tag = _checked_pointer(remote)
        known = _known(data_dir, remote)
        if pointer and pointer["id"] != state.id and known.get("id") != pointer["id"]:
            raise Conflict(
                say(
                    "{url} has the state {id}, which is not known here: fetch it first (fazhi "
                    "remote pull)",
                    url=remote.url,
                    id=pointer["id"],
                )
            )
        documents = joined.join(
            data_dir, _documents(remote, pointer), known.get("documents", {}), remote.url
        )
        named = {name: joined.digest(content) for name, content in documents.items()}
        for name, sha256 in named.items():
            remote.put_bytes(f"documents/{sha256}", documents[name])
        new = {
            "id": state.id,
            "digest": state.digest,
            "run_id": state.run_id,
            "path": home,
            "documents": named,
        }
        if new != pointer:
            try:
                remote.swap(new, tag)
            except Conflict:
                continue  # the state or decisions of another machine: looked at again
        _note(data_dir, remote, new)
        _prune(remote, new, keep)
        return (
            f"{state.id} is in force at {remote.url}: {sent:,} files sent, {copied:,} there "
            "before, "
            f"{landed:,} landed files sent"
        )
    raise Conflict(say("other machines publish to {url} all the time: run again", url=remote.url))


def pull_from(data_dir: Path, remote: Remote) -> str:
    """Does what `pull` does, on a storage."""
    folder = DataFolder(data_dir)
    pointer, _ = _checked_pointer(remote)
    if pointer is None:
        return f"nothing is published at {remote.url} yet"
    snapshots.restore_link(data_dir)  # a pull may have been killed just before
    here = snapshots.current(data_dir)
    was_left_open = has_open_run(data_dir)  # another machine's runs may come after it
    fetched, receipts = pull_landed(data_dir, remote)
    known = _known(data_dir, remote)
    joined.join(data_dir, _documents(remote, pointer), known.get("documents", {}), remote.url)
    is_new = here is None or here.id != pointer["id"]
    # what only one of the two states knows is read again by the next night
    if was_left_open or receipts or (is_new and here is not None and known.get("id") != here.id):
        files.write_atomic(folder.take_up, b"")
    if is_new and here is not None:
        refuse_where_pinned(data_dir)
    if is_new:
        _pull_state(folder, remote, pointer, here)
    _note(data_dir, remote, pointer)
    return f"{pointer['id']} of {remote.url} is in force here; {fetched:,} landed files fetched"


def _checked_pointer(remote: Remote) -> tuple[dict[str, Any] | None, str | None]:
    """Returns the pointer and its tag. Raises UsageError for one with names that lead elsewhere."""
    pointer, tag = remote.pointer()
    if pointer is None:
        return None, None
    documents = pointer.get("documents", {})
    is_good = (
        snapshots.IDENTIFIER.fullmatch(str(pointer.get("id")))
        and _HOME.fullmatch(str(pointer.get("path")))
        and isinstance(documents, dict)
        and all(joined.is_document(name, sha256) for name, sha256 in documents.items())
    )
    if not is_good:
        raise UsageError(
            say(
                "{url}/{file} names no published state: {pointer}",
                url=remote.url,
                file=POINTER,
                pointer=str(pointer)[:60],
            )
        )
    return pointer, tag


def _documents(remote: Remote, pointer: dict[str, Any] | None) -> dict[str, bytes]:
    """Returns decisions and journal that a pointer names. Raises UsageError for bytes that are
    others.
    """
    found = {}
    for name, sha256 in (pointer or {}).get("documents", {}).items():
        content = remote.find(f"documents/{sha256}")
        if content is None or joined.digest(content) != sha256:
            raise UsageError(
                say(
                    "{url}/documents/{sha256} ({name}) is lost or has other bytes",
                    url=remote.url,
                    sha256=sha256,
                    name=name,
                )
            )
        found[name] = content
    return found


def _push_state(
    remote: Remote, state: Snapshot, pointer: dict[str, Any] | None
) -> tuple[str, int, int]:
    """Sends the files of a state; returns its place there, and how many files were sent and were
    there before.

    Two machines may make states of one identifier that differ in their runs: the place has a digest
    of all files.
    """
    description = (state.path / snapshots.DESCRIPTION).read_bytes()
    home = f"snapshots/{state.id}~{joined.digest(description)[:12]}"
    existing = remote.sizes(home)
    published: dict[str, dict[str, str]] = {}
    published_sizes: dict[str, int] = {}
    if pointer:
        content = remote.find(f"{pointer['path']}/{snapshots.DESCRIPTION}")
        try:
            published = snapshots.described(state.path, content or b"").files
            published_sizes = remote.sizes(pointer["path"])
        except ValueError:  # damaged there: nothing is taken from it
            published = {}
    sent: list[tuple[str, Path]] = []
    copied: list[tuple[str, str]] = []
    for table, listed in state.files.items():
        for name, sha256 in listed.items():
            path = state.path / "parquet" / table / name
            target, size = f"{home}/parquet/{table}/{name}", path.stat().st_size
            if existing.get(target) == size:
                continue
            before = f"{pointer['path']}/parquet/{table}/{name}" if pointer else ""
            if published.get(table, {}).get(name) == sha256 and published_sizes.get(before) == size:
                copied.append((before, target))
            else:
                sent.append((target, path))
    each(remote.copy, copied)
    each(remote.put, sent)
    names = (*state.descriptors, *_WHOLE_FILES)
    whole = [(f"{home}/{name}", state.path / name) for name in names]
    each(remote.put, [(n, p) for n, p in whole if existing.get(n) != p.stat().st_size])
    return home, len(sent), len(copied)


def _pull_state(
    folder: DataFolder, remote: Remote, pointer: dict[str, Any], here: Snapshot | None
) -> None:
    """Fetches a state, compares all of it with its digests, and puts it in force. Raises
    UsageError.
    """
    home = folder.fetched
    shutil.rmtree(home, ignore_errors=True)
    fetched = _fetch_description(home, remote, pointer)
    _fetch_files(fetched, remote, pointer, here)
    problems = [
        f"{path} {problem}"
        for path, problem in snapshots.problems_of(fetched)
        if not problem.startswith("is of the state")
    ]
    if problems:
        raise _damaged_there(remote, pointer, problems[0])
    final = folder.snapshots / pointer["id"]
    if final.exists():  # a state of the same content that only its runs tell apart
        aside = (
            folder.set_aside
            / "snapshots"
            / f"{final.name}~{joined.digest(home.as_posix().encode())[:6]}"
        )
        shutil.rmtree(aside, ignore_errors=True)
        aside.parent.mkdir(parents=True, exist_ok=True)
        os.rename(final, aside)
    os.rename(home, final)
    files.sync_all(folder.snapshots)
    snapshots.put_in_force(folder.path, pointer["id"])


def _fetch_description(home: Path, remote: Remote, pointer: dict[str, Any]) -> Snapshot:
    """Fetches what is one file of a state into `home`; returns the state that it describes.

    Raises UsageError for a damaged description and for that of another state.
    """
    for table in tables.TABLES:
        (home / "parquet" / table.name).mkdir(parents=True)
    for name in _WHOLE_FILES:
        remote.fetch(f"{pointer['path']}/{name}", home / name)
    try:
        fetched = snapshots.load(home)
    except ValueError as error:
        raise _damaged_there(remote, pointer, error) from None
    if fetched.id != pointer["id"]:
        raise UsageError(
            say(
                "{url}/{path} holds another state: {id}",
                url=remote.url,
                path=pointer["path"],
                id=fetched.id,
            )
        )
    return fetched


def _damaged_there(remote: Remote, pointer: dict[str, Any], problem: object) -> UsageError:
    """Returns the error of a state that is damaged on the storage."""
    return UsageError(
        say(
            "the state {id} at {url} is damaged: {problem}",
            id=pointer["id"],
            url=remote.url,
            problem=problem,
        )
    )


def _fetch_files(
    fetched: Snapshot, remote: Remote, pointer: dict[str, Any], here: Snapshot | None
) -> None:
    """Fetches descriptors and tables of a state; those that the state `here` has are copied."""
    for name in fetched.descriptors:
        remote.fetch(f"{pointer['path']}/{name}", fetched.path / name)

    def fetch(table: str, name: str, sha256: str) -> None:
        target = fetched.path / "parquet" / table / name
        target.parent.mkdir(exist_ok=True)
        if here and here.files.get(table, {}).get(name) == sha256:
            shutil.copy2(here.path / "parquet" / table / name, target)
        else:
            remote.fetch(f"{pointer['path']}/parquet/{table}/{name}", target)

    each(
        fetch,
        [(t, n, sha256) for t, listed in fetched.files.items() for n, sha256 in listed.items()],
    )


def _known(data_dir: Path, remote: Remote) -> dict[str, Any]:
    """Returns what was noted when this folder and that storage last agreed; empty where they never
    did.
    """
    note = files.read_checked_json(DataFolder(data_dir).remote)
    return note if isinstance(note, dict) and note.get("url") == remote.url else {}


def _note(data_dir: Path, remote: Remote, pointer: dict[str, Any]) -> None:
    """Notes that this folder and that storage agree."""
    note = {"url": remote.url, "id": pointer["id"], "documents": pointer.get("documents", {})}
    files.write_checked_json(DataFolder(data_dir).remote, note)


def _prune(remote: Remote, pointer: dict[str, Any], keep: int) -> None:
    """Removes the oldest states beyond `keep`, of those that are older than the one in force.

    A younger one may be what another machine is sending.
    """
    names = remote.names("snapshots")
    homes = sorted({"/".join(name.split("/")[:2]) for name in names})
    older = [
        home
        for home in homes
        if _HOME.fullmatch(home)
        and home != pointer["path"]
        and home.split("/")[1].split("-")[0] < pointer["run_id"]
    ]
    for home in older[: max(0, len(older) + 1 - keep)]:
        remote.delete(sorted(name for name in names if name.startswith(f"{home}/")))
