"""Deciding in a worker which body each report is about: page, manifest and folders say so, and
strangers wrote these.
"""

from __future__ import annotations

import functools
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flows import register
from flows.workers.defects import Begin, problem_of
from transforms import identity, rows
from transforms.identity import Register
from warehouse import reports

if TYPE_CHECKING:
    from flows.workers.pool import Job


def resolve_places(job: Job, begin: Begin) -> reports.Resolved:
    """Decides the places of the reports in one staged file.

    `job.options`: `file`, `sources` (digest -> Source), `register` (its file, or None) and
    `register_digest`. Raises RuntimeError where the register is another than that of the run.
    """
    folder = Path(job.data_dir)
    divisions = _register(folder, job.options["register"])
    if divisions.digest != job.options["register_digest"]:
        raise RuntimeError("the register of divisions changed while the night ran: run again")
    documents = reports.documents_of(job.options["file"], set(job.members))
    resolve = resolver(divisions)
    resolved = reports.Resolved([], [])
    for sha256 in job.members:
        for source in job.options["sources"][sha256]:
            problem = job.condemned.get(sha256)
            if problem is None:
                begin(sha256)
                try:
                    document = _with_year(documents[sha256], source)
                    row = reports.report_row(source, document, resolve)
                    resolved.rows.append(row)
                    continue
                except Exception as error:
                    problem = problem_of(folder, sha256, error)
            resolved.problems.append((source, problem[:2]))
    return resolved


@functools.lru_cache(1)
def _register(folder: Path, file: str | None) -> Register:
    """Returns the register of a run; every worker reads it once."""
    divisions, _ = register.load(folder, file)
    return divisions


def _with_year(document: dict[str, Any], source: reports.Source) -> dict[str, Any]:
    """Returns a staged document; one whose text names no year has that of its file's name."""
    if document["report_year"] is not None:
        return document
    address = f"{source.source_name} {source.source_uri}"
    return {**document, "report_year": identity.year_of_address(address)}


def resolver(divisions: Register) -> reports.Resolve:
    """Returns the function that decides the place of a staged document.

    It goes by what the document claims, its text, and its manifest, or else the folders it lay in.
    """

    def resolve(document: dict[str, Any], source: reports.Source) -> tuple[Any, Any]:
        claims = rows.claims_of(document)
        folders = source.source_uri.removeprefix("file://").rsplit("/", 1)[0]
        if source.stated_place:
            *above, township = source.stated_place.split("/")
            folders = "/".join(above)
            if township:
                claims = replace(claims, bodies=[*claims.bodies, township])
        text, publisher = document["text"], source.publisher or ""
        place = identity.resolve_body(claims, text, divisions, folders, publisher)
        return place, identity.other_place(text, place, divisions)

    return resolve
