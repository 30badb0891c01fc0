"""Codes for "not measured" are told from fluxes on any scale."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import (
    DataQualityWarning,
    Ragged,
    check_table,
    copied_errors,
    unmeasured_pixels,
)

FLUX = 2 + np.sin(np.arange(50) / 5)


def codes_in(flux, errors=None):
    fields = {"flux": flux} if errors is None else {"flux": flux, "flux_err": errors}
    return np.flatnonzero(unmeasured_pixels(Ragged(fields, [0, len(flux)]))).tolist()


@pytest.mark.parametrize("scale", [1e-17, 1e-3, 1.0, 3.0])
@pytest.mark.parametrize("code", [-9.0, -99.0, -777.0, -999.0, -9999.0, 99.0, 99.99])
def test_codes_among_small_fluxes(code, scale):
    flux = FLUX * scale
    flux[[4, 9]] = code
    assert codes_in(flux) == [4, 9]


@pytest.mark.parametrize("code", [-99.0, -999.0])
def test_negative_codes_among_counts(code):
    flux = FLUX * 400 + 10 * np.cos(np.arange(50))
    flux[[4, 9]] = code
    assert codes_in(flux) == [4, 9]


def test_fluxes_that_equal_a_code_stay():
    flux = np.linspace(90.0, 110.0, 50)
    flux[[4, 9]] = 99.0
    assert codes_in(flux) == []
    noise = 100 * np.random.default_rng(0).standard_normal(50)
    noise[3] = -99.0
    assert codes_in(noise) == []


def test_a_constant_spectrum_stays():
    assert codes_in(np.full(50, 99.0)) == []


def test_zero_flux_counts_only_with_zero_error():
    flux, errors = FLUX.copy(), np.full(50, 0.1)
    flux[[4, 9]] = 0
    assert codes_in(flux) == [] and codes_in(flux, errors) == []
    errors[4] = 0
    assert codes_in(flux, errors) == [4]


def test_one_spectrum_does_not_decide_for_another():
    flux = np.concatenate([FLUX, np.linspace(90.0, 110.0, 50)])
    flux[[4, 54]] = 99.0
    found = unmeasured_pixels(Ragged({"flux": flux}, [0, 50, 100]))
    assert np.flatnonzero(found).tolist() == [4]


@pytest.mark.parametrize("sign", [1, -1])
def test_copied_errors(sign):
    fields = {"flux": np.tile(sign * FLUX, 2), "flux_err": np.append(FLUX, np.full(50, 0.1))}
    assert copied_errors(Ragged(fields, [0, 50, 100])).tolist() == [True, False]


def test_the_check_drops_such_pixels_with_one_warning():
    flux, errors = FLUX.copy(), np.full(50, 0.1)
    flux[20:25] = errors[20:25] = 0
    flux[30] = -999
    cell = {"wavelength": np.linspace(4000, 7000, 50), "flux": flux, "flux_err": errors}
    copied = {**cell, "flux": FLUX, "flux_err": FLUX}
    with pytest.warns(DataQualityWarning, match="not measured .*6 in 1 objects") as seen:
        checked = check_table(pd.DataFrame({"spectrum": [cell, copied]}))
    assert len(seen) == 1
    assert checked.spectrum.lengths.tolist() == [44, 50]
    assert np.isnan(checked.spectrum["flux_err"][44:]).all()
