"""The log of a source's pulls."""

from __future__ import annotations

from warehouse import landing, pulled
from warehouse.pulled import Answer, PullLog


def answer(address: str, **more) -> Answer:
    return Answer(address, "page", "2026-01-01T00:00:00+00:00", status=200, **more)


def test_a_pull_that_was_killed_goes_on(tmp_path):
    log = PullLog(tmp_path, "a")
    assert log.begin("p1") is False
    log.add(answer("http://a.cn/1", sha256="1" * 64, size=3))
    again = PullLog(tmp_path, "a")
    assert again.begin("p2") is True
    assert again.answered == {"http://a.cn/1"}
    again.end({"pull": "p1"})
    assert PullLog(tmp_path, "a").begin("p3") is False


def test_a_line_that_a_kill_cut_off_costs_itself(tmp_path):
    log = PullLog(tmp_path, "a")
    log.begin("p1")
    log.add(answer("http://a.cn/1", sha256="1" * 64))
    with open(log.path, "ab") as file:
        file.write(b'{"address": "http://a.cn/2", "ki')
    again = PullLog(tmp_path, "a")
    again.begin("p1")
    again.add(answer("http://a.cn/3", sha256="3" * 64))
    last = PullLog(tmp_path, "a")
    assert sorted(last.good) == ["http://a.cn/1", "http://a.cn/3"]
    assert last.damaged_lines == 1


def test_separators_that_are_no_line_ends_stay_in_a_text(tmp_path):
    log = PullLog(tmp_path, "a")
    log.begin("p1")
    log.add(answer("http://a.cn/1", link_text="甲镇\u2028报告\x85", sha256="1" * 64))
    assert PullLog(tmp_path, "a").good["http://a.cn/1"].link_text == "甲镇\u2028报告\x85"


def test_a_problem_does_not_displace_what_was_good(tmp_path):
    log = PullLog(tmp_path, "a")
    log.begin("p1")
    log.add(answer("http://a.cn/1", sha256="1" * 64))
    log.add(answer("http://a.cn/1", sha256="2" * 64, problem="soft_404"))
    assert log.good["http://a.cn/1"].sha256 == "1" * 64
    assert log.latest["http://a.cn/1"].problem == "soft_404"


def test_many_pulls_do_not_let_the_log_grow(tmp_path):
    log = PullLog(tmp_path, "a")
    sizes = []
    for pull in range(40):
        log.begin(f"p{pull}")
        for number in range(5):
            log.add(answer(f"http://a.cn/{number}", sha256=f"{number}" * 64))
        log.end({"pull": f"p{pull}"})
        sizes.append(log.path.stat().st_size)
    assert max(sizes) < 12 * sizes[0]
    assert len(PullLog(tmp_path, "a").good) == 5
    assert len(PullLog(tmp_path, "a").pulls) == 40


def test_a_line_with_other_bytes_than_were_written_costs_itself(tmp_path):
    log = PullLog(tmp_path, "a")
    log.begin("p1")
    log.add(answer("http://a.cn/1", sha256="1" * 64))
    log.add(answer("http://a.cn/2", sha256="2" * 64))
    log.path.write_bytes(log.path.read_bytes().replace(b"1111", b"1711", 1))
    again = PullLog(tmp_path, "a")
    assert sorted(again.good) == ["http://a.cn/2"]
    assert again.damaged_lines == 1


def test_half_of_a_surrogate_pair_in_a_title_ends_no_pull(tmp_path):
    log = PullLog(tmp_path, "a")
    log.begin("p1")
    log.add(answer("http://a.cn/1", link_text="甲镇\ud800", sha256="1" * 64))
    assert PullLog(tmp_path, "a").good["http://a.cn/1"].link_text == "甲镇?"


def test_a_receipt_says_where_content_came_from_and_only_new_content_gets_one(tmp_path):
    log = PullLog(tmp_path, "a")
    log.begin("2026-01-01T00:00:00+00:00")
    page = answer(
        "http://a.cn/1.html",
        sha256="1" * 64,
        size=3,
        final_address="http://a.cn/2.html",
        etag='"x"',
        last_modified="Thu, 01 Jan 2026 00:00:00 GMT",
        content_type="text/html",
        link_text="甲镇…",
        link_title="甲镇2025年法治政府建设报告",
        list_address="http://a.cn/",
    )
    log.add(page)
    log.add(answer("http://a.cn/3.html", sha256="3" * 64, problem="soft_404"))
    log.add(Answer("http://a.cn/", "list", "2026-01-01T00:00:00+00:00", 200, "4" * 64, 9))
    assert pulled.unended(tmp_path) == {"1" * 64: 3}
    pulled.write_receipts(tmp_path, "a", "2026-01-01T00:00:00+00:00", log.received())
    assert landing.receipts(tmp_path) == [
        {
            "source_uri": "http://a.cn/1.html",
            "source_name": "1.html",
            "sha256": "1" * 64,
            "size": 3,
            "received_at": "2026-01-01T00:00:00+00:00",
            "pulled_from": "a",
            "final_address": "http://a.cn/2.html",
            "status": 200,
            "etag": '"x"',
            "last_modified": "Thu, 01 Jan 2026 00:00:00 GMT",
            "content_type": "text/html",
            "link_text": "甲镇…",
            "link_title": "甲镇2025年法治政府建设报告",
            "list_address": "http://a.cn/",
        }
    ]
    log.end({"pull": "p1"})
    assert pulled.unended(tmp_path) == {}
    log.begin("2026-01-02T00:00:00+00:00")
    log.add(answer("http://a.cn/1.html", sha256="1" * 64, unchanged=True))
    assert log.received() == []
