"""Encoders that arrive trained."""

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, KFold

from sklearn_sn import ContrastiveEmbedder
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import LightCurveTransformer
from tests.conftest import SMALL

EMBEDDED_BANDS = LightCurveTransformer(d_model=16, n_layers=1, band_encoding="embedding")


def weights(model):
    return {k: v.clone() for k, v in net(model).state_dict().items()}


def net(model):
    return model.net_.module_


def changed(before, after):
    return {name for name in before if not torch.equal(before[name], after[name])}


def make(**params):
    return ContrastiveEmbedder(**{**SMALL, **params})


def test_everything_trains_by_default(fitted, supernovae):
    start = weights(fitted)
    model = make(pretrained=FrozenEstimator(fitted)).fit(*supernovae)
    moved = changed(start, weights(model))
    assert any(name.startswith("encoders.light_curve") for name in moved)
    assert changed(start, weights(fitted)) == set()


@pytest.mark.parametrize("trainable", ["first_block", "head", "none"])
def test_only_what_is_trainable_moves(fitted, supernovae, trainable):
    start = weights(fitted)
    model = make(pretrained=FrozenEstimator(fitted), trainable=trainable).fit(*supernovae)
    moved = changed(start, weights(model))
    encoders = {name for name in moved if name.startswith("encoders")}
    projections = {name for name in moved if name.startswith("projections")}
    if trainable == "first_block":
        first = ("project", "band", "stack.blocks.0", "blocks.0")
        assert encoders
        assert all(name.split(".", 2)[2].startswith(first) for name in encoders)
    else:
        assert not encoders
    assert bool(projections) == (trainable != "none")


def test_per_modality(fitted, supernovae):
    start = weights(fitted)
    model = make(pretrained=FrozenEstimator(fitted), trainable={"spectrum": "none"}).fit(
        *supernovae
    )
    moved = changed(start, weights(model))
    assert not any("spectrum" in name for name in moved)
    assert any("light_curve" in name for name in moved)


def test_one_modality_from_elsewhere(fitted, supernovae):
    X, y = supernovae
    spectra = make(light_curve="auto", aux_weight=1.0, random_state=7).fit(X[["spectrum"]], y)
    model = make(
        pretrained={"spectrum": FrozenEstimator(spectra)}, trainable="none", max_epochs=1
    ).fit(X, y)
    key = "encoders.spectrum.head.weight"
    assert torch.equal(weights(model)[key], weights(spectra)[key])
    with pytest.raises(ValueError, match="names the modality 'light_curve'"):
        make(pretrained={"light_curve": FrozenEstimator(spectra)}).fit(X, y)


def test_sizes_come_from_the_pretrained_encoder(fitted, supernovae):
    for light_curve in ("auto", LightCurveTransformer(d_model=64)):  # defaults
        model = make(
            pretrained=FrozenEstimator(fitted), light_curve=light_curve, embedding_dim=5
        ).fit(*supernovae)
        assert net(model).encoders["light_curve"].d_model == 16
        assert model.encoders_["light_curve"].d_model == 16
        assert model.transform(supernovae[0]).shape == (60, 5)


def test_clones_and_searches_remember(fitted, supernovae):
    X, y = supernovae
    model = make(pretrained=FrozenEstimator(fitted), trainable="none", max_epochs=1)
    expected = fitted.transform(X)
    np.testing.assert_allclose(clone(model).fit(X, y).transform(X), expected, atol=1e-6)
    search = GridSearchCV(model, {"batch_size": [16, 32]}, cv=KFold(2), error_score="raise")
    best = search.fit(X).best_estimator_
    np.testing.assert_allclose(best.transform(X), expected, atol=1e-6)


def test_a_plain_estimator_is_refused_once_cloned(fitted, supernovae):
    with pytest.raises(ValueError, match="FrozenEstimator"):
        clone(make(pretrained=fitted)).fit(*supernovae)


def test_new_bands_start_from_the_nearest():
    ztf, _ = make_supernovae(30, surveys="ztf", random_state=0)
    lsst, _ = make_supernovae(30, surveys="lsst", random_state=0)
    model = make(light_curve=EMBEDDED_BANDS, max_epochs=1).fit(ztf)
    old = net(model).encoders["light_curve"].band.weight
    tuned = make(
        light_curve=EMBEDDED_BANDS,
        pretrained=FrozenEstimator(model),
        trainable="none",
        max_epochs=1,
    ).fit(lsst)
    source, new = (
        tuned.preprocessors_["light_curve"],
        net(tuned).encoders["light_curve"].band.weight,
    )
    assert list(source.bands_[:2]) == ["ztfg", "ztfr"]
    assert {"lsstg", "lsstz"} <= set(source.bands_)
    place = {band: i for i, band in enumerate(source.bands_)}
    assert torch.equal(new[place["lsstg"]], old[0])
    assert torch.equal(new[place["lsstz"]], old[1])
    assert np.isfinite(tuned.transform(lsst)).all()


def test_learning_rate_factor(fitted, supernovae):
    slow = make(pretrained=FrozenEstimator(fitted), pretrained_lr_factor=1e-6, max_epochs=1)
    slow.fit(*supernovae)
    key = "encoders.light_curve.head.weight"
    assert (weights(slow)[key] - weights(fitted)[key]).abs().max() < 1e-6


def test_a_default_width_is_that_of_the_pretrained_projection(fitted, supernovae):
    X, y = supernovae
    params = {name: value for name, value in SMALL.items() if name != "embedding_dim"}
    frozen = FrozenEstimator(fitted)
    model = ContrastiveEmbedder(**params, pretrained=frozen, trainable="none").fit(X, y)
    assert model.transform(X).shape == fitted.transform(X).shape
    np.testing.assert_array_equal(model.encode(X, "light_curve"), fitted.encode(X, "light_curve"))
    wider = ContrastiveEmbedder(**params, pretrained=frozen, embedding_dim=24).fit(X, y)
    assert wider.encode(X, "spectrum").shape == (len(X), 24)
    assert len(wider.get_feature_names_out()) == wider.transform(X).shape[1]
