"""Units of spectra: flux per wavelength from flux per wavelength or frequency."""

from typing import Any

import numpy as np
from astropy import units as u

FLUX_UNIT = u.Unit("erg s-1 cm-2 AA-1")
# Flux per wavelength is one of these quantities times a power of 1 / wavelength.
_POWERS = {
    FLUX_UNIT: 0,
    u.Unit("ph s-1 cm-2 AA-1"): 1,
    u.Jy: 2,
    u.Unit("ph s-1 cm-2 Hz-1"): 3,
}
_PIVOT = 5000.0  # Å


def is_flux_density(unit: Any) -> bool:
    """Return whether a unit is one of flux per wavelength or frequency.

    Parameters
    ----------
    unit : object
        An astropy unit, of energy or of photons; anything else is no flux density.

    Returns
    -------
    bool
    """
    return isinstance(unit, u.UnitBase) and any(unit.is_equivalent(one) for one in _POWERS)


def flux_per_wavelength(
    flux: np.ndarray, unit: u.UnitBase | None, wavelength: np.ndarray
) -> np.ndarray:
    """Convert fluxes to erg/s/cm²/Å; relative fluxes are unchanged.

    Parameters
    ----------
    flux : ndarray of float, shape (n_pixels,)
        Fluxes or their errors.
    unit : astropy unit or None
        Flux per wavelength or per frequency. None and dimensionless mean relative fluxes per
        wavelength.
    wavelength : ndarray of float, shape (n_pixels,)
        Wavelengths in Å.

    Returns
    -------
    ndarray of float, shape (n_pixels,)
        Fluxes in erg/s/cm²/Å, or relative ones.

    Raises
    ------
    ValueError
        If the unit is not a unit of flux density.

    Examples
    --------
    >>> import numpy as np
    >>> from astropy import units as u
    >>> from sklearn_sn.data._flux_density import flux_per_wavelength
    >>> flux_per_wavelength(np.ones(1), u.Unit("mJy"), np.full(1, 5000.0)).round(20)
    array([1.19917e-15])
    """
    if unit is None:
        return flux
    unit = u.Unit(unit)
    if unit.is_equivalent(u.dimensionless_unscaled) and isinstance(unit, u.UnitBase):
        return flux
    if not is_flux_density(unit):
        raise ValueError(
            f"{unit} is no unit of flux density; convert to one such as erg/s/cm²/Å or Jy, or give "
            "plain numbers if the scale of the spectrum is arbitrary."
        )
    power = next(power for one, power in _POWERS.items() if unit.is_equivalent(one))
    if power == 0:
        return flux * unit.to(FLUX_UNIT)
    # One conversion and a power are many times faster than astropy's conversion of every pixel.
    at_pivot = unit.to(FLUX_UNIT, 1.0, u.spectral_density(_PIVOT * u.AA))
    with np.errstate(all="ignore"):  # bad wavelengths are left to the check
        return flux * at_pivot * (_PIVOT / wavelength) ** power
