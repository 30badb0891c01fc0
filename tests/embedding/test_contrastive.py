"""The contrastive embedder: what it is asked, and what it answers."""

import io
import pickle
import re
from contextlib import redirect_stdout

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.frozen import FrozenEstimator
from skorch.callbacks import (
    Callback,
    EpochScoring,  # noqa: F401  (skorch's callbacks are what users pass)
)
from torch import nn

from sklearn_sn import ContrastiveEmbedder, load_model, save_model
from sklearn_sn.data import check_table
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import (
    GRU,
    ImageCNN,
    LightCurveTransformer,
    SpectralFeatures,
    SpectrumCNN,
    SpectrumTransceiver,
)
from sklearn_sn.nets import TableDataset
from tests.conftest import SMALL


def make(**params):
    return ContrastiveEmbedder(**{**SMALL, **params})


def light_curve(**params):
    """Return a small encoder of light curves."""
    return LightCurveTransformer(**{"d_model": 16, "n_layers": 1, **params})


class Mean(nn.Module):
    """An encoder of the user's own, without the attribute output_dim."""

    def __init__(self):
        super().__init__()
        self.layer = nn.Linear(3, 5)

    def forward(self, values, time, log_wavelength, pad_mask):
        keep = (~pad_mask).float().unsqueeze(-1)
        return self.layer((values * keep).sum(1) / keep.sum(1))


class Counter(Callback):
    """Counts epochs."""

    def on_epoch_end(self, net, **kwargs):
        self.epochs = getattr(self, "epochs", 0) + 1


# What comes out --------------------------------------------------------------


def test_history(fitted):
    assert fitted.n_iter_ == 2 == len(fitted.history_)
    assert fitted.history_[1].keys() == {"epoch", "train_loss", "dur"}
    assert type(fitted.history_[0]["train_loss"]) is float


def test_fit_with_missing_spectra():
    X, y = make_supernovae(60, missing_fraction=0.5, random_state=1)
    assert np.isfinite(make().fit(X, y).transform(X)).all()


def test_several_spectra_are_averaged():
    X, _ = make_supernovae(40, n_spectra=(1, 3), random_state=0)
    model = make(output="spectrum").fit(X)
    cell = X["spectrum"].iloc[int(np.argmax(X["spectrum"].nest["time"].groupby(level=0).nunique()))]
    single = [part for _, part in cell.groupby("time")]
    assert len(single) > 1
    parts = pd.DataFrame({"spectrum": [*single, cell]})
    *alone, together = model.transform(parts)
    mean = np.sum(alone, axis=0)
    np.testing.assert_allclose(together, mean / np.linalg.norm(mean), atol=1e-5)


def test_too_little_to_align(supernovae):
    X, y = supernovae
    with pytest.raises(ValueError, match="two modalities"):
        make(spectrum="auto").fit(X[["light_curve"]], y)
    with pytest.raises(ValueError, match="two modalities"):
        make(spectrum=None).fit(X, y)
    with pytest.raises(ValueError, match="spectrum"):
        make().fit(X[["light_curve"]], y)
    apart = X.copy()
    none = [None] * 30
    apart["light_curve"] = [*X["light_curve"].iloc[:30], *none]
    apart["spectrum"] = [*none, *X["spectrum"].iloc[30:]]
    with pytest.raises(ValueError, match="no pairs"):
        make().fit(apart, y)
    assert make(aux_weight=1.0).fit(apart, y).n_iter_ == 2


# Encoders and bad parameters -------------------------------------------------


@pytest.mark.parametrize("encoder", [Mean(), Mean, "transformer"], ids=str)
def test_own_encoders(supernovae, encoder):
    X, _ = supernovae
    before = encoder.layer.weight.clone() if isinstance(encoder, nn.Module) else None
    model = make(light_curve=encoder).fit(X)
    assert np.isfinite(model.transform(X)).all()
    if before is not None:
        assert torch.equal(encoder.layer.weight, before)


@pytest.mark.parametrize(
    "params, message",
    [
        ({"light_curve": "cnn"}, r"'light_curve' parameter of ContrastiveEmbedder .* Got 'cnn'"),
        ({"light_curve": SpectrumCNN()}, r"'light_curve' parameter .* Got SpectrumCNN\(\)"),
        ({"light_curve": GRU}, r"'light_curve' parameter .* Got <class .*GRU'>"),
        ({"light_curve": 3}, r"'light_curve' parameter .* Got 3 instead"),
        ({"spectrum": SpectralFeatures()}, "'spectrum' parameter .* must give one vector"),
        ({"metadata": "mlp"}, "'metadata' parameter gives an encoder, but 'metadata_columns'"),
        ({"light_curve": light_curve(d_model=18)}, "'d_model' parameter of LightCurveTransformer"),
        ({"spectrum": SpectrumCNN(d_model=0)}, r"'d_model' parameter of SpectrumCNN .* Got 0"),
        (
            {"spectrum": SpectrumCNN(wavelength_range=(9000, 3500))},
            "'wavelength_range' parameter of SpectrumCNN",
        ),
        ({"queue_size": -1}, "'queue_size' parameter"),
        ({"trainable": "some"}, "'trainable' parameter"),
        ({"trainable": {"spectrum": "some"}}, "'trainable' parameter"),
        ({"temperature": 0}, "'temperature' parameter"),
        ({"lr_schedule": "linear"}, "'lr_schedule' parameter"),
        ({"metadata_columns": ["mass"]}, "'mass'"),
    ],
)
def test_bad_parameters(supernovae, params, message):
    with pytest.raises(ValueError, match=message):
        make(**params).fit(*supernovae)


def test_window(supernovae):
    X, _ = supernovae
    model = make(light_curve=light_curve(time_window=(-5.0, 5.0))).fit(X)
    times = model.preprocessors_["light_curve"].prepare(check_table(X)).points[:, 0]
    assert -5.0 <= times.min() < times.max() <= 5.0
    with pytest.raises(ValueError, match=r"'time_window' parameter .* Got \(1, 5\)"):
        make(light_curve=light_curve(time_window=(1, 5))).fit(X)


def test_number_of_columns(fitted, supernovae):
    assert fitted.n_features_in_ == supernovae[0].shape[1]


def test_labels_of_another_length(supernovae):
    X, y = supernovae
    with pytest.raises(ValueError, match=r"60 objects but y has 59"):
        make().fit(X, y[:-1])


def test_unknown_band_with_learned_bands(supernovae):
    X, _ = supernovae
    model = make(light_curve=light_curve(band_encoding="embedding")).fit(X)
    assert set(model.preprocessors_["light_curve"].bands_) >= {"ztfg", "lsstz"}
    other = pd.DataFrame({"light_curve": [{"time": [1.0], "band": ["uvotuvw1"], "flux": [1.0]}]})
    np.testing.assert_array_equal(
        model.transform(other)[0], model.missing_embedding_["light_curve"]
    )


# Training --------------------------------------------------------------------


def scale(model):
    return float(model.net_.module_.log_scale.detach().exp())


def test_temperature(supernovae):
    X, _ = supernovae
    fixed = make(temperature=0.1, learn_temperature=False).fit(X)
    assert scale(fixed) == pytest.approx(10.0)
    learned = make(temperature=0.1, lr=1e-2).fit(X)
    assert scale(learned) != pytest.approx(10.0)
    cold = make(temperature=0.005, learn_temperature=False).fit(X)
    assert scale(cold) == pytest.approx(200.0)


def test_a_learned_temperature_is_not_stuck_at_its_bound(supernovae):
    X, _ = supernovae
    model = make().fit(X)
    net, table = model.net_, check_table(X)
    prepared = {name: part.prepare(table) for name, part in model.preprocessors_.items()}
    batch = TableDataset(model.preprocessors_, prepared).gather(np.arange(16), "cpu")
    log_scale = net.module_.log_scale
    with torch.no_grad():
        log_scale.fill_(np.log(300.0))
    log_scale.grad = None
    net.get_loss(net.infer(batch), None, X=batch, training=True).backward()
    assert scale(model) == pytest.approx(100.0)
    assert abs(float(log_scale.grad)) > 1e-3


def test_early_stopping_keeps_the_best(supernovae):
    X, y = supernovae
    model = make(
        early_stopping=True, n_iter_no_change=3, max_epochs=60, lr=3e-3, lr_schedule=None
    ).fit(X, y)
    losses = [row["valid_loss"] for row in model.history_]
    assert model.n_iter_ < 60
    assert int(np.argmin(losses)) < model.n_iter_ - 1


@pytest.mark.parametrize("schedule", ["one_cycle", "cosine", None])
@pytest.mark.parametrize("optimizer", ["adamw", "adam", "radam"])
def test_schedules_and_optimizers_learn(supernovae, schedule, optimizer):
    model = make(lr_schedule=schedule, optimizer=optimizer, max_epochs=4).fit(supernovae[0])
    assert model.history_[-1]["train_loss"] < model.history_[0]["train_loss"]


def test_warm_start_goes_on(supernovae):
    X, _ = supernovae
    model = make(warm_start=True).fit(X)
    first = model.history_[-1]["train_loss"]
    model.fit(X)
    assert model.n_iter_ == 4
    assert model.history_[-1]["train_loss"] < first
    assert make().fit(X).fit(X).n_iter_ == 2


class Rates(Callback):
    """Remembers the learning rates of all steps."""

    def on_train_begin(self, net, **kwargs):
        self.seen = []

    def on_batch_end(self, net, training=False, **kwargs):
        if training:
            self.seen.append([group["lr"] for group in net.optimizer_.param_groups])


def test_warm_start_runs_the_whole_schedule_again(supernovae):
    X, _ = supernovae
    rates = Rates()
    model = make(warm_start=True, callbacks=[rates]).fit(X)
    short = np.ravel(rates.seen)
    model.set_params(max_epochs=6, lr=2e-3).fit(X)
    long = np.ravel(rates.seen)
    assert len(long) == 3 * len(short) and (long > 0).all()
    assert long.max() == pytest.approx(2 * short.max(), rel=0.1)
    assert long[-1] < 0.1 * long.max()


def test_warm_start_keeps_the_ratio_of_rates(fitted, supernovae):
    rates = Rates()
    model = make(
        pretrained=FrozenEstimator(fitted),
        pretrained_lr_factor=0.1,
        lr_schedule=None,
        warm_start=True,
        callbacks=[rates],
    )
    model.fit(supernovae[0]).set_params(lr=1e-4).fit(supernovae[0])
    assert sorted(set(np.ravel(rates.seen))) == pytest.approx([1e-5, 1e-4])


def test_early_stopping_holds_out_pairs():
    X, y = make_supernovae(100, random_state=0)
    X["spectrum"] = [cell if row < 24 else None for row, cell in enumerate(X["spectrum"])]
    model = make(early_stopping=True, validation_fraction=0.25, max_epochs=3).fit(X, y)
    assert all(row["valid_loss"] > 0.1 for row in model.history_)
    few = X.assign(spectrum=[*X["spectrum"].iloc[:4], *[None] * 96])
    with pytest.raises(ValueError, match="holds out 15 objects, of which 0 have two modalities"):
        make(early_stopping=True).fit(few, y)
    assert make(early_stopping=True, aux_weight=1.0).fit(few, y).n_iter_ >= 1


def test_a_fitted_embedder_carries_no_state_of_the_optimizer(supernovae):
    size = {}
    for warm_start in (False, True):
        model = make(warm_start=warm_start, light_curve=light_curve(d_model=64)).fit(supernovae[0])
        size[warm_start] = len(pickle.dumps(model))
    assert size[False] < 0.6 * size[True]


def test_callbacks_and_verbosity(supernovae, capsys):
    counter = Counter()
    text = io.StringIO()
    with redirect_stdout(text):
        make(callbacks=[counter], verbose=2).fit(supernovae[0])
    assert counter.epochs == 2
    lines = text.getvalue().splitlines()
    assert len(lines) == 2
    assert re.fullmatch(r"ContrastiveEmbedder epoch 1: train_loss \d+\.\d{4} in [\d.]+ s", lines[0])
    make(verbose=1).fit(supernovae[0])
    assert "ContrastiveEmbedder" in capsys.readouterr().err
    make().fit(supernovae[0])
    assert capsys.readouterr() == ("", "")


def test_no_augmentation_is_possible(supernovae):
    X, _ = supernovae
    plain = make(
        light_curve=light_curve(noise_augmentation=False, augmentation=False),
        spectrum=SpectrumCNN(
            d_model=8, n_layers=2, n_bins=64, noise_augmentation=False, augmentation=False
        ),
    ).fit(X)
    assert np.abs(plain.transform(X) - make().fit(X).transform(X)).max() > 1e-4


# Auxiliary heads -------------------------------------------------------------


def test_auxiliary_heads_learn_classes(supernovae):
    X, y = supernovae
    model = make(aux_weight=1.0, aux_columns=["redshift"], class_weight="balanced").fit(X, y)
    assert list(model.targets_.classes_) == sorted(set(y))
    assert model.targets_.names_ == ["redshift"]
    assert model.net_.module_.class_head.out_features == 5


def test_numbers_as_y_and_unknown_labels(supernovae):
    X, y = supernovae
    model = make(aux_weight=1.0).fit(X, X["redshift"].to_numpy())
    assert model.targets_.names_ == ["y"] and not len(model.targets_.classes_)
    partly = np.where(np.arange(60) % 2, y.astype(object), None)
    assert len(make(aux_weight=1.0).fit(X, partly).targets_.classes_) == 5


def test_y_is_ignored_without_heads(supernovae):
    X, y = supernovae
    np.testing.assert_array_equal(
        make().fit(X, y).transform(X), make().fit(X, y[::-1]).transform(X)
    )


def test_one_encoder_trained_by_its_head(supernovae):
    X, y = supernovae
    model = make(light_curve="auto", aux_weight=1.0).fit(X[["spectrum"]], y)
    assert model.modalities_ == ["spectrum"]
    assert model.transform(X).shape == (60, 8)


# Transceivers ----------------------------------------------------------------


def test_transceivers_read_light_curves_and_spectra(supernovae, tmp_path):
    X, _ = supernovae
    both = {"light_curve": "transceiver", "spectrum": SpectrumTransceiver(d_model=16)}
    model = make(**both).fit(X)
    assert {type(encoder).__name__ for encoder in model.net_.module_.encoders.values()} == {
        "LightCurveTransceiverModule",
        "SpectrumTransceiverModule",
    }
    for name in both:
        z = model.encode(X, name)
        assert z.shape == (60, 8)
        np.testing.assert_allclose(np.linalg.norm(z, axis=1), 1.0, rtol=1e-5)
        np.testing.assert_allclose(model.encode(X[7:8], name)[0], z[7], atol=2e-6)
        # Of unit vectors the Frobenius distance ranks as the cosine does.
        distance = np.linalg.norm(z[:1] - z[1:], axis=1)
        np.testing.assert_allclose(0.5 * distance**2, 1.0 - z[1:] @ z[0], atol=1e-5)
    save_model(model, tmp_path / "model")
    np.testing.assert_array_equal(load_model(tmp_path / "model").transform(X), model.transform(X))


def test_transceivers_hand_over_what_they_learned(supernovae):
    X, _ = supernovae
    both = {"light_curve": "transceiver", "spectrum": "transceiver"}
    first = make(**both).fit(X)
    second = make(
        light_curve="auto",
        spectrum="auto",
        pretrained=FrozenEstimator(first),
        trainable="first_block",
        max_epochs=1,
    ).fit(X)
    module = second.net_.module_.encoders["light_curve"]
    assert type(module).__name__ == "LightCurveTransceiverModule"


# Encoders as parameters ------------------------------------------------------


def test_what_a_name_stands_for(supernovae):
    X, _ = supernovae
    model = ContrastiveEmbedder(max_epochs=1, random_state=0).fit(X)
    assert {name: str(encoder) for name, encoder in model.encoders_.items()} == {
        "light_curve": "LightCurveTransformer()",
        "spectrum": "SpectrumCNN(max_shift=0.0)",
    }
    same = ContrastiveEmbedder(
        light_curve="transformer", spectrum=SpectrumCNN(), max_epochs=1, random_state=0
    ).fit(X)
    np.testing.assert_array_equal(same.transform(X), model.transform(X))


def test_nested_parameters_replace_names():
    model = ContrastiveEmbedder().set_params(light_curve__d_model=32, spectrum__n_bins=64)
    assert str(model.light_curve) == "LightCurveTransformer(d_model=32)"
    assert model.get_params()["spectrum__n_bins"] == 64
    model.set_params(light_curve="gru", light_curve__d_model=8)
    assert str(model.light_curve) == "GRU(d_model=8)"
    with pytest.raises(ValueError, match=r"'image' parameter .* is None, so that image__size"):
        ContrastiveEmbedder(image=None).set_params(image__size=4)
    with pytest.raises(ValueError, match="d_modal"):
        ContrastiveEmbedder().set_params(light_curve__d_modal=32)


def test_fit_leaves_encoders_as_they_are(supernovae):
    X, _ = supernovae
    mine = SpectrumCNN(d_model=8, n_layers=2, n_bins=64)
    model = make(spectrum=mine).fit(X)
    assert model.spectrum is mine and mine.max_shift is None
    assert model.encoders_["spectrum"] is not mine


def test_ranges_are_outer_edges_of_the_grid(supernovae):
    X, _ = supernovae
    model = make(spectrum=SpectrumCNN(wavelength_range=(4000.0, 8000.0), n_bins=64)).fit(X)
    log = np.log(model.preprocessors_["spectrum"].wavelength_)
    half = 0.5 * (log[1] - log[0])
    np.testing.assert_allclose(np.exp([log[0] - half, log[-1] + half]), [4000.0, 8000.0], rtol=1e-5)


def test_a_modality_is_left_out(supernovae):
    X = supernovae[0].copy()
    rng = np.random.default_rng(0)
    X["image"] = [rng.normal(size=(1, 9, 9)) for _ in range(60)]
    model = make(image=ImageCNN(d_model=4, n_layers=2), spectrum=None).fit(X)
    assert model.modalities_ == ["light_curve", "image"]
    assert model.encoders_.keys() == model.preprocessors_.keys() == {"light_curve", "image"}
