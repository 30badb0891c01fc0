"""What network classifiers share: losses, probabilities, histories."""

import numpy as np
import pytest
import torch

from sklearn_sn.base import (
    check_class_names,
    log_odds,
    nested_probabilities,
    softmax,
)
from sklearn_sn.data import as_ragged
from sklearn_sn.encoders import GRU
from sklearn_sn.losses import ClassificationLoss, FocalLoss, effective_number_weights
from tests.base.tiny import classifier

SMALL_GRU = GRU(d_model=8, latent_dim=6)
COUNTS = np.array([10.0, 40.0, 10.0])


# Losses ----------------------------------------------------------------------


def test_cross_entropy_with_weights_of_classes():
    weight = torch.tensor([1.0, 2.0, 3.0])
    params = classifier()._criterion(weight, COUNTS)
    assert params == {"criterion": ClassificationLoss, "criterion__class_weight": weight}


@pytest.mark.parametrize("gamma", [0.0, 1.0, 3.0])
def test_gamma_reaches_the_loss(gamma, supernovae):
    params = classifier(loss="focal", focal_gamma=gamma)._criterion(None, COUNTS)
    assert params["criterion"] is FocalLoss and params["criterion__gamma"] == gamma
    assert params["criterion__class_weight"] is None
    model = classifier(loss="focal", focal_gamma=gamma, max_epochs=1).fit(*supernovae)
    assert model.net_.criterion_.gamma == gamma


def test_gamma_changes_what_is_learned(supernovae):
    models = [
        classifier(loss="focal", focal_gamma=gamma, max_epochs=1).fit(*supernovae)
        for gamma in (0.0, 2.0)
    ]
    plain = classifier(max_epochs=1).fit(*supernovae)
    losses = [model.history_[0]["train_loss"] for model in (*models, plain)]
    assert losses[0] == pytest.approx(losses[2], rel=1e-5)
    assert losses[1] < 0.8 * losses[0]  # by (1 - p)^2 of five classes


@pytest.mark.parametrize("beta", [0.0, 0.9, 0.999])
def test_effective_numbers_multiply_with_class_weights(beta):
    model = classifier(loss="balanced_focal", balance_beta=beta)
    expected = effective_number_weights(torch.from_numpy(COUNTS), beta)
    found = model._criterion(None, COUNTS)["criterion__class_weight"]
    torch.testing.assert_close(found, expected)
    weight = torch.tensor([1.0, 2.0, 3.0])
    found = model._criterion(weight, COUNTS)["criterion__class_weight"]
    torch.testing.assert_close(found, expected * weight)


@pytest.mark.parametrize(
    ("class_weight", "expected"),
    [
        (None, None),
        ("balanced", [60 / (3 * 10), 60 / (3 * 40), 60 / (3 * 10)]),
        ({"a": 1.0, "b": 5.0, "c": 2.0}, [1.0, 5.0, 2.0]),
    ],
    ids=["none", "balanced", "dict"],
)
def test_class_weights_are_those_of_scikit_learn(class_weight, expected):
    y = np.repeat(["a", "b", "c"], [10, 40, 10])
    task = classifier(class_weight=class_weight)._label_task(y, None)
    found = task.net_params["criterion__class_weight"]
    assert found is None if expected is None else found.tolist() == pytest.approx(expected)


# Labels ----------------------------------------------------------------------


def test_a_task_holds_codes_and_weighted_frequencies():
    task = classifier()._label_task(["b", "a", "b", "c"], [1.0, 5.0, 2.0, 0.0])
    assert task.attributes["classes_"].tolist() == ["a", "b"]
    assert task.attributes["class_prior_"].tolist() == [5 / 8, 3 / 8]
    assert task.targets["targets"][:3].tolist() == [1, 0, 1] and task.n_outputs == 2
    assert task.strata is task.targets["targets"]


@pytest.mark.parametrize(
    ("y", "weight"), [(["a"] * 4, None), (["a", "a", "b", "a"], [1.0, 1.0, 0.0, 1.0])]
)
def test_one_class_is_too_few(y, weight):
    with pytest.raises(ValueError, match=r"y holds one class only \(\['a'\]\)"):
        classifier()._label_task(y, weight)


@pytest.mark.parametrize(
    "labels",
    [[0, 1], [3.0, 7.0], [True, False], ["b", "a"], [b"b", b"a"], [-5, 10**12]],
    ids=lambda y: str(y[0]),
)
def test_predictions_are_of_the_kind_of_the_labels(labels, supernovae):
    X = supernovae[0].iloc[:12]
    y = np.array(labels)[np.arange(12) % 2]
    model = classifier(max_epochs=1).fit(X, y.tolist())
    predicted = model.predict(X)
    assert predicted.dtype.kind == y.dtype.kind and set(predicted) <= set(y)
    assert model.classes_.tolist() == sorted(labels)


# Probabilities ---------------------------------------------------------------


def test_a_softmax_is_in_double_precision():
    logits = np.array([[0.0, 1.0, 2.0], [1e4, 0.0, -1e4], [5.0, 5.0, 5.0]], dtype=np.float32)
    proba = softmax(logits)
    assert proba.dtype == np.float64
    np.testing.assert_allclose(proba.sum(axis=1), 1.0, rtol=1e-15)
    np.testing.assert_allclose(proba[0], np.exp([0, 1, 2]) / np.exp([0, 1, 2]).sum())
    assert proba[1].tolist() == [1.0, 0.0, 0.0]


@pytest.mark.parametrize("chosen", [[[0]], [[2]], [[0, 1]]])
def test_log_odds(chosen):
    logits = torch.tensor([[1.0, -0.5, 2.0]], dtype=torch.float64)
    p = logits.softmax(1)[0, chosen[0]].sum()
    found = log_odds(logits, torch.tensor(chosen))
    torch.testing.assert_close(found[0], torch.log(p / (1 - p)))


def test_log_odds_change_where_a_probability_no_longer_does():
    logits = torch.tensor([[40.0, 0.0], [80.0, 0.0]])
    assert log_odds(logits, torch.zeros(2, 1, dtype=torch.long)).tolist() == [40.0, 80.0]


def test_probabilities_add_up_and_predictions_are_the_largest(supernovae):
    X, y = supernovae
    model = classifier().fit(X, y)
    proba = model.predict_proba(X)
    assert proba.dtype == np.float64 and proba.shape == (60, 5)
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)
    np.testing.assert_array_equal(model.predict(X), model.classes_[proba.argmax(axis=1)])


# Histories -------------------------------------------------------------------


def test_a_history_is_what_prefixes_give(supernovae):
    X, y = supernovae
    model = classifier(encoder=SMALL_GRU).fit(X, y)
    flat = as_ragged(model.predict_proba_history(X))
    proba = np.column_stack([flat[name] for name in model.classes_])
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)
    np.testing.assert_allclose(proba[flat.offsets[1:] - 1], model.predict_proba(X), atol=1e-6)
    curves = as_ragged(X["light_curve"], kind="light_curve").sort("time", "band")
    np.testing.assert_array_equal(flat["time"], curves["time"])
    early = X.assign(light_curve=curves.filter(curves.rank() < 3).to_nested(index=X.index))
    np.testing.assert_allclose(proba[flat.offsets[:-1] + 2], model.predict_proba(early), atol=1e-6)


def test_an_object_without_points_has_no_rows(supernovae):
    X, y = supernovae
    model = classifier(encoder=SMALL_GRU, max_epochs=1).fit(X, y)
    missing = X.assign(light_curve=[None, *X["light_curve"].iloc[1:]])
    with pytest.warns(UserWarning, match="1 objects have no usable light curve"):
        flat = as_ragged(model.predict_proba_history(missing))
    assert flat.lengths[0] == 0 and (flat.lengths[1:] > 0).all()


def test_only_causal_encoders_have_a_history(supernovae):
    assert hasattr(classifier(), "predict_proba_history")  # before fit, anything may be
    assert not hasattr(classifier(max_epochs=1).fit(*supernovae), "predict_proba_history")


def test_a_class_called_time_has_no_place():
    check_class_names(np.array(["Ia", "II"]))
    with pytest.raises(ValueError, match="A class is called 'time'"):
        check_class_names(np.array(["Ia", "time"]))


def test_nested_probabilities():
    nested = nested_probabilities(
        np.array([[0.1, 0.9], [0.5, 0.5], [0.7, 0.3]]),
        [1, 2],
        np.arange(3.0),
        [0, 2, 3],
        ["x", "y"],
    )
    assert nested.index.tolist() == ["x", "y"]
    assert nested.iloc[0]["1"].tolist() == [0.1, 0.5]
    assert nested.iloc[1]["time"].tolist() == [2.0]


# Batches ---------------------------------------------------------------------


@pytest.mark.parametrize("balance", [None, "class", "domain", "both"])
def test_batches_are_balanced_as_told(balance, supernovae, monkeypatch):
    X, y = supernovae
    plans = []
    model = classifier(batch_balance=balance)
    monkeypatch.setattr(type(model), "_train", lambda self, plan: plans.append(plan))
    monkeypatch.setattr(type(model), "_finish_fit", lambda self: self)
    model.fit(X, y)
    groups = plans[0].dataset.groups
    n_expected = {
        "class": 5,
        "domain": X["survey"].nunique(),
        "both": len(set(zip(y, X["survey"], strict=True))),
    }
    assert groups is None if balance is None else len(set(groups)) == n_expected[balance]


# Explanations ----------------------------------------------------------------


def test_the_class_to_explain_is_the_predicted_one_unless_told(supernovae):
    X, y = supernovae
    model = classifier(max_epochs=1).fit(X, y)
    np.testing.assert_array_equal(
        model.classes_[model._explained_outputs(X, None)], model.predict(X)
    )
    np.testing.assert_array_equal(model.classes_[model._explained_outputs(X, y)], y)
    assert set(model._explained_outputs(X, "SN Ia")) == {model.classes_.tolist().index("SN Ia")}
    for wrong in ("kilonova", "a", "zzz"):
        with pytest.raises(ValueError, match=f"must hold classes of fit, .* Got '{wrong}' instead"):
            model._explained_outputs(X, wrong)
