"""Encoders of the user's own: torch modules, callables and classes of encoders."""

from typing import Any

import numpy as np
import pytest
import torch
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, KFold
from torch import nn

from sklearn_sn import ContrastiveEmbedder, LightCurveClassifier, MMVAEEmbedder
from sklearn_sn.classification import (
    DomainAdversarialClassifier,
    SpectraNetClassifier,
    SupConClassifier,
)
from sklearn_sn.encoders import (
    GRU,
    Encoder,
    LightCurveEncoder,
    SpectrumEncoder,
    TransceiverDecoder,
    WindowedLightCurveEncoder,
    named_encoder,
)
from sklearn_sn.encoders._encoder import ENCODERS
from sklearn_sn.persistence import ModelFileError, load_model, save_model
from sklearn_sn.regression import LightCurveRegressor, SpectraNetRegressor
from tests.discovery import all_encoders

FEW = {"max_epochs": 2, "batch_size": 16, "random_state": 0}


class PointsModule(nn.Module):
    """The mean of the points, mapped; without the attribute output_dim."""

    def __init__(self, width=5, n_values=3):
        super().__init__()
        self.channels = n_values  # a name that encoders of spectra have too
        self.linear = nn.Linear(n_values, width)

    def forward(self, values, time, log_wavelength, pad_mask):
        keep = (~pad_mask).to(values.dtype).unsqueeze(-1)
        return self.linear((values * keep).sum(1) / keep.sum(1).clamp(min=1))


class BinsModule(nn.Module):
    """The mean of the bins, mapped."""

    def __init__(self, width=5, n_channels=2):
        super().__init__()
        self.channels = n_channels
        self.linear = nn.Linear(n_channels, width)

    def forward(self, flux, pad_mask, wavelength):
        keep = (~pad_mask).to(flux.dtype)[:, None]
        return self.linear((flux * keep).sum(2) / keep.sum(2).clamp(min=1))


class Points(WindowedLightCurveEncoder):
    """An encoder whose parameters have names, but not the rules, of built-in ones."""

    d_model: int = 5
    n_heads: int = 4  # does not divide d_model
    n_layers: int = 1
    dropout: Any = "none"
    pooling: str = "sum"
    widths: Any = ()
    precision: Any = None

    def make_module(self, preprocessor):
        return PointsModule(self.d_model, preprocessor.n_values)


class Bins(SpectrumEncoder):
    """An encoder of spectra, with a parameter that spectra of ours lack."""

    n_bins: int = 32
    d_model: int = 5
    n_heads: int = 4
    kernel: Any = 4
    dropout: Any = None

    def make_module(self, preprocessor):
        return BinsModule(self.d_model, preprocessor.n_channels)


class Wider(GRU):
    """An encoder of the user's around a module of ours."""

    factor: int = 2

    def make_module(self, preprocessor):
        return clone(GRU(d_model=4, latent_dim=4 * self.factor)).make_module(preprocessor)


def points_module():
    return PointsModule(7)


def bins_module():
    return BinsModule(7)


CURVES = [PointsModule(), PointsModule, points_module, Points(d_model=7), Points(amplitude=False)]
SPECTRA = [BinsModule(), BinsModule, bins_module, Bins(d_model=7), Bins(channels=("flux",))]
CASES = [
    *[
        (kind(**FEW, encoder=encoder), "encoder")
        for kind, encoders in (
            (LightCurveClassifier, CURVES),
            (LightCurveRegressor, CURVES[2:4]),
            (SupConClassifier, CURVES[:4]),
            (SupConClassifier, [Bins()]),
            (DomainAdversarialClassifier, CURVES[2:4]),
            (SpectraNetClassifier, SPECTRA),
            (SpectraNetRegressor, SPECTRA[2:4]),
        )
        for encoder in encoders
    ],
    *[(ContrastiveEmbedder(**FEW, embedding_dim=4, light_curve=e), "light_curve") for e in CURVES],
    *[
        (ContrastiveEmbedder(**FEW, embedding_dim=4, output="spectrum", spectrum=e), "spectrum")
        for e in SPECTRA
    ],
    *[
        (
            MMVAEEmbedder(
                **FEW,
                decoder=TransceiverDecoder(d_model=8, n_heads=2, n_layers=1, n_frequencies=4),
                **{name: encoder},
                **{other: None},
            ),
            name,
        )
        for name, other, encoders in (
            ("light_curve", "spectrum", CURVES[2:4]),
            ("spectrum", "light_curve", SPECTRA[2:4]),
        )
        for encoder in encoders
    ],
]


def label(case):
    estimator, parameter = case
    value = getattr(estimator, parameter)
    kind = value if isinstance(value, type) or callable(value) else type(value)
    kind = type(value) if isinstance(value, nn.Module) else kind
    how = "instance" if not isinstance(value, type) else "class"
    return f"{type(estimator).__name__}-{kind.__name__}-{how}"


each = pytest.mark.parametrize("case", CASES, ids=label)


@pytest.fixture(scope="module")
def supernovae():
    from sklearn_sn.datasets import make_supernovae

    X, y, truth = make_supernovae(40, n_pixels=64, return_truth=True, random_state=0)
    return X.assign(t_peak=truth["t_peak"]), y


def given(estimator, supernovae):
    X, y = supernovae
    return X, X["redshift"].to_numpy() if "Regressor" in type(estimator).__name__ else y


def network(model, parameter):
    """Return the trained network of the user's."""
    module = model.net_.module_
    found = module.encoder if parameter == "encoder" else module.encoders[parameter]
    return getattr(found, "encoder", found)  # inside an expert of an autoencoder


@each
def test_it_is_trained_cloned_and_stored(case, supernovae, tmp_path):
    estimator, parameter = case
    X, y = given(estimator, supernovae)
    value = getattr(estimator, parameter)
    before = str(value.state_dict()) if isinstance(value, nn.Module) else str(value)
    model = clone(estimator).fit(X, y)
    Z = model.transform(X)
    assert Z.shape[0] == 40 and np.isfinite(Z).all() and np.ptp(Z) > 0
    # Neither the user's module nor the parameters have changed.
    assert before == (str(value.state_dict()) if isinstance(value, nn.Module) else str(value))
    assert isinstance(network(model, parameter), PointsModule | BinsModule)
    np.testing.assert_array_equal(clone(model).fit(X, y).transform(X), Z)

    with pytest.raises(TypeError, match=rf"of your own.*modules=\['{parameter}'\]"):
        save_model(model, tmp_path / "model")
    save_model(model, tmp_path / "model", modules=[parameter])
    with pytest.raises(ModelFileError, match=rf"modules=\{{'{parameter}': \.\.\.\}}"):
        load_model(tmp_path / "model")
    loaded = load_model(tmp_path / "model", modules={parameter: value})
    np.testing.assert_array_equal(loaded.transform(X), Z)
    assert str(loaded.get_params()) == str(model.get_params())


@pytest.mark.parametrize(
    ("estimator", "parameter", "values"),
    [
        (
            LightCurveClassifier(**FEW),
            "encoder",
            [PointsModule(), PointsModule, points_module, Points()],
        ),
        (SpectraNetClassifier(**FEW), "encoder", [BinsModule(), BinsModule, bins_module, Bins()]),
        (ContrastiveEmbedder(**FEW), "light_curve", [PointsModule(), points_module, Points()]),
        (ContrastiveEmbedder(**FEW), "spectrum", [BinsModule(), bins_module, Bins()]),
    ],
    ids=["curves", "spectra", "embedder of curves", "embedder of spectra"],
)
def test_searches_in_two_processes(estimator, parameter, values, supernovae):
    X, y = supernovae
    search = GridSearchCV(
        estimator, {parameter: values}, cv=KFold(2), n_jobs=2, error_score="raise"
    )
    search.fit(X, y)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    assert np.isfinite(search.best_estimator_.transform(X)).all()


def test_searches_over_parameters_of_an_own_encoder(supernovae):
    X, y = supernovae
    model = LightCurveClassifier(encoder=Points(), **FEW)
    search = GridSearchCV(model, {"encoder__d_model": [3, 6]}, cv=2, error_score="raise")
    search.fit(X, y)
    width = search.best_params_["encoder__d_model"]
    assert search.best_estimator_.net_.module_.encoder.linear.out_features == width
    assert str(model.encoder) == "Points()"


def test_parameters_of_an_own_encoder_come_from_the_file(supernovae, tmp_path):
    X, y = supernovae
    model = LightCurveClassifier(encoder=Points(d_model=9, time_window=(-50, 50)), **FEW).fit(X, y)
    save_model(model, tmp_path / "model", modules="encoder")
    for given_again in (Points, Points(d_model=2)):
        loaded = load_model(tmp_path / "model", modules={"encoder": given_again})
        assert type(loaded.encoder) is type(loaded.encoder_) is Points
        assert str(loaded.encoder) == str(model.encoder)
        np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))
    with pytest.raises(ModelFileError, match="must be its class, or an instance"):
        load_model(tmp_path / "model", modules={"encoder": PointsModule})
    with pytest.raises(ModelFileError, match=r"no parameter|unexpected keyword"):
        load_model(tmp_path / "model", modules={"encoder": Bins})


def test_an_own_encoder_around_a_module_of_ours(supernovae, tmp_path):
    X, y = supernovae
    model = LightCurveClassifier(encoder=Wider(factor=3), **FEW).fit(X, y)
    assert model.transform(X).shape == (40, 12)
    assert model.predict_proba_history(X).index.equals(X.index)  # it is causal as GRU is
    save_model(model, tmp_path / "model", modules=["encoder"])
    loaded = load_model(tmp_path / "model", modules={"encoder": Wider})
    np.testing.assert_array_equal(loaded.predict_proba(X), model.predict_proba(X))


def test_a_loaded_model_trains_on(supernovae, tmp_path):
    X, y = supernovae
    model = LightCurveClassifier(encoder=Points(), **FEW, warm_start=True).fit(X, y)
    save_model(model, tmp_path / "model", modules=["encoder"])
    loaded = load_model(tmp_path / "model", modules={"encoder": Points})
    assert loaded.fit(X, y).n_iter_ == 4


def test_pretraining_with_encoders_of_the_users(supernovae):
    X, y = supernovae
    first = LightCurveClassifier(encoder=Points(), **FEW).fit(X, y)
    frozen = FrozenEstimator(first)
    params = {"pretrained": {"light_curve": frozen}, "trainable": {"light_curve": "head"}}
    for light_curve in ("auto", Points()):
        model = ContrastiveEmbedder(**FEW, light_curve=light_curve, **params).fit(X)
        assert str(model.encoders_["light_curve"]) == "Points()"
        ours, theirs = model.net_.module_.encoders["light_curve"], first.net_.module_.encoder
        assert torch.equal(ours.linear.weight, theirs.linear.weight)
    with pytest.raises(ValueError, match=r"trainable='first_block' needs .* PointsModule has none"):
        LightCurveClassifier(**FEW, pretrained=frozen, trainable="first_block").fit(X, y)
    with pytest.raises(ValueError, match="'encoder__d_model' parameter is 9, but"):
        LightCurveClassifier(encoder=Points(d_model=9), **FEW, pretrained=frozen).fit(X, y)


@pytest.mark.parametrize(
    ("estimator", "message"),
    [
        (LightCurveClassifier(encoder=Points), r"Got <class .*Points'> instead"),
        (LightCurveClassifier(encoder=Points(d_model=0)), "'d_model' parameter of Points must be"),
        (SpectraNetClassifier(encoder=Points()), r"an encoder of 'spectrum'. Got Points\(\)"),
        (ContrastiveEmbedder(spectrum=Points()), r"'spectrum' parameter .* Got Points\(\)"),
    ],
)
def test_what_is_refused(estimator, message, supernovae):
    with pytest.raises(ValueError, match=message):
        estimator.fit(*supernovae)


class Nothing(LightCurveEncoder):
    """Without make_module."""


def test_an_encoder_without_a_preprocessor_or_module(supernovae):
    with pytest.raises(NotImplementedError):
        LightCurveClassifier(encoder=Nothing()).fit(*supernovae)


# Mistakes, names and processes -----------------------------------------------


@pytest.mark.parametrize("value", [lambda: 3, lambda: None])
def test_a_callable_that_returns_no_module_is_rejected(value, supernovae):
    with pytest.raises(ValueError, match=r"must return a torch.nn.Module"):
        LightCurveClassifier(encoder=value, **FEW).fit(*supernovae)


class Sequences(PointsModule):
    def forward(self, values, time, log_wavelength, pad_mask):
        return self.linear(values)


class NotFinite(PointsModule):
    def forward(self, **tensors):
        return super().forward(**tensors) * torch.nan


def test_a_module_without_one_vector_per_object_is_rejected(supernovae):
    with pytest.raises(ValueError, match=r"shape \(n_instances, width\).* Sequences returned"):
        LightCurveClassifier(encoder=Sequences(), **FEW).fit(*supernovae)


def test_a_module_that_is_never_finite_is_rejected(supernovae):
    with pytest.raises(ValueError, match="NaN or infinite outputs even with the weights before"):
        LightCurveClassifier(encoder=NotFinite(), **FEW).fit(*supernovae)


def test_a_module_has_no_nested_parameters():
    with pytest.raises(ValueError, match="has no parameters, so that encoder__d_model"):
        LightCurveClassifier(encoder=PointsModule()).set_params(encoder__d_model=3)


def test_an_explicit_encoder_is_never_replaced_by_a_pretrained_one(supernovae):
    start = FrozenEstimator(LightCurveClassifier(encoder=GRU(d_model=8), **FEW).fit(*supernovae))
    model = LightCurveRegressor(pretrained=start, **FEW).fit(supernovae[0], np.arange(40.0))
    assert isinstance(model.encoder_, GRU)
    for kind, name in [
        (LightCurveClassifier, "transformer"),
        (LightCurveRegressor, "transformer"),
        (SupConClassifier, "deep_sets"),
        (DomainAdversarialClassifier, "deep_sets"),
    ]:
        with pytest.raises(ValueError, match="leave it at 'auto'"):
            kind(encoder=name, pretrained=start, **FEW).fit(supernovae[0], np.arange(40) % 2)


@pytest.fixture
def registry(monkeypatch):
    """The registry of names, restored afterwards."""
    for modality, classes in ENCODERS.items():
        monkeypatch.setitem(ENCODERS, modality, dict(classes))
    return ENCODERS


def test_no_name_is_taken_twice(registry):
    before = registry["light_curve"]["gru"]
    with pytest.raises(ValueError, match="'gru' of Mine is that of GRU"):

        class Mine(WindowedLightCurveEncoder, name="gru"):
            pass

    assert registry["light_curve"]["gru"] is before


def test_a_class_may_be_defined_again(registry):
    for _ in range(2):

        class Again(WindowedLightCurveEncoder, name="again"):
            pass

    assert registry["light_curve"]["again"] is Again


def test_a_named_encoder_needs_a_modality(registry):
    with pytest.raises(ValueError, match="'mine' but no modality"):

        class Mine(Encoder, name="mine"):
            pass

    with pytest.raises(ValueError, match=r"must be one of .* Got 'radio'"):

        class Radio(Encoder, name="mine", modality="radio"):
            pass


def test_a_named_encoder_reaches_another_process(registry):
    Named = type("Named", (Points,), {"__module__": __name__}, name="named")
    state = LightCurveClassifier(encoder="named").__getstate__()
    del registry["light_curve"]["named"]
    copy = LightCurveClassifier()
    copy.__setstate__(state)
    assert named_encoder("light_curve", "named").__class__ is Named
    assert "_encoder_classes" not in vars(copy)
    assert LightCurveClassifier(encoder="gru").__getstate__()["_encoder_classes"] == []


def test_a_name_of_another_modality_is_explained(supernovae):
    with pytest.raises(ValueError, match=r"'cnn' \(a name of the modality 'spectrum'\)"):
        SupConClassifier(encoder="cnn", **FEW).fit(*supernovae)


@pytest.mark.parametrize(
    "encoder",
    [e for e in all_encoders() if e.modality == "light_curve"],
    ids=lambda e: type(e).__name__,
)
def test_numpy_integers_are_sizes(encoder, supernovae):
    params = {
        name: np.int64(value) for name, value in encoder.get_params().items() if type(value) is int
    }
    model = LightCurveClassifier(encoder=clone(encoder).set_params(**params), **FEW)
    assert model.fit(*supernovae).predict(supernovae[0]).shape == (40,)


def test_a_name_that_is_not_custom_is_not_stored(supernovae, tmp_path):
    model = LightCurveClassifier(encoder=GRU(d_model=8), **FEW).fit(*supernovae)
    with pytest.raises(ValueError, match=r"names \['encoder'\], but the estimator has no"):
        save_model(model, tmp_path / "model", modules=["encoder"])
    assert not (tmp_path / "model").exists()
