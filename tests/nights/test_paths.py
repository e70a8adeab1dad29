"""Paths reach SQL as parameters: a data folder may be called anything."""

from __future__ import annotations

import csv

import pytest

from tests.support import reports
from tests.support.nights import ask, night
from warehouse import snapshots, verify
from warehouse.difference import difference
from warehouse.export import export


@pytest.mark.slow
def test_a_data_folder_with_a_wide_blank_a_quote_and_a_bracket_in_its_path(tmp_path):
    home = tmp_path / "数据\u3000it's [a] \"b\" $c"
    data = home / "data"
    reports.write(home / "in", range(4))
    first = night(data, home / "in")["snapshot"]
    path = next((home / "in").rglob("00001-*"))
    path.write_text(reports.text(1, disputes=300), encoding="utf-8")
    reports.write(home / "in", [9])
    second = night(data, home / "in")["snapshot"]
    assert ask(data, "select count(*) from reports") == [(5,)]
    compared = difference(
        snapshots.find(data, first),
        snapshots.find(data, second),
        export_to=str(home / "changes.csv"),
    )
    assert compared.counts["reports"] == {"added": 2, "changed": 0, "removed": 1}
    assert verify.verify(data) == []
    for name in ("some.parquet", "some.duckdb", "some.xlsx", "some.csv", "folder"):
        line = export((data / "warehouse.duckdb").resolve(), str(home / name), {}, [2023], [])
        assert line.startswith("5 reports"), line
    with open(home / "some.csv", encoding="utf-8", newline="") as file:
        assert len(list(csv.DictReader(file))) == 25


def test_cells_of_a_csv_that_a_spreadsheet_would_run_are_texts(tmp_path):
    reports.write(tmp_path / "in", [1])
    path = next((tmp_path / "in").rglob("*.txt"))
    path.rename(path.with_name("=HYPERLINK(1).txt"))
    night(tmp_path / "data", tmp_path / "in")
    database = (tmp_path / "data" / "warehouse.duckdb").resolve()
    for keep, name in ((False, "'=HYPERLINK(1).txt"), (True, "=HYPERLINK(1).txt")):
        to = tmp_path / f"{keep}.csv"
        export(database, str(to), {}, [], [], keep_formulas=keep)
        with open(to, encoding="utf-8", newline="") as file:
            assert {row["source_name"] for row in csv.DictReader(file)} == {name}
