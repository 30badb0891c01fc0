"""Parts of FITS files become plain arrays in native byte order."""

import io

import numpy as np
import pytest
from astropy.io import fits

from sklearn_sn.datasets._fits_parts import load_fits


def content(*hdus):
    buffer = io.BytesIO()
    fits.HDUList(list(hdus)).writeto(buffer)
    return buffer.getvalue()


def test_images_and_tables():
    primary = fits.PrimaryHDU(np.array([1.0, 2.5], dtype=">f4"))
    primary.header["OBJECT"] = "SN2011fe"
    columns = [
        fits.Column("wave", "D", unit="Angstrom", array=np.array([4000.0, 5000.0])),
        fits.Column("name", "4A", array=np.array(["a  ", "bc"])),
    ]
    table = fits.BinTableHDU.from_columns(columns, name="spec")
    first, second = load_fits(content(primary, table))
    assert first.array.dtype == np.dtype("=f4") and first.array.tolist() == [1.0, 2.5]
    assert first.header["OBJECT"] == "SN2011fe"
    assert second.name == "SPEC" and second.array is None
    assert second.columns["wave"].tolist() == [4000.0, 5000.0]
    assert second.columns["wave"].dtype.isnative
    assert second.columns["name"].tolist() == ["a", "bc"]
    assert second.units == {"wave": "Angstrom"}


def test_null_integers_keep_their_digits():
    column = fits.Column("id", "K", null=-1, array=np.array([-1, 2**53 + 1]))
    part = load_fits(content(fits.PrimaryHDU(), fits.BinTableHDU.from_columns([column])))[1]
    assert part.columns["id"].tolist() == [None, 2**53 + 1]


def test_large_extensions_are_not_loaded():
    image = fits.ImageHDU(np.ones((3, 3)), name="b_resolution")
    parts = load_fits(content(fits.PrimaryHDU(), image))
    assert [part.name for part in parts] == ["PRIMARY", "B_RESOLUTION"]
    assert parts[1].array is None


def test_truncated_files():
    data = content(fits.PrimaryHDU(), fits.ImageHDU(np.ones(5000), name="flux"))
    with pytest.raises(ValueError, match=r"truncated or broken \(extension 'FLUX' announces 40000"):
        load_fits(data[: len(data) // 2])
    with pytest.raises(ValueError, match="the FITS file is truncated or broken"):
        load_fits(b"SIMPLE  =")
