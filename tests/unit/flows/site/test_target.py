"""Where a site is put: never over anything else, and whole or not at all."""

import os

import pytest

from flows.site.target import placed
from schemas.errors import UsageError


def put(target, content="new", data=None):
    """Puts a site with one file in a place."""
    with placed(target, data or target.parent / "data", "r000001-0123456789ab") as folder:
        folder.joinpath("en").mkdir()
        folder.joinpath("en", "index.html").write_text(content, encoding="utf-8")


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*"))


def test_a_site_is_put_in_a_new_an_empty_and_its_own_folder(tmp_path):
    target = tmp_path / "site"
    put(target, "first")
    assert names(target) == ["en", "en/index.html", "site.json"]
    put(target, "second")
    assert (target / "en" / "index.html").read_text(encoding="utf-8") == "second"
    (tmp_path / "empty").mkdir()
    put(tmp_path / "empty")
    assert names(tmp_path / "empty") == ["en", "en/index.html", "site.json"]
    assert sorted(os.listdir(tmp_path)) == ["empty", "site"]
    assert target.stat().st_mode & 0o777 == 0o755


@pytest.mark.parametrize("foreign", ["letter.docx", "en/notes.txt", "folder/"])
def test_a_folder_with_other_things_stays_as_it_is(tmp_path, foreign):
    target = tmp_path / "site"
    put(target, "first")
    path = target / foreign
    path.mkdir() if foreign.endswith("/") else path.write_text("mine", encoding="utf-8")
    before = names(target)
    with pytest.raises(UsageError, match=f"holds other things .{foreign.rstrip('/')}."):
        put(target, "second")
    assert names(target) == before
    assert (target / "en" / "index.html").read_text(encoding="utf-8") == "first"


@pytest.mark.parametrize("content", ["", "[]", '{"files": 7}', '{"files": [["en/index.html"]]}', "[" * 5000])
def test_a_list_that_is_none_owns_nothing(tmp_path, content):
    target = tmp_path / "site"
    put(target)
    (target / "site.json").write_text(content, encoding="utf-8")
    with pytest.raises(UsageError, match="holds other things"):
        put(target)


def test_a_file_a_pipe_a_loop_the_data_folder_and_a_folder_that_is_missing_are_refused(tmp_path):
    (tmp_path / "file").write_text("mine", encoding="utf-8")
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    for name in ("file", "pipe", "loop", "data/site", "missing/site"):
        (tmp_path / "data").mkdir(exist_ok=True)
        with pytest.raises(UsageError):
            put(tmp_path / name, data=tmp_path / "data")
    assert (tmp_path / "file").read_text(encoding="utf-8") == "mine"
    assert sorted(os.listdir(tmp_path)) == ["data", "file", "loop", "pipe"]


def test_a_failure_leaves_the_earlier_site_and_no_rest(tmp_path):
    target = tmp_path / "site"
    put(target, "first")
    with pytest.raises(RuntimeError), placed(target, tmp_path / "data", "r1") as folder:
        folder.joinpath("half.html").write_text("half", encoding="utf-8")
        raise RuntimeError
    assert (target / "en" / "index.html").read_text(encoding="utf-8") == "first"
    assert os.listdir(tmp_path) == ["site"]


def test_what_comes_while_a_site_is_written_is_not_lost(tmp_path):
    target = tmp_path / "site"
    with pytest.raises(UsageError, match=r"holds other things .letter\.docx."):
        with placed(target, tmp_path / "data", "r1") as folder:
            folder.joinpath("index.html").write_text("new", encoding="utf-8")
            target.mkdir()
            target.joinpath("letter.docx").write_text("mine", encoding="utf-8")
    assert names(target) == ["letter.docx"]


def test_a_link_to_a_folder_leads_to_the_site(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    put(tmp_path / "link")
    assert (tmp_path / "link").is_symlink() and names(tmp_path / "real") == ["en", "en/index.html", "site.json"]
