"""Units and medium of spectra."""

import numpy as np
import pytest
from astropy import units as u

from sklearn_sn.datasets._spectrum_record import SpectrumRecord
from sklearn_sn.datasets._spectrum_scale import convert_medium, describe_units, rescale

PER_WAVELENGTH = u.Unit("erg s-1 cm-2 AA-1")


def record(wavelength=(4000.0, 5000.0), **fields):
    return SpectrumRecord("text", np.array(wavelength), np.array([1.0, 2.0]), **fields)


@pytest.mark.parametrize(
    "values, unit", [((400.0, 500.0), u.nm), (np.log10([4000, 5000]), u.dex(u.AA))]
)
def test_wavelengths_become_angstrom(values, unit):
    for one, given in ((record(values, units={"wavelength": unit}), None), (record(values), unit)):
        rescale(one, given)
        np.testing.assert_allclose(one.wavelength, [4000, 5000])


def test_fluxes_and_errors_become_those_per_wavelength():
    one = record(flux_err=np.array([0.1, 0.1]), units={"flux": u.Jy, "flux_err": u.mJy})
    rescale(one)
    expected = ([1, 2] * u.Jy).to_value(PER_WAVELENGTH, u.spectral_density([4000, 5000] * u.AA))
    np.testing.assert_allclose(one.flux, expected)
    np.testing.assert_allclose(one.flux_err[0], expected[0] * 1e-4)
    relative = record(flux_err=np.array([0.1, 0.1]), units={"flux_err": u.mJy})
    rescale(relative)
    assert relative.flux.tolist() == [1, 2] and relative.flux_err.tolist() == [0.1, 0.1]
    assert relative.notes == ["unit mJy of the errors alone: plain numbers"]


@pytest.mark.parametrize(
    "values, unit, message",
    [
        ((400.0, 500.0), None, r"400–500 have no unit and look like nm; .*\(nm\) flux'"),
        ((0.4, 0.5), None, "have no unit and look like µm"),
        ((4000.0, 5000.0), u.nm, "are 40000–50000 Å"),
    ],
)
def test_wavelengths_in_another_unit_are_rejected(values, unit, message):
    with pytest.raises(ValueError, match=message):
        rescale(record(values), unit)


def test_media():
    one = record(medium="air")
    assert convert_medium(one, "vacuum") == "air, converted to vacuum"
    np.testing.assert_allclose(one.wavelength, [4001.13, 5001.39], atol=0.01)
    for medium, wanted, text in ((None, "air", "unknown"), ("air", None, "air")):
        other = record(medium=medium)
        assert convert_medium(other, wanted) == text and other.wavelength[0] == 4000


def test_units_in_the_report():
    assert describe_units(record()) == {
        "wavelength": "Angstrom (assumed)",
        "flux": "none: relative flux per wavelength",
    }
    described = describe_units(record(units={"wavelength": u.nm, "flux": u.mJy}), u.um)
    assert described["wavelength"] == "um" and described["flux"].startswith("mJy to ")
