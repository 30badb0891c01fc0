"""Targets of the design, computed from the code."""

import ast
import inspect
import pkgutil
from importlib import import_module
from pathlib import Path

import pytest
from sklearn.base import BaseEstimator

import sklearn_sn
from sklearn_sn import encoders
from sklearn_sn.encoders import MODALITIES, Encoder, encoder_names
from tests.discovery import PACKAGES, all_encoders, public_classes

PACKAGE = Path(sklearn_sn.__file__).parent


def all_classes():
    """Every class that a module of the package defines."""
    found = set()
    for module in pkgutil.walk_packages(sklearn_sn.__path__, "sklearn_sn."):
        for _, cls in inspect.getmembers(import_module(module.name), inspect.isclass):
            if cls.__module__.startswith("sklearn_sn."):
                found.add(cls)
    return sorted(found, key=lambda cls: (cls.__module__, cls.__qualname__))


def test_constructors_have_at_most_30_parameters():
    counts = {}
    for cls in all_classes():
        if cls.__init__ is not object.__init__:
            parameters = inspect.signature(cls.__init__).parameters
            counts[cls.__name__] = len(parameters) - 1
    assert {name: n for name, n in counts.items() if n > 30} == {}


def test_at_most_5_classes_of_ours_in_any_mro():
    depths = {
        cls.__name__: sum(base.__module__.startswith("sklearn_sn.") for base in cls.__mro__)
        for cls in all_classes()
    }
    assert {name: n for name, n in depths.items() if n > 5} == {}


def code_lines(path):
    """Number of lines with code, without docstrings, comments and blank lines."""
    tree = ast.parse(path.read_text())
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    strings = set()
    for node in ast.walk(tree):
        if isinstance(node, documented) and ast.get_docstring(node) is not None:
            strings |= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    lines = path.read_text().splitlines()
    code = [
        number
        for number, line in enumerate(lines, 1)
        if number not in strings and line.strip() and not line.strip().startswith("#")
    ]
    return len(code)


def test_a_new_light_curve_encoder_is_one_file_of_40_lines_and_one_import():
    assert code_lines(PACKAGE / "encoders" / "_deep_sets.py") <= 40
    mentions = {
        str(path.relative_to(PACKAGE)): sum(
            "DeepSets" in line or "_deep_sets" in line
            for line in path.read_text().splitlines()
            if not line.strip().startswith((">>>", "...", '"deep_sets"'))
        )
        for path in PACKAGE.rglob("*.py")
    }
    del mentions["encoders/_deep_sets.py"]
    # One import, and the name in __all__.
    assert {path: n for path, n in mentions.items() if n} == {"encoders/__init__.py": 2}


def test_hooks_return_no_nameless_tuples():
    """A method that two classes of the estimators define returns at most one value."""
    owners = {}
    for package in ("base", *PACKAGES):
        for path in (PACKAGE / package).glob("*.py"):
            for cls in ast.walk(ast.parse(path.read_text())):
                if not isinstance(cls, ast.ClassDef):
                    continue
                for method in cls.body:
                    if isinstance(method, ast.FunctionDef) and method.name.startswith("_"):
                        owners.setdefault(method.name, []).append((cls.name, method))
    hooks = {name: found for name, found in owners.items() if len(found) > 1}
    tuples = [
        f"{cls}.{name}"
        for name, found in hooks.items()
        for cls, method in found
        for node in ast.walk(method)
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple)
    ]
    assert tuples == []


def test_encoders_announce_themselves():
    classes = [getattr(encoders, name) for name in encoders.__all__]
    named = [c for c in classes if isinstance(c, type) and issubclass(c, Encoder) and c.name]
    assert {(c.modality, c.name) for c in named} == {
        (modality, name) for modality in MODALITIES for name in encoder_names(modality)
    }
    # Names that users rely on; a new encoder need not be listed.
    released = {
        "light_curve": {"transformer", "gru", "deep_sets", "transceiver"},
        "spectrum": {"cnn", "transformer", "spectranet", "galspecnet", "transceiver"},
        "image": {"cnn", "transceiver"},
        "metadata": {"mlp", "transceiver"},
    }
    assert all(released[m] <= set(encoder_names(m)) for m in MODALITIES)


@pytest.mark.parametrize("encoder", all_encoders(), ids=lambda e: type(e).__name__)
def test_encoders_hold_no_fitted_state(encoder):
    assert isinstance(encoder, BaseEstimator)
    assert set(vars(encoder)) == set(encoder.get_params(deep=False))


def test_shared_parameters_are_documented_once():
    documented = [
        path
        for package in ("base", "encoders", *PACKAGES)
        for path in (PACKAGE / package).glob("*.py")
        if "Fraction of the objects that `early_stopping` holds out." in path.read_text()
    ]
    assert [path.name for path in documented] == ["_docs.py"]
    for package in PACKAGES:
        for cls in public_classes(package):
            assert "%(" not in cls.__doc__


def test_every_source_file_has_a_test_file():
    tests = Path(__file__).parent
    # An __init__ only re-exports names, which tests/test_imports.py checks.
    sources = [
        path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py") if path.name != "__init__.py"
    ]
    expected = {
        source: source.with_name(f"test_{source.name.removeprefix('_')}") for source in sources
    }
    missing = [
        f"{source}: tests/{test}"
        for source, test in expected.items()
        if not (tests / test).is_file()
    ]
    assert sources
    assert sorted(missing) == []
