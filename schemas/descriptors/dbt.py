"""The tables as sources of dbt: `sources.yml`.

https://docs.getdbt.com/reference/source-properties

With dbt-duckdb the Parquet files of the state are read where FAZHI_STATE says that it lies; without
it, below the folder that dbt runs in. Other adapters read the tables of the schema `main`.
"""

from __future__ import annotations

from typing import Any

from schemas.declaration import DUCKDB_TYPES, Column, Table
from schemas.descriptors.facts import StateFacts
from schemas.descriptors.text import as_yaml
from schemas.tables import BY_NAME, TABLES

SOURCE = "fazhi"
LOCATION = "{{ env_var('FAZHI_STATE', '.') }}/parquet/{name}/*.parquet"


def content(facts: StateFacts) -> str:
    """Returns the sources as YAML, with the tests that follow from keys, nulls and references."""
    source: dict[str, Any] = {
        "name": SOURCE,
        "description": facts.description()["en"],
        "schema": "main",
        "config": {
            "meta": {
                "external_location": LOCATION,
                "state": facts.id,
                "digest": f"sha256:{facts.digest}",
                "schema_version": facts.schema_version,
            }
        },
        "tables": [_table(table) for table in TABLES],
    }
    return as_yaml({"version": 2, "sources": [source]})


def _table(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "description": f"{table.en} {table.zh}",
        "columns": [_column(table, column) for column in table.columns],
    }


def _column(table: Table, column: Column) -> dict[str, Any]:
    unit = f" Unit: {column.unit}." if column.unit else ""
    described: dict[str, Any] = {
        "name": column.name,
        "description": f"{column.en}{unit} {column.zh}",
        "data_type": DUCKDB_TYPES[column.type],
    }
    tests: list[Any] = [] if column.nullable else ["not_null"]
    if table.key == (column.name,):
        tests.append("unique")
    if column.values:
        tests.append({"accepted_values": {"arguments": {"values": list(column.values)}}})
    if target := dict(table.references).get(column.name):
        to = f"source('{SOURCE}', '{target}')"
        field = BY_NAME[target].key[0]
        tests.append({"relationships": {"arguments": {"to": to, "field": field}}})
    if tests:
        described["data_tests"] = tests
    return described
