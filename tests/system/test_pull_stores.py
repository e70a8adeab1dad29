"""Pulls from stores on loopback: S3-compatible storage, SFTP and WebDAV."""

from __future__ import annotations

import hashlib
import os

import pytest

from flows.pull import pull_source
from tests.support import portal, reports
from warehouse.source_list import PullSource

LIMIT = 100_000
obstore = pytest.importorskip("obstore")


def names(result) -> dict[str, str | None]:
    """Name of a file -> digest, or the problem it has."""
    return {a.address.rsplit("/", 1)[1]: a.problem or a.sha256 for a in result.answers}


def digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_objects_by_prefix_and_pattern_and_only_what_changed_is_sent(storage, tmp_path):
    from obstore.store import S3Store

    store = S3Store(
        "reports",
        endpoint=os.environ["AWS_ENDPOINT_URL"],
        client_options={"allow_http": True},
    )
    put = lambda key, text: obstore.put(store, key, text.encode())
    put("2023/a.txt", reports.text(1))
    put("2023/b.txt", reports.text(2))
    put("2023/c.csv", "no report")
    put("2022/d.txt", reports.text(4))
    put("2023/large.txt", "x" * (LIMIT + 1))
    source = PullSource("bucket", "s3", "s3://reports/2023", pattern="*.txt")
    first = pull_source(source, tmp_path, LIMIT)
    assert names(first) == {
        "a.txt": digest(reports.text(1)),
        "b.txt": digest(reports.text(2)),
        "large.txt": "too_large",
    }
    put("2023/b.txt", reports.text(3))
    second = pull_source(source, tmp_path, LIMIT)
    assert (second.new, second.changed, second.unchanged, second.failed) == (0, 1, 1, 1)
    assert second.transferred == len(reports.text(3).encode())
    assert pull_source(source, tmp_path, LIMIT).transferred == 0


def test_the_time_of_a_pull_is_bounded(storage, tmp_path):
    source = PullSource("bucket", "s3", "s3://reports/2023", max_seconds=0)
    import obstore
    from obstore.store import S3Store

    endpoint = os.environ["AWS_ENDPOINT_URL"]
    store = S3Store("reports", endpoint=endpoint, client_options={"allow_http": True})
    obstore.put(store, "2023/a.txt", b"x")
    result = pull_source(source, tmp_path, LIMIT)
    assert (result.stopped_by, result.answers) == ("max_seconds", [])


def test_a_store_that_is_not_there_says_so(monkeypatch, tmp_path):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "key")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
    source = PullSource("bucket", "s3", "s3://reports/2023")
    result = pull_source(source, tmp_path, LIMIT)
    assert result.error and "very-secret" not in result.error


def test_files_over_sftp(monkeypatch, tmp_path):
    pytest.importorskip("sshfs")
    from tests.support import stores

    folder = tmp_path / "served"
    reports.write(folder, range(3))
    known_hosts = tmp_path / "known_hosts"
    monkeypatch.setenv("FAZHI_PULL_PASSWORD", "secret")
    monkeypatch.setenv("FAZHI_PULL_KNOWN_HOSTS", str(known_hosts))
    with stores.sftp(folder, known_hosts) as port:
        source = PullSource("office", "sftp", f"sftp://reader@127.0.0.1:{port}/")
        first = pull_source(source, tmp_path / "data", LIMIT)
        assert sorted(names(first).values()) == sorted(digest(reports.text(i)) for i in range(3))
        assert pull_source(source, tmp_path / "data", LIMIT).transferred == 0
        monkeypatch.setenv("FAZHI_PULL_PASSWORD", "wrong")
        refused = pull_source(source, tmp_path / "other", LIMIT)
        assert refused.error and "secret" not in refused.error


def test_files_over_webdav(monkeypatch, tmp_path):
    pytest.importorskip("webdav4")
    pytest.importorskip("wsgidav")
    from tests.support import stores

    folder, requests = tmp_path / "served", []
    reports.write(folder / "法治 报告", range(3))
    (folder / "法治 报告" / "away").mkdir()
    (folder / "法治 报告" / "away" / "x.txt").write_text("elsewhere")
    (folder / "other.txt").write_text("no report")
    monkeypatch.setenv("FAZHI_PULL_USER", "reader")
    monkeypatch.setenv("FAZHI_PULL_PASSWORD", "secret")
    with (
        portal.serve() as elsewhere,
        stores.webdav(folder, requests, f"{elsewhere.base}/trs/") as address,
    ):
        source = PullSource("office", "webdav", f"{address}/法治 报告", pattern="*.txt")
        first = pull_source(source, tmp_path / "data", LIMIT)
        assert first.error is None
        expected = {f"{i:05d}-2023.txt": digest(reports.text(i)) for i in range(3)}
        assert names(first) == expected | {"x.txt": "refused_address"}
        assert elsewhere.requests == []
        before = len(requests)
        second = pull_source(source, tmp_path / "data", LIMIT)
        assert (second.unchanged, second.transferred) == (3, 0)
        asked = {path for method, path in requests[before:] if method == "GET"}
        assert asked == {"/法治 报告/away/x.txt"}
        changed = next((folder / "法治 报告").rglob("00001-2023.txt"))
        changed.write_text(reports.text(1, disputes=77), encoding="utf-8")
        third = pull_source(source, tmp_path / "data", LIMIT)
        assert (third.changed, third.unchanged) == (1, 2)
        monkeypatch.setenv("FAZHI_PULL_PASSWORD", "wrong")
        refused = pull_source(source, tmp_path / "other", LIMIT)
        assert refused.error and "wrong" not in refused.error and "secret" not in refused.error
