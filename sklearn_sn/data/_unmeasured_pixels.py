"""Pixels of spectra that hold a code for "not measured" instead of a flux."""

import numpy as np

from sklearn_sn.data._ragged import Ragged

# Numbers that pipelines write for a flux that was not measured.
CODES = np.array([-9.0, -99.0, -777.0, -999.0, -9999.0, -99.99, 99.0, 99.99, 999.0, 9999.0])
# A code is far from the fluxes beside it: on a scale where fluxes reach it, it is a flux.
_FAR = 3.0
COPY_FRACTION = 0.9  # of the pixels with a flux


def unmeasured_pixels(pixels: Ragged) -> np.ndarray:
    """Return which pixels were not measured.

    These are pixels with flux = error = 0, and codes such as -999 and 99 among fluxes of another
    size.

    Parameters
    ----------
    pixels : Ragged
        Spectra with the fields flux and, optionally, flux_err.

    Returns
    -------
    ndarray of bool, shape (n_pixels,)

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.data import Ragged
    >>> from sklearn_sn.data._unmeasured_pixels import unmeasured_pixels
    >>> flux = np.array([1e-15, -999.0, 2e-15, 0.0])
    >>> error = np.array([1e-16, -999.0, 1e-16, 0.0])
    >>> unmeasured_pixels(Ragged({"flux": flux, "flux_err": error}, [0, 4]))
    array([False,  True, False,  True])
    """
    flux = pixels["flux"]
    errors = pixels.fields.get("flux_err")
    bad = np.zeros(len(flux), dtype=bool)
    if errors is not None:
        bad |= (flux == 0) & (errors == 0)
    coded = np.isin(flux, CODES)
    if not coded.any():
        return bad
    others = np.where(coded | ~np.isfinite(flux), 0.0, flux)
    highest = pixels.reduce("max", np.abs(others), empty=0.0)[pixels.rows]
    lowest = pixels.reduce("min", others, empty=0.0)[pixels.rows]  # at most 0, because of the code
    far = np.abs(flux) > _FAR * np.where(flux < 0, -lowest, highest)
    if errors is not None:
        # An error that repeats the code, or is a code itself, gives it away on any scale.
        far |= (flux < 0) & (errors <= 0) & np.isin(errors, [*CODES, 0.0])
    # Spectra of nothing but codes are left: a constant may be meant.
    other = pixels.reduce("sum", (~coded & np.isfinite(flux)).astype(np.int64))[pixels.rows]
    return bad | (coded & far & (other > 0))


def copied_errors(pixels: Ragged) -> np.ndarray:
    """Return which spectra have errors that repeat their fluxes.

    Parameters
    ----------
    pixels : Ragged of n_rows rows
        Spectra with the fields flux and flux_err.

    Returns
    -------
    ndarray of bool, shape (n_rows,)
    """
    flux, errors = pixels["flux"], pixels["flux_err"]
    present = np.isfinite(flux) & np.isfinite(errors) & (flux != 0)
    same = present & (np.abs(flux) == np.abs(errors))
    counts = pixels.reduce("sum", present.astype(np.int64))
    return (counts > 1) & (pixels.reduce("sum", same.astype(np.int64)) > COPY_FRACTION * counts)
