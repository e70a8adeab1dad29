"""Great Expectations suites, one a table, derived from the declared schema; they judge a candidate before it is published."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import warnings
from array import array
from collections.abc import Iterator
from dataclasses import asdict, dataclass

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pandas.util import hash_pandas_object

from schemas import tables

CELLS = 1_000_000  # of a table in memory at once
DIGESTS = 2_000_000
SMALL = 50_000_000  # bytes of Parquet
# long texts are no keys and no enumerations: loading them would cost memory and prove nothing
_HEAVY = {"text", "body", "sentence", "reason"}


@dataclass(slots=True)
class Verdict:
    """Outcome of one expectation: table, what was expected, whether it held, how many of the rows broke it."""

    table: str
    expectation: str
    column: str | None
    success: bool
    unexpected: int
    rows: int = 0


def load():
    """Imports Great Expectations (4 s), telemetry off."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx
    return gx


def judged_columns(table: tables.Table) -> list[str]:
    """The columns of a table that its suite looks at."""
    wanted = {*table.key, *(c.name for c in table.columns if c.values or not c.nullable)}
    return [c.name for c in table.columns if c.name in wanted and c.name not in _HEAVY]


def suite(gx, table: tables.Table):
    """The suite of a table: its columns are there, what may not be null is not, its enumerations have their values, a single key is unique.

    That keys of several columns are unique is a rule of structure, judged in SQL: here it would need all of the columns in memory at once.
    """
    made = gx.ExpectationSuite(name=table.name)
    judged = set(judged_columns(table))
    made.add_expectation(gx.expectations.ExpectTableColumnsToMatchSet(column_set=sorted(judged), severity="critical"))
    for c in table.columns:
        if c.name in judged and not c.nullable:
            made.add_expectation(gx.expectations.ExpectColumnValuesToNotBeNull(column=c.name, severity="critical"))
        if c.name in judged and c.values:
            made.add_expectation(
                gx.expectations.ExpectColumnValuesToBeInSet(
                    column=c.name, value_set=list(c.values), severity="critical"
                )
            )
    return made


def _key_suite(gx, table: tables.Table):
    made = gx.ExpectationSuite(name=f"{table.name}_key")
    made.add_expectation(gx.expectations.ExpectColumnValuesToBeUnique(column=table.key[0], severity="critical"))
    return made


def validate(paths: dict[str, list[str]], run_id: str) -> list[Verdict]:
    """Runs a checkpoint for each table over its Parquet files; from `SMALL` bytes on in a process of its own, with which the library and its
    frames are gone from memory. Raises RuntimeError with what it said where that fails."""
    if sum(os.path.getsize(p) for files in paths.values() for p in files) < SMALL:
        return _checkpoints(paths, run_id)
    done = subprocess.run(
        [sys.executable, "-P", "-c", "from expectations import suites; suites.answer()"],
        input=json.dumps({"paths": paths, "run_id": run_id}),
        capture_output=True,
        text=True,
        start_new_session=True,  # Ctrl-C is the run's business
    )
    if done.returncode:
        raise RuntimeError(f"the expectations could not be run: {done.stderr[-2000:]}")
    return [Verdict(**v) for v in json.loads(done.stdout.splitlines()[-1])]


def answer() -> None:
    """The other side of `validate`: reads what is asked from standard input, prints the verdicts as JSON."""
    asked = json.load(sys.stdin)
    print(json.dumps([asdict(v) for v in _checkpoints(**asked)]))


def _checkpoints(paths: dict[str, list[str]], run_id: str) -> list[Verdict]:
    """The verdicts, some of the rows at a time, so that memory does not grow with the corpus. Types are checked on the Arrow schema, where
    they are exact."""
    gx = load()
    before = logging.root.manager.disable
    logging.disable(max(before, logging.INFO))  # the library tells of its temporary folders
    try:
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        return [v for name in paths for v in _validate(gx, context, tables.BY_NAME[name], paths[name], run_id)]
    finally:
        logging.disable(before)


def _chunks(files: list[str], columns: list[str]) -> Iterator[pa.Table]:
    """The columns of a table in pieces of about `CELLS` cells, one at least."""
    size = CELLS // max(8, len(columns))
    parts, rows, any_yet = [], 0, False
    for path in files:
        for batch in pq.ParquetFile(path).iter_batches(size, columns=columns):
            parts.append(pa.Table.from_batches([batch]))
            rows += len(batch)
            if rows >= size:
                yield pa.concat_tables(parts)
                parts, rows, any_yet = [], 0, True
    if parts:
        yield pa.concat_tables(parts)
    elif files and not any_yet:
        yield pq.read_table(files[0], columns=columns, partitioning=None)


def _validate(gx, context, table: tables.Table, files: list[str], run_id: str) -> list[Verdict]:
    run = gx.RunIdentifier(run_name=run_id)
    source = context.data_sources.add_pandas(table.name)
    jobs = [(suite(gx, table), judged_columns(table))]
    if len(table.key) == 1:
        jobs.append((_key_suite(gx, table), [table.key[0]]))
    types = Verdict(table.name, "expect_arrow_types_to_match_declaration", None, True, 0)
    merged: dict[tuple, Verdict] = {}
    for expected, columns in jobs:
        batch = source.add_dataframe_asset(expected.name).add_batch_definition_whole_dataframe("whole")
        definition = gx.ValidationDefinition(name=expected.name, data=batch, suite=context.suites.add(expected))
        checkpoint = gx.Checkpoint(
            name=expected.name,
            validation_definitions=[context.validation_definitions.add(definition)],
            result_format="SUMMARY",
        )
        pieces = _chunks(files, columns)
        whole = expected.name == table.name
        for rows in pieces if whole else _digests(pieces):
            types.success &= not whole or _types_match(table, rows)
            done = checkpoint.run(batch_parameters={"dataframe": rows.to_pandas()}, run_id=run)
            for r in next(iter(done.run_results.values())).results:
                key = (r.expectation_config.type, r.expectation_config.kwargs.get("column"))
                verdict = merged.setdefault(key, Verdict(table.name, *key, True, 0))
                verdict.success &= bool(r.success)
                verdict.unexpected += int((r.result or {}).get("unexpected_count") or 0)
                verdict.rows += len(rows)
    return [types, *merged.values()]


def _digests(pieces: Iterator[pa.Table]) -> Iterator[pa.Table]:
    """The one column of all pieces as 64-bit digests, which are as unique as what they stand for, sorted and in portions: equal ones meet."""
    name, kept = "", array("Q")
    for rows in pieces:
        name = rows.schema.names[0]
        kept.frombytes(hash_pandas_object(rows[name].to_pandas(), index=False, categorize=False).to_numpy().tobytes())
    digests = np.frombuffer(kept, np.uint64)
    digests.sort()
    begin = 0
    while begin < len(digests) or begin == 0:
        end = min(begin + DIGESTS, len(digests))
        if end < len(digests):
            end = int(np.searchsorted(digests, digests[end - 1], "right"))
        yield pa.table({name: digests[begin:end]})
        begin = max(end, 1)


def _types_match(table: tables.Table, rows: pa.Table) -> bool:
    schema = tables.arrow_schema(table)
    return all(rows.schema.field(n).type == schema.field(n).type for n in rows.schema.names)
