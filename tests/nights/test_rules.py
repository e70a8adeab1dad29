"""Each rule of substance on a report that breaks it, and on one that does not."""

import duckdb
import pytest

from expectations.rules import BY_ID, MACROS
from schemas import tables
from tests.support import reports
from warehouse import relations

PLAIN = reports.text(0)
BROKEN = {
    "names_other_kind": (
        PLAIN.replace("普法形式单一。", "全乡干部群众法治意识还不强。"),
        "全乡干部",
    ),
    "text_damaged": (PLAIN.replace("普法形式单一。", "普法形式锟斤拷单一。"), "锟斤拷"),
    "placeholder_left": (PLAIN.replace("普法形式单一。", "开展培训XX次。"), "XX次"),
    "not_a_whole_year": (
        PLAIN.replace("2023年法治政府建设工作报告", "2023年上半年法治政府建设工作报告"),
        "上半年",
    ),
    "no_problems_no_plan": (
        PLAIN[: PLAIN.index("二、存在的问题")] + "\n临川县东东东镇人民政府\n2023年12月1日\n",
        None,
    ),
    "settled_within_received": (
        PLAIN.replace("纠纷100起，化解99起", "纠纷100起，化解120起"),
        "120起 / 100起",
    ),
    "part_within_total": (
        PLAIN.replace("宣传活动1场", "宣传活动6场，其中进村入户宣传活动9场"),
        "9场 / 6场",
    ),
    "parts_add_up_within_total": (
        PLAIN.replace("宣传活动1场", "宣传活动6场，其中进村宣传4场、进企业宣传3场"),
        "6场 / 4场 + 3场",
    ),
    "rate_follows_from_counts": (
        PLAIN.replace("化解99起", "化解90起，化解率99%"),
        "100 / 90 / 99%",
    ),
}


def findings(data):
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(
            "select f.rule_id, f.evidence, case when f.char_start is not null and f.table_name = 'reports' then r.text[f.char_start + 1 : f.char_start + length(f.evidence)] end "
            "from quality_findings f join reports r using (report_id)"
        ).fetchall()


@pytest.fixture(scope="module")
def found(night, tmp_path_factory):
    """rule -> (evidence, what stands at its offset), each rule's report in a run of its own kind of township."""
    home = tmp_path_factory.mktemp("rules")
    (home / "in").mkdir()
    for i, (rule, (text, _)) in enumerate(BROKEN.items()):
        name = reports.township(i + 1)
        (home / "in" / f"{rule}.txt").write_text(
            text.replace(reports.township(0), name), encoding="utf-8"
        )
    (home / "in" / "plain.txt").write_text(PLAIN, encoding="utf-8")
    night(home / "data", home / "in")
    return findings(home / "data")


@pytest.mark.parametrize("rule", BROKEN)
def test_a_report_that_breaks_a_rule_is_found_once_with_its_evidence(found, rule):
    evidence = BROKEN[rule][1]
    those = [f for f in found if f[0] == rule]
    assert [f[1] for f in those] == [evidence]
    assert those[0][2] in (None, evidence)


def test_a_street_that_speaks_of_a_town_and_of_a_township_breaks_the_rule_once(night, tmp_path):
    (tmp_path / "in").mkdir()
    text = PLAIN.replace(reports.township(0), "东山街道").replace(
        "普法形式单一。", "全镇干部和全乡群众法治意识还不强，镇域经济薄弱。"
    )
    (tmp_path / "in" / "a.txt").write_text(text, encoding="utf-8")
    assert night(tmp_path / "data", tmp_path / "in")["outcome"] == "published"
    assert [f[1] for f in findings(tmp_path / "data") if f[0] == "names_other_kind"] == ["全镇干部"]


def test_a_report_without_fault_has_no_finding(night, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "plain.txt").write_text(PLAIN, encoding="utf-8")
    night(tmp_path / "data", tmp_path / "in")
    assert [
        f for f in findings(tmp_path / "data") if f[0] not in ("body_identified", "code_uncertain")
    ] == []


def test_totals_and_their_parts_are_joined_by_their_links_and_not_by_their_units(tmp_path):
    """10,000 totals with three parts each, all of one unit, among figures that are neither: 100 million pairs of that unit would take gigabytes."""
    metrics = """select i || '-' || part metric_id, 'r' || i report_id, case when part then 4 when i = 7 then 11 else 12 end value, '件' unit, part::varchar quote,
      part char_start, 'exact' qualifier, 'actual' status from range(10000) t(i), range(40) p(part)"""
    links = "select i || '-' || part metric_id, i || '-0' to_metric_id, 'part_of' kind from range(10000) t(i), range(1, 4) p(part)"
    with duckdb.connect() as connection:
        for table, rows in ((tables.METRICS, metrics), (tables.METRIC_LINKS, links)):
            connection.register("none_of_it", tables.arrow_schema(table).empty_table())
            path = str(tmp_path / f"{table.name}.parquet")
            connection.execute(f"copy (from none_of_it union all by name {rows}) to '{path}'")
            relations.show_tables(connection, {table.name: [path]})
        connection.execute("set memory_limit = '300MB'; set temp_directory = ''; set threads = 2")
        connection.execute(MACROS)
        query = BY_ID["parts_add_up_within_total"].sql
        found = connection.execute(f"select row_id, message, evidence from ({query})").fetchall()
    assert found == [("7-0", "The parts add up to 12, the total is 11.", "0 / 1 + 2 + 3")]
