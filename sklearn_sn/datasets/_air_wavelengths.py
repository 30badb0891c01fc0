"""Wavelengths in air and in vacuum."""

import numpy as np

_SHORTEST = 2000.0  # Å; below, wavelengths are given in vacuum by convention
_ITERATIONS = 3  # each gains four digits


def vacuum_to_air(wavelength: np.ndarray) -> np.ndarray:
    """Convert wavelengths in vacuum to wavelengths in standard air.

    Parameters
    ----------
    wavelength : ndarray of float
        Wavelengths in vacuum, Å.

    Returns
    -------
    ndarray of float
        Wavelengths in air at 15 °C and 1013.25 hPa, Å; those below 2,000 Å are unchanged.

    References
    ----------
    .. [1] Ciddor, P. E. (1996). "Refractive index of air: new equations for the visible and near
       infrared". Applied Optics 35, 1566.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.datasets._air_wavelengths import vacuum_to_air
    >>> vacuum_to_air(np.array([5008.24])).round(2)  # [O III]
    array([5006.84])
    """
    wavelength = np.asarray(wavelength, dtype=np.float64)
    return np.where(wavelength < _SHORTEST, wavelength, wavelength / _refractive_index(wavelength))


def air_to_vacuum(wavelength: np.ndarray) -> np.ndarray:
    """Convert wavelengths in standard air to wavelengths in vacuum.

    Parameters
    ----------
    wavelength : ndarray of float
        Wavelengths in air, Å.

    Returns
    -------
    ndarray of float
        Wavelengths in vacuum, Å; the inverse of :func:`vacuum_to_air`.
    """
    wavelength = np.asarray(wavelength, dtype=np.float64)
    vacuum = wavelength
    for _ in range(_ITERATIONS):
        vacuum = wavelength * _refractive_index(vacuum)
    return np.where(vacuum < _SHORTEST, wavelength, vacuum)


def _refractive_index(vacuum):
    """Return the refractive index of standard air (Ciddor 1996, eq. 1), for wavelengths in Å."""
    with np.errstate(all="ignore"):  # bad wavelengths are left to the check
        square = (1e4 / vacuum) ** 2  # squared wave number, µm⁻²
        return 1 + 0.05792105 / (238.0185 - square) + 0.00167917 / (57.362 - square)
