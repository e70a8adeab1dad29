"""What a run tells first, in both languages."""

import pytest

from flows import outcome
from schemas import language
from tests.support import reports


@pytest.fixture
def summaries(night, tmp_path):
    """The summaries of a first night with a wrong rate, and of a second one without changes."""
    (tmp_path / "in").mkdir()
    wrong = reports.text(1).replace("化解100起", "化解90起，化解率99%")
    for name, text in {"a": wrong, "b": reports.text(3), "c": "今天天气晴。"}.items():
        (tmp_path / "in" / f"{name}.txt").write_text(text, encoding="utf-8")
    return [night(tmp_path / "data", tmp_path / "in") for _ in range(2)]


def test_a_summary_leads_with_what_does_not_add_up_and_tries_only_once(summaries):
    first, second = map(outcome.summary, summaries)
    lines = first.splitlines()
    assert lines[0] == "Published."
    assert lines[2].startswith("2 reports of 2 bodies, ")
    assert lines[3] == "1 figure does not add up:"
    assert "90 of 101 is 89.11%, not 99%." in lines[4]
    assert "化解率99%" in lines[5]
    assert "there is no register" in lines[6]
    assert "quality/index.html" in first and " explore --data " in second
    assert "Try:" in first and "Try:" not in second
    assert second.startswith("Nothing has changed; nothing was written.\n\n2 reports of 2 bodies")


def test_a_summary_is_chinese_where_the_language_is(summaries, monkeypatch):
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    said = outcome.summary(summaries[0])
    assert said.startswith("已发布。\n\n")
    assert "2个单位的2份报告" in said
    assert "比率与计数不符：101中的90应为89.11%，而不是99%。" in said
    assert "c.txt: 文本从未提及法治" in said or "c.txt: 文本不是法治政府建设年度报告" in said


def test_a_language_stands_before_or_after_the_command(fazhi, tmp_path, monkeypatch):
    monkeypatch.setenv("LANGUAGE", "en")
    assert fazhi("status", "--lang", "zh", "--data", tmp_path).returncode == 0
    assert language.language() == "zh"
    assert fazhi("--lang", "fr", "status", "--data", tmp_path).returncode == 1
