"""The multimodal autoencoder: what comes in, what comes out, and whether it holds."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone

from sklearn_sn import MMVAEEmbedder, load_model, save_model
from sklearn_sn.data import DataQualityWarning, Ragged, as_ragged
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import (
    LightCurveTransceiver,
    SpectralFeatures,
    TransceiverDecoder,
)
from tests.embedding.small_mmvae import CURVES, GRID, SPECTRA, TINY, transceivers


def test_what_fit_leaves(model):
    assert model.modalities_ == ["light_curve", "spectrum"]
    assert model.frame_ == "rest" and not model.estimates_peak_
    assert model.wavelength_.shape == (256,)
    assert len(model.history_) == 2
    assert list(model.get_feature_names_out()) == [f"latent_{i}" for i in range(4)]


def one_spectrum_each(X):
    """First spectrum of each object: phase (n, 1), wavelength and relative flux (n, 64), rest."""
    spectra = as_ragged(X["spectrum"], kind="spectrum")
    stretch = 1.0 + X["redshift"].to_numpy()
    phase = (spectra.reduce("first", "time") - X["t_peak"].to_numpy()) / stretch
    first = spectra.offsets[:-1, None] + np.arange(64)
    wavelength = spectra["wavelength"][first] / stretch[:, None]
    flux = spectra["flux"][first]
    inside = np.where((wavelength > 4000) & (wavelength < 7000), flux, np.nan)
    return phase[:, None], wavelength, flux / np.nanmedian(inside, axis=1, keepdims=True)


def test_calibrated_intervals_cover_new_objects():
    X, _, truth = make_supernovae(
        240, classes=("SN Ia", "SN II"), n_pixels=64, n_spectra=1, return_truth=True, random_state=1
    )
    X["t_peak"] = truth["t_peak"]
    model = MMVAEEmbedder(**TINY).fit(X.iloc[:40])
    # Objects without a light curve say nothing of what light curves tell.
    held = X.iloc[40:140].copy()
    curves = as_ragged(held["light_curve"], kind="light_curve")
    seen = curves.filter(curves.rows < 80).to_nested(index=held.index)
    model.calibrate(held.assign(light_curve=seen), phase_bins=2, wavelength_bins=3)
    calibration = model.calibrations_["spectrum from light_curve"]
    assert calibration.factors_.shape == (2, 3, 101)
    assert calibration.n_objects_.sum(axis=0).max() == 80
    test = X.iloc[140:]
    phase, wavelength, flux = one_spectrum_each(test)
    known = (wavelength > 2500) & (wavelength < 10000)
    wavelength = np.clip(wavelength, 2500, 10000)
    where = {"phase": phase, "wavelength": wavelength}
    lower, upper = model.predict_interval(test.drop(columns="spectrum"), **where)
    inside = np.where(known, (flux >= lower[:, 0]) & (flux <= upper[:, 0]), np.nan)
    assert np.nanmean(inside, axis=1).mean() == pytest.approx(0.9, abs=0.05)
    with pytest.warns(DataQualityWarning, match="spectrum from spectrum are not calibrated"):
        model.predict_interval(test, source="spectrum", **where)
    with pytest.raises(ValueError, match="none has 'spectrum' and 'light_curve'"):
        model.calibrate(test.drop(columns="light_curve"))


def test_calibration_part_of_fit_is_not_trained_on(X, curves):
    model = MMVAEEmbedder(**TINY, calibration_fraction=0.5).fit(X)
    route = "spectrum from light_curve"
    assert list(model.calibrations_) == [route]
    assert 10 < model.calibrations_[route].n_objects_.max() <= 30
    wide = model.predict_interval(curves, wavelength=GRID, coverage=0.8)
    narrow = model.predict_interval(curves, wavelength=GRID, coverage=0.4)
    assert (wide[0] <= narrow[0]).all() and (wide[1] >= narrow[1]).all()
    assert str(clone(model).get_params()) == str(model.get_params())


def test_one_modality_alone(X, curves):
    light = MMVAEEmbedder(**CURVES).fit(curves)
    assert light.modalities_ == ["light_curve"]
    assert light.generate(curves, "light_curve", band="ztfg", random_state=0).shape[:2] == (60, 1)
    with pytest.raises(ValueError, match="'to' must be one of"):
        light.generate(curves)
    has = as_ragged(X["spectrum"]).lengths > 0
    spectra = X.loc[has, ["spectrum", "t_peak", "redshift"]]
    vae = MMVAEEmbedder(**SPECTRA, objective="elbo").fit(spectra)
    assert np.isfinite(vae.predict(spectra, wavelength=GRID)).all()
    assert np.isfinite(vae.score(spectra))


def test_score_rises_with_training_and_with_samples(X):
    kwargs = {**TINY, "lr": 5e-3}
    short = MMVAEEmbedder(**kwargs).fit(X)
    longer = MMVAEEmbedder(**{**kwargs, "max_epochs": 12}).fit(X)
    assert longer.score(X) > short.score(X) + 10
    assert longer.score(X, n_samples=32) > longer.score(X, n_samples=1)


def test_peaks_are_estimated_and_it_is_said_once(X):
    unknown = X.drop(columns="t_peak")
    with pytest.warns(DataQualityWarning, match="time of peak of 60 of 60"):
        model = MMVAEEmbedder(**TINY).fit(unknown)
    assert model.estimates_peak_
    model.transform(unknown)


def test_without_redshifts_the_observer_s_frame(X):
    model = MMVAEEmbedder(**TINY).fit(X.drop(columns="redshift"))
    assert model.frame_ == "observer"
    other = MMVAEEmbedder(**TINY, frame="observer").fit(X)
    np.testing.assert_array_equal(model.transform(X), other.transform(X))


def test_spectra_of_unknown_phase_take_part(X):
    spectra = as_ragged(X["spectrum"])
    undated = spectra.select("wavelength", "flux", "flux_err").to_nested(index=X.index)
    model = MMVAEEmbedder(**TINY).fit(X.assign(spectrum=undated))
    assert np.isfinite(model.transform(X)).all()
    with pytest.raises(ValueError, match="known phase"):
        model.calibrate(X.assign(spectrum=undated))


def test_a_line_that_tells_light_curves_apart_is_generated():
    """Objects that rise fast have a line; from the light curve comes the right one."""
    rng = np.random.default_rng(0)
    n, wavelength, time = 120, np.linspace(4000.0, 7000.0, 60), np.arange(-16.0, 17.0, 2.0)
    fast = rng.random(n) < 0.5
    width = np.where(fast, 4.0, 12.0)[:, None]
    light = np.exp(-0.5 * (time / width) ** 2) + 0.02 * rng.standard_normal((n, len(time)))
    line = np.exp(-0.5 * ((wavelength - 6150.0) / 80.0) ** 2)
    slope = rng.uniform(-1.0, 1.0, (n, 1)) * (wavelength - 5500.0) / 3000.0
    flux = 1.0 + slope - 0.7 * fast[:, None] * line
    flux += 0.02 * rng.standard_normal((n, len(wavelength)))
    curves = Ragged(
        {
            "time": np.tile(60000.0 + time, n),
            "band": pd.Categorical(["ztfg"] * (n * len(time))),
            "flux": 1000.0 * light.ravel(),
            "flux_err": np.full(light.size, 20.0),
        },
        len(time) * np.arange(n + 1),
    )
    spectra = Ragged(
        {
            "wavelength": np.tile(wavelength, n),
            "flux": flux.ravel(),
            "time": np.full(flux.size, 60000.0),
        },
        len(wavelength) * np.arange(n + 1),
    )
    X = pd.DataFrame(
        {"light_curve": curves.to_nested(), "spectrum": spectra.to_nested(), "t_peak": 60000.0}
    )
    more = {**transceivers(d_model=32), "batch_size": 8, "max_epochs": 30, "lr": 5e-3}
    model = MMVAEEmbedder(**{**TINY, **more})
    model.fit(X.iloc[:90])
    left, inside, right = model.predict(
        X[["light_curve", "t_peak"]].iloc[90:], wavelength=[5800.0, 6150.0, 6500.0]
    ).T
    depth = 0.5 * (left + right) - inside
    assert depth[fast[90:]].mean() > 0.3
    assert np.abs(depth[~fast[90:]]).mean() < 0.15


def test_warm_start_goes_on(X):
    model = MMVAEEmbedder(**TINY, warm_start=True).fit(X)
    assert model.set_params(max_epochs=1).fit(X).n_iter_ == 3
    with pytest.raises(ValueError, match=r"\['light_curve'\] have changed"):
        model.set_params(light_curve=LightCurveTransceiver(d_model=32)).fit(X)
    with pytest.raises(ValueError, match=r"\['decoder'\] have changed"):
        model.set_params(**{**TINY, "decoder": TransceiverDecoder(d_model=32)}).fit(X)


def test_save_and_load_keeps_generation_and_calibration(X, curves, tmp_path):
    model = MMVAEEmbedder(**TINY, calibration_fraction=0.5).fit(X)
    save_model(model, tmp_path / "model")
    loaded = load_model(tmp_path / "model")
    for name in ("generate", "predict_interval"):
        answers = (
            getattr(m, name)(curves, wavelength=GRID, random_state=0) for m in (model, loaded)
        )
        np.testing.assert_array_equal(*map(np.asarray, answers))


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("light_curve", "photometry"),
        ("spectrum", LightCurveTransceiver()),
        ("spectrum", SpectralFeatures()),
        ("decoder", "cnn"),
        ("decoder", LightCurveTransceiver()),
        ("metadata_columns", "redshift"),
        ("phase_range", (5.0, -5.0)),
        ("wavelength_range", (1.0, 2.0)),
        ("objective", "vae"),
        ("calibration_fraction", 0.99),
        ("likelihood_weights", {"spectrum": 0.0}),
        ("likelihood_weights", {"sound": 1.0}),
        ("likelihood_weights", "equal"),
    ],
)
def test_bad_parameters_are_named(X, parameter, value):
    with pytest.raises(ValueError, match=parameter):
        MMVAEEmbedder(**TINY).set_params(**{parameter: value}).fit(X)


@pytest.mark.parametrize(
    ("parameter", "kind"),
    [
        ("light_curve", "LightCurveTransceiver"),
        ("spectrum", "SpectrumTransceiver"),
        ("decoder", "TransceiverDecoder"),
    ],
)
@pytest.mark.parametrize(("name", "value"), [("n_heads", 3), ("d_model", 0)])
def test_bad_sizes_name_the_encoder(X, parameter, kind, name, value):
    model = clone(MMVAEEmbedder(**TINY)).set_params(**{f"{parameter}__{name}": value})
    with pytest.raises(ValueError, match=f"'d_model' parameter of {kind} must be"):
        model.fit(X)


def test_nothing_inside_the_ranges_is_refused(X):
    with pytest.raises(ValueError, match="phase_range"):
        MMVAEEmbedder(**TINY, phase_range=(5000.0, 6000.0)).fit(X)


def test_no_warning_otherwise(X, curves):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        MMVAEEmbedder(**TINY, early_stopping=True).fit(X).predict(curves, wavelength=GRID)


def test_light_curves_date_what_is_read_beside_them(X):
    undated = X.drop(columns="t_peak")
    with pytest.warns(DataQualityWarning, match="peak"):
        model = MMVAEEmbedder(**TINY).fit(undated)
    has = as_ragged(X["spectrum"]).lengths > 0
    light, spectrum = (model.encode(undated[has], name) for name in model.modalities_)
    inside = np.abs(spectrum).sum(axis=1) > 0  # of the range of phases
    assert inside.sum() > 0.9 * len(inside)
    expected = np.where(inside[:, None], 0.5 * (light + spectrum), light)
    np.testing.assert_allclose(model.transform(undated[has]), expected, atol=1e-5)


def test_light_curves_date_spectra_in_fit_too(X):
    undated = X.drop(columns="t_peak")
    with pytest.warns(DataQualityWarning, match="peak"):
        model = MMVAEEmbedder(**SPECTRA).fit(undated)
    assert model.modalities_ == ["spectrum"] and model.estimates_peak_
    model.calibrate(undated, phase_bins=1, wavelength_bins=1)  # phases are known
    assert model.calibrations_["spectrum from spectrum"].n_objects_.max() > 30


def test_fit_that_goes_on_calibrates_on_the_same_objects(X):
    params = {**TINY, "random_state": None, "warm_start": True, "calibration_fraction": 0.3}
    model = MMVAEEmbedder(**params).fit(X)
    first = model.calibrations_["spectrum from light_curve"].n_objects_
    held = model._hold_out(X)[1].index
    model.fit(X)
    assert list(model._hold_out(X)[1].index) == list(held)
    np.testing.assert_array_equal(
        model.calibrations_["spectrum from light_curve"].n_objects_, first
    )


def test_arguments_that_cannot_be_are_refused(model, X, curves):
    with pytest.raises(ValueError, match="source must name"):
        model.predict(curves, source=[])
    with pytest.raises(ValueError, match="needs a modality that X has"):
        MMVAEEmbedder(light_curve=None, spectrum=None).fit(X)
    with pytest.raises(ValueError, match="holds out 6 of 60 objects"):
        MMVAEEmbedder(calibration_fraction=0.1).fit(X)
    Z = model.sample_prior(2, random_state=0)
    with pytest.raises(ValueError, match="Z must be finite"):
        model.inverse_transform(np.full_like(Z, np.nan))
    with pytest.raises(ValueError, match="redshift must be finite"):
        model.inverse_transform(Z, "light_curve", redshift=-3.0)
