"""Manifests that strangers wrote: each bad line is named, and the others count."""

from __future__ import annotations

import pytest

from warehouse import manifests, sources


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ('{"file": "\\ud800.txt"}', "surrogate"),
        ("[" * 200_000, "nested too deeply"),
        ('{"file": "../../etc/passwd"}', "lies outside its folder"),
        ('{"file": "a\\u0000b.txt"}', "zero byte"),
        ('{"url": "http://x"}', "names no file"),
        ('{"file": "a.txt"}', "stands twice"),
        ('{"file": "c.txt", "township": "' + "镇" * 6000 + '"}', "more than 100 characters"),
        ('{"file": "c.txt", "url": "' + "x" * 20_000 + '"}', "more than 10,000 characters"),
        ("[]", "no JSON object"),
    ],
)
def test_a_bad_line_is_an_entry_of_its_own(tmp_path, line, problem):
    for name in ("a.txt", "b.txt"):
        (tmp_path / name).write_text("x", encoding="utf-8")
    content = '{"file": "a.txt", "url": "u1"}\n' + line + '\n{"file": "b.txt", "url": "u2"}\n'
    (tmp_path / "manifest.jsonl").write_text(content, encoding="utf-8")
    found = {item.path.rsplit("/", 1)[1]: item for item in sources.discover([str(tmp_path)])}
    assert (found["a.txt"].note.url, found["b.txt"].note.url) == ("u1", "u2")
    code, message = found["manifest.jsonl"].problem
    assert code == "bad_manifest" and "line 2" in message and problem in message


def test_a_csv_goes_on_after_a_bad_line(tmp_path):
    path = tmp_path / "manifest.csv"
    path.write_text('file,url\na.txt,u1\nb.txt,"u"2\nc.txt,u3\n', encoding="utf-8")
    notes, problems = manifests.read(str(path))
    assert {p.rsplit("/", 1)[1]: note.url for p, note in notes.items()} == {
        "a.txt": "u1",
        "c.txt": "u3",
    }
    assert len(problems) == 1 and "line 3" in problems[0]


def test_a_data_folder_below_its_sources_is_left_out(tmp_path):
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    (tmp_path / "data" / "landing").mkdir(parents=True)
    (tmp_path / "data" / "landing" / "b.txt").write_text("y", encoding="utf-8")
    found = sources.scan([str(tmp_path)], tmp_path / "data").found
    assert [item.path.rsplit("/", 1)[1] for item in found] == ["a.txt"]
