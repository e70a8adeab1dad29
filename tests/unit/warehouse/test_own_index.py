"""An index by a user's own weights: what is missing is told, and never counts as zero."""

import duckdb
import pytest

from schemas.errors import UsageError
from warehouse import export, own_index, weights

BODIES = [("甲镇", "东县"), ("乙镇", "东县"), ("丙镇", "东县"), ("丁镇", "西县"), ("戊镇", None)]
# body -> metric -> (value, unit, state, questioned)
VALUES = {
    "甲镇": {"advisers": (10, "人", "reported", False), "villages": (5, "个", "reported", False), "cases": (8, "件", "reported", True)},
    "乙镇": {"advisers": (5, "人", "reported", False), "villages": (5, "个", "reported", False), "cases": (0, "件", "zero", False)},
    "丙镇": {"advisers": (6, "人", "reported", False), "cases": (2, "件", "reported", False)},
    "丁镇": {"advisers": (9, "人", "reported", False), "villages": (0, "个", "zero", False), "cases": (3, "元", "reported", False)},
    "戊镇": {"cases": (None, "件", "unreadable", False)},
}  # fmt: skip


@pytest.fixture
def database(tmp_path):
    """A published file with what an index reads: five bodies that filed for 2023."""
    path = tmp_path / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(
            "create table units (unit varchar, base_unit varchar);"
            "insert into units values ('名', '人'), ('个', '个'), ('件', '件');"
            "create table metric_definitions (metric_code varchar, aggregation varchar, unit varchar);"
            "insert into metric_definitions values ('advisers', 'max', '名'), ('villages', 'max', '个'),"
            " ('cases', 'sum', '件'), ('targets', 'none', '件');"
            "create table reports (report_id varchar, report_kind varchar, township_id varchar, report_year int,"
            " province_name varchar, prefecture_name varchar, county_name varchar, township_name varchar);"
            "create table body_year_values (report_id varchar, metric_code varchar, value double, unit varchar,"
            " state varchar, figures int, questioned boolean, metric_id varchar);"
        )
        for name, county in BODIES:
            connection.execute(
                "insert into reports values (?, 'rule_of_law', ?, 2023, '浙江省', null, ?, ?)", [name, name, county, name]
            )
            for metric, (value, unit, state, questioned) in VALUES[name].items():
                connection.execute(
                    "insert into body_year_values values (?, ?, ?, ?, ?, 1, ?, ?)",
                    [name, metric, value, unit, state, questioned, f"{name}-{metric}"],
                )
        connection.execute("insert into reports values ('x', 'enforcement', '甲镇', 2023, '浙江省', null, '东县', '甲镇')")
    return path


RATIO = 'metric = "advisers"\nper = "villages"\nname = "advisers_per_village"\nbetter = "high"\n'
CASES = 'metric = "cases"\nbetter = "low"\n'


def given(tmp_path, *components, head="year = 2023\n"):
    """The weights in a file with these components."""
    path = tmp_path / "weights.toml"
    path.write_text(head + "".join(f"[[component]]\n{one}" for one in components), encoding="utf-8")
    return weights.read(path)


def answer(database, own):
    """body -> row of the index as a dictionary."""
    units = own_index.usual_units(str(database), own)
    with duckdb.connect(str(database), read_only=True) as connection:
        cursor = connection.execute(own_index.query(own, units))
        names = [column[0] for column in cursor.description]
        rows = [dict(zip(names, row)) for row in cursor.fetchall()]
    assert sorted(row["township_name"] for row in rows) == sorted(VALUES)
    return {row["township_name"]: row for row in rows}


def test_values_become_points_within_the_compared_set_and_are_weighted(database, tmp_path):
    rows = answer(database, given(tmp_path, RATIO + "weight = 3\n", CASES))
    first, second = rows["甲镇"], rows["乙镇"]
    assert (first["advisers_per_village"], first["advisers_per_village_score"]) == (2.0, 100.0)
    assert (second["advisers_per_village"], second["advisers_per_village_score"]) == (1.0, 0.0)
    assert (first["cases_score"], second["cases_score"], rows["丙镇"]["cases_score"]) == (0.0, 100.0, 75.0)
    assert (first["score"], first["coverage"]) == (75.0, 1.0)  # (3 × 100 + 1 × 0) / 4
    assert (second["score"], second["coverage"]) == (25.0, 1.0)
    assert (first["missing"], first["questioned"], second["questioned"]) == (None, "cases", None)
    assert first["metric_id_advisers_per_village"] == "甲镇-advisers"
    assert first["metric_id_advisers_per_village_per"] == "甲镇-villages"
    assert first["compared_with"] == 2


def test_what_is_missing_is_named_and_never_counts_as_zero(database, tmp_path):
    rows = answer(database, given(tmp_path, RATIO, CASES))
    assert {name: rows[name]["missing"] for name in ("丙镇", "丁镇", "戊镇")} == {
        "丙镇": "advisers_per_village: per_not_reported",
        "丁镇": "advisers_per_village: per_zero; cases: other_unit",
        "戊镇": "advisers_per_village: not_reported; cases: unreadable",
    }
    assert (rows["丙镇"]["score"], rows["丙镇"]["coverage"]) == (None, 0.5)
    assert (rows["戊镇"]["score"], rows["戊镇"]["coverage"]) == (None, 0.0)
    half = answer(database, given(tmp_path, RATIO, CASES, head="year = 2023\ncoverage = 0.5\n"))
    assert half["丙镇"]["score"] == 75.0  # its cases alone: the ratio is left out, not 0
    assert half["戊镇"]["score"] is None


def test_ranks_share_ties_and_bounds_are_cut_off(database, tmp_path):
    rows = answer(database, given(tmp_path, 'metric = "advisers"\nbetter = "high"\nscale = "rank"\n'))
    points = [rows[name]["score"] for name in ("乙镇", "丙镇", "丁镇", "甲镇")]
    assert points == [0.0, 33.33, 66.67, 100.0]
    rows = answer(database, given(tmp_path, 'metric = "villages"\nbetter = "high"\nscale = "rank"\n'))
    assert [rows[name]["score"] for name in ("丁镇", "甲镇", "乙镇")] == [0.0, 75.0, 75.0]
    rows = answer(database, given(tmp_path, 'metric = "advisers"\nbetter = "low"\nscale = [6, 10]\n'))
    assert [rows[name]["score"] for name in ("乙镇", "丙镇", "丁镇", "甲镇")] == [100.0, 100.0, 25.0, 0.0]
    assert rows["甲镇"]["compared_with"] is None


def test_bodies_are_compared_within_their_place_alone(database, tmp_path):
    own = given(tmp_path, 'metric = "advisers"\nbetter = "high"\n', head='year = 2023\ncompare = "county"\n')
    rows = answer(database, own)
    assert (rows["甲镇"]["score"], rows["丙镇"]["score"], rows["丁镇"]["score"]) == (100.0, 20.0, None)
    assert rows["丁镇"]["missing"] == "advisers: no_spread"
    with duckdb.connect(str(database)) as connection:
        connection.execute("insert into body_year_values values ('戊镇', 'advisers', 7, '人', 'reported', 1, false, 'e')")
    assert answer(database, own)["戊镇"]["missing"] == "advisers: place_unknown"


def test_the_summary_counts_bodies_with_a_value_and_those_without(database, tmp_path):
    own = given(tmp_path, RATIO + "weight = 3\n", CASES + "scale = [0, 10]\n")
    units = own_index.usual_units(str(database), own)
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(own_index.summary(own, units)).fetchall()
    assert rows == [
        ("advisers_per_village", 3.0, "high", "min_max", 2023, 2, 5, 2, 1, 1.0, 2.0),
        ("cases", 1.0, "low", "0 to 10", 2023, 3, 5, 0, 2, 0.0, 8.0),
    ]


def test_the_view_can_be_pasted_and_the_rows_written(database, tmp_path):
    own = given(tmp_path, RATIO, CASES, head='name = "普法指数"\nyears = [2022, 2023]\nprovince = "浙江省"\n')
    units = own_index.usual_units(str(database), own)
    with duckdb.connect(str(database), read_only=True) as connection:
        connection.execute(own_index.view(own, units))
        rows = connection.execute('select township_name, score from "普法指数" where score is not null').fetchall()
    assert rows == [("乙镇", 50.0), ("甲镇", 50.0)]
    queries = {"普法指数": own_index.query(own, units), "构成": own_index.summary(own, units)}
    assert export.export_queries(database, str(tmp_path / "a.csv"), queries) == f"5 rows: {tmp_path / 'a.csv'}"
    lines = (tmp_path / "a.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[0].startswith("province_name,") and len(lines) == 6
    with pytest.raises(UsageError, match="is there already"):
        export.export_queries(database, str(tmp_path / "a.csv"), queries)
    with pytest.raises(UsageError, match=r"ends in \.xlsx, \.csv or \.parquet"):
        export.export_queries(database, str(tmp_path / "a.duckdb"), queries)
    assert sorted(path.name for path in tmp_path.glob("*a.*")) == ["a.csv"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"there is no \[\[component\]\]"),
        ("year = ", "is no TOML"),
        ("[[component]]\n" + CASES, "give year = 2023 or years"),
        ("year = 2023\nyears = [2022]\n[[component]]\n" + CASES, "give year = 2023 or years"),
        ('years = ["2023"]\n[[component]]\n' + CASES, "are no years"),
        ("year = 2023\n[[component]]\nbetter = 'low'\n", "component 1 has no metric"),
        ("year = 2023\n[[component]]\nmetric = 'cases'\n", "component 1: better is one of high, low"),
        ("year = 2023\n[[component]]\nwieght = 2\n" + CASES, r"unknown key wieght \(did you mean weight"),
        ("year = 2023\n[[component]]\nweight = 0\n" + CASES, "a weight is more than 0"),
        ("year = 2023\n[[component]]\nweight = nan\n" + CASES, "is no number from 0"),
        ("year = 2023\n[[component]]\nscale = [5, 5]\n" + CASES, "the lower first"),
        ("year = 2023\n[[component]]\nname = 'a\" b'\n" + CASES, "is no name of letters"),
        ("year = 2023\n[[component]]\nname = 'score'\n" + CASES, "score is a column of the table already"),
        ("year = 2023\ncompare = 'town'\n[[component]]\n" + CASES, "compare is one of country, province"),
        (f"year = 2023\n[[component]]\n{CASES}[[component]]\n{CASES}", "two components are called cases"),
    ],
)
def test_wrong_weights_are_refused_with_what_is_wrong(tmp_path, text, message):
    path = tmp_path / "weights.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=message):
        weights.read(path)


def test_metrics_that_are_none_or_have_no_value_of_a_year_are_refused(database, tmp_path):
    for code, message in (("nothing", "no such metric: nothing"), ("targets", "targets has no value of a year")):
        own = given(tmp_path, f'metric = "{code}"\nbetter = "high"\n')
        with pytest.raises(UsageError, match=message):
            own_index.usual_units(str(database), own)
    with pytest.raises(UsageError, match="cannot be read"):
        weights.read(tmp_path / "none.toml")
