"""Generation, intervals and calibration of embedders with a decoder."""

import pickle

import numpy as np
import pytest

from sklearn_sn.data import DataQualityWarning, as_ragged
from tests.embedding.small_mmvae import GRID


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


def test_nothing_usable_gets_the_prior(model, X):
    empty = X.iloc[:2].copy()
    for name in ("light_curve", "spectrum"):
        empty[name] = (
            as_ragged(X[name], kind=name)
            .take([0, 1])
            .filter(np.zeros(as_ragged(X[name], kind=name).take([0, 1]).n_points, dtype=bool))
            .to_nested(index=empty.index)
        )
    missing = "2 objects have no usable light curve and no usable spectrum"
    with pytest.warns(DataQualityWarning, match=missing):
        assert (model.transform(empty) == 0).all()
    with pytest.warns(DataQualityWarning, match=missing):
        generated = model.generate(empty, wavelength=GRID, n_samples=8, random_state=0)
    prior = model.inverse_transform(np.random.RandomState(0).laplace(size=(8, 4)), wavelength=GRID)
    np.testing.assert_allclose(generated[0], prior, atol=1e-5)
    with pytest.warns(DataQualityWarning, match=missing):
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


def test_no_objects(model, curves):
    assert model.transform(curves.iloc[:0]).shape == (0, 4)
    assert model.generate(curves.iloc[:0], wavelength=GRID).shape == (0, 1, 30)
    lower, _ = model.predict_interval(curves.iloc[:0], phase=[0.0, 1.0], wavelength=GRID)
    assert lower.shape == (0, 2, 30)


def test_places_may_have_units(model, curves):
    from astropy import units

    plain = model.predict(curves, phase=[7.0], wavelength=GRID)
    given = model.predict(
        curves, phase=[1.0] * units.week, wavelength=(GRID * units.angstrom).to("nm")
    )
    np.testing.assert_allclose(given, plain, atol=1e-5)


@pytest.fixture(scope="module")
def calibrated(model, X):
    """A copy of the autoencoder, calibrated on the objects of fit."""
    copied = pickle.loads(pickle.dumps(model))
    return copied.calibrate(X, phase_bins=1, wavelength_bins=2, n_samples=8)


def test_intervals_without_calibration_are_normal(model, curves):
    where = {"phase": 0.0, "wavelength": GRID, "n_samples": 8}
    centre = model.predict(curves, **where)
    widths = []
    for coverage in (0.5, 0.9):
        lower, upper = model.predict_interval(curves, coverage=coverage, **where)
        np.testing.assert_allclose(lower + upper, 2 * centre, rtol=1e-3, atol=1e-3)
        widths.append(upper - lower)
    np.testing.assert_allclose(widths[1] / widths[0], 1.64485 / 0.67449, rtol=1e-3)


def test_calibrated_intervals_cover_the_measured_scores(calibrated, model, curves):
    assert list(calibrated.calibrations_) == ["spectrum from light_curve"]
    assert not model.calibrations_
    where = {"phase": 0.0, "wavelength": GRID, "n_samples": 8}
    lower, upper = calibrated.predict_interval(curves, coverage=0.8, **where)
    plain = model.predict_interval(curves, coverage=0.8, **where)
    factor = (upper - lower) / (plain[1] - plain[0]) * 1.28155
    # Two bins of wavelength with a factor each, the same for all objects.
    assert len(np.unique(factor.round(2))) <= 2 + 2
    np.testing.assert_allclose(factor, np.broadcast_to(factor[0], factor.shape), rtol=1e-2)


def test_other_directions_are_not_calibrated(calibrated, X):
    with pytest.warns(DataQualityWarning, match="spectrum from spectrum are not calibrated, only"):
        calibrated.predict_interval(X[:3], source="spectrum", wavelength=GRID)


@pytest.mark.parametrize("coverage", [0.0, 1.0, -0.5, np.nan])
def test_coverage_lies_between_0_and_1(model, curves, coverage):
    with pytest.raises(ValueError, match="coverage must lie between 0 and 1; got"):
        model.predict_interval(curves, coverage=coverage)


def test_calibration_needs_target_and_source(model, curves):
    with pytest.raises(ValueError, match="none has 'spectrum' and 'light_curve'"):
        model.calibrate(curves)
    with pytest.raises(ValueError, match="none has 'spectrum' and 'light_curve'"):
        model.calibrate(curves[:0])


def test_the_mean_of_many_samples_is_the_prediction(model, curves):
    where = {"phase": 0.0, "wavelength": GRID, "n_samples": 16, "random_state": 0}
    samples = model.generate(curves[:4], **where)
    np.testing.assert_allclose(
        samples.mean(axis=1), model.predict(curves[:4], **where), rtol=1e-3, atol=1e-4
    )


def test_invalid_latents_and_redshifts_are_rejected(model):
    Z = np.zeros((2, 4))
    for shape in ((4,), (2, 3), (0, 0)):
        with pytest.raises(ValueError, match=r"Z must have the shape \(n, 4\)"):
            model.inverse_transform(np.zeros(shape))
    with pytest.raises(ValueError, match="Z must be finite"):
        model.inverse_transform(np.full((2, 4), np.nan))
    for redshift in (-1.0, np.nan, [0.1, np.inf]):
        with pytest.raises(ValueError, match="redshift must be finite and above -1"):
            model.inverse_transform(Z, "light_curve", redshift=redshift)
    with pytest.raises(ValueError, match="'to' must be one of"):
        model.inverse_transform(Z, "image")
    assert model.inverse_transform(Z[:0], wavelength=GRID).shape == (0, 30)


def test_redshift_shifts_bands_but_not_spectra(model):
    Z = model.sample_prior(2, random_state=0)
    same = [model.inverse_transform(Z, wavelength=GRID, redshift=z) for z in (0.0, 0.3)]
    np.testing.assert_array_equal(*same)
    where = {"phase": [0.0], "band": "ztfg"}
    near, far = (model.inverse_transform(Z, "light_curve", redshift=z, **where) for z in (0.0, 0.3))
    assert (near != far).all()


def test_the_prior_is_a_laplace_distribution(model):
    Z = model.sample_prior(5000, random_state=0)
    np.testing.assert_allclose(Z.mean(axis=0), 0.0, atol=0.1)
    np.testing.assert_allclose(np.abs(Z).mean(axis=0), 1.0, atol=0.1)
    assert model.sample_prior(0).shape == (0, 4)
