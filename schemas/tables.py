"""Every published table, in the order of the data dictionary.

A column is declared once, in `texts.py`, `facts.py`, `dimensions.py`, `judgements.py` or
`records.py`. The Arrow schema, the null checks, the comments in DuckDB, the data dictionary and the
expectation suites are all derived from the declarations.
"""

from __future__ import annotations

from schemas.columns import CONSEQUENCES, SEVERITIES, STATUSES
from schemas.declaration import Column, Table, arrow_schema
from schemas.dimensions import (
    DIVISIONS,
    METRIC_DEFINITIONS,
    TOWNSHIP_CANDIDATES,
    TOWNSHIPS,
    UNITS,
)
from schemas.facts import METRIC_LINKS, METRICS, NUMERALS
from schemas.judgements import DECISIONS, QUALITY_FINDINGS
from schemas.records import QUARANTINE, REPORT_HISTORY, RUNS, SOURCES
from schemas.texts import REPORTS, SECTION_TERMS, SECTIONS, TEXT_FINGERPRINTS

__all__ = [
    "BY_NAME",
    "CONSEQUENCES",
    "DECISIONS",
    "DIVISIONS",
    "METRICS",
    "METRIC_DEFINITIONS",
    "METRIC_LINKS",
    "NUMERALS",
    "QUALITY_FINDINGS",
    "QUARANTINE",
    "REPORTS",
    "REPORT_HISTORY",
    "RUNS",
    "SCHEMA_VERSION",
    "SECTIONS",
    "SECTION_TERMS",
    "SEVERITIES",
    "SOURCES",
    "STATUSES",
    "TABLES",
    "TEXT_FINGERPRINTS",
    "TOWNSHIPS",
    "TOWNSHIP_CANDIDATES",
    "UNITS",
    "Column",
    "Table",
    "arrow_schema",
]

SCHEMA_VERSION = "17"

TABLES: tuple[Table, ...] = (
    REPORTS,
    TOWNSHIPS,
    TOWNSHIP_CANDIDATES,
    DIVISIONS,
    SECTIONS,
    METRICS,
    NUMERALS,
    METRIC_LINKS,
    METRIC_DEFINITIONS,
    UNITS,
    SECTION_TERMS,
    TEXT_FINGERPRINTS,
    DECISIONS,
    QUALITY_FINDINGS,
    QUARANTINE,
    SOURCES,
    REPORT_HISTORY,
    RUNS,
)
BY_NAME: dict[str, Table] = {table.name: table for table in TABLES}
