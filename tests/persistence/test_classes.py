"""The list of what loading builds is a list of what there is, and is documented."""

from importlib import import_module
from pathlib import Path

import pytest

from sklearn_sn.persistence._classes import MODULES, OBJECTS, TYPES, class_name, find_class

GUIDE = Path(__file__).parents[2] / "docs" / "persistence.rst"
ENTRIES = [
    (table, f"{package}.{name}")
    for table in (OBJECTS, MODULES, TYPES)
    for package, names in table.items()
    for name in names
]


@pytest.mark.parametrize(("table", "name"), ENTRIES, ids=lambda v: v if isinstance(v, str) else "")
def test_names_lead_to_classes_and_back(table, name):
    cls = find_class(name, table)
    assert isinstance(cls, type)
    assert class_name(cls, table) == name


def test_a_name_does_not_make_a_class_ours():
    impostor = type("StandardScaler", (), {"__module__": "sklearn.preprocessing._data"})
    assert class_name(impostor, OBJECTS) is None


def test_all_transformers_and_embedders_are_in_the_list():
    for package in ("cross_modal", "embedding", "preprocessing"):
        public = import_module(f"sklearn_sn.{package}").__all__
        assert set(public) <= set(OBJECTS[f"sklearn_sn.{package}"])


@pytest.mark.skipif(not GUIDE.exists(), reason="no docs beside the tests")
def test_the_guide_names_what_can_be_saved():
    text = GUIDE.read_text(encoding="utf-8")
    for package, names in OBJECTS.items():
        if not package.startswith("sklearn_sn") and not package.split(".")[-1].startswith("_"):
            for name in names:
                stem = name
                if package in ("sklearn.tree", "sklearn.ensemble"):
                    stem = name.removesuffix("Classifier").removesuffix("Regressor")
                assert stem in text or name.startswith("_"), name
