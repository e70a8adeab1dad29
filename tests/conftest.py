"""Nights and commands in this process, the real flow with one Prefect server, and what the tests cost."""

from __future__ import annotations

import io
import logging
import os
import resource
import signal
import sys
from dataclasses import dataclass

import pytest

from flows import cli
from flows.serving import server
from flows.settings import RunSettings, prefect_environment
from tests.support import nights
from tests.support.paths import ROOT

SYSTEM = ROOT / "tests" / "system"
os.environ["LANGUAGE"] = "en"  # the tests say what is printed in English, or ask for Chinese


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items) -> None:
    """Marks the tests of tests/system, and keeps together what shares a module's corpus or the Prefect server."""
    for item in items:
        if item.path.is_relative_to(SYSTEM):
            item.add_marker(pytest.mark.system)
        fixtures = item._fixtureinfo.name2fixturedefs
        if "prefect_server" in fixtures:
            item.add_marker(pytest.mark.xdist_group("prefect"))
        elif any(fixture[-1].scope == "module" for fixture in fixtures.values()):
            item.add_marker(pytest.mark.xdist_group(item.path.stem))


def pytest_terminal_summary(terminalreporter) -> None:
    """Says what the tests cost: seconds of CPU of all processes, those that they started included."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    seconds = sum(usage.ru_utime + usage.ru_stime for usage in usages)
    terminalreporter.write_line(f"{seconds:.0f} s of CPU")


@pytest.fixture(scope="session")
def night():
    """`night(data, *sources, **settings)` runs one night in this process and returns its summary."""
    return nights.night


@pytest.fixture(scope="session")
def prefect_server(tmp_path_factory):
    """The address of a Prefect server of the tests' own; flows and commands here and in processes below report to it."""
    os.environ["PREFECT_HOME"] = str(tmp_path_factory.mktemp("prefect"))
    os.environ.update(prefect_environment(verbose=False))
    started = server.launch(loops=False)
    started.wait()
    os.environ.update(started.environment())
    yield started.api_url
    for name in started.environment():
        os.environ.pop(name)
    started.stop()


@pytest.fixture(scope="session")
def flow(prefect_server):
    """`flow(data, *sources, **settings)` runs the real Prefect flow, with Great Expectations, and returns its summary."""

    def run_flow(data, *sources, **settings):
        from flows.nightly import run_nightly

        names = [str(source) for source in sources]
        return run_nightly(RunSettings(sources=names, data_dir=str(data), **settings))

    return run_flow


@dataclass(frozen=True)
class Ended:
    """How a command ended: its exit code, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def fazhi(capsys, monkeypatch):
    """`fazhi(*arguments)` runs the command in this process. A command that publishes needs `prefect_server`, too."""

    def run_command(*arguments, cwd=None, answers=""):
        signals = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        with monkeypatch.context() as patch:
            if cwd is not None:
                patch.chdir(cwd)
            patch.setattr(sys, "stdin", io.StringIO(answers))
            capsys.readouterr()
            try:
                code = cli.main([str(argument) for argument in arguments])
            except SystemExit as leaving:
                code = leaving.code
            finally:
                logging.disable(logging.NOTSET)
                signal.set_wakeup_fd(-1)
                for number, handler in signals.items():
                    signal.signal(number, handler)
        return Ended(code, *capsys.readouterr())

    return run_command
