"""The script of `make gpu`, as a dry run on the CPU."""

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "gpu.py"


@pytest.fixture(scope="module")
def script():
    spec = importlib.util.spec_from_file_location("gpu", SCRIPT)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_dry_run_passes_for_every_estimator():
    command = [sys.executable, str(SCRIPT), "--dry-run", "--objects", "24"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [line for line in done.stdout.splitlines() if line.endswith("| True |")]
    assert len(rows) == 16
    assert "Dry run" in done.stdout


def test_it_covers_every_estimator(script):
    from tests.discovery import learned

    names = {type(estimator).__name__ for estimator in script.estimators("cpu", 1).values()}
    assert names == {type(estimator).__name__ for estimator in learned()}


def test_missing_packages_are_named(script, monkeypatch):
    monkeypatch.setattr(script, "NEEDED", ("numpy", "no_such_package"))
    missing = script.missing_packages()
    assert list(missing) == ["no_such_package"]
    assert "ModuleNotFoundError" in missing["no_such_package"]
