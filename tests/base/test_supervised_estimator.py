"""Estimators of one modality: weights, encoders, input."""

import warnings

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.exceptions import NotFittedError

from sklearn_sn.base import remember_columns
from sklearn_sn.classification import LightCurveClassifier, SpectraNetClassifier
from sklearn_sn.data import DataQualityWarning, Ragged
from sklearn_sn.encoders import GRU, DeepSets, ImageCNN, SpectralFeatures, SpectrumCNN
from sklearn_sn.regression import SpectraNetRegressor
from tests.base.tiny import STILL, TINY, classifier, regressor

KINDS = [classifier, regressor]
each = pytest.mark.parametrize("kind", KINDS, ids=["classifier", "regressor"])


def targets_of(kind, supernovae):
    X, y = supernovae
    return y if kind is classifier else X["redshift"].to_numpy()


def weights_of(model):
    return {name: value.clone() for name, value in model.net_.module_.state_dict().items()}


def same(one, other):
    return all(torch.equal(one[name], other[name]) for name in one)


# Weights ---------------------------------------------------------------------


@each
@pytest.mark.parametrize("factor", [2.0, 0.125, 1.0])
def test_equal_weights_change_nothing(kind, factor, supernovae):
    X, y = supernovae[0], targets_of(kind, supernovae)
    plain = kind().fit(X, y)
    weighted = kind().fit(X, y, sample_weight=factor * np.ones(60))
    assert same(weights_of(plain), weights_of(weighted))
    assert [row["train_loss"] for row in plain.history_] == [
        row["train_loss"] for row in weighted.history_
    ]


@each
def test_a_weight_is_a_number_of_copies(kind, supernovae):
    """Of full-batch descent, where the batches of repeated rows are the same."""
    X, y = supernovae[0].iloc[:20], targets_of(kind, supernovae)[:20]
    times = np.where(np.arange(20) % 3 == 0, 5, 1)
    encoder = DeepSets(d_model=8, latent_dim=6, amplitude=False, **STILL)
    params = {"encoder": encoder, "batch_size": 64, "max_epochs": 4, "lr_schedule": None}
    weighted = kind(**params).fit(X, y, sample_weight=0.7 * times)
    rows = np.repeat(np.arange(20), times)
    repeated = kind(**params).fit(X.iloc[rows], y[rows])
    plain = kind(**params).fit(X, y)
    losses = [
        np.array([row["train_loss"] for row in model.history_])
        for model in (weighted, repeated, plain)
    ]
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-4)
    assert np.abs(losses[0] - losses[2]).max() > 2e-3
    for model in (weighted, repeated):
        assert len(model.history_) == 4
    one, other = (model.transform(X) for model in (weighted, repeated))
    np.testing.assert_allclose(one, other, atol=2e-3)


@each
def test_the_net_gets_weights_relative_to_the_mean(kind, supernovae, monkeypatch):
    X, y = supernovae[0], targets_of(kind, supernovae)
    model, seen = kind(), []
    monkeypatch.setattr(type(model), "_train", lambda self, plan: seen.append(plan))
    monkeypatch.setattr(type(model), "_finish_fit", lambda self: self)
    weight = np.tile([1.0, 5.0, 0.0], 20)
    model.fit(X, y, sample_weight=weight)
    (plan,) = seen
    np.testing.assert_allclose(plan.dataset.targets["weight"], weight / 3.0, rtol=1e-6)
    assert plan.dataset.targets["weight"].dtype == np.float32
    np.testing.assert_array_equal(plan.dataset.rows, np.flatnonzero(weight))


@each
def test_an_object_of_weight_zero_is_left_out(kind, supernovae):
    X, y = supernovae[0], targets_of(kind, supernovae)
    weight = np.ones(60)
    weight[40:] = 0.0
    with_zeros = kind().fit(X, y, sample_weight=weight)
    without = kind().fit(X.iloc[:40], y[:40])
    assert same(weights_of(with_zeros), weights_of(without))
    for name in ("amplitude_mean_", "amplitude_scale_"):
        values = [getattr(model.preprocessor_, name) for model in (with_zeros, without)]
        assert values[0] == pytest.approx(values[1])


@each
@pytest.mark.parametrize(
    "weight", [-np.ones(60), np.full(60, np.nan), np.ones(59)], ids=["-", "nan", "n"]
)
def test_weights_that_are_none(kind, weight, supernovae):
    with pytest.raises(ValueError, match=r"(?i)weight"):
        kind().fit(supernovae[0], targets_of(kind, supernovae), sample_weight=weight)


# Encoders --------------------------------------------------------------------


class Mean(torch.nn.Module):
    """Mean of the values; a module without a width of its own."""

    def forward(self, values, pad_mask, **_):
        keep = (~pad_mask)[..., None]
        return (values * keep).sum(1) / keep.sum(1)


@pytest.mark.parametrize(
    ("encoder", "width"),
    [("deep_sets", 32), (GRU(d_model=8, latent_dim=6), 6), (Mean(), 3), (Mean, 3)],
    ids=["name", "encoder", "module", "callable"],
)
def test_an_encoder_may_be_a_name_an_object_or_a_module(encoder, width, supernovae):
    model = classifier(encoder=encoder, max_epochs=1).fit(*supernovae)
    assert model.encoder is encoder and model.encoder_.modality == "light_curve"
    assert model.modalities_ == ("light_curve",)
    assert model.transform(supernovae[0]).shape == (60, width)
    assert model.net_.module_.head.in_features == width


def test_fit_changes_no_parameter(supernovae):
    encoder = SpectrumCNN(d_model=4, n_layers=1, n_bins=32)
    model = SpectraNetClassifier(**{**TINY, "encoder": encoder}).fit(*supernovae)
    assert encoder.max_shift is None and model.encoder is encoder
    assert model.encoder_.max_shift == 0.1  # what the estimator chose


def test_what_is_left_to_the_estimator_is_filled_in():
    model = SpectraNetClassifier(frame="rest", max_epochs=1, encoder="galspecnet")
    model._on_array = False
    encoder = model._chosen_encoder(None)
    model._fill_encoder(encoder)
    assert encoder.dropout == 0.2 and encoder.max_shift == 0.003
    regression = SpectraNetRegressor(encoder="galspecnet")
    regression._on_array = False
    encoder = regression._chosen_encoder(None)
    regression._fill_encoder(encoder)
    assert encoder.dropout == 0.0 and encoder.max_shift == 0.0
    encoder = SpectrumCNN(dropout=0.3, max_shift=0.05)
    model._fill_encoder(encoder)
    assert encoder.dropout == 0.3 and encoder.max_shift == 0.05


@pytest.mark.parametrize(
    ("encoder", "message"),
    [
        (SpectralFeatures(), "must give one vector for an instance"),
        (ImageCNN(), "must be an encoder of 'spectrum'"),
        ("gru", "must be 'auto', one of"),
        (SpectrumCNN(n_bins=1), "'n_bins' parameter of SpectrumCNN"),
    ],
)
def test_encoders_that_do_not_fit(encoder, message, supernovae):
    with pytest.raises(ValueError, match=message):
        SpectraNetClassifier(encoder=encoder).fit(*supernovae)


def test_layer_norms_are_those_that_the_encoder_asks_for(supernovae):
    for encoder, norm in (
        (TINY["encoder"], torch.nn.LayerNorm),
        (GRU(d_model=8), torch.nn.Identity),
    ):
        model = classifier(encoder=encoder, max_epochs=1).fit(*supernovae)
        assert isinstance(model.net_.module_.norm, norm)


def test_trainable_without_pretrained(supernovae):
    with pytest.raises(ValueError, match="'trainable' parameter is 'head', but nothing is 'pretr"):
        classifier(trainable="head").fit(*supernovae)


# Input -----------------------------------------------------------------------


@each
def test_numbers_of_objects_and_labels_must_agree(kind, supernovae):
    X, y = supernovae[0], targets_of(kind, supernovae)
    noun = "labels" if kind is classifier else "numbers"
    with pytest.raises(ValueError, match=f"X has 60 objects but y has 59 {noun}"):
        kind().fit(X, y[:59])


@pytest.mark.parametrize(
    ("made", "message"),
    [
        (lambda X: X["light_curve"], "X is a Series.*column.to_frame"),
        (lambda X: X.iloc[0], r"X is a Series; give a table with a column 'light_curve'"),
        (lambda X: X.to_dict("list"), "X is a dict"),
    ],
)
def test_what_is_no_table(made, message, supernovae):
    X, y = supernovae
    with pytest.raises(ValueError, match=message):
        classifier().fit(made(X), y)


def test_a_single_spectrum_is_no_table(supernovae):
    X = pd.DataFrame({"wavelength": [4000.0, 5000.0], "flux": [1.0, 2.0]})
    with pytest.raises(ValueError, match="of a single spectrum: make a table"):
        SpectraNetClassifier().fit(X, ["a", "b"])


def test_tables_and_arrays_do_not_mix(supernovae):
    X, y = supernovae
    on_table = classifier().fit(X, y)
    with pytest.raises(
        ValueError, match="fit received a table with a column 'light_curve', and X is an"
    ):
        on_table.predict(np.zeros((3, 5)))
    array = np.random.default_rng(0).normal(size=(60, 5))
    on_array = classifier().fit(array, y)
    with pytest.raises(
        ValueError, match="fit received an array of evenly sampled series, and X is a"
    ):
        on_array.predict(X)
    assert on_array.n_features_in_ == 5 and not hasattr(on_array, "feature_names_in_")
    assert on_table.feature_names_in_.tolist() == X.columns.tolist()


def test_arrays_are_predicted_in_double_precision(supernovae):
    array = np.random.default_rng(0).normal(size=(60, 5))
    model = classifier().fit(array, supernovae[1])
    assert model._is_exact and next(model.net_.module_.parameters()).dtype == torch.float32
    whole = model.predict_proba(array)
    np.testing.assert_array_equal(model.predict_proba(array[[7]])[0], whole[7])
    assert next(model.net_.module_.parameters()).dtype == torch.float32


def test_columns_that_are_not_text_have_no_names():
    class Estimator:
        pass

    estimator = Estimator()
    remember_columns(estimator, pd.DataFrame({0: [1], 1: [2]}))
    assert estimator.n_features_in_ == 2 and not hasattr(estimator, "feature_names_in_")
    remember_columns(estimator, pd.DataFrame({"a": [1], "b": [2]}))
    assert estimator.feature_names_in_.tolist() == ["a", "b"]


@each
def test_objects_without_the_modality(kind, supernovae):
    X, y = supernovae[0], targets_of(kind, supernovae)
    model = kind().fit(X, y)
    np.testing.assert_allclose(model.transform(X).mean(axis=0), model.missing_embedding_, atol=1e-5)
    missing = X.assign(light_curve=[None, *X["light_curve"].iloc[1:]])
    with pytest.warns(UserWarning, match="1 objects have no usable light curve"):
        latent = model.transform(missing)
    np.testing.assert_array_equal(latent[0], model.missing_embedding_)
    np.testing.assert_allclose(latent[1:], model.transform(X)[1:], atol=1e-5)
    with pytest.warns(UserWarning, match="1 objects have no usable light curve"):
        if kind is classifier:
            np.testing.assert_allclose(model.predict_proba(missing)[0], model.class_prior_)
        else:
            assert model.predict(missing)[0] == pytest.approx(model.target_mean_)


def damaged(n_points=12):
    """Light curves with one defect each, the last one sound."""
    time = 59000.0 + 3.0 * np.arange(n_points)
    flux = 100.0 * np.exp(-0.5 * ((time - 59015.0) / 8.0) ** 2) + 5.0
    whole = {
        "time": time,
        "band": np.array(["ztfg", "ztfr"], dtype=object)[np.arange(n_points) % 2],
        "flux": flux,
        "flux_err": np.full(n_points, 4.0),
    }
    return [
        {**whole, "flux": np.where(time > 59020, np.nan, flux)},
        {**whole, "flux_err": np.full(n_points, np.nan)},
        {**whole, "time": time[::-1]},
        {**whole, "time": time + 2400000.5},
        {**whole, "band": np.array(["zebra", *whole["band"][1:]], dtype=object)},
        {**whole, "flux": np.where(time < 59005, -999.0, flux)},
        {name: np.repeat(values, 2) for name, values in whole.items()},
        *({name: values[:n] for name, values in whole.items()} for n in (0, 1, 2)),
        whole,
    ]


@pytest.mark.parametrize(
    "encoder", ["gru", "transformer", "deep_sets", "event_transformer", "transceiver", "informer"]
)
def test_a_damaged_row_alone_is_predicted_as_in_its_table(encoder, supernovae):
    model = classifier(encoder=encoder, max_epochs=1).fit(*supernovae)
    cells = damaged()
    table = pd.DataFrame({"light_curve": pd.Series(cells)})
    lengths = [len(cell["time"]) for cell in cells]
    fields = {name: np.concatenate([cell[name] for cell in cells]) for name in cells[0]}
    nested = Ragged(fields, np.concatenate([[0], np.cumsum(lengths)])).to_nested()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        expected = model.predict_proba(table)
        rows = [model.predict_proba(table.iloc[[i]])[0] for i in range(len(table))]
        arrow = pd.DataFrame({"light_curve": nested})
        arrow_rows = [model.predict_proba(arrow.iloc[[i]])[0] for i in range(len(table))]
    np.testing.assert_allclose(rows, expected, rtol=0, atol=1e-6)
    np.testing.assert_array_equal(arrow_rows, rows)
    np.testing.assert_allclose(expected[lengths.index(0)], model.class_prior_)


def test_nothing_usable_is_explained(supernovae):
    X, y = supernovae
    times = {"time_window": (-1e-9, 1e-9), "time_origin": "first"}
    nothing = X.assign(light_curve=None)
    with pytest.raises(ValueError, match=r"light_curve|light curve"):
        classifier().fit(nothing, y)
    model = classifier(encoder=DeepSets(d_model=8, **times))
    model.encoder_ = model.encoder
    assert "time_window=(-1e-09, 1e-09)" in model._nothing_usable()
    gru = classifier(encoder=GRU())
    gru.encoder_ = gru.encoder
    assert gru._nothing_usable() == "No light curve has a usable measurement."


# After fit -------------------------------------------------------------------


def test_names_of_the_latent(supernovae):
    model = classifier(max_epochs=1).fit(*supernovae)
    names = model.get_feature_names_out()
    assert names.tolist() == [f"lightcurveclassifier{i}" for i in range(6)]
    for call in ("transform", "predict", "predict_proba"):
        with pytest.raises(NotFittedError):
            getattr(LightCurveClassifier(), call)(supernovae[0])
    with pytest.raises(NotFittedError):
        LightCurveClassifier().get_feature_names_out()


def test_a_failed_fit_leaves_a_fitted_model_as_it_was(supernovae):
    X, y = supernovae
    model = classifier(max_epochs=1).fit(X, y)
    before = model.predict_proba(X)
    with pytest.raises(ValueError, match="unknown labels"):
        model.fit(X, [None, *y[1:]])
    with pytest.raises(ValueError, match="X has 60 objects"):
        model.fit(X, y[:10])
    np.testing.assert_array_equal(model.predict_proba(X), before)
    np.testing.assert_array_equal(model.classes_, np.unique(y))


def test_tags():
    tags = classifier().__sklearn_tags__()
    assert tags.input_tags.two_d_array and tags.input_tags.allow_nan and not tags.non_deterministic
    assert tags.estimator_type == "classifier" and regressor().__sklearn_tags__().regressor_tags
