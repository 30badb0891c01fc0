"""The mixture of experts on cutouts and metadata."""

import pickle

import numpy as np
import pytest
import torch
from torch import nn

import sklearn_sn
from sklearn_sn import papers
from sklearn_sn.classification import AstroMiNNClassifier
from sklearn_sn.data import DataQualityWarning
from sklearn_sn.encoders import ALERT_TOWERS, MetadataTowers
from sklearn_sn.persistence import load_model, save_model
from tests.classification.alerts import alerts, tiny, without

LEARNING = {"max_epochs": 16, "lr": 8e-3}


@pytest.fixture(scope="module")
def table():
    return alerts()


@pytest.fixture(scope="module")
def model(table):
    return tiny(modality_dropout=0.3, **LEARNING).fit(*table)


def test_it_is_at_the_top():
    assert sklearn_sn.AstroMiNNClassifier is AstroMiNNClassifier


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"image": None},
        {"metadata": None},
        {"n_experts": 1},
        {"image": "cnn", "metadata": "mlp", "n_experts": 1},
    ],
    ids=["whole", "no image", "no metadata", "no experts", "two branches"],
)
def test_ablations_learn_the_classes(params, table):
    X, y = table if "metadata" not in params else alerts(120, seed=3)
    model = tiny(**{**LEARNING, **params}).fit(X, y)
    new, labels = alerts(seed=1)
    assert model.score(new, labels) > 0.85
    assert model.modalities_ == [n for n in ("image", "metadata") if params.get(n, 1) is not None]
    assert model.net_.module_.experts[0][0].in_features == model.transform(new).shape[1]


def test_an_object_without_one_modality_is_classified(model, table):
    new, labels = alerts(seed=2)
    every = np.arange(len(new))
    assert np.mean(model.predict(without(new, every, image=True)) == labels) > 0.8
    # A column that tells nothing, so that the network learns from the images.
    other = tiny(metadata_columns=["magpsf"], **LEARNING).fit(*alerts(120, seed=3))
    assert np.mean(other.predict(without(new, every, metadata=True)) == labels) > 0.8
    # The others of the table do not change.
    part = model.predict_proba(without(new, [3], image=True))
    whole = model.predict_proba(new)
    np.testing.assert_allclose(np.delete(part, 3, 0), np.delete(whole, 3, 0), atol=1e-6)
    assert np.abs(part[3] - whole[3]).max() > 1e-4


def test_an_object_with_nothing_gets_the_class_frequencies(model, table):
    X = without(table[0], [1, 4], image=True, metadata=True)
    with pytest.warns(DataQualityWarning, match="2 objects have nothing .*'ZTF1'"):
        proba = model.predict_proba(X)
    np.testing.assert_array_equal(proba[[1, 4]], [model.class_prior_] * 2)
    with pytest.warns(DataQualityWarning):
        assert not model.expert_load(X)[[1, 4]].any()
    with pytest.warns(DataQualityWarning):
        np.testing.assert_array_equal(model.transform(X)[1], model.missing_embedding_)


def test_expert_load_shows_the_experts_of_each_prediction(model, table):
    X, _ = table
    state = pickle.dumps(vars(model)["expert_load_"])
    shares = model.expert_load(X)
    assert ((shares > 0).sum(axis=1) == 2).all()
    np.testing.assert_allclose(shares.sum(axis=1), 1.0, rtol=1e-5)
    np.testing.assert_allclose(shares.mean(axis=0), model.expert_load_, atol=1e-6)
    assert pickle.dumps(vars(model)["expert_load_"]) == state
    single = tiny(n_experts=1).fit(*table)
    assert single.expert_load_.tolist() == [1.0]


def test_specialisation_sends_each_class_to_its_expert(table):
    X, y = table
    params = {"n_experts": 2, "top_k": 1, "router_loss_weights": (0.0, 5.0)}
    model = tiny(**LEARNING, **params).fit(X, y)
    chosen = model.expert_load(X).argmax(axis=1)
    assert np.mean(chosen == np.searchsorted(model.classes_, y) % 2) > 0.9


def test_balance_spreads_the_load(table):
    X, y = table
    spread = []
    for weight in (0.0, 3.0):
        params = {"router_loss_weights": (weight, 0.0), "top_k": 1}
        spread.append(tiny(**LEARNING, **params).fit(X, y).expert_load_.max())
    assert spread[1] < spread[0]


def test_class_weights_raise_the_probability_of_a_class(table):
    X, y = table
    light, heavy = (
        tiny(class_weight={"AGN": w, "CV": 1.0, "SN": 1.0}).fit(X, y).predict_proba(X)[:, 0].mean()
        for w in (1.0, 20.0)
    )
    assert heavy > light + 0.02


def test_objects_of_weight_zero_are_left_out(table):
    X, y = table
    weight = np.where(np.arange(len(y)) < 40, 1.0, 0.0)
    weighted = tiny().fit(X, y, sample_weight=weight).predict_proba(X)
    np.testing.assert_allclose(weighted, tiny().fit(X[:40], y[:40]).predict_proba(X), atol=1e-6)


@pytest.mark.parametrize("loss", ["focal", "cross_entropy", "balanced_focal"])
def test_losses(loss, table):
    found = tiny(loss=loss).fit(*table)
    assert np.isfinite([row["train_loss"] for row in found.history_]).all()


@pytest.mark.parametrize("weights", [(0.1,), (0.1, -1.0), (0.1, np.nan), ("a", "b")])
def test_wrong_weights_of_the_router_are_named(table, weights):
    with pytest.raises(ValueError, match="'router_loss_weights' parameter of AstroMiNNClassifier"):
        tiny(router_loss_weights=weights).fit(*table)


def test_parameters_change_the_fit(table):
    X, y = table
    plain = tiny().fit(X, y).predict_proba(X)
    for params in (
        {"focal_gamma": 0.0},
        {"top_k": 1},
        {"router_loss_weights": (3.0, 0.1)},
        {"router_loss_weights": (0.01, 3.0)},
        {"modality_dropout": 0.0},
    ):
        assert np.abs(tiny(**params).fit(X, y).predict_proba(X) - plain).max() > 1e-5, params


def test_files_keep_towers_and_missing_modalities(table, tmp_path):
    X, y = table
    towers = {**ALERT_TOWERS, "mine": ("age", "magpsf")}
    model = tiny(metadata=MetadataTowers(towers=towers, d_model=4)).fit(X, y)
    save_model(model, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    part = without(without(X, [0], image=True), [1], metadata=True)
    np.testing.assert_array_equal(loaded.predict_proba(part), model.predict_proba(part))
    np.testing.assert_array_equal(loaded.expert_load(part), model.expert_load(part))
    assert loaded.metadata.towers["mine"] == ("age", "magpsf")


def test_a_module_of_the_user_is_an_encoder(table):
    class Brightness(nn.Module):
        def forward(self, image):
            return torch.cat([image.amax((2, 3)), image.mean((2, 3))], dim=1)

    X, y = table
    model = tiny(image=Brightness(), metadata=None, **LEARNING).fit(X, y)
    assert model.score(X, y) > 0.8 and model.transform(X).shape == (60, 6)


def test_the_baseline_trains(table):
    X, y = table
    model = papers.btsbot(max_epochs=1, early_stopping=False, random_state=0).fit(X, y)
    assert model.expert_load(X).shape == (60, 1)


def test_no_history_of_probabilities():
    assert not hasattr(AstroMiNNClassifier(), "predict_proba_history")


@pytest.mark.parametrize("value", [-0.1, 0.6])
def test_modality_dropout_leaves_one_modality(value, table):
    with pytest.raises(ValueError, match="'modality_dropout' parameter of AstroMiNNClassifier"):
        tiny(modality_dropout=value).fit(*table)
