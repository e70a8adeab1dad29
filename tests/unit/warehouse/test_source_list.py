"""sources.toml: read, checked, edited."""

from __future__ import annotations

import pytest

from schemas.errors import UsageError
from warehouse import source_list
from warehouse.source_list import PullSource

GOOD = """# my portals
[[source]]
name = "tonglu"
kind = "web"
address = "https://www.example.gov.cn/col/list.html"
place = "浙江省/杭州市/桐庐县"
delay_seconds = 2

[[source]]
name = "bucket"
kind = "s3"
address = "s3://reports/2024"
pattern = "*.docx"
"""


def test_a_file_of_two_sources(tmp_path):
    path = tmp_path / "sources.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert source_list.load(path) == [
        PullSource(
            "tonglu",
            "web",
            "https://www.example.gov.cn/col/list.html",
            "浙江省/杭州市/桐庐县",
            delay_seconds=2.0,
        ),
        PullSource("bucket", "s3", "s3://reports/2024", pattern="*.docx"),
    ]


FAULTS = [
    ("[[source]\n", "is no TOML"),
    ("[source]\nname='a'", "two brackets"),
    ("sources = 1", "unknown: sources"),
    ("[[source]]\nkind='web'\naddress='http://a.cn'", "source 1: has no name"),
    ("[[source]]\nname='a'\nkind='web'\nadress='http://a.cn'", "did you mean address"),
    ("[[source]]\nname='a'\nkind='ftp'\naddress='ftp://a.cn'", "kind must be one of"),
    ("[[source]]\nname='a'\nkind='web'\naddress='file://host/list.csv'", "must begin with http://"),
    ("[[source]]\nname='a/b'\nkind='web'\naddress='http://a.cn'", "letters, digits"),
    ("[[source]]\nname='a'\nkind='web'\naddress='http://u:p@a.cn'", "no user name or password"),
    ("[[source]]\nname='a'\nkind='web'\naddress='http://a.cn'\nmax_pages=nan", "max_pages must be"),
    ("[[source]]\nname='a'\nkind='web'\naddress='http://a.cn'\ndelay_seconds=-1", "0 or more"),
    ("[[source]]\nname='a'\nkind='web'\naddress='http://a.cn'\npages='p1'", "{n}"),
    ("[[source]]\nname='a'\nkind='s3'\naddress='s3://a'\njson='x'", "for kind web alone"),
    (GOOD + GOOD.replace("# my portals", ""), "two sources have the name 'tonglu'"),
    ("[[source]]\nname=1\nkind='web'\naddress='http://a.cn'", "must be a text in quotes"),
]


@pytest.mark.parametrize(("text", "message"), FAULTS)
def test_what_is_wrong_is_said_in_one_line(tmp_path, text, message):
    path = tmp_path / "sources.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as error:
        source_list.load(path)
    assert message in str(error.value)
    assert str(path) in str(error.value)
    assert "\n" not in str(error.value).strip()


def test_adding_and_removing_keeps_comments(tmp_path):
    path = tmp_path / "sources.toml"
    path.write_text(GOOD, encoding="utf-8")
    source_list.add(path, PullSource("new", "http", "https://b.cn/files/", max_pages=9))
    source_list.remove(path, "bucket")
    assert [s.name for s in source_list.load(path)] == ["tonglu", "new"]
    assert source_list.load(path)[1].max_pages == 9
    assert path.read_text(encoding="utf-8").startswith("# my portals")
    with pytest.raises(UsageError, match="did you mean tonglu"):
        source_list.remove(path, "tonglo")
    with pytest.raises(UsageError, match="already"):
        source_list.add(path, PullSource("new", "http", "https://b.cn/files/"))


def test_the_first_source_makes_the_file(tmp_path):
    path = tmp_path / "conf" / "sources.toml"
    source_list.add(path, PullSource("a", "web", "https://a.cn/"))
    assert source_list.load(path) == [PullSource("a", "web", "https://a.cn/")]
    with pytest.raises(UsageError, match="fazhi sources add"):
        source_list.load(tmp_path / "none.toml")
