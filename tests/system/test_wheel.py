"""The wheel works outside of the repository: all packages, their data and the samples are in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile

import pytest

from tests.support.paths import ROOT

pytestmark = pytest.mark.slow
PACKAGES = ("schemas", "transforms", "warehouse", "expectations", "flows")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """A folder into which the wheel alone was installed; its dependencies are those of the tests."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in (*PACKAGES, "samples"):
        shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    build = ["wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", str(folder), str(source)]
    subprocess.run([*pip, *build], check=True)
    (wheel,) = folder.glob("*.whl")
    target = folder / "installed"
    subprocess.run([*pip, "install", "--no-deps", "--target", str(target), str(wheel)], check=True)
    return wheel, target


def test_it_holds_every_package_with_its_data_and_the_samples(installed):
    names = set(zipfile.ZipFile(installed[0]).namelist())
    for name in (
        "schemas/locale/zh.po",
        "schemas/vocabulary/layout.toml",
        "flows/templates/explain.html",
        "transforms/readers/__init__.py",
        "samples/四川省/绵阳市/梓潼县/许州镇2021年法治工作总结.txt",
    ):
        assert name in names
    assert not [name for name in names if name.startswith("tests/")]
    missing = [
        path
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
        if path.relative_to(ROOT).as_posix() not in names
    ]
    assert missing == []


def test_the_demo_runs_from_it_in_any_folder(installed, tmp_path):
    environment = {**os.environ, "PYTHONPATH": str(installed[1])}
    code = "import flows.cli, sys; print(flows.__file__); sys.exit(flows.cli.main(['demo']))"
    ended = subprocess.run(
        [sys.executable, "-P", "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines()[0] == str(installed[1] / "flows" / "__init__.py")
    assert "12 reports of 11 bodies" in ended.stdout
    assert (tmp_path / "data-samples" / "warehouse.duckdb").exists()
