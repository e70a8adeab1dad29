"""Which of the landed bytes this version of the parser has not read yet."""

from __future__ import annotations

from dataclasses import dataclass

from expectations import rules
from flows.night.land import Landed
from flows.night.run import Run, needs_rebuild
from transforms import readers
from transforms.version import parser_version
from warehouse import landing, staging


@dataclass(frozen=True, slots=True)
class Unread:
    """What is to be parsed: digests (SHA-256) in the order in which they are read.

    `fresh` was never read by this version of the parser, `again` was refused and may be readable
    now. `index` tells what is staged before the parsing.
    """

    index: staging.Index
    fresh: list[str]
    again: list[str]

    def __len__(self) -> int:
        return len(self.fresh) + len(self.again)


def find_unread(run: Run, landed: Landed) -> Unread:
    """Returns which landed sources this version of the parser has to read.

    Sources that were refused are read again where the program that they need is there now, their
    landed bytes are sound again, or the user asked for it.
    """
    index = staged(run)
    # in the order of their paths: reports of one folder mostly come into the same Parquet files
    digests = list(dict.fromkeys(s.sha256 for s in landed.seen if s.sha256 and not s.problem))
    fresh = [sha256 for sha256 in digests if sha256 not in index]
    fresh += sorted(_unstaged_published(run, index).difference(fresh))
    return Unread(index, fresh, [sha256 for sha256 in digests if _is_due_again(run, index, sha256)])


def staged(run: Run) -> staging.Index:
    """Returns the index of all batches that this version of the parser has staged, in any run."""
    return staging.Index(run.folder, parser_version())


def _is_due_again(run: Run, index: staging.Index, sha256: str) -> bool:
    """Whether a source was refused and is to be parsed again now."""
    refused = index.problem(sha256)
    if refused is None:
        return False
    if refused.reason_code == staging.DAMAGED_BYTES:
        return landing.is_sound(landing.object_path(run.folder, sha256))
    return run.settings.again is not None or readers.waits_for(refused, reads_partly(run))


def _unstaged_published(run: Run, index: staging.Index) -> set[str]:
    """Returns the digests of published sources that must be parsed for a rebuild of every report.

    These are current, landed and not staged by this version of the parser. Empty without a rebuild.
    """
    if run.published is None or not needs_rebuild(run):
        return set()
    rows = run.published.read("sources", ["source_sha256", "is_current"]).to_pylist()
    return {
        row["source_sha256"]
        for row in rows
        if row["is_current"]
        and row["source_sha256"] not in index
        and landing.holds(run.folder, row["source_sha256"])
    }


def reads_partly(run: Run) -> bool:
    """Returns whether the policy wants reports loaded without pages that cannot be read."""
    return not run.policy.consequence(rules.BY_ID["pages_unread"]).startswith("hold")
