"""Where to decode."""

import numpy as np
import pytest

from sklearn_sn.data import as_ragged
from sklearn_sn.data._query_coordinates import light_curve_coordinates, spectrum_coordinates

LIMITS = (3000.0, 9000.0)


def test_spectra_at_one_phase_at_several_and_at_each_object_s_own():
    wavelength = [4000.0, 5000.0, 6000.0]
    assert spectrum_coordinates(0.0, wavelength, LIMITS, 2).shape == (3,)
    several = spectrum_coordinates([0.0, 7.0], wavelength, LIMITS, 2)
    assert several.shape == (2, 3)
    assert several.phase.tolist() == [[0, 0, 0, 7, 7, 7]]
    assert several.log_wavelength[0, 1] == several.log_wavelength[0, 4] == 0.0
    own = spectrum_coordinates([[0.0], [5.0]], [wavelength, np.add(wavelength, 10)], LIMITS, 2)
    assert own.shape == (1, 3)
    assert own.phase.tolist() == [[0, 0, 0], [5, 5, 5]]
    np.testing.assert_allclose(np.exp(own.log_wavelength[1]) * 5000, [4010, 5010, 6010])


def test_bands_fall_where_the_redshift_puts_them():
    places = light_curve_coordinates([0.0, 1.0], ["ztfg", "ztfr"], np.array([1.0, 2.0]))
    assert places.shape == (2, 2)
    np.testing.assert_allclose(places.log_wavelength[0] - places.log_wavelength[1], np.log(2.0))
    assert places.fields["band"][0].tolist() == ["ztfg", "ztfg", "ztfr", "ztfr"]
    assert light_curve_coordinates([0.0, 1.0], "ztfg", np.ones(1)).shape == (2,)


@pytest.mark.parametrize(
    ("phase", "wavelength", "message"),
    [
        (0.0, 5000.0, "array"),
        (0.0, [500.0], "wavelength_range"),
        ([[0.0]], [5000.0], "2 objects"),
        (np.nan, [5000.0], "finite"),
        (1e300, [5000.0], r"within ±1e\+06 days from peak; got 1e\+300"),
        ([0.0, -2e6], [5000.0], r"within ±1e\+06 days from peak; got -2e\+06"),
    ],
)
def test_what_is_refused(phase, wavelength, message):
    with pytest.raises(ValueError, match=message):
        spectrum_coordinates(phase, wavelength, LIMITS, 2)


def test_unknown_band_is_refused():
    with pytest.raises(ValueError, match="nothing"):
        light_curve_coordinates(0.0, "nothing", np.ones(1))


def test_nested():
    places = spectrum_coordinates([0.0, 7.0], [4000.0, 5000.0], LIMITS, 3)
    flux = np.arange(3 * 2 * 4, dtype=float).reshape(3, 2, 4)
    ragged = as_ragged(places.to_nested(flux, ["a", "b", "c"], "spectrum"))
    assert ragged.lengths.tolist() == [8, 8, 8]
    np.testing.assert_array_equal(ragged["flux"], flux.reshape(-1))
    assert ragged["sample"][:8].tolist() == [0] * 4 + [1] * 4
    assert ragged["time"][:4].tolist() == [0, 0, 7, 7]
    assert ragged["wavelength"][:4].tolist() == [4000, 5000, 4000, 5000]
