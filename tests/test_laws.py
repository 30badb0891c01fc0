"""Laws that every estimator and transformer obeys; each is handed over in turn."""

import pickle
import random
import warnings

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone, is_regressor
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.utils import estimator_html_repr

from sklearn_sn import ContrastiveEmbedder, MMVAEEmbedder
from sklearn_sn.classification import (
    DomainAdversarialClassifier,
    GRUClassifier,
    LightCurveTransformerClassifier,
    SpectralRedshiftClassifier,
    SpectraNetClassifier,
    SupConClassifier,
)
from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.persistence import load_model, save_model
from sklearn_sn.preprocessing import (
    ContinuumNormalizer,
    ExtinctionCorrector,
    FluxNormalizer,
    LightCurveBinner,
    LightCurveTruncator,
    MedianFilter,
    SpectrumResampler,
)
from sklearn_sn.regression import LightCurveTransformerRegressor, SpectraNetRegressor
from tests.conftest import SMALL

EMBEDDERS = [
    ContrastiveEmbedder(**SMALL),
    ContrastiveEmbedder(
        **SMALL, encoders={"spectrum": "transformer"}, output="mean", light_curve_pooling="mean"
    ),
    MMVAEEmbedder(
        d_model=16,
        n_layers=1,
        n_frequencies=8,
        max_pixels=64,
        max_epochs=2,
        batch_size=16,
        random_state=0,
    ),
]
END_TO_END = {
    "d_model": 16,
    "n_layers": 1,
    "max_epochs": 2,
    "batch_size": 16,
    "random_state": 0,
}
OF_SPECTRA = {
    "n_bins": 128,
    "latent_dim": 16,
    "max_epochs": 2,
    "batch_size": 16,
    "random_state": 0,
}
BLOCKS = {"widths": (8, 12), "kernels": ((3, 9, 31), (3, 5, 9))}
SUPERVISED = [
    LightCurveTransformerClassifier(**END_TO_END, class_weight="balanced"),
    LightCurveTransformerRegressor(**END_TO_END, loss="gaussian", pooling="mean"),
    GRUClassifier(**END_TO_END, latent_dim=16, amplitude=False),
    SupConClassifier(**END_TO_END, latent_dim=16, batch_balance="both"),
    DomainAdversarialClassifier(**END_TO_END, latent_dim=16, adversarial_weight=(0.0, 1.0)),
    SpectraNetClassifier(**OF_SPECTRA, **BLOCKS, loss="balanced_focal", combine="geometric"),
    SpectraNetClassifier(**OF_SPECTRA, architecture="galspecnet", early_stopping=True),
    SpectraNetRegressor(**OF_SPECTRA, **BLOCKS, frame="rest", grid="linear"),
    SpectralRedshiftClassifier(
        **{name: value for name, value in OF_SPECTRA.items() if name != "latent_dim"},
        widths=(8, 8),
        kernels=(7, 5),
        n_features=8,
    ),
]
TRANSFORMERS = [
    ContinuumNormalizer(),
    ExtinctionCorrector(),
    FluxNormalizer(),
    LightCurveBinner(),
    LightCurveTruncator(n_days=20),
    MedianFilter(),
    SpectrumResampler(n_bins=32),
]
LEARNED = EMBEDDERS + SUPERVISED
every = pytest.mark.parametrize("estimator", LEARNED + TRANSFORMERS, ids=lambda e: str(e)[:40])
learned = pytest.mark.parametrize("estimator", LEARNED, ids=lambda e: str(e)[:40])


def simulated(n_samples, **kwargs):
    """X, y with the time of peak, which some estimators would otherwise say that they estimate."""
    X, y, truth = make_supernovae(n_samples, return_truth=True, **kwargs)
    return X.assign(t_peak=truth["t_peak"]), y


@pytest.fixture(scope="module")
def supernovae():
    return simulated(60, random_state=0)


def given(estimator, supernovae):
    """X and what the estimator learns: numbers for a regressor."""
    X, y = supernovae
    return X, X["redshift"].to_numpy() if is_regressor(estimator) else y


def numbers(output):
    """All numbers of an output, whatever its kind, as one dict of arrays."""
    if isinstance(output, np.ndarray):
        return {"": output}
    out = {}
    for name in ("light_curve", "spectrum"):
        if name in output:
            ragged = as_ragged(output[name], kind=name)
            out |= {f"{name}_{f}": v for f, v in ragged.fields.items() if f != "band"}
            out[f"{name}_offsets"] = ragged.offsets
    return out


def assert_same(left, right, **tolerance):
    left, right = numbers(left), numbers(right)
    assert left.keys() == right.keys()
    for name, values in left.items():
        np.testing.assert_allclose(values, right[name], **{"rtol": 1e-9, **tolerance})


def shuffled_points(X, seed=0):
    rng = np.random.default_rng(seed)
    out = X.copy()
    for name in ("light_curve", "spectrum"):
        ragged = as_ragged(X[name], kind=name)
        order = np.lexsort((rng.random(ragged.n_points), ragged.rows))
        out[name] = ragged.reorder(order).to_nested(index=X.index)
    return out


def changed_columns(estimator):
    columns = {
        "ContinuumNormalizer": ["spectrum"],
        "ExtinctionCorrector": ["light_curve", "spectrum"],
        "FluxNormalizer": ["light_curve"],
        "LightCurveBinner": ["light_curve"],
        "LightCurveTruncator": ["light_curve"],
        "MedianFilter": ["spectrum"],
    }
    return columns.get(type(estimator).__name__, [])


def only(output, columns):
    return output if isinstance(output, np.ndarray) else output[columns]


@every
def test_clone_has_equal_parameters(estimator):
    assert str(clone(estimator).get_params()) == str(estimator.get_params())
    assert estimator_html_repr(estimator)


@every
def test_fit_returns_self_and_changes_neither_table_nor_parameters(estimator, supernovae):
    X, y = given(estimator, supernovae)
    before, params = pickle.dumps(X), str(estimator.get_params())
    model = clone(estimator)
    assert model.fit(X, y) is model
    model.transform(X)
    assert pickle.dumps(X) == before
    assert str(model.get_params()) == params


@learned
def test_not_fitted(estimator, supernovae):
    with pytest.raises(NotFittedError):
        clone(estimator).transform(supernovae[0])
    with pytest.raises(NotFittedError):
        clone(estimator).get_feature_names_out()


@every
def test_bad_parameter_is_named(estimator, supernovae):
    name = {
        "ContrastiveEmbedder": "embedding_dim",
        "ContinuumNormalizer": "method",
        "DomainAdversarialClassifier": "adversarial_weight",
        "ExtinctionCorrector": "model",
        "FluxNormalizer": "method",
        "GRUClassifier": "latent_dim",
        "LightCurveTransformerClassifier": "d_model",
        "LightCurveTransformerRegressor": "d_model",
        "LightCurveBinner": "width",
        "LightCurveTruncator": "n_days",
        "MMVAEEmbedder": "latent_dim",
        "MedianFilter": "size",
        "SpectraNetClassifier": "latent_dim",
        "SpectraNetRegressor": "latent_dim",
        "SpectralRedshiftClassifier": "n_features",
        "SpectrumResampler": "n_bins",
        "SupConClassifier": "temperature",
    }[type(estimator).__name__]
    with pytest.raises(ValueError, match=name):
        clone(estimator).set_params(**{name: -1}).fit(*given(estimator, supernovae))


@learned
def test_same_seed_same_output_bit_for_bit(estimator, supernovae):
    X, y = given(estimator, supernovae)
    first, second = (clone(estimator).fit(X, y).transform(X) for _ in range(2))
    np.testing.assert_array_equal(first, second)
    other = clone(estimator).set_params(random_state=1).fit(X, y).transform(X)
    assert np.abs(other - first).max() > 1e-3


@every
def test_global_random_state_is_untouched(estimator, supernovae):
    X, y = given(estimator, supernovae)

    def states():
        numpy = [str(part) for part in np.random.get_state(legacy=False)["state"].values()]  # noqa: NPY002
        return numpy, torch.get_rng_state().tolist(), random.getstate()

    for random_state in (0, None):
        model = clone(estimator)
        if "random_state" in model.get_params():
            model.set_params(random_state=random_state)
        before = states()
        model.fit(X, y).transform(X)
        assert states() == before


@every
def test_order_of_points_does_not_matter(estimator, supernovae):
    X, y = given(estimator, supernovae)
    model = clone(estimator).fit(X, y)
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Input was repaired: unsorted")
        answer = model.transform(shuffled_points(X))
    # What a transformer leaves alone stays unsorted: only its own column counts.
    own = [name for name in ("light_curve", "spectrum") if name in changed_columns(estimator)]
    assert_same(only(answer, own), only(model.transform(X), own))


@every
def test_order_of_rows_does_not_matter(estimator, supernovae):
    X, y = given(estimator, supernovae)
    model = clone(estimator).fit(X, y)
    order = np.random.default_rng(0).permutation(len(X))
    whole = model.transform(X)
    expected = whole[order] if isinstance(whole, np.ndarray) else whole.iloc[order]
    assert_same(model.transform(X.iloc[order]), expected, atol=2e-6, rtol=1e-5)


@every
def test_one_row_alone_equals_the_row_in_a_batch(estimator, supernovae):
    X, y = given(estimator, supernovae)
    model = clone(estimator).fit(X, y)
    whole = model.transform(X)
    for row in (0, 7, 59):
        alone = model.transform(X.iloc[[row]])
        expected = whole[[row]] if isinstance(whole, np.ndarray) else whole.iloc[[row]]
        assert_same(alone, expected, atol=2e-6, rtol=1e-5)


@learned
def test_batches_of_prediction_do_not_matter(estimator, supernovae, monkeypatch):
    X, y = given(estimator, supernovae)
    model = clone(estimator).fit(X, y)
    whole = model.transform(X)
    monkeypatch.setattr("sklearn_sn.base._estimator.PREDICT_BATCH", 7)
    assert_same(model.transform(X), whole, atol=2e-6, rtol=1e-5)


@every
def test_no_rows(estimator, supernovae):
    X, y = given(estimator, supernovae)
    assert len(clone(estimator).fit(X, y).transform(X.iloc[:0])) == 0


@every
def test_pickle_round_trip(estimator, supernovae):
    X, y = given(estimator, supernovae)
    model = clone(estimator).fit(X, y)
    assert_same(pickle.loads(pickle.dumps(model)).transform(X), model.transform(X), rtol=0)


@every
def test_save_model_round_trip(estimator, supernovae, tmp_path):
    X, y = given(estimator, supernovae)
    model = clone(estimator).fit(X, y)
    save_model(model, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    answer, expected = numbers(loaded.transform(X)), numbers(model.transform(X))
    assert answer.keys() == expected.keys()
    for name, values in expected.items():
        np.testing.assert_array_equal(answer[name], values)
    assert loaded.get_params() == model.get_params()
    assert vars(loaded).keys() == vars(model).keys()


@learned
def test_model_does_not_carry_the_data(estimator, supernovae):
    X, y = given(estimator, supernovae)
    small = pickle.dumps(clone(estimator).fit(X.iloc[:30], y[:30]))
    large = pickle.dumps(clone(estimator).fit(pd.concat([X] * 4), np.tile(y, 4)))
    assert len(large) < 1.2 * len(small)


@learned
def test_separates_two_classes_far_above_chance(estimator):
    X, y = simulated(240, classes=("SN Ia", "SLSN-I"), random_state=1)
    model = clone(estimator).set_params(max_epochs=16, lr=3e-3)
    if is_regressor(model):
        answer = cross_val_predict(model, X, (y == "SN Ia") * 2.0 - 1.0, cv=2)
        assert np.mean((answer > 0) == (y == "SN Ia")) > 0.8
        return
    if "embedding_dim" in model.get_params():
        model.set_params(embedding_dim=16)
    pipe = make_pipeline(model, KNeighborsClassifier())
    assert np.mean(cross_val_predict(pipe, X, y, cv=2) == y) > 0.8
