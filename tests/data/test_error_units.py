"""The scale of errors without a unit."""

import pytest
from astropy import units as u

from sklearn_sn.data._error_units import microjansky_of, reject_logarithmic


def test_scale_of_linear_units():
    assert microjansky_of(u.nJy) == pytest.approx(1e-3)
    assert microjansky_of("erg s-1 cm-2 Hz-1") == pytest.approx(1e29)


@pytest.mark.parametrize("unit", [u.ABmag, u.STmag, u.dex(u.Jy)])
def test_logarithmic_fluxes_say_nothing_of_bare_errors(unit):
    with pytest.raises(ValueError, match=r"has no unit.*mag_to_flux\(mag, mag_err\)"):
        microjansky_of(unit)


@pytest.mark.parametrize("unit", [u.mag, u.ABmag, "mag", u.dex(u.Jy)])
def test_logarithmic_errors_are_refused(unit):
    with pytest.raises(ValueError, match="an error of a flux cannot be in"):
        reject_logarithmic(unit)
    for other in (None, u.mJy, "erg s-1 cm-2 AA-1", u.dimensionless_unscaled):
        reject_logarithmic(other)
