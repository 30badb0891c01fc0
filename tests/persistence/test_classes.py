"""Loading builds listed classes of others, and those of ours that announce it."""

import importlib
import inspect
import pkgutil
from importlib import import_module
from pathlib import Path

import pytest
from sklearn.base import BaseEstimator
from torch import nn

import sklearn_sn
from sklearn_sn.encoders import Encoder
from sklearn_sn.persistence import ModelFileError
from sklearn_sn.persistence._classes import (
    OTHER_TYPES,
    SKLEARN_OBJECTS,
    class_name,
    find_class,
)

GUIDE = Path(__file__).parents[2] / "docs" / "persistence.rst"
KINDS = ("object", "module", "type")
ENTRIES = [
    (kind, f"{package}.{name}")
    for kind, table in (("object", SKLEARN_OBJECTS), ("type", OTHER_TYPES))
    for package, names in table.items()
    for name in names
]


def our_classes():
    """Return all classes that a module of the package defines."""
    found = {}
    for module in pkgutil.walk_packages(sklearn_sn.__path__, "sklearn_sn."):
        for cls in vars(importlib.import_module(module.name)).values():
            if isinstance(cls, type) and cls.__module__ == module.name:
                found[f"{cls.__module__}.{cls.__name__}"] = cls
    return found


OURS = our_classes()
STORED = {name: cls for name, cls in OURS.items() if getattr(cls, "_file_kind", None) in KINDS}


@pytest.mark.parametrize(("kind", "name"), ENTRIES)
def test_names_lead_to_classes_and_back(kind, name):
    cls = find_class(name, kind)
    assert isinstance(cls, type)
    assert class_name(cls, kind) == name


@pytest.mark.parametrize("name", STORED)
def test_our_classes_are_stored_as_they_announce(name):
    cls = STORED[name]
    stored = class_name(cls, cls._file_kind)
    assert find_class(stored, cls._file_kind) is cls
    assert stored.rpartition(".")[2] == cls.__name__
    for other in set(KINDS) - {cls._file_kind}:
        assert class_name(cls, other) is None
        with pytest.raises(ModelFileError, match="which loading does not build"):
            find_class(stored, other)


@pytest.mark.parametrize("name", sorted(OURS.keys() - STORED.keys()))
@pytest.mark.parametrize("kind", KINDS)
def test_our_other_classes_are_never_built(name, kind):
    assert class_name(OURS[name], kind) is None
    package = ".".join(name.split(".")[:2])
    for asked in (name, f"{package}.{OURS[name].__name__}"):
        with pytest.raises(ModelFileError, match="which loading does not build"):
            find_class(asked, kind)


def test_there_are_classes_of_every_kind_and_of_none():
    kinds = {cls._file_kind for cls in STORED.values()}
    assert kinds == set(KINDS)
    rest = {name.rpartition(".")[2] for name in OURS.keys() - STORED.keys()}
    assert {"Ragged", "ModelFileError", "Decoder", "BatchLoader"} <= rest


def test_a_name_does_not_make_a_class_ours():
    impostor = type("StandardScaler", (), {"__module__": "sklearn.preprocessing._data"})
    assert class_name(impostor, "object") is None


def test_announcing_does_not_make_a_class_ours():
    for base, kind in ((BaseEstimator, "object"), (nn.Module, "module"), (object, "type")):
        mine = type("Mine", (base,), {"_file_kind": kind})
        assert class_name(mine, kind) is None
        with pytest.raises(ModelFileError, match="which loading does not build"):
            find_class(f"{mine.__module__}.Mine", kind)


def test_an_impostor_inside_the_package_is_not_found():
    """A class of ours that no module holds under its name is not built from it."""
    impostor = type(
        "GRU", (BaseEstimator,), {"__module__": "sklearn_sn.encoders._gru", "_file_kind": "object"}
    )
    with pytest.raises(ModelFileError, match="which loading does not build"):
        find_class(class_name(impostor, "object"), "object")


def test_all_estimators_and_encoders_are_stored():
    for package in ("classification", "cross_modal", "embedding", "preprocessing", "regression"):
        module = import_module(f"sklearn_sn.{package}")
        for name in module.__all__:
            cls = getattr(module, name)
            if inspect.isclass(cls) and issubclass(cls, BaseEstimator):
                assert class_name(cls, "object") == f"sklearn_sn.{package}.{name}"
    for cls in OURS.values():
        if issubclass(cls, Encoder):
            assert class_name(cls, "object") is not None


@pytest.mark.skipif(not GUIDE.exists(), reason="no docs beside the tests")
def test_the_guide_names_what_can_be_saved():
    text = GUIDE.read_text(encoding="utf-8")
    for package, names in SKLEARN_OBJECTS.items():
        if not package.split(".")[-1].startswith("_"):
            for name in names:
                stem = name
                if package in ("sklearn.tree", "sklearn.ensemble"):
                    stem = name.removesuffix("Classifier").removesuffix("Regressor")
                assert stem in text or name.startswith("_"), name
