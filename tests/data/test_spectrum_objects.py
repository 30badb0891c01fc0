"""Fields of Spectrum objects."""

from types import SimpleNamespace

import numpy as np
import pytest
from astropy import units as u
from astropy.nddata import InverseVariance, StdDevUncertainty, VarianceUncertainty

from sklearn_sn.data import spectrum_fields


def spectrum(axis=None, flux=None, **others):
    axis = [400.0, 500.0] * u.nm if axis is None else axis
    flux = [1.0, 2.0] * u.mJy if flux is None else flux
    return SimpleNamespace(spectral_axis=axis, flux=flux, **others)


@pytest.mark.parametrize(
    "axis", [[400.0, 500.0] * u.nm, ([400.0, 500.0] * u.nm).to(u.THz, u.spectral())]
)
def test_the_axis_becomes_wavelengths_in_angstrom(axis):
    fields = dict(spectrum_fields(spectrum(axis)))
    assert list(fields) == ["wavelength", "flux"]
    np.testing.assert_allclose(fields["wavelength"].to_value(u.AA), [4000, 5000])
    assert fields["flux"].unit == u.mJy and fields["flux"].value.tolist() == [1, 2]


@pytest.mark.parametrize(
    "uncertainty",
    [
        StdDevUncertainty([0.5, 0.0]),
        VarianceUncertainty([0.25, 0.0]),
        InverseVariance([4.0, 0.0]),
        VarianceUncertainty([0.25e-6, 0.0], unit=u.Jy**2),
    ],
)
def test_uncertainties_become_errors_in_the_unit_of_the_flux(uncertainty):
    errors = dict(spectrum_fields(spectrum(uncertainty=uncertainty)))["flux_err"]
    assert errors.unit == u.mJy
    np.testing.assert_allclose(errors.value, [0.5, np.nan])


def test_masked_fluxes_are_missing():
    flux = dict(spectrum_fields(spectrum(mask=[True, False])))["flux"]
    np.testing.assert_array_equal(flux.to_value(u.mJy), [np.nan, 2])


def test_what_is_not_one_spectrum_is_rejected():
    with pytest.raises(ValueError, match=r"fluxes of shape \(2, 2\)"):
        spectrum_fields(spectrum(flux=np.ones((2, 2)) * u.mJy))
    with pytest.raises(ValueError, match="in s, not in a wavelength"):
        spectrum_fields(spectrum(axis=[1.0, 2.0] * u.s))
