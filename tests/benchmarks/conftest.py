"""Scripts of benchmarks/ and benchmarks/studies/, which are no packages."""

import importlib
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
FOLDERS = (BENCHMARKS, BENCHMARKS / "studies")


@pytest.fixture(scope="module")
def load():
    """Import a script by name."""
    if not BENCHMARKS.exists():
        pytest.skip("the folder benchmarks is missing")
    before = set(sys.modules)
    sys.path[:0] = map(str, FOLDERS)
    yield importlib.import_module
    for folder in FOLDERS:
        sys.path.remove(str(folder))
    for name in set(sys.modules) - before:
        if any((folder / f"{name}.py").exists() for folder in FOLDERS):
            del sys.modules[name]
