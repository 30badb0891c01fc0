"""Tables of FITS files, and SNANA's HEAD and PHOT files."""

import gzip
import io

import numpy as np
import pytest
from astropy.io import fits

from sklearn_sn.datasets._fits_files import parse_fits


def content(hdu, **cards):
    hdu.header.update(cards)
    buffer = io.BytesIO()
    fits.HDUList([fits.PrimaryHDU(), hdu]).writeto(buffer)
    return buffer.getvalue()


def table(**columns):
    return fits.BinTableHDU.from_columns(
        [
            fits.Column(name, "8A" if np.asarray(v).dtype.kind == "U" else "D", array=np.asarray(v))
            for name, v in columns.items()
        ]
    )


PHOT = table(MJD=[1.0, 2.0, -777.0, 3.0, -777.0], FLUXCAL=[10.0, 20.0, 0.0, 30.0, 0.0])


@pytest.fixture
def head():
    hdu = table(SNID=["7 ", "b"], PTROBS_MIN=[1, 4], PTROBS_MAX=[2, 4], REDSHIFT=[0.1, 0.2])
    return content(hdu, PHOTFILE="V_PHOT.FITS", SURVEY="DES")


def test_plain_table_also_compressed():
    data = content(table(a=[1.0, 2.0]), OBJECT="SN2011fe")
    for one in (data, gzip.compress(data, mtime=0)):
        (part,) = parse_fits(one, None, "f.fits")
        assert part["header"]["object"] == "SN2011fe"
        assert list(part["table"]["a"]) == [1.0, 2.0]


@pytest.mark.parametrize("given", ["HEAD", "PHOT"])
def test_snana_files_are_read_together(tmp_path, head, given):
    (tmp_path / "V_HEAD.FITS").write_bytes(head)
    (tmp_path / "V_PHOT.FITS").write_bytes(content(PHOT))
    path = tmp_path / f"V_{given}.FITS"
    points, objects = parse_fits(path.read_bytes(), str(path), "V")
    assert (points["kind"], objects["kind"]) == ("light_curves", "objects")
    # The rows with MJD -777 separate objects.
    assert points["table"].to_dict("list") == {
        "SNID": ["7", "7", "b"],
        "MJD": [1.0, 2.0, 3.0],
        "FLUXCAL": [10.0, 20.0, 30.0],
    }
    assert objects["table"].to_dict("list") == {"SNID": ["7", "b"], "REDSHIFT": [0.1, 0.2]}
    assert points["header"]["survey"] == "DES"


def test_files_that_do_not_belong_together(tmp_path, head):
    path = tmp_path / "V_HEAD.FITS"
    path.write_bytes(head)
    with pytest.raises(ValueError, match="the PHOT file is needed too, beside it"):
        parse_fits(head, str(path), "V_HEAD.FITS")
    (tmp_path / "V_PHOT.FITS").write_bytes(content(table(MJD=[1.0], FLUXCAL=[2.0])))
    with pytest.raises(ValueError, match="PTROBS_MAX is 4, but the PHOT file has 1 rows"):
        parse_fits(head, str(path), "V_HEAD.FITS")


def test_head_without_names(tmp_path):
    data = content(table(CID=["7"], PTROBS_MIN=[1], PTROBS_MAX=[1]), PHOTFILE="V_PHOT.FITS")
    (tmp_path / "V_PHOT.FITS").write_bytes(content(PHOT))
    with pytest.raises(ValueError, match=r"V: the HEAD file of SNANA has no column 'SNID'"):
        parse_fits(data, str(tmp_path / "V_HEAD.FITS"), "V")


def test_images_and_damaged_files():
    with pytest.raises(ValueError, match=r"f.fits holds images but no table.*read_spectra"):
        parse_fits(content(fits.ImageHDU(np.zeros(4))), None, "f.fits")
    with pytest.raises(ValueError, match=r"f.fits is a damaged FITS file"):
        parse_fits(b"no FITS file at all", None, "f.fits")
