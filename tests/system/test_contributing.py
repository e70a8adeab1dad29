"""CONTRIBUTING.md is true: one of each thing it names is added to a copy of the product, and a night there shows them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import numpy as np
import pytest

from tests.support import reports
from tests.support.paths import ROOT

PACKAGES = ("schemas", "transforms", "warehouse", "expectations", "flows")

METRIC = """
[[metric]]
code = "debating_pavilions"
domain = "publicity"
family = "venues"
name_zh = "议事凉亭数"
name_en = "pavilions where villagers debate"
kind = "count"
aggregation = "max"
unit = "座"
sheet = true
measure_words = ["座"]
nouns = [
  "议事凉亭",
]
verbs = []
against = []
example = "建成议事凉亭17座"

[[metric]]
code = "other"
"""

FORMAT = """
[[format]]
kind = "reversed"
name = "a text written backwards"
magic = ["52455645525345440a"]
media_type = "text/x-reversed"
rank = 8
reader = "reversed.read"
"""

READER = '''"""Texts that are written backwards."""

from schemas.errors import Rejected
from transforms.readers.document import Document


def read(data: bytes) -> Document:
    """Returns the text in its right order. Raises Rejected (written_forwards)."""
    text = data.removeprefix(b"REVERSED\\n").decode()
    if text.startswith("2023"):
        raise Rejected("written_forwards", characters=len(text))
    return Document(text[::-1], "text/x-reversed", "utf-8", "reversed/1")
'''

REASON = """
[[reason]]
code = "written_forwards"
en = "The text is written forwards."
zh = "文字为正序。"
do_en = "Write it backwards."
do_zh = "请改为倒序。"
message = "The text is written forwards ({characters} characters). Write it backwards."
"""

RULE = """-- severity: warning
-- scope: report
-- table: metrics
-- name_zh: 凉亭不过十座
-- holds: A township has at most ten pavilions.
-- holds_zh: 一个乡镇的凉亭不超过十座。
-- source: this test
-- broken by: 建成议事凉亭17座

select
    metric_id as row_id,
    report_id,
    'More than ten pavilions.' as message,
    '凉亭超过十座。' as message_zh,
    quote as evidence,
    char_start
from metrics
where metric_code = 'debating_pavilions' and value > 10
"""

MART = """-- One row per township: its pavilions.
create or replace view pavilions as
select township_name, debating_pavilions from township_year_sheet;
"""

COLUMN = """        Column(
            "character_count",
            "int32",
            "Number of characters of the text.",
            "全文字数。",
            unit="characters",
        ),
        Column(
            "text",
"""

NIGHT = """
import sys
from flows.night import run_night
from flows.settings import RunSettings

if __name__ == "__main__":
    run_night(RunSettings([sys.argv[1]], sys.argv[2]))
"""


def replace_once(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"{path.name}: {old!r} stands there {text.count(old)} times"
    path.write_text(text.replace(old, new), encoding="utf-8")


def append(path: Path, more: str) -> None:
    with open(path, "a", encoding="utf-8") as f:
        f.write(more)


def add_untrained_metric(model: Path) -> None:
    """Gives the metric before the last one weights of its own: none. `make model` would train them."""
    with np.load(model) as arrays:
        weights = dict(arrays)
    last = len(weights["output_bias"]) - 1
    weights["outputs"] = np.insert(weights["outputs"], last, 0, axis=1)
    least = weights["output_bias"].min()  # as likely as the rarest one
    weights["output_bias"] = np.insert(weights["output_bias"], last, least)
    np.savez(model, **weights)


@pytest.fixture(scope="module")
def product(tmp_path_factory) -> Path:
    """A copy of the product with one more metric, format, reason code, rule, mart and column."""
    home = tmp_path_factory.mktemp("product")
    for name in PACKAGES:
        shutil.copytree(ROOT / name, home / name, ignore=shutil.ignore_patterns("__pycache__"))
    vocabulary = home / "schemas" / "vocabulary"
    replace_once(vocabulary / "metrics.toml", '\n[[metric]]\ncode = "other"\n', METRIC)
    add_untrained_metric(home / "transforms" / "model" / "metrics.npz")
    append(vocabulary / "formats.toml", FORMAT)
    append(vocabulary / "reasons.toml", REASON)
    (home / "transforms" / "readers" / "reversed.py").write_text(READER, encoding="utf-8")
    rule = home / "expectations" / "rules" / "plausibility" / "many_pavilions.sql"
    rule.write_text(RULE, encoding="utf-8")
    mart = home / "warehouse" / "sql" / "marts" / "30_pavilions.sql"
    mart.write_text(MART, encoding="utf-8")
    replace_once(home / "schemas" / "texts.py", '        Column(\n            "text",\n', COLUMN)
    replace_once(
        home / "transforms" / "rows.py",
        '        "text": report.text,\n',
        '        "text": report.text,\n        "character_count": len(report.text),\n',
    )
    (home / "night.py").write_text(NIGHT, encoding="utf-8")
    return home


@pytest.fixture(scope="module")
def data(product) -> Path:
    """The data folder of a night of that copy over three sources."""
    sources = product / "in"
    sources.mkdir()
    plain = reports.text(1).replace("发放宣传资料", "建成议事凉亭17座，发放宣传资料")
    (sources / "plain.txt").write_text(plain, encoding="utf-8")
    (sources / "reversed.dat").write_text("REVERSED\n" + reports.text(2)[::-1], encoding="utf-8")
    (sources / "forwards.dat").write_text("REVERSED\n2023年报告", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(product / "night.py"), str(sources), str(product / "data")],
        cwd=product,
        env={**os.environ, "PYTHONPATH": str(product)},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return product / "data"


def ask(data: Path, sql: str) -> list[tuple]:
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


@pytest.mark.slow
def test_a_metric_is_one_entry(data):
    figures = "select quote from metrics where metric_code = 'debating_pavilions'"
    assert ask(data, figures) == [("17座",)]
    names = "select name_zh from metric_definitions where metric_code = 'debating_pavilions'"
    assert ask(data, names) == [("议事凉亭数",)]
    sheet = "select max(debating_pavilions) from township_year_sheet"
    assert ask(data, sheet) == [(17.0,)]


@pytest.mark.slow
def test_a_format_is_one_module_and_one_entry(data):
    read = "select source_name, media_type, reader from reports where reader = 'reversed/1'"
    assert ask(data, read) == [("reversed.dat", "text/x-reversed", "reversed/1")]


@pytest.mark.slow
def test_a_reason_code_is_one_entry(data):
    quarantine = "select source_name, reason_code, message from quarantine"
    message = "The text is written forwards (7 characters). Write it backwards."
    assert ask(data, quarantine) == [("forwards.dat", "written_forwards", message)]


@pytest.mark.slow
def test_a_rule_is_one_file(data):
    findings = "select message, evidence from quality_findings where rule_id = 'many_pavilions'"
    assert ask(data, findings) == [("More than ten pavilions.", "17座")]


@pytest.mark.slow
def test_a_mart_is_one_file(data):
    assert ask(data, "from pavilions where debating_pavilions > 0") == [(reports.township(1), 17.0)]


@pytest.mark.slow
def test_a_column_is_one_declaration_and_its_value(data):
    counts = "select character_count = length(text) from reports"
    assert ask(data, counts) == [(True,), (True,)]
    comment = "select comment from duckdb_columns() where column_name = 'character_count' and table_name = 'reports'"
    assert ask(data, comment) == [("Number of characters of the text. [characters] 全文字数。",)]


def test_a_metric_that_the_model_was_not_trained_for_is_told(tmp_path):
    for name in ("schemas", "transforms"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    catalogue = tmp_path / "schemas" / "vocabulary" / "metrics.toml"
    replace_once(catalogue, '\n[[metric]]\ncode = "other"\n', METRIC)
    done = subprocess.run(
        [sys.executable, "-c", "from transforms.codes.model import load_model; load_model()"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 1 and done.stderr.rstrip().endswith(": run make model")
