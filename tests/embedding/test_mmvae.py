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
    SpectrumTransceiver,
    TransceiverDecoder,
)


def transceivers(**params):
    """Return parameters of an embedder with small encoders and decoders."""
    sizes = {"d_model": 16, "n_layers": 1, "d_feedforward": 16, "n_frequencies": 8, **params}
    return {
        "light_curve": LightCurveTransceiver(**sizes),
        "spectrum": SpectrumTransceiver(**sizes),
        "decoder": TransceiverDecoder(**sizes),
    }


TINY = {
    **transceivers(),
    "latent_tokens": 2,
    "latent_dim": 2,
    "max_epochs": 2,
    "batch_size": 16,
    "random_state": 0,
}
CURVES = {**TINY, "spectrum": None}
SPECTRA = {**TINY, "light_curve": None}
GRID = np.linspace(4000.0, 7000.0, 30)


@pytest.fixture(scope="module")
def X():
    """Sixty objects with one to three spectra, dated; one in five has none."""
    X, _, truth = make_supernovae(
        60,
        n_spectra=(1, 3),
        n_pixels=64,
        missing_fraction=0.2,
        return_truth=True,
        random_state=0,
    )
    return X.assign(t_peak=truth["t_peak"])


@pytest.fixture(scope="module")
def model(X):
    return MMVAEEmbedder(**TINY).fit(X)


@pytest.fixture(scope="module")
def curves(X):
    return X.drop(columns="spectrum")


def test_what_fit_leaves(model):
    assert model.modalities_ == ["light_curve", "spectrum"]
    assert model.frame_ == "rest" and not model.estimates_peak_
    assert model.wavelength_.shape == (256,)
    assert len(model.history_) == 2
    assert list(model.get_feature_names_out()) == [f"latent_{i}" for i in range(4)]


def test_transform_is_the_mean_over_the_experts_that_an_object_has(model, X):
    light, spectrum = (model.encode(X, name) for name in model.modalities_)
    has = as_ragged(X["spectrum"]).lengths > 0
    assert 0 < has.sum() < len(X)
    expected = np.where(has[:, None], 0.5 * (light + spectrum), light)
    np.testing.assert_allclose(model.transform(X), expected, atol=1e-6)
    assert (spectrum[~has] == 0).all()
    mean, scale = model.encode(X, "spectrum", return_scale=True)
    assert (scale[~has] == 1).all() and (scale > 0).all() and mean.shape == (60, 4)


def test_generate_shapes_and_repeatability(model, X, curves):
    spectra = model.generate(
        curves, phase=[-5.0, 0.0, 9.0], wavelength=GRID, n_samples=5, random_state=0
    )
    assert spectra.shape == (60, 5, 3, 30) and np.isfinite(spectra).all()
    again = model.generate(
        curves, phase=[-5.0, 0.0, 9.0], wavelength=GRID, n_samples=5, random_state=0
    )
    np.testing.assert_array_equal(again, spectra)
    assert model.generate(curves, random_state=0).shape == (60, 1, 256)
    light = model.generate(X, "light_curve", phase=[0.0, 5.0], band="ztfg", random_state=0)
    assert light.shape == (60, 1, 2)
    noisy = model.generate(curves, phase=0.0, wavelength=GRID, noise=True, random_state=0)
    assert np.abs(noisy[:, 0] - spectra[:, 0, 1]).mean() > 0.01


def test_what_is_generated_does_not_depend_on_what_else_is_asked(model, X, curves):
    kwargs = {"n_samples": 3, "random_state": 0}
    whole = model.generate(curves, phase=[0.0, 10.0], wavelength=GRID, **kwargs)
    part = model.generate(curves.iloc[[4]], phase=10.0, wavelength=GRID[::7], **kwargs)
    np.testing.assert_allclose(part[0], whole[4, :, 1, ::7], atol=1e-5)
    order = np.random.default_rng(0).permutation(len(X))
    turned = model.predict(X.iloc[order], wavelength=GRID)
    np.testing.assert_allclose(turned, model.predict(X, wavelength=GRID)[order], atol=1e-5)


def test_nested_samples(model, curves):
    nested = model.generate(
        curves, phase=[0.0, 5.0], wavelength=GRID, n_samples=2, as_nested=True, random_state=0
    )
    array = model.generate(curves, phase=[0.0, 5.0], wavelength=GRID, n_samples=2, random_state=0)
    assert list(nested.index) == list(curves.index)
    np.testing.assert_allclose(as_ragged(nested)["flux"], array.reshape(-1), rtol=1e-6)
    light = model.generate(curves, "light_curve", band="ztfg", as_nested=True, random_state=0)
    assert set(light.nest.columns) == {"time", "band", "flux", "sample"}


def test_source_says_what_is_read(model, X, curves):
    alone = model.predict(curves, wavelength=GRID)
    np.testing.assert_allclose(model.predict(X, wavelength=GRID), alone, atol=1e-5)
    both = model.predict(X, wavelength=GRID, source=["light_curve", "spectrum"])
    has = as_ragged(X["spectrum"]).lengths > 0
    assert np.abs(both - alone)[has].max() > 1e-3
    np.testing.assert_allclose(both[~has], alone[~has], atol=1e-5)
    # With nothing else to go by, a spectrum tells of spectra.
    spectra = X[["spectrum", "redshift", "t_peak"]]
    own = model.predict(spectra[has], wavelength=GRID)
    np.testing.assert_allclose(
        own, model.predict(spectra[has], wavelength=GRID, source="spectrum"), atol=1e-5
    )


def test_nothing_usable_gets_the_prior(model, X):
    empty = X.iloc[:2].copy()
    for name in ("light_curve", "spectrum"):
        empty[name] = (
            as_ragged(X[name], kind=name)
            .take([0, 1])
            .filter(np.zeros(as_ragged(X[name], kind=name).take([0, 1]).n_points, dtype=bool))
            .to_nested(index=empty.index)
        )
    assert (model.transform(empty) == 0).all()
    generated = model.generate(empty, wavelength=GRID, n_samples=8, random_state=0)
    prior = model.inverse_transform(np.random.RandomState(0).laplace(size=(8, 4)), wavelength=GRID)
    np.testing.assert_allclose(generated[0], prior, atol=1e-5)
    lower, upper = model.predict_interval(empty, wavelength=GRID)
    assert np.isfinite(lower).all() and (lower < upper).all()


def test_inverse_transform_and_prior(model, X):
    Z = model.sample_prior(7, random_state=0)
    assert Z.shape == (7, 4)
    assert model.sample_prior(7, "spectrum", wavelength=GRID, random_state=0).shape == (7, 30)
    np.testing.assert_array_equal(
        model.sample_prior(7, "spectrum", wavelength=GRID, random_state=0),
        model.inverse_transform(Z, wavelength=GRID),
    )
    light = model.sample_prior(3, "light_curve", band=["ztfg"], redshift=0.1, random_state=0)
    assert light.shape == (3, 1, 66)
    with pytest.raises(ValueError, match="shape"):
        model.inverse_transform(Z[:, :2])


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


def test_estimating_peaks_that_fit_knew_is_said(model, X):
    with pytest.warns(DataQualityWarning, match="t_peak"):
        model.transform(X.drop(columns="t_peak"))


def test_unknown_redshift_is_said_and_finite(model, X):
    with pytest.warns(DataQualityWarning, match="no redshift"):
        answer = model.transform(X.assign(redshift=np.nan))
    assert np.isfinite(answer).all()


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


def test_what_generate_refuses(model, curves):
    with pytest.raises(ValueError, match="band is for light curves"):
        model.generate(curves, band="ztfg")
    with pytest.raises(ValueError, match="wavelength is for spectra"):
        model.generate(curves, "light_curve", wavelength=GRID)
    with pytest.raises(ValueError, match="'source' must be one of"):
        model.generate(curves, source="image")
    with pytest.raises(ValueError, match="coverage"):
        model.predict_interval(curves, coverage=1.5)
    with pytest.raises(ValueError, match="n_samples"):
        model.generate(curves, n_samples=0)


def test_nothing_inside_the_ranges_is_refused(X):
    with pytest.raises(ValueError, match="phase_range"):
        MMVAEEmbedder(**TINY, phase_range=(5000.0, 6000.0)).fit(X)


def test_no_objects(model, curves):
    assert model.transform(curves.iloc[:0]).shape == (0, 4)
    assert model.generate(curves.iloc[:0], wavelength=GRID).shape == (0, 1, 30)
    lower, _ = model.predict_interval(curves.iloc[:0], phase=[0.0, 1.0], wavelength=GRID)
    assert lower.shape == (0, 2, 30)


def test_no_warning_otherwise(X, curves):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        MMVAEEmbedder(**TINY, early_stopping=True).fit(X).predict(curves, wavelength=GRID)


def test_phases_that_fit_has_not_seen_are_said(model, curves):
    with pytest.warns(DataQualityWarning, match="1 of 2 phases lie outside phase_range"):
        model.predict(curves[:3], phase=[0.0, 500.0], wavelength=GRID)


def test_score_of_an_object_does_not_depend_on_the_others(model, X):
    order = np.random.default_rng(0).permutation(len(X))
    np.testing.assert_allclose(model.score(X.iloc[order]), model.score(X), rtol=1e-5)
    alone = np.mean([model.score(X.iloc[[row]]) for row in range(20)])
    np.testing.assert_allclose(model.score(X.iloc[:20]), alone, rtol=1e-4)
    with pytest.raises(ValueError, match="n_samples must be 1 or more"):
        model.score(X, n_samples=0)


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


def test_places_may_have_units(model, curves):
    from astropy import units

    plain = model.predict(curves, phase=[7.0], wavelength=GRID)
    given = model.predict(
        curves, phase=[1.0] * units.week, wavelength=(GRID * units.angstrom).to("nm")
    )
    np.testing.assert_allclose(given, plain, atol=1e-5)
