import numpy as np
import pytest

from sklearn_sn.data import as_ragged
from sklearn_sn.preprocessing import ContinuumNormalizer

WAVELENGTH = np.linspace(3800, 8600, 1500)
FEATURE = 1 - 0.4 * np.exp(-0.5 * ((WAVELENGTH - 6150) / 80) ** 2)
METHODS = ["spline", "polynomial"]


def _cell(flux, wavelength=WAVELENGTH):
    return {"wavelength": wavelength, "flux": flux, "flux_err": np.full(len(flux), 0.1)}


def _both(flux, spectrum_table, **parameters):
    """Flux normalised as a nested column and as a 2-D array."""
    normalizer = ContinuumNormalizer(**parameters)
    out = normalizer.fit_transform(spectrum_table(_cell(flux)))["spectrum"]
    return as_ragged(out)["flux"], normalizer.fit_transform(flux[None])[0]


@pytest.mark.parametrize("method", METHODS)
def test_feature_stays_and_slope_goes(method, spectrum_table):
    for flux in _both((WAVELENGTH / 5000) ** -2 * FEATURE, spectrum_table, method=method):
        np.testing.assert_allclose(flux, FEATURE, atol=0.08)


@pytest.mark.parametrize("method", METHODS)
def test_spike_moves_nothing_but_itself(method, spectrum_table):
    flux = (WAVELENGTH / 5000) ** -2 * FEATURE
    spoilt = flux.copy()
    spoilt[700] *= 1e5
    clean = _both(flux, spectrum_table, method=method)
    for a, b in zip(_both(spoilt, spectrum_table, method=method), clean, strict=True):
        np.testing.assert_allclose(np.delete(a, 700), np.delete(b, 700), atol=0.01)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(
    "flux",
    [
        np.repeat([1.0, 0.0, 1.0], 500),
        -1 - WAVELENGTH / 1e4,
        WAVELENGTH - 6000,
        np.full(1500, 5.0),
        np.sin(np.arange(1500.0)),
        np.full(1500, 1e-18),
    ],
    ids=["zero", "negative", "crossing", "constant", "noise", "faint"],
)
def test_finite_and_bounded(method, flux, spectrum_table):
    for out in _both(flux, spectrum_table, method=method):
        assert np.abs(out).max() < 30
        assert np.isfinite(out).all()


@pytest.mark.parametrize("n_pixels", [1, 2, 5])
def test_few_pixels(n_pixels, spectrum_table):
    wavelength = np.linspace(4000, 5000, n_pixels)
    X = spectrum_table(_cell(np.full(n_pixels, 3.0), wavelength), _cell(FEATURE), None)
    spectra = as_ragged(ContinuumNormalizer().fit_transform(X)["spectrum"])
    np.testing.assert_allclose(spectra.take([0])["flux"], 1, atol=0.01)


def test_errors_are_divided_too(spectrum_table):
    flux = (WAVELENGTH / 5000) ** -2
    spectrum = as_ragged(
        ContinuumNormalizer().fit_transform(spectrum_table(_cell(flux)))["spectrum"]
    )
    np.testing.assert_allclose(spectrum["flux"] / spectrum["flux_err"], flux / 0.1)


def test_uncovered_bins_stay_nan():
    flux = np.tile((WAVELENGTH / 5000) ** -2 * FEATURE, (2, 1))
    flux[0, :300] = np.nan
    flux[1] = np.nan
    out = ContinuumNormalizer().fit_transform(flux)
    np.testing.assert_array_equal(np.isnan(out), np.isnan(flux))
    np.testing.assert_allclose(out[0, 300:], FEATURE[300:], atol=0.06)


def test_more_knots_take_features_away():
    broad = 1 + 0.3 * np.sin(WAVELENGTH / 120)
    few, many = (ContinuumNormalizer(n_knots=n).fit_transform(broad[None]) for n in (5, 40))
    assert np.std(few) > 3 * np.std(many)


@pytest.mark.filterwarnings("ignore:Input was repaired")
def test_real_spectra_are_flat(real_data):
    import pandas as pd

    from sklearn_sn.data import Ragged

    pixels = pd.read_parquet(real_data / "osc_pairs_spectra.parquet")
    codes, names = pd.factorize(pixels["spectrum_id"].astype(str))
    pixels, codes = pixels[codes < 200], codes[codes < 200]
    fields = {name: pixels[name].to_numpy(dtype=float) for name in ("wavelength", "flux")}
    X = pd.DataFrame({"spectrum": Ragged.from_groups(codes, 200, fields).to_nested(names[:200])})
    spectra = as_ragged(ContinuumNormalizer().fit_transform(X)["spectrum"])
    assert np.isfinite(spectra["flux"]).all()
    medians = [np.median(spectra.take([row])["flux"]) for row in range(200)]
    np.testing.assert_allclose(np.percentile(medians, [1, 50, 99]), 1, atol=0.15)
