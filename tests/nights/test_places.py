"""Registers and manifests as users bring them, through the command and the flow."""

import csv

import pytest

from tests.support.nights import ask
from tests.support.reports import text
from transforms import identity
from warehouse import manifests, sources

REGISTER = """code,name,county_code,county,prefecture,province,from_year,to_year
330122101000,东东镇,330122,临川县,甲州市,浙江省,,
330122102000,东东东镇,330122,临川县,甲州市,浙江省,,
330122103000,青原镇,330122,临川县,甲州市,浙江省,,
440001101000,西东东镇,440001,乙山县,乙州市,广东省,,
440002101000,西东东镇,440002,丙山县,乙州市,广东省,,
440003101000,南东东镇,440003,丁山县,丁州市,广东省,,2020
440004101000,南东东镇,440004,戊山县,丁州市,广东省,2021,
"""


def test_a_register_is_imported_once_and_used_by_every_run(night, fazhi, tmp_path):
    data, register = tmp_path / "data", tmp_path / "divisions-2023.csv"
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(text(0), encoding="utf-8")
    register.write_text(REGISTER, encoding="utf-8")
    done = fazhi("register", "import", register, "--data", data)
    assert done.returncode == 0 and done.stdout == (
        "register divisions-2023.csv: 7 divisions in 5 counties of 2 provinces, as of 2023; 4 share their name with another; 2 with years\n"
    )
    assert fazhi("register", "show", "--data", data).stdout == done.stdout
    night(data, tmp_path / "in")
    assert ask(
        data, "select county_name, prefecture_name, division_code, resolution from townships"
    ) == [("临川县", "甲州市", "330122102000", "exact")]
    assert ask(data, "select register_vintage from runs") == [("2023",)]


@pytest.mark.parametrize(
    "content, said",
    [
        ("code,name\n1,甲镇\n", "lacks the columns county, prefecture, province"),
        (REGISTER.split("\n")[0] + "\n", "it has no row"),
        (
            REGISTER.replace(",,2020", ",,二〇二〇"),
            "line 7: from_year and to_year are years or empty",
        ),
        (
            "code,name,provinceCode,cityCode,areaCode\n330122101,甲镇,33,3301,330122\n",
            "areas.csv is missing",
        ),
    ],
)
def test_a_register_that_cannot_be_used_is_refused_with_the_place(fazhi, tmp_path, content, said):
    path = tmp_path / "register.csv"
    path.write_text(content, encoding="utf-8")
    done = fazhi("register", "import", path, "--data", tmp_path / "data")
    assert done.returncode == 1 and said in done.stderr and "register.csv" in done.stderr


def test_a_division_counts_in_the_years_it_existed():
    register = identity.read_register(REGISTER.encode())
    for year, county in ((2019, "丁山县"), (2023, "戊山县")):
        said = identity.Claims(report_year=year, bodies=["南东东镇"])
        assert identity.resolve_body(said, "", register).county == county


@pytest.mark.slow
def test_ambiguous_bodies_keep_their_candidates(night, tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(text(1).replace("临川县", ""), encoding="utf-8")
    (tmp_path / "register.csv").write_text(REGISTER, encoding="utf-8")
    night(tmp_path / "data", tmp_path / "in", register=str(tmp_path / "register.csv"))
    assert ask(
        tmp_path / "data", "select county_name, prefecture_name, resolution from townships"
    ) == [(None, "乙州市", "ambiguous")]
    assert ask(
        tmp_path / "data", "select county_name, division_code from township_candidates order by 2"
    ) == [
        ("乙山县", "440001101000"),
        ("丙山县", "440002101000"),
    ]


@pytest.mark.slow
def test_the_campaign_of_another_place_is_a_finding_and_changes_no_identity(night, tmp_path):
    (tmp_path / "in").mkdir()
    said = text(0).replace("普法形式单一。", "“法治青原”建设、法治社会建设、平安临川建设还有差距。")
    (tmp_path / "in" / "a.txt").write_text(said, encoding="utf-8")
    (tmp_path / "register.csv").write_text(REGISTER, encoding="utf-8")
    night(tmp_path / "data", tmp_path / "in", register=str(tmp_path / "register.csv"))
    assert ask(
        tmp_path / "data", "select township_name, county_name, other_place from reports"
    ) == [("东东东镇", "临川县", "法治青原")]
    assert ask(
        tmp_path / "data",
        "select f.severity, r.text[f.char_start + 1 : f.char_start + 4] from quality_findings f join reports r using (report_id) where rule_id = 'names_other_place'",
    ) == [("warning", "法治青原")]


@pytest.mark.slow
def test_a_manifest_names_place_address_and_publisher(night, tmp_path):
    folder, data = tmp_path / "in", tmp_path / "data"
    folder.mkdir()
    (folder / "a.txt").write_text(text(1).replace("临川县", ""), encoding="utf-8")
    (tmp_path / "register.csv").write_text(REGISTER, encoding="utf-8")
    manifest = folder / "manifest.csv"
    manifest.write_text(
        "file,url,publisher,received,county\na.txt,https://example.org/1,丙山县司法局,2024-02-01,丙山县\n",
        encoding="utf-8",
    )
    first = night(data, folder, register=str(tmp_path / "register.csv"))
    assert (first["seen"], first["loaded"]) == (1, 1)
    assert ask(data, "select county_name, resolution from townships") == [("丙山县", "exact")]
    assert ask(data, "select url, publisher, received, stated_place from sources") == [
        ("https://example.org/1", "丙山县司法局", "2024-02-01", "//丙山县/")
    ]
    assert night(data, folder, register=str(tmp_path / "register.csv"))["outcome"] == "unchanged"
    manifest.write_text(
        manifest.read_text(encoding="utf-8").replace("丙山县", "乙山县"), encoding="utf-8"
    )
    assert night(data, folder, register=str(tmp_path / "register.csv"))["loaded"] == 1
    assert ask(data, "select county_name from townships") == [("乙山县",)]


def test_what_is_wrong_with_a_manifest_costs_nothing_else(tmp_path):
    (tmp_path / "a.txt").write_text("x", encoding="utf-8")
    (tmp_path / "manifest.jsonl").write_text(
        '{"file": "a.txt", "url": "u"}\n{"file": \n{"url": "v"}\n{"file": "../b.txt"}\n{"file": "gone.txt"}\n',
        encoding="utf-8",
    )
    found = {f.path.rsplit("/", 1)[1]: f for f in sources.discover([str(tmp_path)])}
    assert sorted(found) == ["a.txt", "gone.txt", "manifest.jsonl"]
    assert found["a.txt"].note == manifests.Note(url="u") and found["a.txt"].problem is None
    assert found["gone.txt"].problem[0] == "missing_file"
    reason, message = found["manifest.jsonl"].problem
    assert reason == "bad_manifest" and "line 2 is no JSON" in message
    assert (
        "line 3: names no file" in message and "line 4: ../b.txt lies outside its folder" in message
    )


def test_manifests_are_read_with_the_names_chinese_crawlers_write(tmp_path):
    with open(tmp_path / "manifest.csv", "w", encoding="utf-8-sig", newline="") as f:
        csv.writer(f).writerows(
            [["文件", "网址", "省", "区县"], ["子/甲.html", "http://x", "浙江省", "临川县"]]
        )
    notes, problems = manifests.read(str(tmp_path / "manifest.csv"))
    assert problems == []
    assert notes == {
        str(tmp_path / "子" / "甲.html"): manifests.Note("http://x", None, None, "浙江省//临川县/")
    }
