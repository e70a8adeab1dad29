import re

from flows import explain
from tests.support import reports
from tests.support.scoring import parse

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
