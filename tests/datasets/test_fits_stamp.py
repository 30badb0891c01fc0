"""Plain images give the pixels of astropy; everything else is left to it."""

import io
import warnings

import numpy as np
import pytest
from astropy.io import fits

from sklearn_sn.datasets import _cutouts
from sklearn_sn.datasets._fits_stamp import plain_pixels

RNG = np.random.default_rng(0)


def file(image, **cards):
    header = fits.Header([(name, value, "a comment") for name, value in cards.items()])
    out = io.BytesIO()
    fits.PrimaryHDU(image, header).writeto(out)
    return out.getvalue()


@pytest.mark.parametrize("kind", ["u1", "<i2", ">i4", "i8", "<f4", ">f8"])
@pytest.mark.parametrize("shape", [(5,), (63, 63), (2, 7, 5)])
def test_pixels_are_those_of_astropy(kind, shape):
    data = file((100 * RNG.normal(size=shape)).astype(kind), OBJECT="END", LONGSTR="x" * 50)
    expected = fits.PrimaryHDU.fromstring(data).data
    found = plain_pixels(data)
    assert found.dtype == expected.dtype and np.array_equal(found, expected)


def test_many_cards_and_missing_pixels():
    image = RNG.normal(size=(63, 63)).astype(np.float32)
    image[:, :9] = np.nan
    data = file(image, **{f"KEY{k}": k for k in range(80)})  # three blocks
    assert np.array_equal(plain_pixels(data), image, equal_nan=True)


IMAGE = RNG.normal(size=(6, 4)).astype(np.float32)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"SIMPLE  =                    T",
        file(None),
        file(np.arange(6, dtype=np.uint16).reshape(2, 3)),  # stored with BZERO
        file(np.arange(6, dtype=np.int16).reshape(2, 3), BLANK=3),
        file(IMAGE)[:2900],
        file(IMAGE).replace(b"BITPIX  =                  -32", b"BITPIX  =                  -31"),
        file(IMAGE).replace(b"NAXIS2  ", b"NAXIS9  "),
        file(IMAGE, OTHER=3).replace(b"OTHER   ", b"NAXIS1  "),
        file(IMAGE, OTHER=3).replace(b"a comment", b"a comm\xe9nt"),
        file(np.zeros((1, 1, 2, 2), dtype=np.float32)),
    ],
)
def test_departures_are_left_to_astropy(data):
    assert plain_pixels(data) is None


def test_scaled_pixels_are_not_read_as_stored():
    image = np.arange(6, dtype=np.uint16).reshape(2, 3)
    assert plain_pixels(file(image)) is None
    assert _cutouts.decode_cutouts([file(image)])[0].tolist() == [image.tolist()]


def test_plain_stamps_do_not_need_astropy(monkeypatch):
    def fail(data):
        raise AssertionError("astropy was called")

    monkeypatch.setattr(_cutouts.fits.PrimaryHDU, "fromstring", fail)
    assert np.array_equal(_cutouts.decode_cutouts([file(IMAGE)])[0][0], IMAGE)


def test_damage_never_gives_other_pixels_than_astropy():
    data = bytearray(file(IMAGE))
    for trial in range(300):
        damaged = data.copy()
        damaged[RNG.integers(0, 480)] = RNG.integers(32, 127)
        found = plain_pixels(bytes(damaged))
        if found is None:
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = fits.PrimaryHDU.fromstring(bytes(damaged)).data
        assert found.dtype == expected.dtype, trial
        assert np.array_equal(found, expected), trial
