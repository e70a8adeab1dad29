"""Findings of a whole candidate, and of one in which few reports changed, in memory."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import pytest

from expectations import findings, policy
from schemas import tables
from tests.unit.expectations.rule_cases import DEFAULTS, peers

FINDINGS = tables.arrow_schema(tables.QUALITY_FINDINGS)


@pytest.fixture
def connection():
    """All tables without rows, in the schemas that the rules read."""
    with duckdb.connect() as connection:
        connection.execute("create schema changed; create schema published")
        for table in tables.TABLES:
            connection.register("empty", tables.arrow_schema(table).empty_table())
            for schema in ("main", "changed", "published"):
                connection.execute(f"create table {schema}.{table.name} as from empty")
            connection.unregister("empty")
        yield connection


def insert(connection, schema, rows):
    """Puts rows into the tables of a schema."""
    for name, given in rows.items():
        filled = [{**DEFAULTS.get(name, {}), **row} for row in given]
        columns = tables.arrow_schema(tables.BY_NAME[name])
        connection.register("rows_given", pa.Table.from_pylist(filled, schema=columns))
        connection.execute(f"insert into {schema}.{name} from rows_given")
        connection.unregister("rows_given")


def found(rows, rule_id):
    """(row_id, run_id) of the findings of a rule."""
    return [(row["row_id"], row["run_id"]) for row in rows.to_pylist() if row["rule_id"] == rule_id]


def changed(*report_ids, years=("2023",)):
    """A change of reports whose bodies have no others."""
    ids = frozenset(report_ids)
    return findings.Change(ids, ids, frozenset(years), lambda report_ids, table: [])


def test_a_finding_keeps_the_run_that_found_it_first(connection):
    insert(connection, "main", {"reports": [{"text": "开展培训XX次。"}]})
    first = findings.collect(connection, "run1", None, policy.load())
    second = findings.collect(connection, "run2", first, policy.load())
    assert found(first, "placeholder_left") == [("r1", "run1")]
    assert second.equals(first)
    assert first.schema.equals(FINDINGS)


def test_a_row_that_two_places_show_is_one_finding_with_the_first_as_evidence(connection):
    metrics = [
        {"metric_id": "part", "value": 9, "quote": "9起", "char_start": 10},
        {"metric_id": "total1", "value": 6, "quote": "6起", "char_start": 1},
        {"metric_id": "total2", "value": 6, "quote": "六起", "char_start": 5},
    ]
    links = [
        {"metric_id": "part", "kind": "part_of", "to_metric_id": "total1"},
        {"metric_id": "part", "kind": "part_of", "to_metric_id": "total2"},
    ]
    insert(connection, "main", {"metrics": metrics, "metric_links": links})
    rows = findings.collect(connection, "run1", None, policy.load())
    assert found(rows, "part_within_total") == [("part", "run1")]


def test_what_is_known_of_a_report_that_went_goes_with_it_and_the_rest_stays(connection):
    insert(connection, "main", peers(35000))
    known = findings.collect(connection, "run1", None, policy.load())
    assert found(known, "far_from_peers") == [("m20", "run1")]
    connection.execute("delete from main.reports where report_id = 'r20'")
    connection.execute("delete from main.metrics where report_id = 'r20'")
    rows = findings.collect(connection, "run2", known, policy.load(), changed("r20"))
    assert found(rows, "far_from_peers") == []
    assert found(rows, "no_problems_no_plan") == sorted((f"r{i}", "run1") for i in range(20))


def test_only_the_changed_reports_are_judged_by_their_own_rows(connection):
    texts = [{"report_id": f"r{i}", "text": "开展培训XX次。"} for i in (1, 2)]
    insert(connection, "main", {"reports": texts})
    insert(connection, "changed", {"reports": texts[1:]})
    known = FINDINGS.empty_table()
    rows = findings.collect(connection, "run2", known, policy.load(), changed("r2"))
    assert found(rows, "placeholder_left") == [("r2", "run2")]


def test_findings_that_are_new_or_differ_are_told_from_those_that_are_known(connection):
    insert(connection, "main", {"reports": [{"text": "开展培训XX次。"}]})
    known = findings.collect(connection, "run1", None, policy.load())
    insert(connection, "main", {"reports": [{"report_id": "r2", "text": "开展培训XX次。"}]})
    rows = findings.collect(connection, "run2", known, policy.load())
    differing = findings.new_or_changed(connection, rows, known)
    assert {row["row_id"] for row in differing.to_pylist()} == {"r2"}
