"""What a night says to people in Chinese: its morning report, and how a figure was read."""

from __future__ import annotations

import pytest

from tests.support import reports


@pytest.fixture
def published(night, tmp_path, monkeypatch):
    """A data folder after a night in Chinese, over one report and one file that is none."""
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    reports.write(tmp_path / "in", [1])
    (tmp_path / "in" / "news.txt").write_text("本镇召开会议。" * 30, encoding="utf-8")
    night(tmp_path / "data", tmp_path / "in")
    return tmp_path / "data"


def test_the_morning_report_is_in_chinese(published):
    lines = (published / "state" / "morning.md").read_text(encoding="utf-8").splitlines()
    assert lines[:3] == ["# 夜间运行 r000001", "", "已发布。"]
    assert "| 来源与数据 | 数量 |" in lines and "| 载入 | 1 |" in lines
    assert "## 隔离" in lines and "| 来源 | 原因 | 处理办法 |" in lines
    (quarantined,) = [line for line in lines if line.startswith("| news.txt |")]
    assert "不是法治政府建设年度报告" in quarantined
    assert "## 用时" in lines
    headings = [line for line in lines if line.startswith("#")]
    assert [line for line in headings if line.isascii()] == []


@pytest.mark.slow
def test_explain_says_in_chinese_how_a_figure_was_read(published, fazhi):
    shown = fazhi("explain", "00001-2023.txt", "--data", published)
    assert shown.returncode == 0, shown.stderr
    (head,) = [line for line in shown.stdout.splitlines() if "置信度" in line]
    assert head.split() == "位置 原文 数值 限定 状态 指标代码 置信度 可信度 依据".split()
    (row,) = [line for line in shown.stdout.splitlines() if " 101起 " in line]
    assert row.split()[3:6] == ["准确", "已发生", "disputes_received"]
    assert "量词：起" in row and "未见疑点" in row
    assert "人工决定：无" in shown.stdout.splitlines()
