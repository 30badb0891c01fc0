"""Imports go down the layers only, and heavy packages come late."""

import ast
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

import sklearn_sn

PACKAGE = Path(sklearn_sn.__file__).parent
LAYERS = [
    {"data", "metrics"},
    {"datasets", "preprocessing", "modules", "losses"},
    {"preprocessors", "nets", "persistence"},
    {"encoders"},
    {"base"},
    {"embedding", "classification", "regression", "model_selection"},
    {"alerts", "anomaly", "cross_modal", "distributed", "onnx", "plotting"},
    {"catalog", "papers"},
    {"cli"},
]
LEVEL = {name: level for level, names in enumerate(LAYERS) for name in names}
FILES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE)


def imports(path):
    """Imported modules of ours and the names taken from them, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom):
            names = [alias.name for alias in node.names]
            yield node.module or "", names
        elif isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, []


def imported_packages(path):
    """Packages of ours that a file imports."""
    for module, names in imports(path):
        parts = module.split(".")
        if parts[0] == "sklearn_sn":
            yield from [parts[1]] if len(parts) > 1 else [n for n in names if n in LEVEL]


def packages_imported_by(package):
    """Packages of ours that a package imports, besides itself."""
    files = [path for path in FILES if path.relative_to(PACKAGE).parts[0] == package]
    return {other for path in files for other in imported_packages(path)} - {package}


def test_imports_go_down():
    wrong = []
    for path in FILES:
        own = path.relative_to(PACKAGE).parts[0]
        for other in imported_packages(path):
            if other != own and not LEVEL[other] < LEVEL[own]:
                wrong.append(f"{path.relative_to(PACKAGE)} imports {other}")
    assert wrong == []


def test_only_public_names_cross_a_package_border():
    wrong = []
    for path in FILES:
        own = path.relative_to(PACKAGE).parts[0]
        for module, names in imports(path):
            parts = module.split(".")
            if parts[0] != "sklearn_sn" or len(parts) < 2 or parts[1] == own:
                continue
            public = importlib.import_module(f"sklearn_sn.{parts[1]}").__all__
            private = [name for name in names if name not in public]
            if len(parts) > 2 or private:
                wrong.append(f"{path.relative_to(PACKAGE)}: {module} {private}")
    assert wrong == []


def test_every_package_has_a_layer():
    assert {path.relative_to(PACKAGE).parts[0] for path in FILES} == set(LEVEL)


ARCHITECTURE = Path(__file__).parents[1] / "docs" / "architecture.rst"


@pytest.mark.skipif(not ARCHITECTURE.exists(), reason="no docs beside the tests")
def test_the_table_of_layers_is_that_of_the_code():
    table = {}
    lines = ARCHITECTURE.read_text(encoding="utf-8").splitlines()
    for line in lines:
        found = re.match(r"(\d)\s+``(\w+)``\s.*?\s{2,}(\S.*)$", line)
        if found:
            level, package, last = int(found[1]), found[2], re.split(r"\s{2,}", line)[-1]
            table[package] = level, set(re.findall(r"\w+", last)) & set(LEVEL)
    assert {package: level for package, (level, _) in table.items()} == LEVEL
    for package, (_, listed) in table.items():
        assert listed == packages_imported_by(package), package


def test_files_are_short():
    lengths = {path: len(path.read_text().splitlines()) for path in FILES}
    assert {path: n for path, n in lengths.items() if n > 400} == {}


def loaded_after(statement):
    code = f"import sys; {statement}; print(' '.join(sys.modules))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=60
    )
    return set(done.stdout.split())


def test_importing_the_package_loads_next_to_nothing():
    assert not {"torch", "sklearn", "pandas", "numpy"} & loaded_after("import sklearn_sn")


def test_only_estimators_load_torch():
    names = "alerts, anomaly, catalog, cli, cross_modal, data, datasets, distributed, metrics"
    names += ", model_selection, persistence, plotting, preprocessing"
    loaded = loaded_after(f"from sklearn_sn import {names}")
    assert not {"torch", "matplotlib", "dust_extinction", "dask", "distributed"} & loaded


def test_models_load_neither_readers_nor_simulators():
    loaded = loaded_after("import sklearn_sn.embedding, sklearn_sn.classification")
    assert not {"sklearn_sn.datasets", "astropy"} & loaded


def test_predictions_do_not_load_astropy():
    code = """
import pandas as pd
from sklearn_sn.data import Ragged, check_table
curve = {"time": [59000.0, 59001.0], "band": ["ztfg", "ztfr"], "flux": [9.0, 8.0]}
for cells in (Ragged(curve, [0, 2]).to_nested(), [curve]):
    table = pd.DataFrame({"light_curve": pd.Series(cells)})
    assert check_table(table, modalities=["light_curve"]).light_curve.n_points == 2
"""
    assert "astropy" not in loaded_after(f"exec({code!r})")


def test_reading_does_not_load_the_cosmology():
    assert "astropy.cosmology" not in loaded_after("import sklearn_sn.datasets")


def test_top_level_offers_the_estimators():
    for name in ("ContrastiveEmbedder", "MMVAEEmbedder"):
        assert name in dir(sklearn_sn)
        assert getattr(sklearn_sn, name).__name__ == name
    with pytest.raises(AttributeError, match="NoSuchThing"):
        _ = sklearn_sn.NoSuchThing


def test_a_broken_torch_is_named_as_the_cause():
    code = "import sys; sys.modules['torch'] = None; from sklearn_sn import ContrastiveEmbedder"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert "ImportError: sklearn_sn.ContrastiveEmbedder cannot be imported" in last
    assert "torch" in last


def test_what_the_top_level_offers():
    from sklearn_sn.catalog import classify, report

    assert (sklearn_sn.classify, sklearn_sn.report) == (classify, report)
    assert {name for name in dir(sklearn_sn) if name[0].isalpha()} >= set(sklearn_sn._LAZY)
    assert not {"TYPE_CHECKING", "import_quickly"} & set(dir(sklearn_sn))
