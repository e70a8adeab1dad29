"""Reading manifests in a worker: strangers wrote them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

from flows.workers import pool
from flows.workers.defects import Begin, problem_of
from warehouse import manifests

Manifest = tuple[str, dict[str, manifests.Note], list[str]]


def read_manifests(job: pool.Job, begin: Begin) -> list[Manifest]:
    """Returns path, notes and problems of each manifest of `job.members`."""
    read: list[Manifest] = []
    for path in job.members:
        if path in job.condemned:
            read.append((path, {}, [job.condemned[path][1]]))
            continue
        begin(path)
        try:
            notes, problems = manifests.read(path)
        except Exception as error:
            name = hashlib.sha256(os.fsencode(path)).hexdigest()
            problem = problem_of(Path(job.data_dir), name, error)
            notes, problems = {}, [problem[1]]
        read.append((path, notes, problems))
    return read


def read_in_worker(folder: Path, seconds: float, paths: list[str]) -> Iterator[Manifest]:
    """Yields path, notes and problems of each manifest, read in a worker with its limits."""
    if paths:
        for read in pool.work([pool.Job("manifests", str(folder), paths)], 1, seconds):
            yield from read
