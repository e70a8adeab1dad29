"""What a night met in its sources."""

from __future__ import annotations

from dataclasses import dataclass

from flows.night.folders import Folders
from flows.night.land import Landed
from flows.night.sort import Sorted
from flows.night.unread import Unread
from flows.pull import PullResult


@dataclass(frozen=True, slots=True)
class Changes:
    """What a night met in its sources, before anything is parsed.

    `divided` is None where sources must be parsed before they can be divided. `folders` are those
    of the sources, with what has shrunk.
    """

    pulls: list[PullResult]
    landed: Landed
    unread: Unread
    divided: Sorted | None
    folders: Folders
