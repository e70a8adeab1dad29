"""Landed bytes, receipts and lists of archives between a data folder and a storage."""

from __future__ import annotations

import hashlib
import os
import re
from pathlib import Path

from schemas.errors import UsageError
from schemas.language import say
from warehouse import files, joined, landing
from warehouse.folder import DataFolder
from warehouse.storage import Remote, each

_LISTING = re.compile(r"landing/archives/[A-Za-z0-9._-]{1,80}/[0-9a-f]{64}\.json")
_RECEIPTS = re.compile(r"landing/receipts/([A-Za-z0-9-]{1,80})(~[0-9a-f]{12})?\.jsonl")
_OBJECT = re.compile(r"landing/([0-9a-f]{2})/(\1[0-9a-f]{62})")


def _landed_files(folder: DataFolder) -> dict[str, Path]:
    """Returns name at the storage -> landed file, receipt or list of an archive.

    Two machines may give receipts one name, so theirs has the digest of the content in it.
    """
    found = {f"landing/{p.parent.name}/{p.name}": p for p in landing.objects(folder.path)}
    for path in folder.archive_listings.glob("*/*.json"):
        found[f"landing/archives/{path.parent.name}/{path.name}"] = path
    for path in landing.receipt_files(folder.path):
        found[f"landing/receipts/{_receipt_name(path.name, path.read_bytes())}"] = path
    return dict(sorted(found.items()))


def _receipt_name(name: str, content: bytes) -> str:
    """Returns the name of a file of receipts with the digest of its content."""
    stem = name.removesuffix(".jsonl").split("~")[0]
    return f"{stem}~{joined.digest(content)[:12]}.jsonl"


def push_landed(data_dir: Path, remote: Remote) -> int:
    """Sends what was landed and is not there, each compared with its digest before; returns how
    many files.
    """
    sizes = remote.sizes("landing")
    new = {
        name: path
        for name, path in _landed_files(DataFolder(data_dir)).items()
        if sizes.get(name) != path.stat().st_size
    }
    sound = {name: path for name, path in new.items() if not _landed_problem(name, path)}
    each(remote.put, sound.items())
    damaged = sorted(new.keys() - sound.keys())
    if damaged:
        raise UsageError(
            say(
                "{data_dir} is damaged and is not sent: fazhi repair",
                data_dir=data_dir / damaged[0],
            )
        )
    return len(sound)


def _landed_problem(name: str, path: Path) -> str | None:
    """Returns what is wrong with a landed file, a file of receipts or a list of an archive; None
    for a good one.
    """
    if _OBJECT.fullmatch(name):
        return None if landing.is_sound(path) else "has other bytes than its name says"
    if name.startswith("landing/receipts/"):
        return "has broken lines" if landing.read_receipts(path).broken else None
    return None if landing.read_listing(path) is not None else "is not as it was written"


def pull_landed(data_dir: Path, remote: Remote) -> tuple[int, int]:
    """Fetches what was landed elsewhere; returns how many files, and how many of them are
    receipts.
    """
    folder = DataFolder(data_dir)
    here = _landed_files(folder)
    names = [name for name in sorted(remote.names("landing")) if name not in here]
    known = [n for n in names if any(p.fullmatch(n) for p in (_OBJECT, _RECEIPTS, _LISTING))]
    # bytes first: a receipt speaks of what is there
    receipts = [name for name in known if name.startswith("landing/receipts/")]
    others = [name for name in known if not name.startswith("landing/receipts/")]
    each(_fetch_landed, ((remote, folder, name) for name in others))
    files.sync_all(folder.landing)
    each(_fetch_landed, ((remote, folder, name) for name in receipts))
    return len(known), len(receipts)


def _fetch_landed(remote: Remote, folder: DataFolder, name: str) -> None:
    """Fetches one landed file, compared with its digest or check before it gets its name. Raises
    UsageError.
    """
    content = remote.get(name)
    is_receipt = name.startswith("landing/receipts/")
    target = folder.path / name
    if is_receipt:
        target = folder.receipts / _receipt_name(target.name, content)
        if target.exists():
            return
    temporary = folder.incoming / f".{joined.digest(name.encode())}.{os.getpid()}.tmp"
    temporary.parent.mkdir(parents=True, exist_ok=True)
    temporary.write_bytes(content)
    # the name of a landed file is its digest, so it is compared with a file of that name
    problem = None
    if _OBJECT.fullmatch(name):
        if hashlib.sha256(content).hexdigest() != target.name:
            problem = "has other bytes than its name says"
    else:
        problem = _landed_problem(name, temporary)
    if problem:
        temporary.unlink()
        raise UsageError(f"{remote.url}/{name} {problem}")
    temporary.chmod(0o644 if is_receipt else 0o444)
    target.parent.mkdir(parents=True, exist_ok=True)
    os.replace(temporary, target)
