"""Marts, search, history and exports, as analysts use them."""

import csv
import json
import re
import zipfile

import duckdb
import pytest

from tests.support import reports
from tests.support.paths import ROOT
from tests.tools import questions
from warehouse import snapshots
from warehouse.difference import create_changes

HEAD = "临川县{name}人民政府{year}年法治政府建设工作报告\n\n{year}年，{name}推进法治政府建设，现将工作情况报告如下：\n一、工作开展情况\n{body}\n二、存在的问题\n普法形式单一。\n\n临川县{name}人民政府\n{year}年12月3日\n"


@pytest.fixture(scope="module")
def data(night, tmp_path_factory):
    """Four reports of three bodies."""
    home = tmp_path_factory.mktemp("marts")
    folder = home / "in" / "浙江省" / "甲州市" / "临川县"
    folder.mkdir(parents=True)
    texts = {
        ("东山镇", 2022): "受理矛盾纠纷50起，化解46起，化解率92%。开展普法宣传活动8场。",
        (
            "东山镇",
            2023,
        ): "受理矛盾纠纷40起，其中婚姻家庭纠纷15起，成功化解36起，化解率90%。开展普法宣传活动6场，发放宣传资料2千份。行政诉讼败诉0件。耕地1500亩，总面积2平方公里。",
        (
            "西山乡",
            2023,
        ): "去年受理矛盾纠纷70件，今年受理矛盾纠纷60件，成功化解60件。开展普法宣传活动10场。",
        ("南山街道", 2023): "配备网格员12名，调解邻里纠纷。",
    }
    for (name, year), body in texts.items():
        (folder / f"{name}{year}.txt").write_text(
            HEAD.format(name=name, year=year, body=body), encoding="utf-8"
        )
    night(home / "data", home / "in")
    return home / "data"


@pytest.fixture
def ask(data):
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        yield lambda sql: connection.execute(sql).fetchall()


def test_the_sheet_keeps_zero_and_not_reported_apart_and_counts_no_part_twice(ask):
    assert ask(
        "select township_name, report_year, disputes_received, disputes_received_state, lost_lawsuits, lost_lawsuits_state from township_year_sheet order by all"
    ) == [
        ("东山镇", 2022, 50, "reported", None, "not_reported"),
        ("东山镇", 2023, 40, "reported", 0, "zero"),
        ("南山街道", 2023, None, "not_reported", None, "not_reported"),
        ("西山乡", 2023, 60, "reported", None, "not_reported"),
    ]


@pytest.mark.slow
def test_counties_add_up_with_their_coverage(ask):
    assert ask(
        "select county_name, total, unit, bodies_reported, bodies_filed, round(coverage, 2) from metrics_by_place where level = 'county' and report_year = 2023 and metric_code = 'disputes_received'"
    ) == [("临川县", 100, "件", 2, 3, 0.67)]


@pytest.mark.slow
def test_comparable_units_are_added_up_in_one(ask):
    assert ask(
        "select value, unit from body_year_metrics where metric_code = 'area' and value is not null"
    ) == [(2, "平方公里")]
    assert ask(
        "select base_unit, factor from units where unit in ('亩', '名', '起') order by unit"
    ) == [
        ("平方公里", pytest.approx(1 / 1500)),
        ("人", 1),
        ("件", 1),
    ]


def test_a_year_against_the_year_before(ask):
    assert ask(
        "select value_before, value, change_percent from year_on_year where metric_code = 'disputes_received'"
    ) == [(50, 40, -20)]


def test_rates_beside_their_counts(ask):
    assert ask("select part, whole, stated, recomputed from rates_recomputed order by whole") == [
        (36, 40, 90, 90),
        (46, 50, 92, 92),
    ]


def test_ranks_among_peers(ask):
    assert ask(
        "select township_name, rank_in_county, bodies_in_county from league_table where metric_code = 'publicity_events' and report_year = 2023 order by 2"
    ) == [("西山乡", 1, 2), ("东山镇", 2, 2)]


def test_shares_of_a_report_add_up_to_one(ask):
    assert ask("select distinct round(sum(share), 6) from topic_shares group by report_id") == [
        (1,)
    ]


def test_search_ranks_sections_and_shows_the_sentence(ask):
    assert ask("select township_name, sentence from search('网格员 调解') limit 1") == [
        ("南山街道", "配备网格员12名，调解邻里纠纷")
    ]
    assert ask("select count(*) from search('没有这样的词')") == [(0,)]
    assert ask("select count(*) from search('x'' or 1=1')") == [(0,)]
    assert ask("select metric_code from find_metric('网格员') limit 1") == [("grid_members",)]


def test_macros_and_views_work_under_another_name(data):
    with duckdb.connect() as connection:
        connection.execute(f"attach '{data / 'warehouse.duckdb'}' as 法治 (read_only)")
        assert connection.execute("select count(*) from 法治.township_year_sheet").fetchone() == (
            4,
        )
        connection.execute("use 法治")
        assert connection.execute("select township_name from search('网格员')").fetchall() == [
            ("南山街道",)
        ]


@pytest.mark.slow
def test_states_can_be_listed_compared_verified_and_put_back(night, fazhi, tmp_path):
    folder, data = tmp_path / "in", tmp_path / "data"
    reports.write(folder, range(3))
    first = night(data, folder)["snapshot"]
    path = next(folder.rglob("00001-*"))
    path.write_text(
        path.read_text(encoding="utf-8").replace("纠纷101起，化解100起", "纠纷130起，化解129起"),
        encoding="utf-8",
    )
    next(folder.rglob("00002-*")).unlink()
    reports.write(folder, [7])
    second = night(data, folder)["snapshot"]
    with duckdb.connect() as connection:
        create_changes(
            connection, snapshots.find(data, first), snapshots.find(data, second)
        )
        counted = dict(
            connection.execute(
                "select change, count(*) from changes where table_name = 'reports' group by 1"
            ).fetchall()
        )
        assert counted == {"added": 2, "removed": 1}
        values = connection.execute(
            "select after from changes where table_name = 'metrics' and change = 'added' and after like 'disputes_received%' order by 1"
        ).fetchall()
        assert [v[0].split(" · ")[1] for v in values] == ["107.0", "130.0"]
    said = fazhi("diff", first[:7], "--data", data, "--to", tmp_path / "changes.csv")
    assert said.returncode == 0 and f"{first} → {second}" in said.stdout
    with open(tmp_path / "changes.csv", encoding="utf-8") as f:
        assert {r["table_name"] for r in csv.DictReader(f)} == {"reports", "sections", "metrics"}
    assert fazhi("verify", "--data", data).returncode == 0
    assert fazhi("rollback", first, "--data", data).returncode == 0
    assert snapshots.current(data).id == first
    asked = fazhi(
        "sql", "select count(*) as n from reports", "--data", data, "--state", second, "--json"
    )
    assert json.loads(asked.stdout) == [{"n": 4}]
    damaged = next((data / "snapshots" / second / "parquet" / "runs").iterdir())
    damaged.chmod(0o644)
    damaged.write_bytes(b"x")
    refused = fazhi("rollback", second, "--data", data)
    assert refused.returncode == 1 and "other bytes than were published" in refused.stderr
    assert fazhi("verify", second, "--data", data).returncode == 4
    assert fazhi("diff", "nix", "--data", data).returncode == 1


@pytest.mark.parametrize("name", ["a.duckdb", "a.csv", "a.parquet", "a.xlsx", "folder"])
def test_a_selection_is_exported(fazhi, data, tmp_path, name):
    target = tmp_path / name
    done = fazhi(
        "export",
        "--to",
        target,
        "--data",
        data,
        "--township",
        "东山镇",
        "--year",
        "2023",
        "--metric",
        "disputes_received",
    )
    assert (done.returncode, done.stdout) == (0, f"1 reports, 2 figures: {target}\n")
    if name == "a.duckdb":
        with duckdb.connect(str(target), read_only=True) as connection:
            assert connection.execute("select value from metrics order by 1").fetchall() == [
                (15,),
                (40,),
            ]
    elif name == "a.xlsx":
        with zipfile.ZipFile(target) as z:
            assert re.findall(r'<sheet name="(.+?)"', z.read("xl/workbook.xml").decode()) == [
                "年度表",
                "质量问题",
                "数据",
                "报告",
                "指标",
            ]
            sheet = z.read("xl/worksheets/sheet1.xml").decode()
            texts = re.findall(r"<t[^>]*>(.*?)</t>", sheet, re.DOTALL)
        assert texts[3:6] == [
            "乡镇（街道）\ntownship_name",
            "年度\nreport_year",
            "矛盾纠纷受理数\ndisputes_received",
        ]
        assert "东山镇" in texts and "<v>40</v>" in sheet and "<v>2023</v>" in sheet
        assert 'state="frozen"' in sheet and "<autoFilter" in sheet and 'fitToHeight="0"' in sheet
    else:
        source = target / "figures.parquet" if name == "folder" else target
        assert duckdb.sql(f"select value::integer from '{source}' order by 1").fetchall() == [
            (15,),
            (40,),
        ]
    again = fazhi("export", "--to", target, "--data", data)
    assert again.returncode == 1 and "is there already" in again.stderr


def test_a_mart_is_exported_and_csv_has_a_mark_for_excel(fazhi, data, tmp_path):
    target = tmp_path / "sheet.csv"
    done = fazhi(
        "export", "--mart", "township_year_sheet", "--year", "2023", "--to", target, "--data", data
    )
    assert (done.returncode, done.stdout) == (0, f"3 rows: {target}\n")
    assert target.read_bytes().startswith("\ufeffprovince_name,".encode())
    with open(target, encoding="utf-8-sig") as file:
        rows = {row["township_name"]: row for row in csv.DictReader(file)}
    assert rows["东山镇"]["disputes_received"] == "40.0"
    unknown = fazhi("export", "--mart", "nix", "--to", tmp_path / "b.csv", "--data", data)
    assert unknown.returncode == 1 and "no mart is called nix; there are: " in unknown.stderr
    no_folder = fazhi("export", "--to", tmp_path / "none" / "b.xlsx", "--data", data)
    assert no_folder.returncode == 1 and "there is no folder" in no_folder.stderr


def test_an_export_of_nothing_says_so(fazhi, data, tmp_path):
    done = fazhi("export", "--to", tmp_path / "a.csv", "--data", data, "--county", "没有县")
    assert (
        done.returncode == 1
        and "holds no report" in done.stderr
        and not (tmp_path / "a.csv").exists()
    )


def test_the_twenty_questions_have_the_answers_of_the_page(night, tmp_path):
    night(tmp_path / "data", ROOT / "samples")
    assert len(questions.questions()) == 20
    assert questions.page(tmp_path / "data" / "warehouse.duckdb") == (
        ROOT / "docs" / "questions.md"
    ).read_text(encoding="utf-8"), "make questions"


def test_a_body_whose_province_is_unknown_counts_in_its_county(night, tmp_path):
    folder = tmp_path / "in"
    folder.mkdir()
    text = HEAD.format(name="东山镇", year=2023, body="受理矛盾纠纷40起。")
    (folder / "a.txt").write_text(text, encoding="utf-8")
    night(tmp_path / "data", folder)
    with duckdb.connect(str(tmp_path / "data" / "warehouse.duckdb"), read_only=True) as connection:
        query = (
            "select level, province_name, county_name, total, bodies_filed from metrics_by_place "
            "where metric_code = 'disputes_received'"
        )
        assert connection.execute(query).fetchall() == [("county", None, "临川县", 40, 1)]


@pytest.mark.slow
def test_totals_say_how_much_of_them_rests_on_questioned_figures(night, tmp_path):
    # the 15 that were settled are more than the 10 that were received
    folder = tmp_path / "in" / "浙江省" / "甲州市" / "临川县"
    folder.mkdir(parents=True)
    bodies = {
        ("东山镇", 2023): "受理矛盾纠纷30起，成功化解20起。",
        ("西山乡", 2022): "受理矛盾纠纷20起，成功化解16起。",
        ("西山乡", 2023): "受理矛盾纠纷10起，成功化解15起。\n人民调解员成功化解矛盾纠纷5起。",
    }
    for (name, year), body in bodies.items():
        text = HEAD.format(name=name, year=year, body=body)
        (folder / f"{name}{year}.txt").write_text(text, encoding="utf-8")
    night(tmp_path / "data", tmp_path / "in")
    with duckdb.connect(str(tmp_path / "data" / "warehouse.duckdb"), read_only=True) as connection:
        resolved = "where metric_code = 'disputes_resolved' and report_year = 2023"
        assert connection.execute(
            "select level, total, bodies_questioned, value_questioned, questioned_share "
            f"from metrics_by_place {resolved} order by level"
        ).fetchall() == [
            ("county", 40, 1, 15, 0.375),
            ("prefecture", 40, 1, 15, 0.375),
            ("province", 40, 1, 15, 0.375),
        ]
        assert connection.execute(
            "select township_name, value, value_questioned, questioned_share "
            f"from league_table {resolved} order by township_name"
        ).fetchall() == [("东山镇", 20, 0, 0), ("西山乡", 20, 15, 0.75)]
        assert connection.execute(
            "select value_before, value_questioned_before, questioned_share_before, "
            f"value, value_questioned, questioned_share from year_on_year {resolved}"
        ).fetchall() == [(16, 0, 0, 20, 15, 0.75)]


def test_every_column_of_a_table_or_view_has_its_meaning_in_both_languages(ask):
    columns = ask(
        "select table_name, column_name, comment from duckdb_columns() where not internal"
    )
    assert len({table for table, _, _ in columns}) > 25
    bare = [
        f"{table}.{column}: {comment}"
        for table, column, comment in columns
        if not re.search(r"[A-Za-z].*[\u4e00-\u9fff]", comment or "")
    ]
    assert bare == []
