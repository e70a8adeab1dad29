"""The project's own samples, whose figures are made up, stay apart from real reports."""

from __future__ import annotations

from pathlib import Path

from schemas.errors import UsageError
from schemas.language import say

SAMPLES = Path(__file__).resolve().parent.parent / "samples"


def is_of_samples(source: str) -> bool:
    """Whether a file, folder or pattern is of the project's own samples."""
    place = Path(source).absolute()
    return SAMPLES.is_dir() and (place == SAMPLES or SAMPLES in place.parents)


def check_apart(sources: list[str], earlier: list[str], data: str) -> str | None:
    """Returns a warning where real reports come into a data folder with the samples; else None.

    `earlier` are the sources of the last run of the data folder `data`; none before the first.
    Raises UsageError where the samples would come among real reports.
    """
    are_samples = [is_of_samples(source) for source in sources]
    were_samples = [is_of_samples(source) for source in earlier]
    if any(are_samples) and earlier and not all(were_samples):
        raise UsageError(
            say(
                "{data} holds real reports: give the samples a folder of their own "
                "(--data data-samples)",
                data=data,
            )
        )
    if earlier and all(were_samples) and sources and not all(are_samples):
        return say(
            "{data} holds the samples, whose figures are made up: give your own reports another "
            "folder (--data DIR)",
            data=data,
        )
    return None
