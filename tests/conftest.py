"""One Prefect server for all tests, and runs of the real flow and the real command."""

from __future__ import annotations

import os
import resource
import subprocess
from pathlib import Path

import pytest

from flows import settings
from flows.serving import server
from tests.support.paths import FAZHI, ROOT

SYSTEM = ROOT / "tests" / "system"


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items) -> None:
    """Marks the tests of tests/system, and keeps the tests that share a module's corpus in one process."""
    for item in items:
        if item.path.is_relative_to(SYSTEM):
            item.add_marker(pytest.mark.system)
        fixtures = item._fixtureinfo.name2fixturedefs.values()
        if any(fixture[-1].scope == "module" for fixture in fixtures):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def pytest_terminal_summary(terminalreporter) -> None:
    """Says what the tests cost: seconds of CPU of all processes, those that they started included."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    terminalreporter.write_line(f"{seconds:.0f} s of CPU")


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory):
    """The address of a Prefect server of the tests' own; runs in this process and below report to it."""
    os.environ["PREFECT_HOME"] = str(tmp_path_factory.mktemp("prefect"))
    os.environ.update(settings.prefect_environment(verbose=False))
    process, api_url = server.launch(loops=False)
    server.Starting(api_url, process).wait()
    os.environ["PREFECT_API_URL"] = api_url
    yield api_url
    os.environ.pop("PREFECT_API_URL")
    process.terminate()
    process.wait(20)


@pytest.fixture(scope="session")
def run(prefect_server):
    """`run(data_dir, *sources, **settings)` runs the real flow here and returns its summary."""

    def go(data_dir, *sources, **more) -> dict:
        from flows.nightly import nightly

        Path(data_dir, "state").mkdir(parents=True, exist_ok=True)
        return nightly(
            settings.RunSettings([str(s) for s in sources], str(data_dir), **more).as_parameters()
        )

    return go


@pytest.fixture
def fazhi():
    """`fazhi(*arguments)` runs the command in a process of its own."""

    def go(*arguments, cwd=None, timeout=180, **environment) -> subprocess.CompletedProcess:
        return subprocess.run(
            [str(FAZHI), *map(str, arguments)],
            capture_output=True,
            text=True,
            cwd=cwd,
            timeout=timeout,
            env={**os.environ, **environment},
        )

    return go
