"""The tables as an open data contract: `contract.odcs.yaml`.

ODCS 3.1, https://bitol-io.github.io/open-data-contract-standard
"""

from __future__ import annotations

from typing import Any

from schemas.declaration import DUCKDB_TYPES, Column, Table
from schemas.descriptors.facts import NAME, TITLE, StateFacts
from schemas.descriptors.text import as_yaml
from schemas.tables import BY_NAME, TABLES

# type of a column -> its logical type
_LOGICAL_TYPES = {
    "string": "string",
    "int32": "integer",
    "int64": "integer",
    "float64": "number",
    "bool": "boolean",
    "date": "date",
    "timestamp": "timestamp",
}


def content(facts: StateFacts) -> str:
    """Returns the contract as YAML; its version is that of the tables, and it names the state."""
    contract: dict[str, Any] = {
        "apiVersion": "v3.1.0",
        "kind": "DataContract",
        "id": NAME,
        "name": TITLE["en"],
        "version": f"{facts.schema_version}.0.0",
        "status": "active",
        "description": {
            "purpose": facts.description()["en"],
            "limitations": "Figures are read by a program; metrics.trust says which of them rules "
            "or people doubt.",
            "usage": "Cite the state by its identifier. Offsets count Unicode code points from 0.",
        },
        "servers": [
            {
                "server": "parquet",
                "type": "local",
                "path": "parquet/{model}/*.parquet",
                "format": "parquet",
            }
        ],
        "schema": [_table(table) for table in TABLES],
        "customProperties": [
            {"property": "state", "value": facts.id},
            {"property": "digest", "value": f"sha256:{facts.digest}"},
            {"property": "parserVersion", "value": facts.parser_version},
        ],
    }
    return as_yaml(contract)


def _table(table: Table) -> dict[str, Any]:
    return {
        "name": table.name,
        "physicalName": table.name,
        "physicalType": "table",
        "description": f"{table.en} {table.zh}",
        "dataGranularityDescription": table.en,
        "properties": [_column(table, column) for column in table.columns],
    }


def _column(table: Table, column: Column) -> dict[str, Any]:
    described: dict[str, Any] = {
        "name": column.name,
        "logicalType": _LOGICAL_TYPES[column.type],
        "physicalType": DUCKDB_TYPES[column.type].upper(),
        "description": f"{column.en} {column.zh}",
        "required": not column.nullable,
    }
    if column.name in table.key:
        described["primaryKey"] = True
        described["primaryKeyPosition"] = table.key.index(column.name) + 1
        described["unique"] = len(table.key) == 1
    if column.unit:
        described["customProperties"] = [{"property": "unit", "value": column.unit}]
    if target := dict(table.references).get(column.name):
        described["relationships"] = [{"to": f"{target}.{BY_NAME[target].key[0]}"}]
    if column.values:
        described["quality"] = [
            {
                "type": "library",
                "metric": "invalidValues",
                "arguments": {"validValues": list(column.values)},
                "mustBe": 0,
            }
        ]
    return described
