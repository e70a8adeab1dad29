"""Nights over a report whose year only the name of its file says, and over reports of two years."""

import pytest

from tests.support.nights import ask, night

REPORT = """一年来，石桥镇扎实推进法治政府建设，现将有关情况报告如下：
一、主要工作
组织学法7次，化解纠纷54件，培训干部86人次，发放资料2000份，检查商户120家，查处违法行为9起。
二、存在不足
人手不足，普法形式单一，部分干部学法不深不透。
"""


def test_a_year_that_only_the_name_of_the_file_says(tmp_path):
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "石桥镇2023年法治政府建设报告.txt").write_text(
        "石桥镇法治政府建设工作报告\n" + REPORT, encoding="utf-8"
    )
    night(tmp_path / "data", tmp_path / "sources")
    assert ask(tmp_path / "data", "select report_year, doubts from reports") == [
        (2023, "year_missing")
    ]
    assert ask(tmp_path / "data", "select distinct report_year from metrics") == [(2023,)]
    findings = ask(tmp_path / "data", "select rule_id from quality_findings order by rule_id")
    assert ("year_stated",) in findings and ("year_known",) not in findings


OF_A_YEAR = """临川县{name}人民政府{year}年法治政府建设工作报告
{year}年，{name}推进法治政府建设，现将工作情况报告如下：
一、工作开展情况
{work}
二、存在的问题
普法形式单一。
临川县{name}人民政府
{year}年12月3日
"""
LAST_YEAR = "全年受理信访50件，法律明白人共有78名，组织学法12次。"
THIS_YEAR = {
    # each change follows from the report before
    "东山镇": "全年受理信访33件，较上年下降34%。法律明白人由去年的78名增加到130名。组织学法15次，比去年多3次。",
    # from 50 to 33 it is a third less, and 78 stood where 90 is said
    "西山乡": "全年受理信访33件，较上年下降54%。法律明白人由去年的90名增加到130名。组织学法15次，比去年多3次。",
    # the difference is one of this year's figure, not of last year's beside it
    "南山镇": "全年受理信访33件，去年同期50件，减少27件。组织学法15次。",
}


@pytest.mark.slow
def test_stated_changes_are_compared_with_the_report_of_the_year_before(tmp_path):
    folder = tmp_path / "sources" / "浙江省" / "甲州市" / "临川县"
    folder.mkdir(parents=True)
    for name, this_year in THIS_YEAR.items():
        for year, work in ((2022, LAST_YEAR), (2023, this_year)):
            text = OF_A_YEAR.format(name=name, year=year, work=work)
            (folder / f"{name}{year}.txt").write_text(text, encoding="utf-8")
    night(tmp_path / "data", tmp_path / "sources")
    found = ask(
        tmp_path / "data",
        "select township_name, report_year, evidence from quality_findings join reports using"
        " (report_id) where rule_id = 'change_follows_from_last_year' order by all",
    )
    assert found == [
        ("南山镇", 2023, "50件 / 27件 / 33件"),
        ("西山乡", 2023, "50件 / 54% / 33件"),
        ("西山乡", 2023, "78名 / 90名 / 130名"),
    ]
