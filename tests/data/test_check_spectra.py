"""Rules for the pixels of spectra, on Ragged arrays; whole tables are in tests/faults."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import QualityLog, Ragged
from sklearn_sn.data._check_spectra import check_spectra

WAVELENGTH = np.linspace(4000.0, 5000.0, 6)
FLUX = np.arange(6) + 1.0


@pytest.fixture
def log():
    return QualityLog(pd.Index(["a", "b"]))


def pixels(wavelength=WAVELENGTH, flux=FLUX, **fields):
    """Spectra of two objects: twice the same."""
    fields = {"wavelength": wavelength, "flux": flux, **fields}
    n = len(wavelength)
    return Ragged({k: np.tile(v, 2) for k, v in fields.items()}, [0, n, 2 * n])


def test_good_spectra_are_unchanged(log):
    spectra, offsets = check_spectra(pixels(flux_err=np.ones(6)), log)
    assert offsets.tolist() == [0, 1, 2]
    assert list(spectra.fields) == ["wavelength", "flux", "flux_err", "time"]
    np.testing.assert_array_equal(spectra["flux"], np.tile(FLUX, 2))
    assert np.isnan(spectra["time"]).all() and log.summary() == ""
    assert log.report()["spectrum_pixels"].tolist() == [6, 6]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("wavelength", np.nan),
        ("wavelength", 100.0),
        ("flux", np.nan),
        ("flux", 1e200),
        ("flux_err", -1.0),
        ("flux_err", np.inf),
    ],
)
def test_one_bad_value_drops_one_pixel(field, value, log):
    good = pixels(flux_err=np.ones(6))
    good[field][2] = value
    spectra, _ = check_spectra(good, log)
    assert spectra.lengths.tolist() == [5, 6]
    assert "usable wavelength, flux or error dropped (1 in 1 objects, first 'a')" in log.summary()


def test_unknown_errors_keep_their_pixels(log):
    errors = np.array([0.0, np.nan, 1.0, 1.0, 1.0, 1.0])
    spectra, _ = check_spectra(pixels(flux_err=errors), log)
    assert spectra.lengths.tolist() == [6, 6]
    assert np.isnan(spectra["flux_err"][:2]).all() and log.summary() == ""


@pytest.mark.parametrize(
    ("factor", "unit"),
    [(0.1, "nm: multiply by 10"), (1e-4, "µm: multiply by 1e4"), (1e4, "no unit of light")],
)
def test_wavelengths_in_other_units_are_rejected(factor, unit, log):
    with pytest.raises(ValueError, match=f"Object 'a': spectrum wavelength is .*looks like {unit}"):
        check_spectra(pixels(factor * WAVELENGTH), log)


def test_spectra_of_an_object_are_separated_by_time_and_sorted(log):
    time = np.array([2.0, 2.0, 2.0, 1.0, 1.0, np.nan])
    order = [5, 2, 0, 1, 4, 3]
    spectra, offsets = check_spectra(pixels(WAVELENGTH[order], FLUX[order], time=time[order]), log)
    assert offsets.tolist() == [0, 3, 6]
    assert spectra.lengths.tolist() == [2, 3, 1] * 2
    assert spectra["flux"][:6].tolist() == [4.0, 5.0, 1.0, 2.0, 3.0, 6.0]


def test_pixels_at_one_wavelength_are_averaged(log):
    spectra, _ = check_spectra(pixels(np.repeat(WAVELENGTH[:3], 2)), log)
    assert spectra["flux"][:3].tolist() == [1.5, 3.5, 5.5]
    assert "pixels at one wavelength averaged (6 in 2 objects" in log.summary()


@pytest.mark.parametrize(("zeros", "n_left"), [(2, 6), (3, 3), (6, 0)])
def test_padding_is_dropped_from_three_zeros_on(zeros, n_left, log):
    flux = np.where(np.arange(6) < zeros, 0.0, FLUX)
    spectra, offsets = check_spectra(pixels(flux=flux), log)
    assert spectra.n_points == 2 * n_left
    assert ("zeros at the ends of spectra dropped" in log.summary()) == (zeros >= 3)
    empty = "EMPTY_SPECTRUM" if n_left == 0 else ""
    assert log.report()["flag"].tolist() == [empty] * 2
    assert offsets[-1] == len(spectra) == (0 if n_left == 0 else 2)
