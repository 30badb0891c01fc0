"""Load the parts of a FITS file as plain arrays and dicts."""

import io
import warnings
from dataclasses import dataclass, field

import numpy as np
from astropy.io import fits
from astropy.utils.exceptions import AstropyUserWarning

from sklearn_sn.datasets._spectrum_header import plain_key

_MOST_PARTS = 1000
# Extensions that are large and hold no spectrum.
_SKIPPED = ("RESOLUTION",)


@dataclass
class FitsPart:
    """One header and data unit of a FITS file.

    Parameters
    ----------
    name : str
        Name of the extension, in capitals.
    header : dict of str to object
        Values by key; keys as :func:`plain_key` returns them.
    array : ndarray or None
        Image in native byte order.
    columns : dict of str to ndarray
        Columns of a table in native byte order; integers that are null are None.
    units : dict of str to str
        Units of the columns.
    """

    name: str
    header: dict
    array: np.ndarray | None = None
    columns: dict = field(default_factory=dict)
    units: dict = field(default_factory=dict)


def load_fits(content: bytes) -> list[FitsPart]:
    """Load a FITS file.

    Parameters
    ----------
    content : bytes
        Content of the file.

    Returns
    -------
    list of FitsPart

    Raises
    ------
    ValueError
        If the file is truncated or broken.
    """
    parts = []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", AstropyUserWarning)
        warnings.simplefilter("ignore", UserWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        try:
            options = {"memmap": False, "disable_image_compression": True}
            with fits.open(io.BytesIO(content), **options) as hdus:
                for i in range(_MOST_PARTS):
                    hdu = _part(hdus, i)
                    if hdu is None:
                        break
                    parts.append(_load(hdu, len(content)))
        except Exception as error:  # astropy raises errors of all kinds on broken files
            detail = str(error).strip().split("\n")[0][:200]
            raise ValueError(f"the FITS file is truncated or broken ({detail})") from error
    return parts


def _part(hdus, i):
    try:
        return hdus[i]
    except IndexError:
        return None


def _load(hdu, size):
    info = hdu.fileinfo() or {}
    if info and info["datLoc"] + hdu.size > size:
        raise ValueError(
            f"extension {hdu.name!r} announces {hdu.size} bytes, more than the file has"
        )
    part = FitsPart(str(hdu.name).strip().upper(), _header(hdu))
    if part.name.endswith(_SKIPPED) or hdu.size == 0:
        return part
    if isinstance(hdu, fits.BinTableHDU | fits.TableHDU):
        for i, column in enumerate(hdu.columns):
            part.columns[column.name] = _native(hdu.data[column.name], column.null)
            if hdu.columns[i].unit:
                part.units[column.name] = str(column.unit)
    elif hdu.data is not None:
        part.array = _native(hdu.data)
    return part


def _header(hdu):
    header = {}
    for card in hdu.header.cards:
        try:
            header.setdefault(plain_key(card.keyword), card.value)
        except fits.VerifyError:  # a broken card
            continue
    return header


def _native(values, null=None):
    """Return an array of numbers or text in native byte order."""
    array = np.asarray(values)
    if array.dtype.kind in "SU":
        return np.char.rstrip(array.astype(str))
    if array.dtype.kind not in "iufb":
        return array
    array = array.astype(array.dtype.newbyteorder("="))
    if null is not None and array.dtype.kind in "iu" and np.any(array == int(null)):
        # Objects, because long identifiers would lose digits as floats.
        return np.where(array == int(null), None, array.astype(object))
    return array
