"""Great Expectations suites, one per table, derived from the declared schema.

They judge a candidate before it is published. Types are checked on the Arrow schema, where they
are exact.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from expectations.floors import rows_in
from schemas import tables

CELLS_AT_ONCE = 2_000_000  # of a table in memory at once
DIGESTS_AT_ONCE = 2_000_000
# long texts are no keys and no enumerations: loading them would cost memory and prove nothing
_HEAVY = {"text", "body", "sentence", "reason"}


@dataclass(slots=True)
class Verdict:
    """Outcome of one expectation on one table.

    `column` is None where the whole table was judged. `unexpected` of `rows` rows broke it.
    """

    table: str
    expectation: str
    column: str | None
    success: bool
    unexpected: int
    rows: int = 0


# judges tables by their Parquet files (table -> paths), only the rows of some reports where given
Validate = Callable[[dict[str, list[str]], list[str] | None], list[Verdict]]


def load() -> Any:
    """Imports Great Expectations (some seconds) with its telemetry off, and returns it."""
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import great_expectations as gx
    return gx


def judged_columns(table: tables.Table) -> list[str]:
    """Returns the columns of a table that its suite looks at, in their order."""
    wanted = {*table.key, *(c.name for c in table.columns if c.values or not c.nullable)}
    return [c.name for c in table.columns if c.name in wanted and c.name not in _HEAVY]


def suite(gx: Any, table: tables.Table) -> Any:
    """Returns the suite of a table: its columns exist, required cells are filled, enumerations
    hold.

    That keys of several columns are unique is a rule in SQL: here all of their columns would have
    to be in memory at once.
    """
    expected = gx.ExpectationSuite(name=table.name)
    columns = judged_columns(table)
    expect = gx.expectations
    names = expect.ExpectTableColumnsToMatchSet(column_set=sorted(columns), severity="critical")
    expected.add_expectation(names)
    for column in table.columns:
        if column.name not in columns:
            continue
        options: dict[str, Any] = {"column": column.name, "severity": "critical"}
        if not column.nullable:
            expected.add_expectation(expect.ExpectColumnValuesToNotBeNull(**options))
        if column.values:
            values = list(column.values)
            expected.add_expectation(
                expect.ExpectColumnValuesToBeInSet(value_set=values, **options)
            )
    return expected


def _unique_key(gx: Any, table: tables.Table) -> Any:
    """The expectation that the key of a table, one column, is unique."""
    return gx.expectations.ExpectColumnValuesToBeUnique(column=table.key[0], severity="critical")


def validated(paths: dict[str, list[str]], reports: list[str] | None) -> list[Verdict]:
    """Judges tables by their Parquet files (table -> paths) and returns the verdicts.

    Rows are read in pieces, so that memory does not grow with the corpus. With `reports` only
    their rows are judged, in tables that have rows of reports.
    """
    gx = load()
    before = logging.root.manager.disable
    logging.disable(max(before, logging.INFO))  # the library reports its temporary folders
    try:
        context = gx.get_context(mode="ephemeral")
        context.variables.progress_bars = {"globally": False, "metric_calculations": False}
        frames = context.data_sources.add_pandas("candidate").add_dataframe_asset("tables")
        batches = frames.add_batch_definition_whole_dataframe("whole")
        report_ids = None if reports is None else pa.array(reports, pa.string())
        verdicts = []
        for name, files in paths.items():
            verdicts += _validate_table(gx, batches, tables.BY_NAME[name], files, report_ids)
        return verdicts
    finally:
        logging.disable(before)


def _validate_table(
    gx: Any, batches: Any, table: tables.Table, files: list[str], reports: pa.Array | None
) -> list[Verdict]:
    """Judges one table; the check of its types comes first among the verdicts."""
    expected = suite(gx, table)
    types = Verdict(table.name, "expect_arrow_types_to_match_declaration", None, True, 0)
    verdicts: dict[tuple[str, str | None], Verdict] = {}
    columns, row_count = judged_columns(table), 0
    is_key_apart = False
    if len(table.key) == 1:
        row_count = rows_in(files)
        # equal keys can stand in different pieces: only a single piece is judged with the rest
        is_key_apart = row_count > _rows_at_once(columns)
        if not is_key_apart:
            expected.add_expectation(_unique_key(gx, table))
    for rows in _pieces(table, files, columns, reports):
        types.success &= _types_match(table, rows)
        _add_results(verdicts, table, rows, _results(batches, rows, expected))
    if is_key_apart:
        keys = gx.ExpectationSuite(name=f"{table.name}_key", expectations=[_unique_key(gx, table)])
        pieces = _pieces(table, files, [table.key[0]], reports)
        for rows in _digests(pieces, row_count):
            _add_results(verdicts, table, rows, _results(batches, rows, keys))
    return [types, *verdicts.values()]


def _results(batches: Any, rows: pa.Table, expected: Any) -> list[Any]:
    """What a suite says of rows. Broken rows are counted only where there are some: it costs
    time.
    """
    batch = batches.get_batch({"dataframe": rows.to_pandas()})
    outcome = batch.validate(expected, result_format="BOOLEAN_ONLY")
    if not outcome.success:
        outcome = batch.validate(expected, result_format="BASIC")
    results: list[Any] = outcome.results
    return results


def _add_results(
    verdicts: dict[tuple[str, str | None], Verdict],
    table: tables.Table,
    rows: pa.Table,
    results: list[Any],
) -> None:
    """Adds the results of one piece of a table to its verdicts."""
    for result in results:
        config = result.expectation_config
        key = (config.type, config.kwargs.get("column"))
        verdict = verdicts.setdefault(key, Verdict(table.name, *key, True, 0))
        verdict.success &= bool(result.success)
        verdict.unexpected += int((result.result or {}).get("unexpected_count") or 0)
        verdict.rows += len(rows)


def _rows_at_once(columns: list[str]) -> int:
    return CELLS_AT_ONCE // max(8, len(columns))


def _pieces(
    table: tables.Table, files: list[str], columns: list[str], reports: pa.Array | None
) -> Iterator[pa.Table]:
    """The columns of a table in pieces of about `CELLS_AT_ONCE` cells, at least one piece.

    Only the rows of `reports`, where given and where the table has rows of reports.
    """
    if not (table.partitioned or table is tables.SOURCES):
        reports = None
    # a report has many rows there, and their texts repeat: such texts are held once
    has_many_rows = table.partitioned and table is not tables.REPORTS
    repeated = [
        column.name
        for column in table.columns
        if has_many_rows and column.type == "string" and table.key != (column.name,)
    ]
    size, waiting, count, is_first = _rows_at_once(columns), [], 0, True
    for part in _parts(files, columns, repeated, size, reports):
        waiting.append(part)
        count += len(part)
        if count >= size:
            yield pa.concat_tables(waiting).unify_dictionaries()
            waiting, count, is_first = [], 0, False
    if count:
        yield pa.concat_tables(waiting).unify_dictionaries()
    elif files and is_first:  # what is said of a table is never said of nothing
        yield pq.read_table(files[0], columns=columns, partitioning=None)


def _parts(
    files: list[str], columns: list[str], repeated: list[str], size: int, reports: pa.Array | None
) -> Iterator[pa.Table]:
    """The columns of Parquet files in batches of `size` rows, filtered by `reports` where given."""
    read = columns if reports is None else [*dict.fromkeys([*columns, "report_id"])]
    for path in files:
        file = pq.ParquetFile(path, read_dictionary=repeated)
        for batch in file.iter_batches(size, columns=read):
            part = pa.Table.from_batches([batch])
            if reports is not None:
                is_wanted = pc.is_in(part["report_id"].cast(pa.string()), reports)
                part = part.filter(is_wanted).select(columns)
            yield part


def _digests(pieces: Iterator[pa.Table], row_count: int) -> Iterator[pa.Table]:
    """The one column of all pieces, `row_count` rows at most, as sorted 64-bit digests in portions.

    Digests are as unique as what they stand for, and equal ones fall into one portion.
    """
    from pandas.util import hash_pandas_object

    name, digests, filled = "", np.empty(row_count, np.uint64), 0
    for rows in pieces:
        name = rows.schema.names[0]
        values = rows[name].to_pandas()
        digests[filled : filled + len(rows)] = hash_pandas_object(
            values, index=False, categorize=False
        )
        filled += len(rows)
    digests = digests[:filled]
    digests.sort()
    begin = 0
    while begin < len(digests) or begin == 0:
        end = min(begin + DIGESTS_AT_ONCE, len(digests))
        if end < len(digests):
            end = int(np.searchsorted(digests, digests[end - 1], "right"))
        yield pa.table({name: digests[begin:end]})
        begin = max(end, 1)


def _types_match(table: tables.Table, rows: pa.Table) -> bool:
    """Whether columns have their declared types; a dictionary counts as the type of its values."""
    declared = tables.arrow_schema(table)
    for field in rows.schema:
        found = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        if declared.field(field.name).type != found:
            return False
    return True
