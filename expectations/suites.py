"""Great Expectations suites, one a table, derived from the declared schema; they judge a candidate before it is published."""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass

import pyarrow as pa

from schemas import tables

# long texts are no keys and no enumerations: loading them would cost memory and prove nothing
_HEAVY = {"text", "body", "sentence", "reason"}


@dataclass(slots=True)
class Verdict:
    """Outcome of one expectation: table, what was expected, whether it held, how many rows broke it."""

    table: str
    expectation: str
    column: str | None
    success: bool
    unexpected: int


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
    """The suite of a table: its columns are there, what may not be null is not, its key is unique, its enumerations have their values."""
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
    if len(table.key) == 1:
        made.add_expectation(gx.expectations.ExpectColumnValuesToBeUnique(column=table.key[0], severity="critical"))
    else:
        made.add_expectation(
            gx.expectations.ExpectCompoundColumnsToBeUnique(column_list=list(table.key), severity="critical")
        )
    return made


def validate(batches: dict[str, pa.Table]) -> list[Verdict]:
    """Runs the suite of each table over its rows (the judged columns of it). Schema types are checked on Arrow, where they are exact."""
    gx = load()
    import logging

    before = logging.root.manager.disable
    logging.disable(max(before, logging.INFO))  # the library tells of its temporary folders
    try:
        return _validate(gx, batches)
    finally:
        logging.disable(before)


def _validate(gx, batches: dict[str, pa.Table]) -> list[Verdict]:
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    source = context.data_sources.add_pandas("candidate")
    verdicts = []
    for name, rows in batches.items():
        declared = tables.BY_NAME[name]
        verdicts.append(Verdict(name, "expect_arrow_types_to_match_declaration", None, _types_match(declared, rows), 0))
        definition = source.add_dataframe_asset(name).add_batch_definition_whole_dataframe("whole")
        frame = rows.to_pandas()
        result = definition.get_batch(batch_parameters={"dataframe": frame}).validate(
            suite(gx, declared), result_format="SUMMARY"
        )
        for r in result.results:
            config = r.expectation_config
            verdicts.append(
                Verdict(
                    name,
                    config.type,
                    config.kwargs.get("column"),
                    bool(r.success),
                    int((r.result or {}).get("unexpected_count") or 0),
                )
            )
    return verdicts


def _types_match(table: tables.Table, rows: pa.Table) -> bool:
    schema = tables.arrow_schema(table)
    return all(rows.schema.field(n).type == schema.field(n).type for n in rows.schema.names)
