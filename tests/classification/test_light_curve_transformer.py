"""The end-to-end classifier."""

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, cross_val_score

from sklearn_sn import ContrastiveEmbedder
from sklearn_sn.classification import LightCurveTransformerClassifier
from tests.conftest import SMALL


def make(**params):
    small = {"d_model": 16, "n_layers": 1, "max_epochs": 2, "batch_size": 16, "random_state": 0}
    return LightCurveTransformerClassifier(**{**small, **params})


def test_probabilities(supernovae):
    X, y = supernovae
    model = make().fit(X, y)
    proba = model.predict_proba(X)
    assert model.classes_.tolist() == sorted(set(y))
    assert proba.shape == (60, 5) and proba.dtype == np.float64
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)
    np.testing.assert_array_equal(model.predict(X), model.classes_[proba.argmax(axis=1)])


@pytest.mark.parametrize("kind", ["S7", int, float, bool, object])
def test_labels_keep_their_kind(supernovae, kind):
    X, y = supernovae
    labels = y.astype(kind) if kind in ("S7", object) else (y == "SN Ia").astype(kind)
    model = make().fit(X, labels)
    assert model.classes_.dtype == labels.dtype == model.predict(X).dtype


def test_an_object_without_light_curve_gets_the_prior(supernovae):
    X, y = supernovae
    weight = np.where(y == "SN Ia", 3.0, 1.0)
    model = make().fit(X, y, sample_weight=weight)
    gap = X.assign(light_curve=[None, *X["light_curve"].iloc[1:]])
    expected = [weight[y == name].sum() / weight.sum() for name in model.classes_]
    np.testing.assert_allclose(model.predict_proba(gap)[0], expected)
    np.testing.assert_array_equal(model.transform(gap)[0], model.nothing_)
    np.testing.assert_allclose(model.predict_proba(gap)[1:], model.predict_proba(X)[1:], atol=1e-6)


def test_weight_zero_is_absence(supernovae):
    X, y = supernovae
    kept = np.arange(60) % 3 > 0
    # The scale of the amplitude is learned from the table: without it both see the same.
    model = make(amplitude=False)
    whole = model.fit(X, y, sample_weight=kept * 2.0).predict_proba(X)
    part = make(amplitude=False).fit(X[kept], y[kept]).predict_proba(X)
    np.testing.assert_allclose(whole, part, atol=1e-5)


def test_class_weight_moves_predictions(supernovae):
    X, y = supernovae
    labels = np.where(y == "SN Ia", "Ia", "other")
    plain = make(max_epochs=6).fit(X, labels).predict_proba(X)[:, 0].mean()
    heavy = make(max_epochs=6, class_weight={"Ia": 20.0, "other": 1.0}).fit(X, labels)
    assert heavy.predict_proba(X)[:, 0].mean() > plain + 0.1


@pytest.mark.parametrize(
    ("y", "says"),
    [
        (np.full(60, "SN Ia"), "one class only"),
        (np.array([None] + ["a", "b"] * 29 + ["a"], dtype=object), "unknown labels"),
        (np.r_[np.nan, np.arange(59.0) % 2], "contains NaN"),
        (np.linspace(0, 1, 60), "Unknown label type"),
        (["a", "b"], "60 objects but y has 2 labels"),
        (np.zeros((60, 2)), "1d array"),
    ],
    ids=str,
)
def test_labels_that_are_refused(supernovae, y, says):
    with pytest.raises(ValueError, match=says):
        make().fit(supernovae[0], y)


@pytest.mark.parametrize(
    ("weight", "says"), [(0.0, "at least one non-zero"), (-1.0, "Negative values"), (np.nan, "NaN")]
)
def test_weights_that_are_refused(supernovae, weight, says):
    with pytest.raises(ValueError, match=says):
        make().fit(*supernovae, sample_weight=np.full(60, weight))


def test_scikit_learn_takes_it(supernovae):
    X, y = supernovae
    assert cross_val_score(make(), X, y, cv=3, n_jobs=2).shape == (3,)
    search = GridSearchCV(make(), {"d_model": [8, 16]}, cv=2).fit(X, y)
    assert search.best_estimator_.d_model in (8, 16)
    proba = CalibratedClassifierCV(make(), cv=2).fit(X, y).predict_proba(X)
    assert np.isfinite(proba).all()
    several = VotingClassifier([("a", make()), ("b", make(random_state=1))], voting="soft")
    one, other = (make(random_state=seed).fit(X, y).predict_proba(X) for seed in (0, 1))
    np.testing.assert_allclose(several.fit(X, y).predict_proba(X), (one + other) / 2, rtol=1e-5)


# Pretrained ------------------------------------------------------------------


@pytest.fixture(scope="module")
def pretrained(supernovae):
    return FrozenEstimator(ContrastiveEmbedder(**SMALL).fit(supernovae[0]))


def weights(module):
    return {name: value.clone() for name, value in module.state_dict().items()}


@pytest.mark.parametrize("trainable", ["all", "first_block", "head"])
def test_only_what_is_trainable_moves(supernovae, pretrained, trainable):
    X, y = supernovae
    before = weights(pretrained.estimator.net_.module_.encoders["light_curve"])
    model = make(pretrained=pretrained, trainable=trainable).fit(X, y)
    after = weights(model.net_.module_.encoder)
    moved = {name for name in before if not (before[name] == after[name]).all()}
    expected = {
        "all": set(before),
        "first_block": {n for n in before if n.startswith(("project", "band", "stack.blocks.0"))},
        "head": set(),
    }[trainable]
    if trainable == "all":
        assert len(moved) > 0.9 * len(expected)
    else:
        assert moved <= expected and bool(moved) == bool(expected)
    # The pretrained estimator itself stays as it was.
    again = weights(pretrained.estimator.net_.module_.encoders["light_curve"])
    assert all((before[name] == again[name]).all() for name in before)


def test_a_classifier_pretrains_an_embedder(supernovae):
    X, y = supernovae
    first = make(d_model=16).fit(X, y)
    second = ContrastiveEmbedder(
        **{**SMALL, "light_curve_d_model": 64},
        pretrained={"light_curve": FrozenEstimator(first)},
        trainable={"light_curve": "head"},
    ).fit(X)
    ours = weights(second.net_.module_.encoders["light_curve"])
    assert all((value == ours[n]).all() for n, value in weights(first.net_.module_.encoder).items())


def test_trainable_needs_something_pretrained(supernovae):
    with pytest.raises(ValueError, match="nothing is 'pretrained'"):
        make(trainable="head").fit(*supernovae)


# Going on --------------------------------------------------------------------


def test_warm_start(supernovae):
    X, y = supernovae
    model = make(warm_start=True).fit(X, y)
    assert model.fit(X, y).n_iter_ == 4
    with pytest.raises(ValueError, match="the first fit knew"):
        model.fit(X, np.where(y == "SN Ia", "Ia", y))
    with pytest.raises(ValueError, match=r"\['d_model'\] have changed"):
        model.set_params(d_model=8).fit(X, y)


def test_early_stopping(supernovae):
    model = make(early_stopping=True, max_epochs=30, n_iter_no_change=2, lr=0.02).fit(*supernovae)
    assert "valid_loss" in model.history_[0]
    assert model.n_iter_ < 30
