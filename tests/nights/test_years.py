"""A night over a report whose year only the name of its file says."""

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
