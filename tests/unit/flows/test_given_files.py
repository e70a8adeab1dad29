"""Files and paths that people give: what cannot be used is one line, and nothing is started."""

from __future__ import annotations

import os

import pytest

from schemas.errors import UsageError
from tests.support import reports
from warehouse import corrections


@pytest.fixture
def given(tmp_path):
    """A folder with one report, and a pipe that nobody writes to."""
    reports.write(tmp_path / "in", range(1))
    os.mkfifo(tmp_path / "pipe")
    return tmp_path


@pytest.mark.parametrize("option", ["--register", "--policy", "--sources"])
@pytest.mark.parametrize("name", ["pipe", "/dev/zero"])
def test_what_may_never_end_is_not_read(fazhi, given, option, name):
    ended = fazhi("run", given / "in", option, given / name, "--data", given / "data")
    assert ended.returncode == 1
    assert "is no file" in ended.stderr and ended.stderr.count("\n") == 1
    assert not (given / "data").exists()


def test_a_list_of_corrections_is_a_file(given):
    with pytest.raises(UsageError, match="are no file"):
        corrections.import_file(given / "data", given / "pipe")


def test_a_policy_that_is_none_is_told_before_anything_is_started(fazhi, given):
    (given / "policy.toml").write_text("no policy", encoding="utf-8")
    policy = given / "policy.toml"
    ended = fazhi("run", given / "in", "--policy", policy, "--data", given / "data")
    assert ended.returncode == 1 and "is no TOML" in ended.stderr
    assert not (given / "data").exists()


def test_a_register_without_rows_is_told_before_anything_is_started(fazhi, given):
    register = given / "register.csv"
    register.write_text("code,name,county,prefecture,province\n", encoding="utf-8")
    ended = fazhi("run", given / "in", "--register", register, "--data", given / "data")
    assert ended.returncode == 1 and "it has no row" in ended.stderr
    assert not (given / "data").exists()


def test_a_path_with_a_line_feed_is_told_in_one_line(fazhi, given):
    ended = fazhi("run", given / "no\nsuch", "--data", given / "data")
    assert ended.returncode == 1 and ended.stderr.count("\n") == 1
    assert "no\\nsuch" in ended.stderr or "no\\x0asuch" in ended.stderr
