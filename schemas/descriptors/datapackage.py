"""The state as a Data Package v2: `datapackage.json`, https://datapackage.org"""

from __future__ import annotations

from typing import Any

from schemas.declaration import Column, Table
from schemas.descriptors.facts import KEYWORDS, NAME, NO_LICENCE, SOURCE, TITLE, StateFacts
from schemas.descriptors.text import as_json
from schemas.tables import TABLES

_PROFILES = "https://datapackage.org/profiles/2.0"
_TYPES = {
    "string": "string",
    "int32": "integer",
    "int64": "integer",
    "float64": "number",
    "bool": "boolean",
    "date": "date",
    "timestamp": "datetime",
}


def content(facts: StateFacts) -> str:
    """Returns the descriptor as JSON; the path of a table is the folder of its Parquet files."""
    description = facts.description()
    publisher = facts.publisher
    licence = {"name": publisher.licence or NO_LICENCE}
    if publisher.licence_url:
        licence["path"] = publisher.licence_url
    contributor = {"title": publisher.name, "roles": ["publisher"]}
    if publisher.email:
        contributor["email"] = publisher.email
    if publisher.url:
        contributor["path"] = publisher.url
    package: dict[str, Any] = {
        "$schema": f"{_PROFILES}/datapackage.json",
        "name": NAME,
        "id": facts.id,
        "version": facts.version(),
        "digest": f"sha256:{facts.digest}",
        "schema_version": facts.schema_version,
        "parser_version": facts.parser_version,
        "title": TITLE["en"],
        "title_zh": TITLE["zh"],
        "description": description["en"],
        "description_zh": description["zh"],
        "keywords": [*KEYWORDS["en"], *KEYWORDS["zh"]],
        "licenses": [licence],
        "sources": [{"title": SOURCE["en"], "title_zh": SOURCE["zh"]}],
        "contributors": [contributor],
        "resources": [_resource(table) for table in TABLES],
    }
    return as_json(package)


def _resource(table: Table) -> dict[str, Any]:
    schema: dict[str, Any] = {
        "$schema": f"{_PROFILES}/tableschema.json",
        "fields": [_field(column) for column in table.columns],
        "primaryKey": list(table.key),
        "missingValues": [],  # Parquet has nulls of its own, and an empty text is a value
    }
    if table.references:
        schema["foreignKeys"] = [_foreign_key(table, *pair) for pair in table.references]
    return {
        "name": table.name,
        "type": "table",
        "path": f"parquet/{table.name}",
        "format": "parquet",
        "mediatype": "application/vnd.apache.parquet",
        "description": table.en,
        "description_zh": table.zh,
        "schema": schema,
    }


def _foreign_key(table: Table, column: str, target: str) -> dict[str, Any]:
    key = next(other.key[0] for other in TABLES if other.name == target)
    # the profile names the table itself by an empty text
    resource = "" if target == table.name else target
    return {"fields": [column], "reference": {"resource": resource, "fields": [key]}}


def _field(column: Column) -> dict[str, Any]:
    field: dict[str, Any] = {
        "name": column.name,
        "type": _TYPES[column.type],
        "description": column.en,
        "description_zh": column.zh,
    }
    if column.unit:
        field["unit"] = column.unit
    constraints: dict[str, Any] = {}
    if not column.nullable:
        constraints["required"] = True
    if column.values:
        constraints["enum"] = list(column.values)
    if constraints:
        field["constraints"] = constraints
    return field
