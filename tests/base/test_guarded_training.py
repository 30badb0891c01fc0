"""A training that diverges or is interrupted leaves a usable model, and says so."""

import copy
import pickle
import warnings

import numpy as np
import pytest
import torch
from sklearn.base import clone, is_regressor
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import VotingClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold, cross_val_score
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from skorch.callbacks import Callback, EarlyStopping

from sklearn_sn import ContrastiveEmbedder, LightCurveClassifier
from sklearn_sn.classification import (
    DomainAdversarialClassifier,
    SpectralRedshiftClassifier,
    SpectraNetClassifier,
    SupConClassifier,
)
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import (
    GRU,
    LightCurveTransformer,
    SpectralFeatures,
    SpectraNet,
    SpectrumCNN,
)
from sklearn_sn.model_selection import horizon_sweep, limited_labels_curve
from sklearn_sn.persistence import load_model, save_model
from sklearn_sn.regression import LightCurveRegressor, SpectraNetRegressor
from tests.conftest import make_mmvae

FEW = {"max_epochs": 3, "batch_size": 16, "random_state": 0}
CURVES = LightCurveTransformer(d_model=8, n_heads=2, n_layers=1, latent_dim=4)
RECURRENT = GRU(d_model=8, latent_dim=4, n_layers=1)
SPECTRA = SpectraNet(n_bins=64, widths=(4, 4), kernels=((3, 9), (3, 5)), latent_dim=4)
FEATURES = SpectralFeatures(n_bins=64, widths=(4, 4), kernels=(5, 3), n_features=4)
ESTIMATORS = [
    LightCurveClassifier(encoder=CURVES, **FEW),
    LightCurveRegressor(encoder=CURVES, loss="gaussian", **FEW),
    SupConClassifier(encoder=RECURRENT, **FEW),
    DomainAdversarialClassifier(encoder=RECURRENT, **FEW),
    SpectraNetClassifier(encoder=SPECTRA, **FEW),
    SpectraNetRegressor(encoder=SPECTRA, **FEW),
    SpectralRedshiftClassifier(encoder=FEATURES, redshift_range=(0.0, 0.4), **FEW),
    ContrastiveEmbedder(
        light_curve=CURVES,
        spectrum=SpectrumCNN(d_model=4, n_layers=2, n_bins=64),
        embedding_dim=4,
        output=["light_curve", "spectrum"],
        **FEW,
    ),
    make_mmvae(latent_tokens=2, latent_dim=2, **FEW),
]


def str_of(value):
    return type(value).__name__ if hasattr(value, "fit") else str(value)


each = pytest.mark.parametrize("estimator", ESTIMATORS, ids=str_of)
one = ESTIMATORS[0]  # where the kind of estimator does not matter


@pytest.fixture(scope="module")
def supernovae():
    X, y, truth = make_supernovae(40, n_pixels=64, return_truth=True, random_state=0)
    return X.assign(t_peak=truth["t_peak"]), y


def given(estimator, supernovae):
    """Return X and what the estimator learns."""
    X, y = supernovae
    return X, X["redshift"].to_numpy() if is_regressor(estimator) else y


def fit(estimator, supernovae, *callbacks, **params):
    """Return a fitted clone, and the messages of its ConvergenceWarnings."""
    model = clone(estimator).set_params(callbacks=list(callbacks) or None, **params)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert model.fit(*given(estimator, supernovae)) is model
    assert {w.category for w in caught} <= {ConvergenceWarning}, [str(w.message) for w in caught]
    assert all(w.filename == __file__ for w in caught)  # of the line that calls fit
    return model, [str(w.message) for w in caught]


def outputs(model, X):
    """Return everything that a model predicts, as a list of arrays."""
    found = [model.transform(X), *map(np.asarray, _values(model.missing_embedding_))]
    if hasattr(model, "predict_proba"):
        found += [model.predict_proba(X)]
    if hasattr(model, "predict_redshift"):
        found += [model.predict_redshift_proba(X)[1], *model.predict_redshift(X, return_std=True)]
    if is_regressor(model):
        found += model.predict(X, return_std=True)
    if hasattr(model, "predict_interval"):
        where = {"wavelength": np.linspace(4000.0, 7000.0, 20), "random_state": 0}
        found += [model.predict(X, **where), *model.predict_interval(X, **where)]
        found += [model.predict(X, "light_curve", band="ztfg", random_state=0)]
    return found


def _values(missing):
    return missing.values() if isinstance(missing, dict) else [missing]


def check_usable(model, supernovae, tmp_path):
    """Hold a model to what is promised: finite predictions, and it can be stored."""
    X, _ = supernovae
    expected = outputs(model, X)
    assert all(np.isfinite(values).all() for values in expected)
    assert all(v.isfinite().all() for v in model.net_.module_.state_dict().values())
    assert model.n_iter_ == len(model.history_)
    model.set_params(callbacks=None)
    save_model(model, tmp_path / "model", overwrite=True)
    for again in (load_model(tmp_path / "model"), pickle.loads(pickle.dumps(model))):
        assert again.fit_status_ == model.fit_status_ and again.n_iter_ == model.n_iter_
        for values, found in zip(expected, outputs(again, X), strict=True):
            np.testing.assert_array_equal(found, values)


class Spoil(Callback):
    """Make a weight NaN in the batches of an epoch; keep the weights at the end of the others."""

    def __init__(self, epoch):
        self.epoch = epoch

    def on_train_begin(self, net, **kwargs):
        self.losses, self.weights = [], [copy.deepcopy(net.module_.state_dict())]

    def on_batch_begin(self, net, training=False, **kwargs):
        if training and len(net.history) == self.epoch:
            with torch.no_grad():
                next(net.module_.parameters()).view(-1)[0] = torch.nan

    def on_epoch_end(self, net, **kwargs):
        row = net.history[-1]
        self.losses.append(row.get("valid_loss", row["train_loss"]))
        self.weights.append(copy.deepcopy(net.module_.state_dict()))


class Interrupt(Callback):
    """Press Ctrl-C in an epoch, or at its end."""

    def __init__(self, when, epoch=2):
        self.when, self.epoch = when, epoch

    def on_batch_end(self, net, training=False, **kwargs):
        if self.when == "on_batch_end" and training and len(net.history) == self.epoch:
            raise KeyboardInterrupt

    def on_epoch_end(self, net, **kwargs):
        if self.when == "on_epoch_end" and len(net.history) == self.epoch:
            raise KeyboardInterrupt


# Divergence ------------------------------------------------------------------------


@each
@pytest.mark.parametrize("lr", [1e6, 1e30])
def test_a_rate_that_is_too_high(estimator, lr, supernovae, tmp_path):
    model, said = fit(estimator, supernovae, lr=lr)
    assert model.fit_status_ in ("completed", "diverged")
    assert len(said) == (model.fit_status_ == "diverged")
    if said:
        assert type(estimator).__name__ in said[0] and f"Lower 'lr' (it is {lr!r})" in said[0]
    check_usable(model, supernovae, tmp_path)


@each
def test_the_best_finite_weights_are_kept(estimator, supernovae, tmp_path):
    spoil = Spoil(epoch=3)
    model, said = fit(estimator, supernovae, spoil, max_epochs=5)
    assert model.fit_status_ == "diverged" and model.n_iter_ == 3
    assert f"{type(estimator).__name__} diverged after 3 of 5 epochs" in said[0]
    assert len(said) == 1 and np.isfinite(spoil.losses).all() and len(spoil.losses) == 2
    best = spoil.weights[1 + int(np.argmin(spoil.losses))]
    for name, value in model.net_.module_.state_dict().items():
        assert torch.equal(value, best[name]), name
    check_usable(model, supernovae, tmp_path)


@each
def test_nothing_good_was_learned(estimator, supernovae, tmp_path):
    spoil = Spoil(epoch=1)
    model, said = fit(estimator, supernovae, spoil)
    assert model.fit_status_ == "diverged" and model.n_iter_ == 1 and len(said) == 1
    for name, value in model.net_.module_.state_dict().items():
        assert torch.equal(value, spoil.weights[0][name]), name
    check_usable(model, supernovae, tmp_path)


def test_by_the_validation_loss(supernovae, tmp_path):
    spoil = Spoil(epoch=4)
    params = {"early_stopping": True, "validation_fraction": 0.3, "lr": 0.03, "max_epochs": 6}
    model, _ = fit(one, supernovae, spoil, n_iter_no_change=9, **params)
    assert model.fit_status_ == "diverged"
    assert "valid_loss" in model.history_[0] and len(spoil.losses) == 3
    best = spoil.weights[1 + int(np.argmin(spoil.losses))]
    assert all(torch.equal(v, best[k]) for k, v in model.net_.module_.state_dict().items())
    check_usable(model, supernovae, tmp_path)


@each
def test_a_second_fit_recovers(estimator, supernovae, tmp_path):
    model, said = fit(estimator, supernovae, Spoil(epoch=2), warm_start=True)
    assert model.fit_status_ == "diverged" and len(said) == 1
    check_usable(model, supernovae, tmp_path)
    dict(model.net_.callbacks_)["Spoil"].epoch = -1
    before = model.n_iter_
    model.set_params(lr=1e-4).fit(*given(estimator, supernovae))
    assert model.fit_status_ == "completed" and model.n_iter_ == before + 3
    assert np.isfinite([row["train_loss"] for row in model.history_[-3:]]).all()
    check_usable(model, supernovae, tmp_path)


def test_a_good_training_is_completed(supernovae):
    model, said = fit(one, supernovae)
    assert model.fit_status_ == "completed" and not said and model.n_iter_ == 3
    guard = dict(model.net_.callbacks_)["divergence_guard"]
    assert guard.first_weights_ is guard.best_weights_ is None


# Interrupts ------------------------------------------------------------------------


@each
@pytest.mark.parametrize(("when", "n_iter"), [("on_batch_end", 1), ("on_epoch_end", 2)])
def test_an_interrupt_leaves_a_usable_model(estimator, when, n_iter, supernovae, tmp_path):
    model, said = fit(estimator, supernovae, Interrupt(when), max_epochs=4)
    assert model.fit_status_ == "interrupted" and model.n_iter_ == n_iter
    assert all("train_loss" in row for row in model.history_)
    assert len(said) == 1
    assert f"{type(estimator).__name__} was interrupted after {n_iter} of 4 epochs" in said[0]
    check_usable(model, supernovae, tmp_path)


def test_an_interrupt_before_the_first_epoch_ends(supernovae, tmp_path):
    model, said = fit(one, supernovae, Interrupt("on_batch_end", epoch=1))
    assert model.n_iter_ == 0 and model.history_ == [] and len(said) == 1
    check_usable(model, supernovae, tmp_path)


@each
def test_an_interrupt_after_the_weights_are_lost(estimator, supernovae, tmp_path):
    spoil, interrupt = Spoil(epoch=2), Interrupt("on_batch_end", epoch=2)
    model, said = fit(estimator, supernovae, spoil, ("ctrl-c", interrupt))
    assert model.fit_status_ == "diverged" and len(said) == 1
    assert all(
        torch.equal(v, spoil.weights[1][k]) for k, v in model.net_.module_.state_dict().items()
    )
    check_usable(model, supernovae, tmp_path)


def test_a_training_goes_on_after_an_interrupt(supernovae):
    model, _ = fit(one, supernovae, Interrupt("on_batch_end"), warm_start=True)
    dict(model.net_.callbacks_)["Interrupt"].epoch = -1
    model.fit(*supernovae)
    assert model.fit_status_ == "completed" and model.n_iter_ == 4
    assert [row["epoch"] for row in model.history_] == [1, 2, 3, 4]


@pytest.mark.parametrize("when", ["on_batch_end", "on_epoch_end"])
@each
def test_searches_do_not_go_on(estimator, when, supernovae):
    X, y = given(estimator, supernovae)
    model = clone(estimator).set_params(callbacks=[Interrupt(when, epoch=1)])
    search = GridSearchCV(model, {"lr": [1e-3, 1e-4]}, cv=KFold(2))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        with pytest.raises(KeyboardInterrupt):
            search.fit(X, y)
        with pytest.raises(KeyboardInterrupt):
            cross_val_score(model, X, y, cv=KFold(2))


def test_a_search_in_two_processes_does_not_go_on(supernovae):
    model = clone(one).set_params(callbacks=[Interrupt("on_batch_end", epoch=1)])
    search = GridSearchCV(model, {"lr": [1e-3, 1e-4]}, cv=KFold(2), n_jobs=2)
    with pytest.raises(KeyboardInterrupt):
        search.fit(*supernovae)


def test_nothing_that_fits_several_goes_on(supernovae):
    X, y = supernovae
    model = clone(one).set_params(callbacks=[Interrupt("on_batch_end", epoch=1)])
    fits = [
        lambda: CalibratedClassifierCV(model, cv=2).fit(X, y == "SN Ia"),
        lambda: VotingClassifier([("a", model), ("b", model)]).fit(X, y),
        lambda: OneVsRestClassifier(model).fit(X, y),
        lambda: limited_labels_curve(model, X, y, n_labels=(5,), cv=2, random_state=0),
        lambda: horizon_sweep(model, X, y, days=(5, 50), cv=2),
    ]
    for fit_several in fits:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            with pytest.raises(KeyboardInterrupt):
                fit_several()
    # A pipeline has one network: it goes on with what was learned.
    pipe = make_pipeline(model, LogisticRegression())
    with pytest.warns(ConvergenceWarning, match="was interrupted after 0 of 3 epochs"):
        assert pipe.fit(X, y).predict(X).shape == y.shape


def test_inside_a_search_a_divergence_is_only_said(supernovae):
    X, y = supernovae
    model = clone(one).set_params(callbacks=[Spoil(epoch=2)])
    with pytest.warns(ConvergenceWarning, match="diverged after 2 of 3 epochs"):
        scores = cross_val_score(model, X, y, cv=KFold(2))
    assert np.isfinite(scores).all()


# Early stopping --------------------------------------------------------------------


@each
def test_early_stopping_of_the_user_is_no_interrupt(estimator, supernovae, tmp_path):
    # No epoch is better than the one before by all of its loss: the third one ends it.
    stop = EarlyStopping("train_loss", patience=2, threshold=1e9, threshold_mode="abs")
    model, said = fit(estimator, supernovae, stop, max_epochs=9)
    assert model.fit_status_ == "early_stopping" and model.n_iter_ == 3 and not said
    check_usable(model, supernovae, tmp_path)


def test_early_stopping_of_the_estimator(supernovae):
    params = {"early_stopping": True, "n_iter_no_change": 1, "lr": 0.1, "max_epochs": 30}
    model, said = fit(one, supernovae, **params)
    assert model.fit_status_ == "early_stopping" and model.n_iter_ < 30 and not said
