"""Digests of the files of a state: of a whole file, or of a large one in pieces."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from warehouse import engine

_PIECE_BYTES = 64 << 20
_READ_BYTES = 1 << 18
_PIECES = "pieces:"  # how the digest of a file in pieces begins


def file_digest(path: Path) -> str:
    """Returns the SHA-256 of a file, in hexadecimal digits. Raises OSError."""
    with open(path, "rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def database_digest(path: Path) -> str:
    """Returns `pieces:` and the SHA-256 over the SHA-256 of each piece of a file. Raises OSError.

    Pieces of 64 MiB are read by several threads at once, so that a large file takes less time.
    """

    def piece_digest(begin: int) -> bytes:
        digest = hashlib.sha256()
        buffer = memoryview(bytearray(_READ_BYTES))
        remaining = _PIECE_BYTES
        with open(path, "rb", buffering=0) as file:
            file.seek(begin)
            while remaining and (length := file.readinto(buffer[:remaining])):
                digest.update(buffer[:length])
                remaining -= length
        return digest.digest()

    with ThreadPoolExecutor(engine.threads()) as pool:
        pieces = pool.map(piece_digest, range(0, path.stat().st_size, _PIECE_BYTES))
        return _PIECES + hashlib.sha256(b"".join(pieces)).hexdigest()


def is_same(path: Path, digest: str) -> bool:
    """Returns whether a file has that digest, of `database_digest` or of `file_digest`; no for one
    that cannot be read.
    """
    digest_of_file = database_digest if digest.startswith(_PIECES) else file_digest
    try:
        return digest_of_file(path) == digest
    except OSError:
        return False
