"""Every rule of structure and form on tables that keep it, and on the same tables with one thing changed."""

import duckdb
import pytest

from expectations import gate
from expectations.rules import BY_ID, RULES, structure
from schemas import tables
from tests.support import reports

# rule -> (table, what is put in the place of its rows)
CHANGED = {
    "offsets_true": ("metrics", "select * replace ('9起' as quote) from {0}"),
    "sections_cover_text": ("sections", "select * from {0} where ordinal <> 2"),
    "counts_reconcile": ("runs", "select * replace (seen + 1 as seen) from {0}"),
    "year_known": ("reports", "select * replace (null::integer as report_year) from {0}"),
    "body_identified": ("townships", "select * replace ('ambiguous' as resolution) from {0}"),
    "numeral_unexplained": ("numerals", "select * replace ('unexplained' as kind) from {0}"),
    "code_uncertain": ("metrics", "select * replace (0.1 as confidence) from {0}"),
    "unit_not_of_metric": ("metrics", "select * replace ('%' as unit) from {0}"),
    "one_report_per_body_and_year": (
        "report_history",
        "select report_id, source_name, source_uri, source_sha256, township_name, report_year, title, "
        "'other_report_of_body_and_year' as reason, report_id as replaced_by, 0::bigint as figure_count, text from reports",
    ),
    "decision_lapsed": (
        "decisions",
        "select 'd' decision_id, 'review' origin, 'x' source_sha256, '9起' quote, null report_id, null metric_id, 'confirm' action, "
        "null metric_code, null::double \"value\", null status, 'r' reason, 'b' decided_by, 'lapsed' state, 'gone' message",
    ),
}


def changed(rule):
    """The table of a rule of structure, and its rows with a key doubled, an enumeration or a reference broken."""
    name = rule.table
    column = (
        rule.id.removeprefix(f"key_unique_{name}")
        .removeprefix(f"value_known_{name}_")
        .removeprefix(f"reference_holds_{name}_")
    )
    if rule.id.startswith(("key_unique", "index_agrees")):
        return name, "select * from {0} union all select * from {0}"
    return name, f"select * replace ('unheard of' as {column}) from {{0}}"


@pytest.fixture(scope="module")
def paths(run, tmp_path_factory):
    home = tmp_path_factory.mktemp("cases")
    (home / "in").mkdir()
    for i in range(3):
        text = (
            reports.text(i)
            .replace("化解", "其中婚姻家庭纠纷12起；化解", 1)
            .replace("起。", f"起，化解率{99 - i}%。", 1)
        )
        (home / "in" / f"{i}.txt").write_text(text, encoding="utf-8")
    (home / "in" / "broken.txt").write_bytes(b"")
    run(home / "data", home / "in")
    return {
        t.name: sorted(map(str, (home / "data" / "parquet" / t.name).iterdir()))
        for t in tables.TABLES
    }


@pytest.fixture
def connection(paths):
    with duckdb.connect() as connection:
        gate.show(connection, paths)
        yield connection


@pytest.mark.parametrize("rule", [*(r.id for r in structure.RULES), *CHANGED])
def test_a_rule_is_silent_where_all_is_well_and_speaks_where_it_is_broken(connection, paths, rule):
    said = BY_ID[rule]
    assert connection.execute(said.sql).fetchall() == []
    name, query = CHANGED.get(rule) or changed(said)
    rows = f"read_parquet({paths[name]!r}, hive_partitioning=false)"
    empty = connection.execute(f"select count(*) = 0 from {rows}").fetchall() == [(True,)]
    if empty and rule not in CHANGED:
        pytest.skip(f"{name} is empty in a small warehouse")
    connection.execute(f"create or replace view {name} as {query.format(rows)}")
    found = connection.execute(said.sql).fetchall()
    assert found and all(row[0] is not None and row[2] for row in found)


def test_every_rule_has_a_case_somewhere():
    from test_rules import BROKEN

    from tests.tools.benchmarks import errors

    covered = {*CHANGED, *BROKEN, *errors.KINDS, *(r.id for r in structure.RULES)}
    assert {r.id for r in RULES} - covered == set()
