"""What changes the version of the extraction, and what does not."""

import shutil

import pytest

from tests.support.paths import ROOT
from transforms.version import digest_of


@pytest.fixture
def packages(tmp_path):
    """A copy of the packages that readings depend on."""
    for name in ("transforms", "schemas"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    return tmp_path


def digest(packages):
    return digest_of(packages / "transforms", packages / "schemas")


def test_a_new_package_inside_transforms_changes_the_version(packages):
    before = digest(packages)
    new = packages / "transforms" / "readers" / "new"
    new.mkdir()
    (new / "__init__.py").write_text("ROWS = 3\n")
    assert digest(packages) != before


@pytest.mark.parametrize(
    "path, old, new",
    [
        ("transforms/subject.py", "SUBJECT = 10", "SUBJECT = 11"),
        ("transforms/figures/counting.py", '"名个件起', '"名个件'),
        ("schemas/vocabulary/metrics.toml", "纠纷", "争执"),
        ("schemas/vocabulary/measure_words.tsv", "人次", "人趟"),
    ],
)
def test_code_and_vocabulary_change_the_version(packages, path, old, new):
    before, file = digest(packages), packages / path
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    assert digest(packages) != before


def test_comments_docstrings_and_line_breaks_do_not_change_the_version(packages):
    before, file = digest(packages), packages / "transforms" / "subject.py"
    text = file.read_text(encoding="utf-8")
    docstring = '"""What a figure counts, in the words of the text."""'
    assert docstring in text
    changed = text.replace(docstring, '"""Other words."""\n\n# a comment\n')
    file.write_text(changed + "\n\n\n# another\n", encoding="utf-8")
    assert digest(packages) == before


def test_what_no_reading_depends_on_does_not_change_the_version(packages):
    before = digest(packages)
    (packages / "schemas" / "dictionary.py").write_text("PAGES = 1\n")
    (packages / "transforms" / "model" / "accuracy.json").write_text("{}\n")
    assert digest(packages) == before
