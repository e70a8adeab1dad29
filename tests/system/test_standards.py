"""The descriptors of the samples' state, read by the tools of their standards: every row of every table is valid.

The tools lie in an environment of their own, which `make standards` makes.
"""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from schemas import tables
from tests.support.nights import night
from tests.support.paths import ROOT
from warehouse import snapshots

TOOLS = ROOT / "build" / "standards"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (TOOLS / ".ready").exists(), reason="the tools are not there: make standards"
    ),
]


@pytest.fixture(scope="module")
def state(tmp_path_factory):
    data = tmp_path_factory.mktemp("standards") / "data"
    night(data, ROOT / "samples")
    return snapshots.current(data)


def call(*arguments, cwd, **variables) -> str:
    """Calls a tool and returns its output. Raises CalledProcessError, which shows it."""
    done = subprocess.run(
        [TOOLS / "bin" / arguments[0], *map(str, arguments[1:])],
        cwd=cwd,
        env={**os.environ, "DO_NOT_TRACK": "1", "NO_COLOR": "1", "COLUMNS": "200", **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout


def found(what, state) -> dict:
    """Returns what tests/tools/standards.py prints about a descriptor, in its last line."""
    output = call("python", ROOT / "tests" / "tools" / "standards.py", what, state.path, cwd=ROOT)
    (line,) = [line for line in output.splitlines() if line.startswith("{")]
    return json.loads(line)


def rows(state) -> dict[str, int]:
    return {table.name: state.read(table.name).num_rows for table in tables.TABLES}


def test_frictionless_finds_every_row_of_every_resource_valid(state):
    answer = found("datapackage", state)
    assert answer["errors"] == [] and answer["valid"] is True
    assert answer["tables"] == {name: [count, []] for name, count in rows(state).items()}


def test_frictionless_would_find_a_row_that_breaks_a_constraint(state, tmp_path):
    package = json.loads((state.path / "datapackage.json").read_bytes())
    (metrics,) = [r for r in package["resources"] if r["name"] == "metrics"]
    (status,) = [f for f in metrics["schema"]["fields"] if f["name"] == "status"]
    status["constraints"]["enum"] = ["planned"]
    metrics["path"] = "metrics"
    (tmp_path / "metrics").symlink_to(state.path / "parquet" / "metrics")
    package["resources"] = [metrics]
    metrics["schema"].pop("foreignKeys")
    (tmp_path / "datapackage.json").write_text(json.dumps(package), encoding="utf-8")
    output = call(
        "python", ROOT / "tests" / "tools" / "standards.py", "datapackage", tmp_path, cwd=ROOT
    )
    assert '"valid": false' in output and 'constraint \\"enum\\"' in output


def test_croissant_loads_every_record_of_every_table(state):
    answer = found("croissant", state)
    # a date of publication would be the only thing in a state that its sources do not decide
    (warning,) = answer["warnings"]
    assert "datePublished" in warning
    columns = {table.name: sorted(f"{table.name}/{c.name}" for c in table.columns) for table in tables.TABLES}
    assert answer["tables"] == {
        name: [count, columns[name] if count else []] for name, count in rows(state).items()
    }


def test_dbt_parses_the_sources_and_all_their_tests_pass(state, tmp_path):
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "sources.yml").write_bytes((state.path / "sources.yml").read_bytes())
    (tmp_path / "dbt_project.yml").write_text(
        'name: reader\nversion: "1.0"\nprofile: reader\nflags: {send_anonymous_usage_stats: false}\n'
    )
    (tmp_path / "profiles.yml").write_text(
        'reader: {target: here, outputs: {here: {type: duckdb, path: ":memory:"}}}\n'
    )
    common = ("--no-version-check", "--no-use-colors")
    parsed = call("dbt", *common, "parse", cwd=tmp_path, FAZHI_STATE=str(state.path))
    assert "Deprecat" not in parsed.replace("This version of dbt is deprecated", "")
    done = call("dbt", *common, "test", cwd=tmp_path, FAZHI_STATE=str(state.path))
    assert " WARN=0 ERROR=0 SKIP=0 " in done and "PASS=0" not in done


def test_the_contract_is_valid_and_the_files_keep_it(state):
    assert "is valid" in call("datacontract", "lint", "contract.odcs.yaml", cwd=state.path)
    done = call("datacontract", "test", "contract.odcs.yaml", cwd=state.path)
    cells = [line.split("│") for line in done.splitlines() if line.count("│") > 3]
    results = [row[1].strip() for row in cells]
    # it cannot look at the types of columns in Parquet yet, and warns of that
    assert set(results) == {"Result", "passed", "warning", ""}
    assert results.count("passed") > 300
    assert all("has type" in row[2] for row in cells if row[1].strip() == "warning")
