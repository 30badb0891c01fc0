"""Reading of Spectrum objects."""

from types import SimpleNamespace

import numpy as np
import pytest
from astropy import units as u
from astropy.nddata import StdDevUncertainty

from sklearn_sn.datasets._spectrum_objects import is_spectrum_object, read_spectrum_object

AXIS = [400.0, 500.0, 600.0] * u.nm


def spectrum(flux=(1.0, 2.0, 3.0), **others):
    return SimpleNamespace(spectral_axis=AXIS, flux=np.array(flux) * u.mJy, **others)


class Rows(list):
    """Several spectra on one axis, which are iterated over."""

    spectral_axis = AXIS
    flux = np.ones((2, 3)) * u.mJy


def test_what_is_a_spectrum():
    assert is_spectrum_object(spectrum())
    assert not is_spectrum_object(SimpleNamespace(flux=1)) and not is_spectrum_object("a.fits")


def test_masked_pixels_are_left_out_and_the_header_is_read():
    meta = {"OBJECT": "ignored", "header": {"object": "SN 2099ab", "mjd_obs": 59000.5}}
    item = spectrum(
        mask=[False, True, False], uncertainty=StdDevUncertainty([0.1, 0.2, 0.3]), meta=meta
    )
    (record,) = read_spectrum_object(item)
    assert record.wavelength == pytest.approx([4000, 6000])
    assert record.flux.tolist() == [1, 3]
    assert record.flux_err.tolist() == [0.1, 0.3] and record.n_masked == 1
    assert record.units == {"wavelength": u.AA, "flux": u.mJy, "flux_err": u.mJy}
    assert (record.name, record.time) == ("SN 2099ab", 59000.5)
    assert record.sources["flux_err"] == "uncertainty"


def test_each_row_is_a_spectrum():
    records = read_spectrum_object(Rows([spectrum(), spectrum((4.0, 5.0, 6.0))]))
    assert [record.flux.tolist() for record in records] == [[1, 2, 3], [4, 5, 6]]
    assert all(record.flux_err is None and record.n_masked == 0 for record in records)


def test_an_axis_that_is_not_spectral_is_rejected():
    item = spectrum()
    item.spectral_axis = [1.0, 2.0, 3.0] * u.kg
    with pytest.raises(ValueError, match="in kg, not in a wavelength"):
        read_spectrum_object(item)
