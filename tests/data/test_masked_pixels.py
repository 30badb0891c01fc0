"""Fill values of pixels are told from fluxes on any scale."""

import numpy as np
import pytest

from sklearn_sn.data import Ragged, is_masked_pixel

FLUX = 2 + np.sin(np.arange(50) / 5)


def masked_in(flux, errors=None):
    errors = np.full(len(flux), np.nan) if errors is None else errors
    pixels = Ragged({"flux": flux, "flux_err": errors}, [0, len(flux)])
    return np.flatnonzero(is_masked_pixel(pixels)).tolist()


@pytest.mark.parametrize("scale", [1e-17, 1e-3, 0.3, 1.0])
@pytest.mark.parametrize("value", [-9.0, -99.0, -777.0, -999.0, -9999.0, 99.0, 99.99])
def test_fill_values_among_small_fluxes(value, scale):
    flux = FLUX * scale
    flux[[4, 9]] = value
    assert masked_in(flux) == [4, 9]


@pytest.mark.parametrize("value", [-99.0, -999.0])
def test_negative_fill_values_among_counts(value):
    flux = FLUX * 400 + 10 * np.cos(np.arange(50))
    flux[[4, 9]] = value
    assert masked_in(flux) == [4, 9]


def test_fluxes_that_equal_a_fill_value_stay():
    flux = np.linspace(90.0, 110.0, 50)
    flux[[4, 9]] = 99.0
    assert masked_in(flux) == []
    noise = 100 * np.random.default_rng(0).standard_normal(50)
    noise[3] = -99.0
    assert masked_in(noise) == []
    assert masked_in(np.full(50, 99.0)) == []


def test_zero_flux_counts_only_with_zero_error():
    flux, errors = FLUX.copy(), np.full(50, 0.1)
    flux[[4, 9]] = 0
    assert masked_in(flux) == [] and masked_in(flux, errors) == []
    errors[4] = 0
    assert masked_in(flux, errors) == [4]


def test_one_spectrum_does_not_decide_for_another():
    flux = np.concatenate([FLUX, np.linspace(90.0, 110.0, 50)])
    flux[[4, 54]] = 99.0
    found = is_masked_pixel(Ragged({"flux": flux, "flux_err": flux * np.nan}, [0, 50, 100]))
    assert np.flatnonzero(found).tolist() == [4]
