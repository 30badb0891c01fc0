"""Models by name: packaged, replaced, left out or missing."""

import pytest

from sklearn_sn.catalog._ready_models import ReadyModels


def test_packaged_models_are_loaded_once():
    assert ReadyModels().get("contrastive-sim") is ReadyModels().get("contrastive-sim")


def test_a_model_of_the_user_replaces_the_packaged_one():
    ready = ReadyModels({"contrastive-sim": "mine", "spectrum-types": None})
    assert ready.get("contrastive-sim") == "mine" and ready.get("spectrum-types") is None
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
