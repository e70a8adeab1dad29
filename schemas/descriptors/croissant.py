"""The state as schema.org/Dataset in JSON-LD with Croissant 1.0: `croissant.json`.

https://docs.mlcommons.org/croissant
"""

from __future__ import annotations

from typing import Any

from schemas.declaration import Column, Table
from schemas.descriptors.facts import KEYWORDS, SOURCE, TITLE, StateFacts
from schemas.descriptors.text import as_json
from schemas.tables import TABLES

_CONTEXT: dict[str, Any] = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileObject": "cr:fileObject",
    "fileProperty": "cr:fileProperty",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
_TYPES = {
    "string": "sc:Text",
    "int32": "sc:Integer",
    "int64": "sc:Integer",
    "float64": "sc:Float",
    "bool": "sc:Boolean",
    "date": "sc:Date",
    "timestamp": "sc:DateTime",
}
_NO_LICENCE = "not stated: the rights in the reports are those of their publishers"


def content(facts: StateFacts) -> str:
    """Returns the descriptor as JSON-LD: one set of files and one record set a table."""
    publisher = facts.publisher
    span = facts.span()
    description = facts.description()
    dataset: dict[str, Any] = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "name": TITLE["en"],
        "alternateName": TITLE["zh"],
        "description": f"{description['en']}\n\n{description['zh']}",
        "identifier": [facts.id, f"sha256:{facts.digest}"],
        "version": facts.version(),
        "license": publisher.licence_url or publisher.licence or _NO_LICENCE,
        "creator": {"@type": "sc:Organization", "name": publisher.name},
        "publisher": {"@type": "sc:Organization", "name": publisher.chinese_name()},
        "citeAs": f"{publisher.name}: {TITLE['en']}. State {facts.id}, sha256:{facts.digest}.",
        "keywords": [*KEYWORDS["en"], *KEYWORDS["zh"]],
        "inLanguage": ["zh", "en"],
        "isBasedOn": SOURCE["en"],
        "distribution": [_files(table) for table in TABLES],
        "recordSet": [_record_set(table) for table in TABLES],
    }
    if publisher.url:
        dataset["url"] = publisher.url
    if span:
        dataset["temporalCoverage"] = f"{span[0]}/{span[1]}"
    if facts.provinces:
        dataset["spatialCoverage"] = [
            {"@type": "sc:AdministrativeArea", "name": name} for name in facts.provinces
        ]
    return as_json(dataset)


def _files(table: Table) -> dict[str, Any]:
    return {
        "@type": "cr:FileSet",
        "@id": f"{table.name}-files",
        "name": f"{table.name}-files",
        "description": f"The Parquet files of the table {table.name}.",
        "encodingFormat": "application/x-parquet",
        "includes": f"parquet/{table.name}/*.parquet",
    }


def _record_set(table: Table) -> dict[str, Any]:
    return {
        "@type": "cr:RecordSet",
        "@id": table.name,
        "name": table.name,
        "description": f"{table.en} {table.zh}",
        "key": [{"@id": f"{table.name}/{name}"} for name in table.key],
        "field": [_field(table, column) for column in table.columns],
    }


def _field(table: Table, column: Column) -> dict[str, Any]:
    unit = f" Unit: {column.unit}." if column.unit else ""
    # without cr:references: its readers join by them, and cannot where a table has several files
    return {
        "@type": "cr:Field",
        "@id": f"{table.name}/{column.name}",
        "name": column.name,
        "description": f"{column.en}{unit} {column.zh}",
        "dataType": _TYPES[column.type],
        "source": {
            "fileSet": {"@id": f"{table.name}-files"},
            "extract": {"column": column.name},
        },
    }
