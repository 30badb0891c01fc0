"""Wavelengths of bands by their names."""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
from numpy.typing import ArrayLike

from sklearn_sn.data._bands import FEW_NAMES, current_registry, look_up
from sklearn_sn.data._names import factorize_names


def band_wavelength(names: ArrayLike, survey: str | None = None) -> npt.NDArray[np.float64]:
    """Return the effective (pivot) wavelengths of bands.

    Parameters
    ----------
    names : array-like or Categorical of str, bytes or int, any shape
        Names as published.
    survey : str, optional
        Survey to which all names belong.

    Returns
    -------
    ndarray of float64, shape of `names`
        Wavelengths in Å; NaN where the name is missing or unknown.

    Raises
    ------
    ValueError
        If :func:`canonical_bands` raises.

    Examples
    --------
    >>> from sklearn_sn.data import band_wavelength
    >>> band_wavelength(["lsstu", "orange", "clear"])
    array([3716., 6827.,   nan])
    """
    distinct, codes, shape = factorize_names(names)
    is_kept = survey is None and len(distinct) <= FEW_NAMES
    of_names = _wavelengths if is_kept else _wavelengths.__wrapped__
    return of_names(current_registry(), survey, *distinct)[codes].reshape(shape)


@lru_cache(maxsize=256, typed=True)  # tables of single objects repeat the same few names
def _wavelengths(registry, survey, *distinct):
    """Return the wavelengths of distinct names; the last entry, NaN, is that of the code -1."""
    names = look_up(distinct, survey, "raise", registry)
    values = [registry.bands[name].wavelength if name else np.nan for name in names]
    return np.array([*values, np.nan])
