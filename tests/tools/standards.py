"""Reads the descriptors of a published state with the tools of their standards and prints, as JSON,
what these find. It runs in the environment of `make standards`, not in that of the project.

usage: python standards.py datapackage|croissant STATE
"""

from __future__ import annotations

import json
import os
import sys


def datapackage() -> dict:
    """Validates every row of every resource; returns {name: [rows, errors]}."""
    import pyarrow.parquet as pq
    from frictionless import Package
    from frictionless.formats import ParquetParser

    def read_exactly(parser):
        # its own reading goes by pandas, which has no whole number that is missing
        table = pq.read_table(parser.resource.normpath, partitioning=None)
        yield table.column_names
        for batch in table.to_batches():
            yield from (list(row) for row in zip(*(column.to_pylist() for column in batch.columns)))

    ParquetParser.read_cell_stream_create = read_exactly
    report = Package("datapackage.json").validate()
    found = {task.name: [task.stats.get("rows") or 0, _errors(task)] for task in report.tasks}
    return {"valid": report.valid, "errors": [e.message for e in report.errors], "tables": found}


def _errors(task) -> list[str]:
    return [error.message for error in task.errors][:5]


def croissant() -> dict:
    """Loads every record of every record set; returns {name: [rows, columns]}."""
    import mlcroissant

    dataset = mlcroissant.Dataset("croissant.json")
    found = {}
    for record_set in dataset.metadata.record_sets:
        records = list(dataset.records(record_set.id))
        columns = sorted(records[0]) if records else []
        found[record_set.id] = [len(records), columns]
    return {"warnings": sorted(dataset.metadata.ctx.issues.warnings), "tables": found}


if __name__ == "__main__":
    os.chdir(sys.argv[2])
    answer = {"datapackage": datapackage, "croissant": croissant}[sys.argv[1]]()
    print(json.dumps(answer, ensure_ascii=False, default=str))
