"""What changed since the published state: the rules look at that again and at nothing else."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

from expectations import findings, policy
from flows.night.run import Run
from schemas import tables
from transforms.version import parser_version
from warehouse import partitions
from warehouse.candidate import Candidate
from warehouse.plan import Outline

# above this share of changed reports judging everything is faster
INCREMENTAL_UP_TO = 0.2


def change_since(run: Run, candidate: Candidate, outline: Outline) -> findings.Change | None:
    """Returns what the rules have to look at again; None for everything.

    Everything, where rules, parser or tables are others than in the published state, or where
    much has changed.
    """
    published = run.published
    if (
        published is None
        or published.schema_version != tables.SCHEMA_VERSION
        or published.parser_version != parser_version()
        or published.judged_by.split("-")[0] != policy.version(run.policy)
    ):
        return None
    changed = outline.partitions(outline.touched())
    if len(changed) > len(outline) * INCREMENTAL_UP_TO:
        return None
    known = published.state(["report_id", "township_id", "partition"])
    known = known.filter(pc.is_in(known["report_id"], pa.array(sorted(changed), pa.string())))
    bodies = {*known["township_id"].to_pylist(), *outline.bodies(set(changed))} - {None}
    its_partitions = {*changed.values(), *known["partition"].to_pylist()} - {None}

    def files_of(report_ids: set[str] | frozenset[str], table: str) -> list[str]:
        wanted = set(outline.partitions(set(report_ids)).values())
        return [p for p in candidate.parquet(table) if partitions.partition_of(p) in wanted]

    return findings.Change(
        reports=frozenset(changed),
        reports_of_bodies=frozenset(outline.reports(bodies) | changed.keys()),
        years=frozenset(partitions.year_of(partition) for partition in its_partitions),
        files_of=files_of,
    )
