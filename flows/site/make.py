"""Makes a site of a published state: plans it, writes it, and puts it in place."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from flows.explore.data.states import States
from flows.site import plan, target
from flows.site.write import write
from flows.terminal import first_line
from schemas.errors import UsageError
from schemas.language import say


def make(data_dir: Path, to: Path, counties: Sequence[str], state_name: str | None = None) -> str:
    """Writes the site of counties, or of the country where none is named, to the folder `to`.

    `state_name` is a published state as `fazhi snapshots` lists it, None for the one in force.
    Returns a line about what was written. Raises UsageError for a folder that holds other things,
    for unknown and ambiguous counties, and where the state cannot be read.
    """
    states = States(data_dir)
    state = states.find(state_name) if state_name else states.newest()
    try:
        with target.placed(to, data_dir, state.id) as folder:
            if counties:
                chosen = plan.counties(state, counties)
                areas = [plan.county(state, where) for where in chosen]
            else:
                areas = [plan.country(state)]
            pages = write(state, areas, folder)
            size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
            texts = sum(len(area.reports) for area in areas)
    except duckdb.Error as error:
        raise UsageError(
            say("the state {id} cannot be read: {error}", id=state.id, error=first_line(error))
        ) from None
    megabytes = f"{size / 1e6:.1f} MB"
    return f"{pages:,} pages, {texts:,} reports, {megabytes}, state {state.id}: {to / 'index.html'}"
