"""Spectra in units: flux per wavelength from flux per wavelength or frequency."""

import numpy as np
from astropy import units as u

FLUX_UNIT = u.Unit("erg s-1 cm-2 AA-1")
# Flux per wavelength goes with these by a power of 1 / wavelength.
_POWERS = {
    FLUX_UNIT: 0,
    u.Unit("ph s-1 cm-2 AA-1"): 1,
    u.Jy: 2,
    u.Unit("ph s-1 cm-2 Hz-1"): 3,
}


def is_flux_density(unit):
    """True for units of flux per wavelength or frequency, of energy or of photons."""
    return isinstance(unit, u.UnitBase) and any(unit.is_equivalent(one) for one in _POWERS)


def flux_per_wavelength(flux, unit, wavelength):
    """Flux in erg/s/cm²/Å where the unit is known, unchanged where it is relative.

    Parameters
    ----------
    flux : array of float, shape (n_pixels,)
        Fluxes or their errors.
    unit : astropy unit or None
        Flux per wavelength or per frequency. None and dimensionless fluxes are relative ones per
        wavelength.
    wavelength : array of float, shape (n_pixels,)
        In Å.

    Returns
    -------
    array of float, shape (n_pixels,)

    Raises
    ------
    ValueError
        If the unit is none of flux density.

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
            "plain numbers if the spectrum is on a scale of its own."
        )
    power = next(power for one, power in _POWERS.items() if unit.is_equivalent(one))
    if power == 0:
        return flux * unit.to(FLUX_UNIT)
    # One number at 5000 Å and a power are many times faster than astropy's way, pixel by pixel.
    at_5000 = unit.to(FLUX_UNIT, 1.0, u.spectral_density(5000 * u.AA))
    with np.errstate(all="ignore"):  # wavelengths are judged by the check
        return flux * at_5000 * (5000.0 / wavelength) ** power
