"""Fields of Spectrum objects of specutils, without importing specutils."""

import numpy as np
from astropy import units as u

_POWERS = {"std": 1.0, "var": 0.5, "ivar": -0.5}


def spectrum_fields(spectrum: object) -> list:
    """Return the fields of a Spectrum of specutils.

    Parameters
    ----------
    spectrum : object
        Object with `spectral_axis` and `flux` (Quantity), and optionally `uncertainty` (of
        astropy.nddata) and `mask`.

    Returns
    -------
    list of tuple (str, Quantity or ndarray)
        wavelength (Å), flux and, if there is an uncertainty, flux_err. Masked fluxes are NaN.

    Raises
    ------
    ValueError
        If the flux is not 1-D, or the axis is not spectral.
    """
    axis = u.Quantity(spectrum.spectral_axis)
    flux = u.Quantity(spectrum.flux)
    if flux.ndim != 1:
        raise ValueError(f"it holds fluxes of shape {flux.shape}; give one spectrum for each cell")
    try:
        wavelength = axis.to(u.AA, equivalencies=u.spectral())
    except u.UnitConversionError as error:
        raise ValueError(f"the spectral axis is in {axis.unit}, not in a wavelength") from error
    fields = [("wavelength", wavelength)]
    mask = getattr(spectrum, "mask", None)
    if mask is not None:
        flux = np.where(np.asarray(mask, dtype=bool), np.nan, flux.value) * flux.unit
    fields.append(("flux", flux))
    uncertainty = getattr(spectrum, "uncertainty", None)
    power = _POWERS.get(getattr(uncertainty, "uncertainty_type", None))
    if power is not None:
        values = np.asarray(uncertainty.array, dtype=np.float64)
        with np.errstate(all="ignore"):
            errors = np.where(values > 0, np.abs(values) ** power, np.nan)
        unit = uncertainty.unit if uncertainty.unit is not None else flux.unit ** (1 / power)
        fields.append(("flux_err", u.Quantity(errors, unit**power).to(flux.unit)))
    return fields
