"""Reports of other kinds stand beside those on the rule of law: no kind displaces another, and marts count one kind alone."""

from __future__ import annotations

from tests.support import reports
from tests.support.nights import ask, night


def test_no_kind_displaces_another_and_marts_count_reports_on_the_rule_of_law_alone(tmp_path):
    text = reports.text(0)
    folder = tmp_path / "in" / "浙江省"
    folder.mkdir(parents=True)
    (folder / "report.txt").write_text(text, encoding="utf-8")
    other = text.replace(
        "法治政府建设工作报告", "党政主要负责人履行推进法治建设第一责任人职责情况报告"
    ).replace("矛盾纠纷100起，化解99起", "矛盾纠纷900起，化解899起")
    (folder / "duty.txt").write_text(other, encoding="utf-8")
    data = tmp_path / "data"
    night(data, tmp_path / "in")
    assert ask(data, "select source_name, report_kind from reports order by 1") == [
        ("duty.txt", "leader_duty"),
        ("report.txt", "rule_of_law"),
    ]
    disputes = "metric_code = 'disputes_received'"
    assert ask(data, f"select value from figures where {disputes}") == [(100.0,)]
    assert ask(
        data,
        f"select report_kind, value from figures_of_all_kinds where {disputes} order by 1",
    ) == [("leader_duty", 900.0), ("rule_of_law", 100.0)]
    for mart in ("body_year_values", "body_year_metrics"):
        assert ask(data, f"select value from {mart} where {disputes}") == [(100.0,)]
    assert ask(data, "select disputes_received from township_year_sheet") == [(100.0,)]
    assert ask(data, "select distinct total from metrics_by_place where " + disputes) == [(100.0,)]
    assert ask(data, "select count(distinct report_id) from report_topics") == [(1,)]
    assert ask(data, "select count(*) from report_history") == [(0,)]
