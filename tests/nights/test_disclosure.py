"""Which body of the register filed its report for which year, and when."""

from __future__ import annotations

import duckdb
import pytest

from flows.night import run_night
from flows.settings import RunSettings

REGISTER = """code,name,county,prefecture,province,from_year,to_year
330122001000,甲溪镇,桐庐县,杭州市,浙江省,,
330122002000,乙溪镇,桐庐县,杭州市,浙江省,,
330122003000,丙溪乡,桐庐县,杭州市,浙江省,,2022
330122004000,丙溪镇,桐庐县,杭州市,浙江省,2023,
"""


def report(name: str, year: int, date: str) -> str:
    return (
        f"桐庐县{name}人民政府{year}年法治政府建设工作报告\n{year}年，{name}认真推进法治政府建设，现将情况报告如下：\n"
        f"一、工作开展情况\n全年受理矛盾纠纷{year - 1990}起。\n二、下一步打算\n继续努力。\n桐庐县{name}人民政府\n{date}\n"
    )


REPORTS = {
    "a22.txt": report("甲溪镇", 2022, "2023年3月31日"),
    "a23.txt": report("甲溪镇", 2023, "2024年4月11日"),
    "b23.txt": report("乙溪镇", 2023, "2023年12月20日"),
    "c22.txt": report("丙溪乡", 2022, "2022年12月30日"),
}


@pytest.fixture(scope="module")
def disclosure(tmp_path_factory):
    folder = tmp_path_factory.mktemp("disclosure")
    (folder / "in").mkdir()
    for name, text in REPORTS.items():
        (folder / "in" / name).write_text(text, encoding="utf-8")
    register = folder / "register.csv"
    register.write_text(REGISTER, encoding="utf-8")
    data = folder / "data"
    (data / "state").mkdir(parents=True)
    settings = RunSettings([str(folder / "in")], str(data), register=str(register))
    assert run_night(settings)["outcome"] == "published"
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        yield connection


@pytest.mark.slow
def test_each_body_and_year_of_the_register_is_filed_late_or_missing(disclosure):
    rows = disclosure.execute(
        "select township_name, report_year, state, days_late, first_seen is not null, "
        "parse_filename(source_uri) from disclosure order by report_year, township_name"
    ).fetchall()
    assert rows == [
        ("丙溪乡", 2022, "filed", None, True, "c22.txt"),
        ("乙溪镇", 2022, "missing", None, False, None),
        ("甲溪镇", 2022, "filed", None, True, "a22.txt"),
        ("丙溪镇", 2023, "missing", None, False, None),
        ("乙溪镇", 2023, "filed", None, True, "b23.txt"),
        ("甲溪镇", 2023, "late", 11, True, "a23.txt"),
    ]


@pytest.mark.slow
def test_filed_and_missing_add_up_to_the_bodies_of_the_register(disclosure):
    counts = disclosure.execute(
        "select county_name, report_year, count(*) from disclosure group by all order by 2"
    ).fetchall()
    assert counts == [("桐庐县", 2022, 3), ("桐庐县", 2023, 3)]
