"""Great Expectations suites, one a table, derived from the declared schema; they judge a candidate before it is published."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pandas.util import hash_pandas_object

from expectations.floors import rows_in
from schemas import tables

CELLS_AT_ONCE = 2_000_000  # of a table in memory at once
DIGESTS_AT_ONCE = 2_000_000
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


# judges tables by their Parquet files, of the rows of some reports alone where given
Validate = Callable[[dict[str, list[str]], list[str] | None], list[Verdict]]


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
    made.add_expectation(
        gx.expectations.ExpectTableColumnsToMatchSet(column_set=sorted(judged), severity="critical")
    )
    for c in table.columns:
        if c.name in judged and not c.nullable:
            made.add_expectation(
                gx.expectations.ExpectColumnValuesToNotBeNull(column=c.name, severity="critical")
            )
        if c.name in judged and c.values:
            made.add_expectation(
                gx.expectations.ExpectColumnValuesToBeInSet(
                    column=c.name, value_set=list(c.values), severity="critical"
                )
            )
    return made


def _unique(gx, table: tables.Table):
    return gx.expectations.ExpectColumnValuesToBeUnique(column=table.key[0], severity="critical")


def validated(paths: dict[str, list[str]], reports: list[str] | None) -> list[Verdict]:
    """The verdicts, some of the rows at a time, so that memory does not grow with the corpus. Types are checked on the Arrow schema, where
    they are exact."""
    gx = load()
    before = logging.root.manager.disable
    logging.disable(max(before, logging.INFO))  # the library tells of its temporary folders
    try:
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        frames = context.data_sources.add_pandas("candidate").add_dataframe_asset("tables")
        whole = frames.add_batch_definition_whole_dataframe("whole")
        those = None if reports is None else pa.array(reports, pa.string())
        return [
            v
            for name in paths
            for v in _validate(gx, whole, tables.BY_NAME[name], paths[name], those)
        ]
    finally:
        logging.disable(before)


def _rows_at_once(columns: list[str]) -> int:
    return CELLS_AT_ONCE // max(8, len(columns))


def _chunks(
    files: list[str], columns: list[str], repeated: list[str], reports: pa.Array | None
) -> Iterator[pa.Table]:
    """The columns of a table in pieces of about `CELLS_AT_ONCE` cells, one at least: what is said of a table is never said of nothing. Texts in the
    columns `repeated` are held once. The rows of `reports` alone, if given and any are there."""
    size = _rows_at_once(columns)
    read = columns if reports is None else [*dict.fromkeys([*columns, "report_id"])]
    parts, rows, any_yet = [], 0, False
    for path in files:
        for batch in pq.ParquetFile(path, read_dictionary=repeated).iter_batches(
            size, columns=read
        ):
            part = pa.Table.from_batches([batch])
            if reports is not None:
                part = part.filter(pc.is_in(part["report_id"].cast(pa.string()), reports)).select(
                    columns
                )
            parts.append(part)
            rows += len(part)
            if rows >= size:
                yield pa.concat_tables(parts).unify_dictionaries()
                parts, rows, any_yet = [], 0, True
    if rows:
        yield pa.concat_tables(parts).unify_dictionaries()
    elif files and not any_yet:
        yield pq.read_table(files[0], columns=columns, partitioning=None)


def _judged(frames, rows: pa.Table, expected):
    """What a suite says of rows. How many break it is only counted where some do: counting takes a quarter more."""
    batch = frames.get_batch({"dataframe": rows.to_pandas()})
    said = batch.validate(expected, result_format="BOOLEAN_ONLY")
    return said if said.success else batch.validate(expected, result_format="BASIC")


def _validate(
    gx, frames, table: tables.Table, files: list[str], reports: pa.Array | None
) -> list[Verdict]:
    whole, columns = suite(gx, table), judged_columns(table)
    jobs, count = [(whole, columns)], 0
    if len(table.key) == 1:
        # equal keys can stand in different pieces: only where there is one are they judged with the rest
        if (count := rows_in(files)) <= _rows_at_once(columns):
            whole.add_expectation(_unique(gx, table))
        else:
            keys = gx.ExpectationSuite(name=f"{table.name}_key", expectations=[_unique(gx, table)])
            jobs.append((keys, [table.key[0]]))
    types = Verdict(table.name, "expect_arrow_types_to_match_declaration", None, True, 0)
    merged: dict[tuple, Verdict] = {}
    # a report has many rows there, and their texts stand again and again
    many = table.partitioned and table is not tables.REPORTS
    repeated = [
        c.name for c in table.columns if many and c.type == "string" and table.key != (c.name,)
    ]
    for expected, wanted in jobs:
        by_report = table.partitioned or table is tables.SOURCES
        pieces = _chunks(files, wanted, repeated, reports if by_report else None)
        for rows in pieces if expected is whole else _digests(pieces, count):
            types.success &= expected is not whole or _types_match(table, rows)
            for r in _judged(frames, rows, expected).results:
                key = (r.expectation_config.type, r.expectation_config.kwargs.get("column"))
                verdict = merged.setdefault(key, Verdict(table.name, *key, True, 0))
                verdict.success &= bool(r.success)
                verdict.unexpected += int((r.result or {}).get("unexpected_count") or 0)
                verdict.rows += len(rows)
    return [types, *merged.values()]


def _digests(pieces: Iterator[pa.Table], many: int) -> Iterator[pa.Table]:
    """The one column of all pieces, `many` rows at most, as 64-bit digests, which are as unique as what they stand for, sorted and in portions:
    equal ones meet."""
    name, digests, end = "", np.empty(many, np.uint64), 0
    for rows in pieces:
        name = rows.schema.names[0]
        begin, end = end, end + len(rows)
        digests[begin:end] = hash_pandas_object(
            rows[name].to_pandas(), index=False, categorize=False
        )
    digests = digests[:end]
    digests.sort()
    begin = 0
    while begin < len(digests) or begin == 0:
        end = min(begin + DIGESTS_AT_ONCE, len(digests))
        if end < len(digests):
            end = int(np.searchsorted(digests, digests[end - 1], "right"))
        yield pa.table({name: digests[begin:end]})
        begin = max(end, 1)


def _types_match(table: tables.Table, rows: pa.Table) -> bool:
    schema = tables.arrow_schema(table)
    types = {
        f.name: f.type.value_type if pa.types.is_dictionary(f.type) else f.type for f in rows.schema
    }
    return all(schema.field(n).type == t for n, t in types.items())
