"""Spectra with predictions in hidden segments."""

import numpy as np
import pytest

from sklearn_sn.embedding import FilledSpectra


@pytest.fixture
def spectra():
    rng = np.random.default_rng(0)
    flux = rng.normal(size=(5, 30))
    covered = np.full((5, 30), True)
    covered[1, :8] = covered[2, 20:] = False
    hidden = np.zeros((5, 30), dtype=bool)
    hidden[:, 5:9] = hidden[:, 15:22] = True
    hidden[3, :9] = True
    hidden[4] = True
    return FilledSpectra(
        np.geomspace(4000.0, 8000.0, 30),
        flux * covered,
        flux * covered + 0.5 * (hidden & covered),
        hidden & covered,
        covered,
        np.arange(5),
    )


def test_interpolation_equals_that_of_numpy(spectra):
    result = spectra.interpolated()
    for row in range(4):
        visible = spectra.covered[row] & ~spectra.hidden[row]
        expected = np.interp(
            spectra.wavelength, spectra.wavelength[visible], spectra.flux[row, visible]
        )
        hidden = spectra.hidden[row]
        np.testing.assert_allclose(result[row, hidden], expected[hidden])
        np.testing.assert_array_equal(result[row, ~hidden], spectra.flux[row, ~hidden])
    assert not result[4].any()


def test_the_error_is_that_of_hidden_bins(spectra):
    assert spectra.mean_squared_error() == pytest.approx(0.25)
    assert spectra.mean_squared_error(spectra.flux) == 0.0
