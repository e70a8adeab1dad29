"""One batch of landed bytes -> one staged batch. Runs in worker processes, which import neither Prefect nor Great Expectations."""

from __future__ import annotations

from pathlib import Path

import transforms
from schemas.errors import Rejected
from transforms import readers, tables
from warehouse import landing, staging


class ParserDefect(RuntimeError):
    """A bug of ours, met in one source: the run fails loudly and publishes nothing."""


def parse_batch(data_dir: str, members: list[str]) -> str:
    """Reads and parses the landed bytes with the digests `members` and stages the outcome; returns the name of the staged batch."""
    parsed, rejected = [], {}
    for sha256 in sorted(members):
        data = landing.load(Path(data_dir), sha256)
        try:
            document = readers.read(data)
            parsed.append((sha256, document, transforms.parse(document)))
        except Rejected as error:
            rejected[sha256] = (error.reason_code, error.message)
        except Exception as error:
            raise ParserDefect(
                f"the parser failed on landing/{sha256[:2]}/{sha256}: {type(error).__name__}: {error}"
            ) from error
    return staging.write(Path(data_dir), transforms.parser_version(), members, tables.staged(parsed), rejected)
