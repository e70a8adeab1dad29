"""Parsed reports -> rows of the declared tables.

A batch is staged as Arrow tables: documents (one row a text), and the rows of the partitioned
tables. Which body a document belongs to is decided later, with the register at hand, so a new
register parses nothing anew.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections import Counter
from dataclasses import asdict
from typing import Any

import pyarrow as pa

from schemas import tables, vocabulary
from schemas.declaration import staged_schema
from schemas.keys import metric_id, numeral_id, section_id
from schemas.metrics import metrics
from transforms import characters, fingerprints, identity, words
from transforms.readers import Document
from transforms.report import Report
from transforms.version import parser_version

# a parsed text: the columns of its report, what the text says of its body, and two counts
DOCUMENTS = staged_schema(
    tables.REPORTS,
    pa.field("claims", pa.string()),
    pa.field("report_year", pa.int32()),  # the name of the file may say one that the text does not
    pa.field("figures", pa.int64()),
    pa.field("unexplained", pa.int64()),
)
SECTIONS = staged_schema(tables.SECTIONS)
NUMERALS = staged_schema(tables.NUMERALS)
SECTION_TERMS = staged_schema(tables.SECTION_TERMS)
METRIC_LINKS = staged_schema(tables.METRIC_LINKS)
TEXT_FINGERPRINTS = staged_schema(tables.TEXT_FINGERPRINTS)
METRICS = staged_schema(tables.METRICS)


def staged(parsed: list[tuple[str, Document, Report]]) -> tuple[pa.Table, ...]:
    """The parts that a batch of (sha256 of the bytes, document, report) is staged in: documents,
    sections, metrics, numerals, links, terms and fingerprints.
    """
    documents, section_rows, metric_rows, numeral_rows, link_rows, of_terms, print_rows = (
        [],
        [],
        [],
        [],
        [],
        [],
        [],
    )
    for sha256, document, report in parsed:
        report_id = report.report_id()
        documents.append(_document_row(sha256, report_id, document, report))
        rows, counted = _section_rows(sha256, report_id, report)
        section_rows += rows
        of_terms += counted
        metric_rows += _metric_rows(sha256, report_id, document, report)
        numeral_rows += _numeral_rows(sha256, report_id, report)
        link_rows += _link_rows(sha256, report_id, report)
        print_rows += [
            {"source_sha256": sha256, "report_id": report_id, "band": i, "hash": h}
            for i, h in enumerate(fingerprints.bands(report.text))
        ]
    owner = [pa.field("source_sha256", pa.string())]
    return (
        pa.Table.from_pylist(documents, schema=DOCUMENTS),
        pa.Table.from_pylist(section_rows, schema=pa.schema([*owner, *SECTIONS])),
        pa.Table.from_pylist(metric_rows, schema=pa.schema([*owner, *METRICS])),
        pa.Table.from_pylist(numeral_rows, schema=pa.schema([*owner, *NUMERALS])),
        pa.Table.from_pylist(link_rows, schema=pa.schema([*owner, *METRIC_LINKS])),
        _terms(of_terms, pa.schema([*owner, *SECTION_TERMS])),
        pa.Table.from_pylist(print_rows, schema=pa.schema([*owner, *TEXT_FINGERPRINTS])),
    )


def _terms(counted: list[tuple[str, str, str, Counter[str]]], schema: pa.Schema) -> pa.Table:
    """The words of sections, each given as (digest of the bytes, report, section, words with their
    counts). There are hundreds a report, so they are put together by columns.
    """
    columns: dict[str, list[Any]] = {name: [] for name in schema.names}
    for sha256, report_id, section, counts in counted:
        columns["term"] += counts
        columns["occurrences"] += counts.values()
        for name, value in (
            ("source_sha256", sha256),
            ("report_id", report_id),
            ("section_id", section),
        ):
            columns[name] += [value] * len(counts)
    return pa.table([pa.array(columns[f.name], f.type) for f in schema], schema=schema)


def _document_row(
    sha256: str, report_id: str, document: Document, report: Report
) -> dict[str, Any]:
    import datetime

    claims = report.claims
    return {
        "source_sha256": sha256,
        "report_id": report_id,
        "title": claims.title,
        "title_other": report.title_other,
        "report_kind": claims.kind,
        "doubts": " ".join(sorted(set(claims.doubts))) or None,
        "issuer": claims.issuer,
        "issued_on": datetime.date.fromisoformat(claims.issued_on) if claims.issued_on else None,
        "media_type": document.media_type,
        "encoding": document.encoding,
        "reader": document.reader,
        "parser_version": parser_version(),
        "text": report.text,
        "claims": json.dumps(asdict(claims), ensure_ascii=False, sort_keys=True),
        "report_year": claims.report_year,
        "page_count": len(document.pages) or None,
        "text_lost": document.amount("text_lost"),
        "text_invented": document.amount("text_invented"),
        "pages_unread": ", ".join(map(str, document.pages_unread)) or None,
        "reading_evidence": document.defects[0].place if document.defects else None,
        "figures": len(report.readings),
        "unexplained": len(report.unexplained),
    }


def _section_rows(
    sha256: str, report_id: str, report: Report
) -> tuple[list[dict[str, Any]], list[tuple[str, str, str, Counter[str]]]]:
    """The sections of a report, and the words in each."""
    rows, words_of = [], []
    for i, s in enumerate(report.sections, 1):
        key, body = section_id(report_id, i), report.text[s.body_start : s.end].strip()
        counts = words.words_in(characters.understand(f"{s.heading or ''}\n{body}").text)
        rows.append(
            {
                "source_sha256": sha256,
                "section_id": key,
                "report_id": report_id,
                "parent_section_id": section_id(report_id, s.parent + 1)
                if s.parent is not None
                else None,
                "ordinal": i,
                "level": s.level,
                "marker": s.marker,
                "heading": s.heading,
                "kind": s.kind,
                "term_count": sum(counts.values()),
                "body": body,
                "char_start": s.start,
                "char_end": s.end,
            }
        )
        words_of.append((sha256, report_id, key, counts))
    return rows, words_of


def _metric_rows(
    sha256: str, report_id: str, document: Document, report: Report
) -> list[dict[str, Any]]:
    rows = []
    for r in report.readings:
        f = r.figure
        rows.append(
            {
                "source_sha256": sha256,
                "metric_id": metric_id(report_id, f.start),
                "report_id": report_id,
                "section_id": section_id(report_id, r.section + 1),
                "metric_code": r.decision.code,
                "confidence": round(r.decision.confidence, 4),
                "reason": r.decision.reason,
                "value": f.value,
                "value_high": f.value_high,
                "qualifier": f.qualifier,
                "unit": f.unit,
                "status": r.status,
                "subject": r.subject,
                "sentence": report.text[f.sentence_start : f.sentence_end].strip(),
                "quote": report.text[f.start : f.end],
                "char_start": f.start,
                "char_end": f.end,
                "page": bisect_right(document.pages, f.start) or None,
            }
        )
    return rows


def _numeral_rows(sha256: str, report_id: str, report: Report) -> list[dict[str, Any]]:
    return [
        {
            "source_sha256": sha256,
            "numeral_id": numeral_id(report_id, m.start),
            "report_id": report_id,
            "kind": m.kind,
            "metric_id": metric_id(report_id, m.start) if m.kind == "figure" else None,
            "quote": report.text[m.start : m.end],
            "char_start": m.start,
            "char_end": m.end,
        }
        for m in report.numerals
    ]


def _link_rows(sha256: str, report_id: str, report: Report) -> list[dict[str, Any]]:
    return [
        {
            "source_sha256": sha256,
            "metric_id": metric_id(report_id, report.readings[link.figure].figure.start),
            "kind": link.kind,
            "direction": link.direction,
            "base_year": link.base_year,
            "to_metric_id": metric_id(report_id, report.readings[link.to].figure.start),
            "report_id": report_id,
        }
        for link in report.links
    ]


def claims_of(row: dict[str, Any]) -> identity.Claims:
    """The claims of a staged document."""
    return identity.Claims(**json.loads(row["claims"]))


def definitions(occurrences: dict[str, int]) -> pa.Table:
    """The table metric_definitions, from the catalogue and from how often each code occurs."""
    rows = [
        {
            "metric_code": m.code,
            "domain": m.domain,
            "name_zh": m.name_zh,
            "name_en": m.name_en,
            "kind": m.kind,
            "unit": m.unit or None,
            "example": m.example,
            "counter_example": m.counter_example,
            "counter_code": m.counter_code,
            "aggregation": m.aggregation,
            "occurrences": occurrences.get(m.code, 0),
            "official_item": m.official_item,
            "words": " ".join(m.nouns),
        }
        for m in metrics()
    ]
    return pa.Table.from_pylist(
        rows, schema=tables.arrow_schema(tables.METRIC_DEFINITIONS)
    ).sort_by("metric_code")


def units() -> pa.Table:
    """The table units, from the measure words."""
    told = vocabulary.toml("units.toml")
    rows = [
        {
            "unit": r["word"],
            "unit_group": r["group"],
            "base_unit": told["base"].get(r["group"], r["word"]),
            "factor": float(told["factor"].get(r["word"], 1)),
        }
        for r in vocabulary.rows("measure_words.tsv")
    ]
    rows += [
        {"unit": "％", "unit_group": "percent", "base_unit": "%", "factor": 1.0},
        {"unit": "", "unit_group": "", "base_unit": "", "factor": 1.0},
    ]
    unique = {r["unit"]: r for r in rows}
    return pa.Table.from_pylist(
        list(unique.values()), schema=tables.arrow_schema(tables.UNITS)
    ).sort_by("unit")


def divisions(register: identity.Register) -> pa.Table:
    """Returns the table divisions: the places of the register, each once."""
    places = sorted(
        {place for named in register.by_name.values() for place in named},
        key=lambda place: (place.key(), place.division_code or ""),
    )
    rows = {
        (place.key(), place.division_code): {
            "township_id": place.key(),
            "division_code": place.division_code,
            "township_name": place.township,
            "county_name": place.county,
            "prefecture_name": place.prefecture,
            "province_name": place.province,
            "from_year": place.from_year,
            "to_year": place.to_year,
        }
        for place in places
    }
    return pa.Table.from_pylist(list(rows.values()), schema=tables.arrow_schema(tables.DIVISIONS))
