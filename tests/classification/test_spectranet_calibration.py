"""Calibrated probabilities and conformal sets of the classifiers of spectra."""

from types import SimpleNamespace

import numpy as np
import pytest
import sklearn
from sklearn.base import clone
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import log_loss

from sklearn_sn.classification import SpectralRedshiftClassifier, SpectraNetClassifier
from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import SpectralFeatures, SpectraNet
from sklearn_sn.preprocessing import SpectrumResampler
from tests.conftest import with_encoder

# SN Ib/c are rare, and taken for the others.
SHARES = {"SN Ia": 5, "SN Ib/c": 1, "SN II": 2}
SKLEARN = tuple(int(part) for part in sklearn.__version__.split(".")[:2])
N_TRAIN, N_HELD, LEVEL = 120, 800, 0.9
# Few spectra, read again and again as they are: this makes a network surer than it is right.
OVERCONFIDENT = {
    "augmentation": False,
    "noise_augmentation": False,
    "dropout": 0.0,
    "n_bins": 128,
    "batch_size": 16,
    "max_epochs": 25,
    "lr": 4e-3,
    "random_state": 0,
}
MODELS = {
    "types": with_encoder(
        SpectraNetClassifier,
        SpectraNet,
        **OVERCONFIDENT,
        widths=(8, 12),
        kernels=((3, 9, 31), (3, 5, 9)),
        latent_dim=12,
    ),
    "redshifts": with_encoder(
        SpectralRedshiftClassifier,
        SpectralFeatures,
        **(OVERCONFIDENT | {"max_epochs": 40, "lr": 1e-2}),
        widths=(12, 12),
        kernels=(9, 9),
        n_features=8,
        redshift_range=(0, 0.2),
    ),
}


@pytest.fixture(scope="module")
def tables():
    """Three tables of objects that are exchangeable, and their classes."""
    X, y = make_supernovae(
        N_TRAIN + 2 * N_HELD,
        classes=SHARES,
        modalities=["spectrum"],
        spectrum_snr=(0.5, 4.0),
        n_pixels=128,
        random_state=0,
    )
    order = np.random.default_rng(0).permutation(len(y))
    parts = np.split(order, [N_TRAIN, N_TRAIN + N_HELD])
    return [(X.iloc[rows], y[rows]) for rows in parts]


@pytest.fixture(scope="module")
def arrays(tables):
    resampler = SpectrumResampler(n_bins=128).fit(tables[0][0])
    return [(resampler.transform(X), y) for X, y in tables]


@pytest.fixture(scope="module", params=["types of a table", "types of an array", "redshifts"])
def case(request, tables, arrays):
    """A fitted model, and the parts that it has not seen."""
    train, *held = arrays if "array" in request.param else tables
    model = clone(MODELS[request.param.split()[0]]).fit(*train)
    return model, *held


def calibration_error(y, proba, classes, n_bins=10):
    """Mean distance of confidence from accuracy, over bins of confidence."""
    confidence, right = proba.max(axis=1), classes[proba.argmax(axis=1)] == y
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    return np.abs(np.bincount(bins, confidence - right, n_bins)).sum() / len(y)


# Probabilities -----------------------------------------------------------------


@pytest.mark.parametrize("method", ["sigmoid", "isotonic"])
def test_a_frozen_model_that_is_too_sure_is_calibrated(case, method):
    model, (X_held, y_held), (X, y) = case
    before = model.predict_proba(X)
    assert before.max(axis=1).mean() > (model.predict(X) == y).mean() + 0.05
    calibrated = CalibratedClassifierCV(FrozenEstimator(model), method=method).fit(X_held, y_held)
    after = calibrated.predict_proba(X)
    assert calibrated.classes_.tolist() == model.classes_.tolist() == sorted(SHARES)
    np.testing.assert_allclose(after.sum(axis=1), 1.0)
    errors = [calibration_error(y, proba, model.classes_) for proba in (before, after)]
    assert errors[1] < 0.6 * errors[0]
    if method == "sigmoid":  # steps of 0 and 1 can cost any log-loss
        assert log_loss(y, after) < log_loss(y, before)


@pytest.mark.skipif(SKLEARN < (1, 8), reason="scikit-learn knows no temperature before 1.8")
def test_temperature_keeps_what_is_predicted(case):
    model, (X_held, y_held), (X, y) = case
    frozen = FrozenEstimator(model)
    calibrated = CalibratedClassifierCV(frozen, method="temperature").fit(X_held, y_held)
    np.testing.assert_array_equal(calibrated.predict(X), model.predict(X))
    assert log_loss(y, calibrated.predict_proba(X)) < log_loss(y, model.predict_proba(X))


@pytest.mark.parametrize("kind", ["table", "array"])
@pytest.mark.parametrize("name", MODELS)
def test_models_are_fitted_and_calibrated_on_folds(name, kind, tables, arrays):
    (X_train, y_train), _, (X, y) = tables if kind == "table" else arrays
    model = clone(MODELS[name]).set_params(max_epochs=6)
    calibrated = CalibratedClassifierCV(model, cv=2).fit(X_train, y_train)
    proba = calibrated.predict_proba(X)
    assert calibrated.classes_.tolist() == sorted(SHARES)
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)
    shares = np.unique(y, return_counts=True)[1] / len(y)
    assert log_loss(y, proba) < log_loss(y, np.tile(shares, (len(y), 1)))


def test_objects_without_a_spectrum_get_calibrated_frequencies(tables):
    (X_train, y_train), (X_held, y_held), (X, _) = tables
    model = clone(MODELS["types"]).set_params(max_epochs=1).fit(X_train, y_train)
    calibrated = CalibratedClassifierCV(FrozenEstimator(model)).fit(X_held, y_held)
    missing = X.iloc[:4].copy()
    missing["spectrum"] = missing["spectrum"].where([True, False, True, False])
    with pytest.warns(DataQualityWarning, match="2 objects have no usable spectrum"):
        proba = calibrated.predict_proba(missing)
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)
    np.testing.assert_array_equal(proba[1], proba[3])
    np.testing.assert_allclose(proba[[0, 2]], calibrated.predict_proba(X.iloc[[0, 2]]), atol=1e-6)


# Sets ----------------------------------------------------------------------------


def asked(model):
    """What MAPIE needs of a model; it would try the model itself on an array of zeros."""
    return SimpleNamespace(
        classes_=model.classes_, predict=model.predict, predict_proba=model.predict_proba
    )


def sets_of_mapie(model, held, X, score):
    classification = pytest.importorskip("mapie.classification", reason="needs extra 'conformal'")
    conformal = classification.SplitConformalClassifier(
        model, confidence_level=LEVEL, conformity_score=score, random_state=0
    ).conformalize(*held)
    return conformal.predict_set(X)[1][:, :, 0]


def class_by_class(model, X_held, y_held, X):
    """Sets with a limit of its own for each class: of its scores, the ceil((n + 1) 0.9)-th."""
    score = 1 - model.predict_proba(X_held)
    limits = [
        np.quantile(np.append(score[y_held == name, k], 1), LEVEL, method="inverted_cdf")
        for k, name in enumerate(model.classes_)
    ]
    return 1 - model.predict_proba(X) <= limits


def coverage(model, sets, y):
    """Of every object, whether its class is in the set."""
    return sets[np.arange(len(y)), np.searchsorted(model.classes_, y)]


def error(n_held, n_new):
    """Of coverage: n_held have set the limit, and n_new are counted."""
    return np.sqrt(LEVEL * (1 - LEVEL) * (1 / n_held + 1 / n_new))


@pytest.mark.parametrize("score", ["lac", "aps"])
def test_sets_hold_nine_of_ten(case, score):
    model, held, (X, y) = case
    sets = sets_of_mapie(asked(model), held, X, score)
    covered = coverage(model, sets, y).mean()
    assert covered > LEVEL - 3 * error(N_HELD, N_HELD)
    if score == "lac":  # the other's sets are too large by its rounding up
        assert covered < LEVEL + 3 * error(N_HELD, N_HELD)
        assert sets.sum(axis=1).mean() < 0.75 * len(model.classes_)


def test_mapie_takes_models_of_arrays_as_they_are(arrays):
    train, held, (X, _) = arrays
    model = clone(MODELS["types"]).set_params(max_epochs=2).fit(*train)
    direct = sets_of_mapie(model, held, X, "lac")
    np.testing.assert_array_equal(direct, sets_of_mapie(asked(model), held, X, "lac"))


def test_calibrated_models_have_sets_too(tables):
    train, held, (X, y) = tables
    model = clone(MODELS["types"]).set_params(max_epochs=4).fit(*train)
    half = N_HELD // 2
    calibrated = CalibratedClassifierCV(FrozenEstimator(model)).fit(
        held[0].iloc[:half], held[1][:half]
    )
    rest = held[0].iloc[half:], held[1][half:]
    sets = sets_of_mapie(asked(calibrated), rest, X, "lac")
    assert coverage(model, sets, y).mean() > LEVEL - 3 * error(half, len(y))


def test_each_class_is_covered_only_by_limits_of_its_own(case):
    model, held, (X, y) = case
    common = coverage(model, sets_of_mapie(asked(model), held, X, "lac"), y)
    sets = class_by_class(model, *held, X)
    own = coverage(model, sets, y)
    off = []
    for name in model.classes_:
        new = y == name
        sigma = error((held[1] == name).sum(), new.sum())
        assert abs(own[new].mean() - LEVEL) < 3 * sigma + 1 / new.sum(), name
        off.append((common[new].mean() - LEVEL) / sigma)
    assert min(off) < -3  # what nine of ten of all objects hide
    assert sets.sum(axis=1).mean() < 0.85 * len(model.classes_)
