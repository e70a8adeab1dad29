"""Options from fazhi.toml and the environment: which one holds, and what is refused."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from flows import cli, configuration
from schemas.errors import UsageError

FILE = """
data = "/srv/all"

[run]
source = ["/srv/a", "/srv/b"]
keep = 14
defect-share = 0.1
strict = true

[sources.add]
data = "/srv/own"
"""


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """An empty working folder, without settings of the machine."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("FAZHI_"):
            monkeypatch.delenv(name)
    return tmp_path


def parsed(*arguments):
    top = cli.parser()
    configuration.apply(top)
    return top.parse_args(list(arguments))


def test_the_command_line_outweighs_the_environment_and_that_the_file(folder, monkeypatch):
    assert (parsed("run").data, parsed("run").keep, parsed("run").source) == ("data", 7, [])
    (folder / "fazhi.toml").write_text(FILE, encoding="utf-8")
    options = parsed("run")
    assert (options.data, options.keep, options.source) == ("/srv/all", 14, ["/srv/a", "/srv/b"])
    assert (options.defect_share, options.strict, options.seconds) == (0.1, True, 120)
    assert parsed("sql", "select 1").data == "/srv/all"
    monkeypatch.setenv("FAZHI_DATA", "/env")
    monkeypatch.setenv("FAZHI_RUN_KEEP", "3")
    assert (parsed("run").data, parsed("run").keep) == ("/env", 3)
    options = parsed("run", "there", "--data", "here", "--keep", "9")
    assert (options.data, options.keep, options.source) == ("here", 9, ["there"])


def test_another_file_is_named_by_a_variable(folder, monkeypatch):
    (folder / "own.toml").write_text("[run]\nkeep = 2\n", encoding="utf-8")
    monkeypatch.setenv("FAZHI_CONFIG", str(folder / "own.toml"))
    assert parsed("run").keep == 2
    monkeypatch.setenv("FAZHI_CONFIG", str(folder / "none.toml"))
    with pytest.raises(UsageError, match=r"none\.toml cannot be read: No such file"):
        parsed("run")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[rnu]\nkeep = 1\n", "fazhi.toml: no key or command rnu (did you mean run?)"),
        ("[run]\nkep = 1\n", "fazhi.toml: [run] has no option kep (did you mean keep?)"),
        ("[run]\nkeep = 0\n", "fazhi.toml: keep of [run]: '0' is no whole number from 1"),
        ("[run]\nkeep = [1]\n", "fazhi.toml: keep of [run] is one value, not [1]"),
        ("[run]\nstrict = 'often'\n", "fazhi.toml: strict of [run] is true or false, not 'often'"),
        ("run = 1\n", "fazhi.toml: run must be a table: [run]"),
        ("[run]\naccept_loss = 'x'\n", "fazhi.toml: [run] has no option accept_loss"),
        ("[run\n", "fazhi.toml cannot be read: "),
    ],
)
def test_what_no_option_takes_is_refused_with_its_place(folder, text, message):
    (folder / "fazhi.toml").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as error:
        parsed("run")
    assert str(error.value).startswith(message)


def test_a_bad_variable_is_refused_by_its_name(folder, monkeypatch):
    monkeypatch.setenv("FAZHI_RUN_KEEP", "many")
    with pytest.raises(UsageError, match=r"^the variable FAZHI_RUN_KEEP: 'many' is no whole number"):
        parsed("run")


def test_config_shows_what_holds_and_from_where_but_no_secret(folder, monkeypatch, fazhi):
    (folder / "fazhi.toml").write_text(
        "[run]\nkeep = 14\nwebhook = 'https://x/secret'\n", encoding="utf-8"
    )
    monkeypatch.setenv("FAZHI_DATA", "/env")
    rows = json.loads(fazhi("config", "--json").stdout)
    of_run = [row for row in rows if row["command"] == "run"]
    assert of_run == [
        {"command": "run", "option": "data", "value": "/env", "origin": "FAZHI_DATA"},
        {"command": "run", "option": "webhook", "value": "(set)", "origin": "fazhi.toml"},
        {"command": "run", "option": "keep", "value": "14", "origin": "fazhi.toml"},
    ]
    assert "secret" not in fazhi("config", "--all").stdout


def test_a_wrong_file_is_one_line_and_starts_nothing(folder, fazhi):
    (folder / "fazhi.toml").write_text("[run]\nkep = 1\n", encoding="utf-8")
    ended = fazhi("run", folder)
    assert ended.returncode == 1
    assert ended.stderr == "fazhi: fazhi.toml: [run] has no option kep (did you mean keep?)\n"
    assert not (folder / "data").exists()


@pytest.mark.parametrize("shell", ["bash", "zsh"])
def test_completion_names_commands_and_options(fazhi, shell):
    ended = fazhi("completion", shell)
    assert ended.returncode == 0
    assert "quarantine" in ended.stdout
    assert "--accept-loss" in ended.stdout


def test_the_script_for_bash_completes_a_command(fazhi, tmp_path):
    script = tmp_path / "fazhi.bash"
    script.write_text(fazhi("completion", "bash").stdout, encoding="utf-8")
    ask = (
        f"source {script}; COMP_WORDS=(fazhi quar); COMP_CWORD=1; COMP_LINE='fazhi quar'; "
        "_shtab_fazhi fazhi quar fazhi; echo ${COMPREPLY[@]}"
    )
    ended = subprocess.run(["bash", "-c", ask], capture_output=True, text=True, check=True)
    assert ended.stdout.split() == ["quarantine"]
