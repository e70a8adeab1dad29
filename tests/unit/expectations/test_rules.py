"""Every rule on rows that break it and on like rows that do not, in memory."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pytest

from expectations import sharing
from expectations.declaration import Rule, parse_rule
from expectations.rules import BY_ID, MACROS, RULES
from expectations.rules.derived import derived_rules
from schemas import tables
from tests.unit.expectations.rule_cases import CASES, DEFAULTS, Rows

DERIVED = {rule.id: rule for rule in derived_rules()}
PLAIN_VALUES = {
    "string": "k",
    "int32": 1,
    "int64": 1,
    "float64": 1.0,
    "bool": True,
    "date": None,
    "timestamp": None,
}


@pytest.fixture(scope="module")
def empty_tables() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory that has all tables, without rows."""
    with duckdb.connect() as connection:
        connection.execute(MACROS)
        for table in tables.TABLES:
            connection.register("empty", tables.arrow_schema(table).empty_table())
            connection.execute(f"create table {table.name} as from empty")
            connection.unregister("empty")
        yield connection


@pytest.fixture
def connection(
    empty_tables: duckdb.DuckDBPyConnection,
) -> Iterator[duckdb.DuckDBPyConnection]:
    """The empty tables; what a test puts into them is taken back."""
    empty_tables.execute("begin")
    yield empty_tables
    empty_tables.execute("rollback")


def insert_rows(connection: duckdb.DuckDBPyConnection, rows: Rows, defaults: Rows | dict) -> None:
    """Puts rows into their tables; columns that neither they nor the defaults name are null."""
    for name, rows_of_table in rows.items():
        filled = [{**defaults.get(name, {}), **row} for row in rows_of_table]
        schema = tables.arrow_schema(tables.BY_NAME[name])
        connection.register("rows_of_case", pa.Table.from_pylist(filled, schema=schema))
        connection.execute(f"insert into {name} from rows_of_case")
        connection.unregister("rows_of_case")


def broken_rows(connection: duckdb.DuckDBPyConnection, rule: Rule) -> list[tuple]:
    """The distinct rows that break a rule: row_id, message, evidence."""
    if rule.scope in ("own_text", "other_text"):
        sharing.find_shared_texts(connection)
    columns = "row_id, message, message_zh, evidence"
    found = connection.execute(f"select distinct {columns} from ({rule.sql})").fetchall()
    assert all(chinese and not chinese.isascii() for _, _, chinese, _ in found)
    return [(row_id, message, evidence) for row_id, message, _, evidence in found]


@pytest.mark.parametrize("rule_id", CASES)
def test_a_row_that_breaks_a_rule_is_found(connection, rule_id):
    case = CASES[rule_id]
    insert_rows(connection, case.given, DEFAULTS)
    insert_rows(connection, case.breaks, DEFAULTS)
    assert broken_rows(connection, BY_ID[rule_id]) == [(case.row_id, case.message, case.evidence)]


@pytest.mark.parametrize("rule_id", CASES)
def test_a_like_row_that_keeps_a_rule_is_left_alone(connection, rule_id):
    case = CASES[rule_id]
    insert_rows(connection, case.given, DEFAULTS)
    insert_rows(connection, case.holds, DEFAULTS)
    assert broken_rows(connection, BY_ID[rule_id]) == []


@pytest.mark.parametrize("rule_id", CASES)
def test_the_evidence_in_a_text_stands_at_its_offset(connection, rule_id):
    case = CASES[rule_id]
    insert_rows(connection, case.given, DEFAULTS)
    insert_rows(connection, case.breaks, DEFAULTS)
    if BY_ID[rule_id].table != "reports":
        return
    if BY_ID[rule_id].scope in ("own_text", "other_text"):
        sharing.find_shared_texts(connection)
    query = f"""
        select text[char_start + 1 : char_start + length(evidence)], evidence
        from ({BY_ID[rule_id].sql}) join reports using (report_id)
        where char_start is not null and row_id = ?
    """
    for standing, evidence in connection.execute(query, [case.row_id]).fetchall():
        assert standing == evidence


def test_every_rule_has_a_case():
    assert {rule.id for rule in RULES} - set(DERIVED) == set(CASES)


# rules that follow from the declared tables


def plain_row(table: tables.Table) -> dict[str, object]:
    """A row in which every text is `k` or the first allowed value, so that all references hold."""
    return {
        column.name: column.values[0] if column.values else PLAIN_VALUES[column.type]
        for column in table.columns
    }


@pytest.fixture
def plain(connection: duckdb.DuckDBPyConnection) -> duckdb.DuckDBPyConnection:
    """One plain row in every table."""
    insert_rows(connection, {table.name: [plain_row(table)] for table in tables.TABLES}, {})
    return connection


def replace_row(connection: duckdb.DuckDBPyConnection, rule: Rule, rows: list[dict]) -> None:
    """Puts rows in the place of the plain one of the table of a rule."""
    connection.execute(f"delete from {rule.table}")
    plain_one = plain_row(tables.BY_NAME[rule.table])
    insert_rows(connection, {rule.table: [{**plain_one, **row} for row in rows]}, {})


def key_text(table: tables.Table) -> str:
    """The key of the plain row, as findings name rows."""
    return ":".join(str(plain_row(table)[column]) for column in table.key)


def test_plain_rows_break_no_rule_of_structure(plain):
    broken = [rule.id for rule in DERIVED.values() if broken_rows(plain, rule)]
    assert broken == []


@pytest.mark.parametrize("rule_id", [r for r in DERIVED if r.startswith("key_unique_")])
def test_a_key_that_stands_twice_is_found(plain, rule_id):
    rule = DERIVED[rule_id]
    table = tables.BY_NAME[rule.table]
    replace_row(plain, rule, [{}, {}])
    key = key_text(table)
    message = f"The key stands 2 times in {table.name}."
    assert broken_rows(plain, rule) == [(key, message, key)]
    first = table.key[0]
    other = "other" if isinstance(plain_row(table)[first], str) else 2
    replace_row(plain, rule, [{}, {first: other}])
    assert broken_rows(plain, rule) == []


@pytest.mark.parametrize("rule_id", [r for r in DERIVED if r.startswith("value_known_")])
def test_a_value_that_is_not_declared_is_found(plain, rule_id):
    rule = DERIVED[rule_id]
    table = tables.BY_NAME[rule.table]
    column = next(
        c for c in table.columns if c.values and rule_id == f"value_known_{table.name}_{c.name}"
    )
    replace_row(plain, rule, [{column.name: value} for value in column.values])
    assert broken_rows(plain, rule) == []
    replace_row(plain, rule, [{column.name: "unheard of"}])
    ((_, message, evidence),) = broken_rows(plain, rule)
    assert (message, evidence) == (f"{column.name} has a value that is not declared.", "unheard of")


@pytest.mark.parametrize("rule_id", [r for r in DERIVED if r.startswith("reference_holds_")])
def test_a_reference_to_no_row_is_found(plain, rule_id):
    rule = DERIVED[rule_id]
    table = tables.BY_NAME[rule.table]
    column, target = next(
        (column, target)
        for column, target in table.references
        if rule_id == f"reference_holds_{table.name}_{column}"
    )
    replace_row(plain, rule, [{column: None}])
    assert broken_rows(plain, rule) == []
    replace_row(plain, rule, [{column: "gone"}])
    ((_, message, evidence),) = broken_rows(plain, rule)
    assert (message, evidence) == (f"{column} points to no row of {target}.", "gone")


@pytest.mark.parametrize("rule_id", [r for r in DERIVED if r.startswith("report_kind_")])
def test_a_report_of_another_kind_is_found(plain, rule_id):
    rule = DERIVED[rule_id]
    kind = rule_id.removeprefix("report_kind_")
    replace_row(plain, rule, [{"report_id": "r1", "report_kind": kind, "title": "行政执法报告"}])
    said = f"The report is of another kind: {kind}."
    assert broken_rows(plain, rule) == [("r1", said, "行政执法报告")]


# the head of a rule

RULE_FILE = """\
-- severity: warning
-- scope: report
-- table: metrics
-- name_zh: 名称
-- holds: What must hold is said
--     in two lines.
-- holds_zh: 应当成立的事。
-- source: a law
-- broken by: 9起

select 1
"""


def test_a_rule_is_read_from_its_file():
    rule = parse_rule("form", "a_rule", RULE_FILE)
    assert (rule.id, rule.kind, rule.severity, rule.scope) == (
        "a_rule",
        "form",
        "warning",
        "report",
    )
    assert rule.holds == "What must hold is said in two lines."
    assert (rule.broken_by, rule.sql) == ("9起", "select 1\n")


@pytest.mark.parametrize(
    ("line", "instead", "message"),
    [
        ("-- severity: warning", "-- severity: grave", "severity is 'grave'"),
        ("-- scope: report", "-- scope: county", "scope is 'county'"),
        ("-- table: metrics", "-- table: figures", "table is 'figures'"),
        ("-- source: a law\n", "", "its head lacks -- source: …"),
        ("-- source: a law", "-- origin: a law", "'-- origin: a law' is no line of the head"),
        ("select 1\n", "", "there is no query below its head"),
    ],
)
def test_a_head_that_is_wrong_is_refused_with_the_rule_and_the_line(line, instead, message):
    with pytest.raises(ValueError, match="rule a_rule: ") as error:
        parse_rule("form", "a_rule", RULE_FILE.replace(line, instead))
    assert message in str(error.value)


@pytest.mark.parametrize(
    ("part", "total", "is_found"),
    [
        ((600.0, "亩"), (2.0, "平方公里"), False),
        ((6000.0, "亩"), (2.0, "平方公里"), True),
        ((9.0, "场"), (6.0, "件"), False),
        ((9.0, "起"), (6.0, "件"), True),
    ],
)
def test_a_part_is_compared_with_its_total_in_one_unit(connection, part, total, is_found):
    units = {"亩": ("平方公里", 1 / 1500), "平方公里": ("平方公里", 1.0), "场": ("场", 1.0)}
    units |= {"起": ("件", 1.0), "件": ("件", 1.0)}
    rows: Rows = {
        "units": [{"unit": u, "base_unit": b, "factor": f} for u, (b, f) in units.items()],
        "metrics": [
            {"metric_id": "part", "value": part[0], "unit": part[1], "quote": "p"},
            {"metric_id": "total", "value": total[0], "unit": total[1], "quote": "t"},
        ],
        "metric_links": [{"metric_id": "part", "to_metric_id": "total", "kind": "part_of"}],
    }
    insert_rows(connection, rows, DEFAULTS)
    found = broken_rows(connection, BY_ID["part_within_total"])
    assert [row_id for row_id, *_ in found] == (["part"] if is_found else [])
