"""Models by name: packaged, replaced, left out or missing."""

from importlib.resources import files
from types import SimpleNamespace

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier, DummyRegressor

from sklearn_sn.catalog._known_objects import FILE
from sklearn_sn.catalog._ready_models import PURPOSES, ReadyModels
from sklearn_sn.persistence import list_pretrained


def test_packaged_models_are_loaded_once():
    assert ReadyModels().get("contrastive-sim") is ReadyModels().get("contrastive-sim")


def test_a_model_of_the_user_replaces_the_packaged_one():
    mine = SimpleNamespace(encode=None)
    ready = ReadyModels({"contrastive-sim": mine, "spectrum-types": None})
    assert ready.get("contrastive-sim") is mine and ready.get("spectrum-types") is None
    ready.warn_missing()  # nothing is missing


def test_missing_models_are_named_once(monkeypatch):
    monkeypatch.setattr("sklearn_sn.catalog._ready_models.list_pretrained", lambda: [])
    ready = ReadyModels()
    assert ready.get("spectrum-types") is ready.get("spectrum-types") is None
    with pytest.warns(UserWarning, match="contain 'spectrum-types'; without, there are no classes"):
        ready.warn_missing()


def test_unknown_names_are_rejected():
    with pytest.raises(ValueError, match="Got 'spectra' instead"):
        ReadyModels({"spectra": None})


def test_models_that_lack_a_method_are_rejected():
    X, y = np.zeros((2, 1)), [0.0, 1.0]
    for name in PURPOSES:
        with pytest.raises(ValueError, match=f"'{name}', which provides .* Got SimpleNamespace"):
            ReadyModels({name: SimpleNamespace()})
    with pytest.raises(ValueError, match="must be a fitted model with classes_"):
        ReadyModels({"spectrum-types": DummyClassifier()})
    with pytest.raises(ValueError, match="predict with the parameter return_std"):
        ReadyModels({"light-curve-redshift": SimpleNamespace(predict=lambda X: X)})
    ReadyModels({"spectrum-types": DummyClassifier().fit(X, [0, 1])})
    ReadyModels({"light-curve-redshift": DummyRegressor().fit(X, y)})


def test_every_model_is_packaged_and_the_package_is_small():
    assert set(PURPOSES) <= set(list_pretrained())
    folder = files("sklearn_sn.persistence") / "models"
    packaged = [*folder.iterdir(), files("sklearn_sn.catalog") / FILE]
    sizes = {file.name: len(file.read_bytes()) for file in packaged if file.is_file()}
    assert sum(sizes.values()) <= 25e6, sizes
