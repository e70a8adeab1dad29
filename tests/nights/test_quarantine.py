"""What cannot be loaded waits in quarantine, costs nothing else, and leaves it again."""

import os

import pytest

from tests.support import formats, reports
from tests.support.nights import ask


def test_one_hostile_file_costs_its_own_entry_and_nothing_else(night, tmp_path):
    folder, data = tmp_path / "in", tmp_path / "data"
    folder.mkdir()
    (folder / "a.docx").write_bytes(formats.word(reports.text(0)))
    (folder / "b.zip").write_bytes(
        formats.zipped(
            {
                "一.txt": reports.text(1).encode(),
                "../x.txt": b"x",
                "二.pdf": formats.printed(reports.text(2)),
            }
        )
    )
    (folder / "loop.pdf").write_bytes(formats.LOOP)
    with open(folder / "sparse.txt", "wb") as f:
        f.truncate(2_000_000_000)
    os.mkfifo(folder / "pipe.txt")
    (folder / "cut.zip").write_bytes(formats.zipped({"a.txt": b"a" * 999})[:40])
    (folder / "q'; drop table reports; --<b>.txt").write_text(
        "<script>alert(1)</script>", encoding="utf-8"
    )
    first = night(data, folder)
    assert (first["seen"], first["loaded"], first["quarantined"]) == (9, 3, 6)
    assert sorted(ask(data, "select reason_code from quarantine")) == [
        ("damaged_file",), ("damaged_file",), ("not_a_file",), ("not_a_report",), ("too_large",), ("unsafe_name",),
    ]  # fmt: skip
    assert ask(data, "select source_uri.split('/in/')[2], reader, page_count from reports order by 1") == [
        ("a.docx", "docx/2", None), ("b.zip!/一.txt", "text/2", None), ("b.zip!/二.pdf", "pdf/2", 1),
    ]  # fmt: skip
    assert ask(data, "select distinct page from metrics order by 1 nulls first") == [(None,), (1,)]
    # every source that was ever received is accounted for
    assert (
        ask(
            data,
            f"select * from read_json('{data}/landing/receipts/*.jsonl') r where not r.source_name.ends_with('.zip') and r.source_uri not in (select source_uri from source_status)",
        )
        == []
    )
    assert ask(data, "select status, count(*) from source_status group by 1 order by 1") == [
        ("loaded", 3),
        ("quarantined", 6),
    ]
    assert night(data, folder)["outcome"] == "unchanged"


@pytest.mark.slow
def test_an_archive_leaves_the_quarantine_once_it_can_be_opened(
    night, fazhi, prefect_server, tmp_path
):
    folder, data = tmp_path / "in", tmp_path / "data"
    folder.mkdir()
    whole = formats.zipped({"a.txt": reports.text(0).encode()})
    (folder / "a.zip").write_bytes(whole[:60])
    night(data, folder)
    assert fazhi("quarantine", "retry", "--all", "--data", data).returncode == 0
    assert ask(data, "select source_name, reason_code from quarantine") == [
        ("a.zip", "damaged_file")
    ]
    (folder / "a.zip").write_bytes(whole)
    assert night(data, folder)["loaded"] == 1
    assert ask(data, "select count(*) from quarantine") == [(0,)]


@pytest.mark.slow
def test_the_quarantine_is_worked_through_by_command(night, fazhi, prefect_server, tmp_path):
    folder, data = tmp_path / "in", tmp_path / "data"
    folder.mkdir()
    (folder / "good.txt").write_text(reports.text(0), encoding="utf-8")
    (folder / "news.txt").write_text("某镇召开会议，60人参加。", encoding="utf-8")
    (folder / "pipe").symlink_to(folder / "nowhere")
    assert night(data, folder)["quarantined"] == 2
    listed = fazhi("quarantine", "list", "--data", data).stdout
    assert "not_a_report" in listed and "broken_link" in listed and "2 in quarantine" in listed
    shown = fazhi("quarantine", "show", "news.txt", "--data", data).stdout
    assert "某镇召开会议" in shown and "give it its title line" in shown and "/landing/" in shown
    assert "文本不是法治政府建设年度报告。" in shown
    assert fazhi("quarantine", "show", "nix", "--data", data).returncode == 1
    assert (
        fazhi("quarantine", "dismiss", "news.txt", "--data", data).returncode == 1
    )  # without a reason
    gone = fazhi("quarantine", "dismiss", "news.txt", "--because", "a news item", "--data", data)
    assert (gone.returncode, gone.stdout) == (0, "dismissed 1: news.txt\n")
    assert ask(data, "select state, dismissed_because from quarantine order by 1") == [
        ("dismissed", "a news item"),
        ("waiting", None),
    ]
    assert "1 in quarantine" in fazhi("quarantine", "list", "--data", data).stdout
    (folder / "pipe").unlink()
    (folder / "pipe").write_text(reports.text(1), encoding="utf-8")
    again = fazhi("quarantine", "retry", "--all", "--data", data)
    assert (again.returncode, again.stdout) == (
        0,
        "tried again 1: 1 loaded, 0 still in quarantine\n",
    )
    assert ask(data, "select status, count(*) from source_status group by 1 order by 1") == [
        ("dismissed", 1),
        ("loaded", 2),
    ]
    assert night(data, folder)["outcome"] == "unchanged"


@pytest.mark.slow
def test_a_report_with_scanned_pages_waits_or_is_loaded_without_them_by_policy(
    night, tmp_path, monkeypatch
):
    monkeypatch.setattr("transforms.readers.pictures.available", lambda: False)
    folder, data, policy = tmp_path / "in", tmp_path / "data", tmp_path / "policy.toml"
    folder.mkdir()
    pages = formats.printed(reports.text(0)), formats.scanned_page(), formats.scanned_page()
    (folder / "a.pdf").write_bytes(formats.joined(*pages))
    policy.write_text('[rule]\npages_unread = "flag"\n', encoding="utf-8")
    (waiting,) = night(data, folder)["quarantine"]
    assert waiting["reason_code"] == "reader_missing"
    assert "these pages are scans or pictures: 2, 3" in waiting["message"]
    assert night(data, folder)["outcome"] == "unchanged"
    assert night(data, folder, policy=str(policy))["loaded"] == 1
    assert ask(data, "select pages_unread from reports") == [("2, 3",)]
    found = "select severity, consequence, evidence from quality_findings where rule_id = 'pages_unread'"
    assert ask(data, found) == [("warning", "flag", "2, 3")]
    assert ask(data, "select distinct trust from metrics") == [("questioned",)]
    assert night(data, folder, policy=str(policy))["outcome"] == "unchanged"
    assert night(data, folder)["quarantine"][0]["reason_code"] == "held_by_rule"
