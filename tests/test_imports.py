"""Imports go down the layers only, and heavy packages come late."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import sklearn_sn

PACKAGE = Path(sklearn_sn.__file__).parent
LAYERS = [
    {"data", "metrics"},
    {"datasets", "preprocessing", "modules", "losses"},
    {"nets"},
    {"base"},
    {"embedding", "classification", "regression", "model_selection"},
    {"anomaly", "cross_modal", "plotting", "persistence"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE)


def imported_packages(path):
    """Packages of ours that a file imports, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            modules = [node.module or ""]
        elif isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        else:
            continue
        for module in modules:
            parts = module.split(".")
            if parts[0] == "sklearn_sn" and len(parts) > 1:
                yield parts[1]


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_imports_go_down(path):
    own = path.relative_to(PACKAGE).parts[0]
    for other in imported_packages(path):
        assert other == own or LEVEL[other] < LEVEL[own], f"{own} imports {other}"


def test_every_package_has_a_layer():
    assert {path.relative_to(PACKAGE).parts[0] for path in FILES} <= set(LEVEL)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(PACKAGE)))
def test_files_are_short(path):
    assert len(path.read_text().splitlines()) <= 400


def loaded_after(statement):
    code = f"import sys; {statement}; print(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


def test_importing_the_package_loads_next_to_nothing():
    assert not {"torch", "sklearn", "pandas", "numpy"} & loaded_after("import sklearn_sn")


def test_only_estimators_load_torch():
    names = "anomaly, cross_modal, data, datasets, metrics, model_selection, persistence, plotting"
    names += ", preprocessing"
    loaded = loaded_after(f"from sklearn_sn import {names}")
    assert not {"torch", "matplotlib", "dust_extinction"} & loaded


def test_top_level_offers_the_estimators():
    for name in ("ContrastiveEmbedder", "MMVAEEmbedder"):
        assert name in dir(sklearn_sn)
        assert getattr(sklearn_sn, name).__name__ == name
    with pytest.raises(AttributeError, match="NoSuchThing"):
        _ = sklearn_sn.NoSuchThing
