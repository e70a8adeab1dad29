"""The functions that workers know, by the names that jobs call them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from flows.workers.batch import expand_archive, parse_batch
from flows.workers.defects import Begin
from flows.workers.manifests import read_manifests
from flows.workers.places import resolve_places

if TYPE_CHECKING:
    from flows.workers.pool import Job

FUNCTIONS: dict[str, Callable[[Job, Begin], Any]] = {
    "parse": parse_batch,
    "expand": expand_archive,
    "manifests": read_manifests,
    "places": resolve_places,
}
