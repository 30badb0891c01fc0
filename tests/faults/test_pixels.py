"""The catalogue of faults, section C: spectra, end to end."""

import warnings

import numpy as np
import pandas as pd
import pytest
from astropy import units as u

from sklearn_sn.data import DataQualityWarning, check_table, quality_report

WAVELENGTH = np.linspace(3600.0, 8900.0, 700)
FLUX = 2 + np.sin(WAVELENGTH / 150) + np.cos(WAVELENGTH / 900)


def spectrum(**fields):
    return {"wavelength": WAVELENGTH, "flux": FLUX, **fields}


def table(*cells):
    return pd.DataFrame({"spectrum": pd.Series(list(cells), dtype=object)})


def embed(fitted, *cells, warns=None):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        Z = fitted.encode(table(*cells), "spectrum")
    said = [str(w.message) for w in caught]
    assert len(said) == (warns is not None), said
    assert warns is None or warns in said[0]
    assert np.isfinite(Z).all() and len(Z) == len(cells)
    return Z


@pytest.mark.parametrize(
    "order", [slice(None, None, -1), np.random.default_rng(0).permutation(700)]
)
def test_c34_c35_order(fitted, order):
    mixed = {name: values[order] for name, values in spectrum().items()}
    np.testing.assert_array_equal(embed(fitted, mixed), embed(fitted, spectrum()))


def test_c36_duplicates_are_averaged(fitted):
    order = np.sort([*range(700), 100])
    double = {name: values[order].copy() for name, values in spectrum().items()}
    double["flux"][[100, 101]] += [-0.4, 0.4]
    answer = embed(fitted, double, warns="pixels at one wavelength averaged")
    np.testing.assert_allclose(answer, embed(fitted, spectrum()), atol=1e-5)


@pytest.mark.parametrize(
    "wavelength",
    [
        WAVELENGTH / 10 * u.nm,
        WAVELENGTH / 1e4 * u.um,
        (WAVELENGTH * u.AA).to(u.Hz, u.spectral()),
    ],
    ids=["nm", "µm", "Hz"],
)
def test_c37_quantities_are_converted(fitted, wavelength):
    answer = embed(fitted, spectrum(wavelength=wavelength))
    np.testing.assert_allclose(answer, embed(fitted, spectrum()), atol=1e-4)


@pytest.mark.parametrize("factor, unit", [(0.1, "nm"), (1e-4, "µm"), (1e-10, "no unit")])
def test_c37_bare_numbers_of_another_unit(fitted, factor, unit):
    cells = spectrum(), spectrum(wavelength=WAVELENGTH * factor)
    with pytest.raises(ValueError, match=f"Object 1: spectrum wavelength is .*{unit}"):
        fitted.encode(table(*cells), "spectrum")


@pytest.mark.parametrize(
    "cell",
    [
        None,
        {"wavelength": [], "flux": []},
        {"wavelength": [5000.0], "flux": [1.0]},
        {"wavelength": [12000.0, 12100.0], "flux": [1.0, 2.0]},
    ],
    ids=["null", "C38", "C39", "C40"],
)
def test_what_counts_as_missing(fitted, cell):
    Z = embed(fitted, spectrum(), cell)
    np.testing.assert_array_equal(Z[1], fitted.nothing_["spectrum"])


def test_c38_is_flagged():
    report = quality_report(table(spectrum(), None))
    assert "EMPTY_SPECTRUM" in report["flag"].iloc[1]
    assert report["flag"].iloc[0] == ""


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_c41_half_the_pixels(fitted, bad):
    flux = FLUX.copy()
    flux[::2] = bad
    answer = embed(fitted, spectrum(flux=flux), warns="350 in 1 objects")
    assert answer[0] @ embed(fitted, spectrum())[0] > 0.95


@pytest.mark.parametrize("flux", [np.ones(700), np.zeros(700), -FLUX, FLUX * 1e-300], ids=str)
def test_c42_odd_spectra_stay_finite(fitted, flux):
    embed(fitted, spectrum(flux=flux))


def test_c43_cosmic_ray(fitted):
    flux = FLUX.copy()
    flux[300] *= 1e5
    similarity = embed(fitted, spectrum(flux=flux))[0] @ embed(fitted, spectrum())[0]
    assert similarity > 0.9


def test_c44_sampling(fitted):
    grid = np.geomspace(3600.0, 8900.0, 900)
    other = {"wavelength": grid, "flux": np.interp(grid, WAVELENGTH, FLUX)}
    similarity = embed(fitted, other)[0] @ embed(fitted, spectrum())[0]
    assert similarity > 0.995


@pytest.mark.parametrize("bad", [np.nan, -5000.0, 0.0])
def test_c45_bad_wavelengths_are_dropped(fitted, bad):
    wavelength = WAVELENGTH.copy()
    wavelength[5] = bad
    keep = np.arange(700) != 5
    without = {name: values[keep] for name, values in spectrum().items()}
    answer = embed(fitted, spectrum(wavelength=wavelength), warns="without a usable wavelength")
    np.testing.assert_array_equal(answer, embed(fitted, without))


def test_c46_unequal_lengths(fitted):
    with pytest.raises(ValueError, match=r"Object 1 has 700 .* but 699"):
        fitted.encode(table(spectrum(), spectrum(flux=FLUX[1:])), "spectrum")


@pytest.mark.parametrize("redshift", [-0.1, 11.0])
def test_c47_redshift(redshift):
    X = table(spectrum()).assign(redshift=redshift)
    with pytest.raises(ValueError, match="Object 0: redshift is"):
        check_table(X, metadata_columns=["redshift"])


def test_negative_errors_cost_their_pixels_only():
    cell = spectrum(flux_err=np.where(np.arange(700) < 3, -1.0, 0.1))
    with pytest.warns(DataQualityWarning, match="3 in 1 objects"):
        assert check_table(table(cell), training=True).spectrum.lengths.tolist() == [697]


def test_spectra_are_told_apart_by_time():
    both = {
        "wavelength": np.tile(WAVELENGTH, 2),
        "flux": np.tile(FLUX, 2),
        "time": np.repeat([59010.0, 59000.0], 700),
    }
    checked = check_table(table(both, spectrum()))
    assert checked.spectrum_offsets.tolist() == [0, 2, 3]
    assert checked.spectrum.reduce("first", "time")[:2].tolist() == [59000.0, 59010.0]
