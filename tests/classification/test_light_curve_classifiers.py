"""What network classifiers share: probabilities after each point, arrays, domains, pretraining."""

import numpy as np
import pandas as pd
import pytest
from sklearn.frozen import FrozenEstimator
from sklearn.neighbors import KNeighborsRegressor
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_sn.classification import (
    DomainAdversarialClassifier,
    LightCurveClassifier,
    SupConClassifier,
)
from sklearn_sn.data import DataQualityWarning, as_ragged
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import GRU, LightCurveTransformer
from tests.conftest import with_encoder

SIZES = {"d_model": 16, "latent_dim": 12}
TINY = {**SIZES, "max_epochs": 2, "batch_size": 16, "random_state": 0}
KINDS = [LightCurveClassifier, SupConClassifier, DomainAdversarialClassifier]
each = pytest.mark.parametrize("kind", KINDS)


def make(kind=LightCurveClassifier, **params):
    """Return a small recurrent classifier, trained as the other kinds are by default."""
    return with_encoder(kind, GRU, **{**TINY, "optimizer": "adam", "weight_decay": 0.0, **params})


def expected_failures(estimator):
    return {
        "check_sample_weight_equivalence_on_dense_data": (
            "The batches of an epoch are drawn from the objects that there are: an object that "
            "comes twice is in two batches, one of weight two in one."
        )
    }


@parametrize_with_checks(
    [make(kind, n_layers=1, max_epochs=10, lr=0.02) for kind in KINDS],
    expected_failed_checks=expected_failures,
)
def test_scikit_learn_checks_them_on_arrays(estimator, check):
    check(estimator)


# After each point ------------------------------------------------------------


@each
@pytest.mark.parametrize("amplitude", [True, False])
def test_history_is_what_prefixes_answer(kind, amplitude, supernovae):
    X, y = supernovae
    model = make(kind, amplitude=amplitude).fit(X, y)
    history = model.predict_proba_history(X)
    assert history.index.equals(X.index)
    flat = as_ragged(history)
    curves = as_ragged(X["light_curve"], kind="light_curve").sort("time", "band")
    np.testing.assert_array_equal(flat["time"], curves["time"])
    proba = np.column_stack([flat[name] for name in model.classes_])
    np.testing.assert_allclose(proba[flat.offsets[1:] - 1], model.predict_proba(X), atol=1e-6)
    for n in (1, 3):
        first = curves.filter(curves.rank() < n).to_nested(index=X.index)
        answer = model.predict_proba(X.assign(light_curve=first))
        np.testing.assert_allclose(proba[flat.offsets[:-1] + n - 1], answer, atol=1e-5)


def test_history_of_odd_objects(supernovae):
    X, y = supernovae
    model = make().fit(X, y)
    gap = X.assign(light_curve=[None, *X["light_curve"].iloc[1:]])
    with pytest.warns(DataQualityWarning, match="1 objects have no usable light curve"):
        history = as_ragged(model.predict_proba_history(gap))
    assert history.lengths[0] == 0
    np.testing.assert_array_equal(history.lengths[1:], as_ragged(X["light_curve"]).lengths[1:])
    assert len(model.predict_proba_history(X.iloc[:0])) == 0


def test_history_of_a_long_light_curve_does_not_look_ahead(supernovae):
    X, y = supernovae
    model = make(max_points=5).fit(X, y)
    history = as_ragged(model.predict_proba_history(X))
    curves = as_ragged(X["light_curve"], kind="light_curve").sort("time", "band")
    np.testing.assert_array_equal(history.lengths, curves.lengths)
    proba = np.column_stack([history[name] for name in model.classes_])
    for n in (2, 5):
        first = curves.filter(curves.rank() < n).to_nested(index=X.index)
        answer = model.predict_proba(X.assign(light_curve=first))
        long = curves.lengths >= n
        np.testing.assert_allclose(
            proba[history.offsets[:-1][long] + n - 1], answer[long], atol=1e-6
        )


def test_a_class_called_time_has_no_place_in_a_history(supernovae):
    X, y = supernovae
    model = make().fit(X, np.where(y == y[0], "time", "other"))
    with pytest.raises(ValueError, match="rename"):
        model.predict_proba_history(X)


@each
def test_latents_are_named_as_set_output_says(kind, supernovae):
    X, y = supernovae
    model = make(kind).set_output(transform="pandas").fit(X, y)
    Z = model.transform(X)
    assert Z.index.equals(X.index)
    assert Z.columns.tolist() == model.get_feature_names_out().tolist()


@each
def test_dropout_is_set_in_a_pretrained_encoder(kind, supernovae):
    X, y = supernovae
    start = FrozenEstimator(make().fit(X, y))
    few = {"max_epochs": 1, "batch_size": 16, "random_state": 0}
    model = kind(encoder=GRU(dropout=0.3), pretrained=start, **few).fit(X, y)
    assert model.encoder_.get_params() == GRU(**SIZES, dropout=0.3).get_params()
    assert model.net_.module_.encoder.dropout.p == 0.3
    assert start.estimator.net_.module_.encoder.dropout.p == 0.0


# What they do not depend on --------------------------------------------------


def test_a_survey_that_training_has_not_seen():
    parameters = {"modalities": ["light_curve"], "random_state": 0}
    X, y = make_supernovae(60, surveys=("ztf",), **parameters)
    other, _ = make_supernovae(30, surveys=("lsst", "atlas"), **parameters)
    model = make().fit(X, y)
    # Bands redder than all of training.
    with pytest.warns(DataQualityWarning, match="longest band .*, in training 6406 to 6406"):
        proba = model.predict_proba(other)
    assert proba.shape == (30, 5) and np.isfinite(proba).all()


def test_without_amplitude_distance_is_not_seen(supernovae):
    X, y = supernovae
    curves = as_ragged(X["light_curve"], kind="light_curve")
    nearer = curves.with_fields(flux=100 * curves["flux"], flux_err=100 * curves["flux_err"])
    nearer = X.assign(light_curve=nearer.to_nested(index=X.index))
    blind, seeing = (make(amplitude=a).fit(X, y) for a in (False, True))
    np.testing.assert_allclose(blind.predict_proba(nearer), blind.predict_proba(X), atol=1e-5)
    with pytest.warns(DataQualityWarning, match="unlike the training data .*peak flux"):
        brighter = seeing.predict_proba(nearer)
    assert np.abs(brighter - seeing.predict_proba(X)).max() > 1e-3


# Arrays ----------------------------------------------------------------------


def test_arrays_are_series_of_one_band():
    rng = np.random.default_rng(0)
    X, y = np.cumsum(rng.normal(size=(40, 20)), axis=1), np.repeat(["rise", "fall"], 20)
    X[:20] += np.linspace(0, 30, 20)
    X[3, 15:] = np.nan
    model = make(max_epochs=15, lr=0.01).fit(X, y)
    assert (model.predict(X) == y).mean() > 0.9
    history = as_ragged(model.predict_proba_history(X))
    assert history.lengths.tolist() == [20] * 3 + [15] + [20] * 36
    short = model.predict_proba(np.where(np.arange(20) < 6, X, np.nan))
    np.testing.assert_allclose(short[:, 0], history["fall"][history.offsets[:-1] + 5], atol=1e-5)


def test_arrays_and_tables_do_not_mix(supernovae):
    X, y = supernovae
    array = np.random.default_rng(0).normal(size=X.shape)
    with pytest.raises(ValueError, match=r"fit received a table .*, and X is an array"):
        make().fit(X, y).predict(array)
    with pytest.raises(ValueError, match=r"fit received an array .*, and X is a table"):
        make().fit(array, y).predict(X)


def test_a_long_table_is_explained(supernovae):
    _, y = supernovae
    table = pd.DataFrame(
        {"object": list("ab") * 30, "time": 1.0, "band": "g", "flux": 1.0, "flux_err": 1.0}
    )
    with pytest.raises(ValueError, match="read_tables"):
        make().fit(table, y)


# Pretraining -----------------------------------------------------------------


@pytest.fixture(scope="module")
def pretrained(supernovae):
    return FrozenEstimator(make(SupConClassifier).fit(*supernovae))


def weights(model):
    return {name: value.clone() for name, value in model.net_.module_.encoder.state_dict().items()}


@pytest.mark.parametrize("trainable", ["all", "first_block", "head"])
def test_only_what_is_trainable_moves(pretrained, supernovae, trainable):
    X, y = supernovae
    before = weights(pretrained.estimator)
    model = make(pretrained=pretrained, trainable=trainable).fit(X, (y == "SN Ia"))
    after = weights(model)
    moved = {name for name in before if not (before[name] == after[name]).all()}
    if trainable == "all":
        assert len(moved) > 0.9 * len(before)
    else:
        first = {name for name in before if name.startswith("layers.0")}
        assert moved == (first if trainable == "first_block" else set())


def test_pretrained_must_be_recurrent(supernovae):
    X, y = supernovae
    sizes = LightCurveTransformer(d_model=8, n_heads=2, n_layers=1)
    other = LightCurveClassifier(encoder=sizes, max_epochs=1)
    with pytest.raises(ValueError, match=r"'encoder' parameter is GRU\(.* LightCurveTransformer\("):
        make(pretrained=FrozenEstimator(other.fit(X, y))).fit(X, y)


def test_heads_on_a_frozen_latent(pretrained, supernovae):
    X, y = supernovae
    head = MLPClassifier((8,), max_iter=3, random_state=0, solver="lbfgs", tol=1e9)
    assert make_pipeline(pretrained, head).fit(X, y).predict(X).shape == (60,)
    redshift = make_pipeline(pretrained, KNeighborsRegressor(20, weights="distance"))
    assert np.isfinite(redshift.fit(X, X["redshift"]).predict(X)).all()


# Balance ---------------------------------------------------------------------


def test_balanced_batches_raise_what_is_rare(supernovae):
    X, _ = supernovae
    rare = np.where(np.arange(60) < 6, "rare", "common")
    plain, even = (
        make(max_epochs=20, lr=3e-3, batch_balance=balance, prior="weighted").fit(X, rare)
        for balance in (None, "class")
    )
    often = plain.predict_proba(X)[:, 1].mean()
    assert often < 0.2 and even.predict_proba(X)[:, 1].mean() > often + 0.15


@pytest.mark.parametrize("balance", ["domain", "both"])
def test_balance_by_domain_needs_the_column(supernovae, balance):
    X, y = supernovae
    model = make(batch_balance=balance, domain="telescope")
    with pytest.raises(ValueError, match="X lacks the column 'telescope'"):
        model.fit(X, y)
    model.fit(X.assign(telescope=[None, "P48"] * 30), y)
