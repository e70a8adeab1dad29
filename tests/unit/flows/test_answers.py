"""Answers to queries in every form that can be asked for."""

import io
import json

import pytest

from flows import answers
from schemas.errors import UsageError

NAMES = ["township_name", "value"]
ROWS = [("分水镇", 1234567.5), ("=1+1", None), ("长" * 40, 2000000.0)]


def test_a_table_has_whole_cells_and_no_exponents_where_it_is_no_terminal():
    text = answers.as_table(NAMES, ROWS)
    assert "长" * 40 in text and "1234567.5" in text and "2000000" in text and "e+" not in text


def test_csv_runs_nothing_in_a_spreadsheet():
    assert answers.as_csv(NAMES, ROWS).splitlines() == [
        "township_name,value",
        "分水镇,1234567.5",
        "'=1+1,",
        f"{'长' * 40},2000000",
    ]


def test_json_and_json_lines_hold_the_same_objects():
    objects = json.loads(answers.as_json(NAMES, ROWS))
    assert objects[0] == {"township_name": "分水镇", "value": 1234567.5}
    assert [json.loads(line) for line in answers.as_json_lines(NAMES, ROWS).splitlines()] == objects


def test_a_block_a_row_lines_up_and_shows_no_control_character():
    assert answers.as_list(["a", "名称"], [(1, "x\x1b"), (None, "y")]) == (
        "── row 1 ──\na     1\n名称  x\\x1b\n── row 2 ──\na     \n名称  y"
    )


def test_a_query_comes_from_the_command_a_file_or_standard_input(tmp_path, monkeypatch):
    (tmp_path / "q.sql").write_text("from reports", encoding="utf-8-sig")
    monkeypatch.setattr("sys.stdin", io.StringIO("from metrics"))
    assert answers.read_query("select 1") == "select 1"
    assert answers.read_query(f"@{tmp_path / 'q.sql'}") == "from reports"
    assert answers.read_query("-") == "from metrics"


@pytest.mark.parametrize("given", ["", "  \n", "@missing.sql"])
def test_an_empty_query_and_a_missing_file_are_one_line(given):
    with pytest.raises(UsageError) as error:
        answers.read_query(given)
    assert "\n" not in str(error.value)
