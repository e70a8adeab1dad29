import re
import subprocess
import sys
from pathlib import Path

import pytest

from schemas import dictionary, metrics, tables
from tests.support.paths import ROOT
from tests.tools import architecture


def test_imports_go_in_one_direction():
    done = subprocess.run(
        [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"],
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert done.returncode == 0, done.stdout


def test_the_data_dictionary_is_what_the_declarations_say():
    for name, content in dictionary.pages().items():
        assert (ROOT / "docs" / name).read_text(encoding="utf-8") == content, (
            f"docs/{name} is stale: make dictionary"
        )


@pytest.mark.parametrize("table", tables.TABLES, ids=lambda t: t.name)
def test_every_table_is_declared_whole(table):
    names = [c.name for c in table.columns]
    assert (
        len(names) == len(set(names))
        and set(table.key) <= set(names)
        and set(table.order) <= set(names)
    )
    assert table.en.startswith("One row per ") and "一行" in table.zh
    for column in table.columns:
        assert column.en and column.zh, column.name
    for column, target in table.references:
        assert column in names and len(tables.BY_NAME[target].key) == 1
    schema = tables.arrow_schema(table)
    assert [schema.field(c.name).nullable for c in table.columns] == [
        c.nullable for c in table.columns
    ]
    assert schema.field(names[0]).metadata[b"description_zh"].decode() == table.columns[0].zh


def test_the_catalogue_of_metrics_is_whole_and_does_not_contradict_itself():
    codes = metrics.codes()
    assert len(codes) == len(set(codes)) and codes[-1] == "other"
    known = set(metrics.measure_words())
    for m in metrics.metrics():
        assert not set(m.nouns) & set(m.against), m.code
        assert m.example and m.name_zh and m.name_en, m.code
        assert set(m.measure_words) - known == set(), m.code
        assert {m.numerator, m.denominator, m.out_of} <= {None, *codes}, m.code
        if m.code != "other":
            assert m.counter_example and m.counter_code in codes and m.counter_code != m.code
        for words in (m.nouns, m.verbs, m.against, m.measure_words):
            assert len(words) == len(set(words)), m.code


def test_no_lock_file_names_a_host():
    for name in ("requirements.lock", "bootstrap.lock"):
        text = (ROOT / name).read_text(encoding="utf-8")
        assert "://" not in text and "index" not in text and "--hash=sha256:" in text


def test_the_list_of_modules_is_what_the_modules_say():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    assert architecture.page(text) == text, "docs/architecture.md is stale: make dictionary"


def test_the_tests_that_hold_the_invariants_exist():
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = set(re.findall(r"`(test_\w+)`", text))
    source = "\n".join(p.read_text(encoding="utf-8") for p in (ROOT / "tests").rglob("test_*.py"))
    missing = {name for name in named if f"def {name}(" not in source}
    assert len(named) >= 5 and not missing


def test_no_line_of_the_product_is_longer_than_a_hundred_characters():
    packages = ("schemas", "transforms", "warehouse", "expectations", "flows")
    modules = [path for name in packages for path in (ROOT / name).rglob("*.py")]
    assert len(modules) > 100
    assert [
        f"{path.relative_to(ROOT)}:{number}"
        for path in modules
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if len(line) > 100
    ] == []
