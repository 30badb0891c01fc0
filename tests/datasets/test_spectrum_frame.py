"""Spectra whose headers say that they are at rest get the remark."""

import io
import warnings

import numpy as np
import pytest
from astropy.io import fits

from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import read_spectra
from sklearn_sn.datasets._spectrum_frame import is_doppler_corrected, names_rest_frame

ROWS = "".join(f"{4000 + i} 1.{i}\n" for i in range(5))


@pytest.mark.parametrize(
    "comment",
    [
        *("wavelength in rest frame", "Rest-frame wavelength", "rest wavelengths (A)"),
        *("FRAME: rest", "deredshifted", "corrected to rest frame", "shifted to z=0"),
        *("redshift corrected: yes", "DOPCOR01= '0.02 all'", "de-redshifted by z = 0.02"),
    ],
)
def test_comments_at_rest(comment):
    with pytest.warns(DataQualityWarning, match="named as those at rest"):
        read_spectra(io.StringIO(f"# {comment}\n{ROWS}"), object_id="a")


@pytest.mark.parametrize(
    "comment",
    [
        *("wavelength in observer frame, not rest frame", "the rest of the data", "not at rest"),
        *("redshift corrected: no", "rest-frame phase: 3 d", "DOPCOR01= '0.0001 all'"),
        *("heliocentric Doppler correction: -12 km/s", "Barycentric redshift corrected"),
    ],
)
def test_other_comments(comment):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        read_spectra(io.StringIO(f"# {comment}\n{ROWS}"), object_id="a")


def test_cards_of_iraf(tmp_path):
    hdu = fits.PrimaryHDU(np.ones(10))
    hdu.header.update({"CRVAL1": 4000.0, "CDELT1": 2.0, "CRPIX1": 1.0, "DOPCOR01": "0.02 all"})
    hdu.writeto(tmp_path / "a.fits")
    with pytest.warns(DataQualityWarning, match="named as those at rest"):
        read_spectra(tmp_path / "a.fits")
    assert not is_doppler_corrected({"DOPCOR01": "0.02", "DOPCOR02": "-0.0196078"})
    assert not is_doppler_corrected({"DOPCOR01": "", "OBJECT": "a"})
    assert not names_rest_frame([])
