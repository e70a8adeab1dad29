import re

import pytest

from expectations import pages
from flows import explain
from tests.support import reports
from tests.support.nights import ask
from tests.support.scoring import parse
from warehouse import corrections

HOSTILE = reports.text(1).replace(
    "普法形式单一。", "<script>alert(1)</script>&\"'发放<b>30</b>份。\x1b[31m"
)


def test_the_stretches_are_the_text_and_nothing_is_lost():
    report = parse(HOSTILE)
    assert "".join(stretch.text for stretch in explain.stretches(report)) == report.text
    shown = [stretch.text for stretch in explain.stretches(report) if stretch.kind == "figure"]
    assert shown == ["101起", "100起", "2场", "1001份", "1", "30", "2名"]


def test_nothing_from_a_document_reaches_the_page_unescaped():
    page = explain.as_page('<img src=x>"', parse(HOSTILE))
    assert "<script>" not in page and "<img" not in page and "<b>" not in page
    assert (
        "&lt;script&gt;alert(" in page
        and "disputes_received" in page
        and not re.search(r"https?://", page)
    )


def test_what_turns_the_direction_of_a_page_is_written_out():
    turned = reports.text(1).replace("普法形式单一。", "\u202e发放30份\u2066。\x1b[31m")
    page = explain.as_page("\u202etxt.exe", parse(turned))
    assert not re.search("[\u202e\u2066\x1b]", page)
    assert "\\u202etxt.exe" in page and "\\u202e</span>发放" in page and "\\u2066。\\x1b[" in page


def test_the_template_of_a_run_writes_out_what_turns_its_direction():
    shown = pages._templates().from_string("<td>{{ text }}</td><td>{{ number(3000) }}</td>")
    assert shown.render(text="<b>\u202e1\n2\u30003") == (
        "<td>&lt;b&gt;\\u202e1\n2\u30003</td><td>3,000</td>"
    )


def test_a_published_report_a_file_and_a_name_that_is_neither(fazhi, night, tmp_path):
    reports.write(tmp_path / "in", [1, 2])
    night(tmp_path / "data", tmp_path / "in")
    shown = fazhi("explain", "00001-2023.txt", "--data", tmp_path / "data")
    assert (
        shown.returncode == 0
        and "⟦101起 disputes_received⟧" in shown.stdout
        and "5 figure" in shown.stdout
    )
    (tmp_path / "hostile.txt").write_text(HOSTILE, encoding="utf-8")
    shown = fazhi("explain", tmp_path / "hostile.txt")
    assert shown.returncode == 0 and "\x1b" not in shown.stdout
    page = fazhi("explain", tmp_path / "hostile.txt", "--html", tmp_path / "page.html")
    assert page.returncode == 0 and (tmp_path / "page.html").read_text(encoding="utf-8").startswith(
        "<!doctype html>"
    )
    missing = fazhi("explain", "nowhere.txt", "--data", tmp_path / "data")
    assert missing.returncode == 1 and missing.stderr.count("\n") == 1


@pytest.mark.slow
def test_a_figure_and_its_report_show_findings_trust_and_corrections(night, tmp_path, capsys):
    text = reports.text(1).replace("化解100起", "化解90起，化解率99%")
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(text, encoding="utf-8")
    data = tmp_path / "data"

    def shown(what):
        explain.explain(str(what), data, None)
        return capsys.readouterr().out

    night(data, tmp_path / "in")
    ((metric_id, report_id, sha256),) = ask(
        data,
        "select metric_id, report_id, source_sha256 from metrics join reports using (report_id) "
        "where quote = '99%'",
    )
    message = (
        "rate_follows_from_counts: The stated rate does not follow from the stated counts: "
        "90 of 101 is 89.11%, not 99%."
    )
    figure = shown(metric_id)
    assert "「99%」 = 99 %, actual: dispute_resolution_rate" in figure
    assert "trust: 1 questioned\n" in figure and message in figure
    assert "decisions: none" in figure
    for what in (report_id, "a.txt", tmp_path / "in" / "a.txt"):
        report = shown(what)
        assert "1 questioned" in report and message in report

    (tmp_path / "c.csv").write_text(
        "source_sha256,quote,occurrence,action,metric_code,value,status,reason,by\n"
        f"{sha256},99%,,correct,,89.1,,90 of 101,the county\n",
        encoding="utf-8",
    )
    corrections.import_file(data, tmp_path / "c.csv")
    night(data, tmp_path / "in")
    figure = shown(metric_id)
    assert "「99%」 = 89.1 %" in figure and "read from the text as 99," in figure
    assert "trust: 1 corrected\n" in figure
    decision = "「99%」  correct value 89.1  (correction by the county: 90 of 101)  in_force"
    assert decision in figure and decision in shown("a.txt")
    explain.explain(metric_id, data, str(tmp_path / "page.html"))
    assert decision in (tmp_path / "page.html").read_text(encoding="utf-8")
