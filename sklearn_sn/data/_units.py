"""Conversion between magnitudes and µJy, and of arrays with units."""

from typing import TYPE_CHECKING, Any, overload

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sklearn_sn.data._bands import canonical_bands, get_band
from sklearn_sn.data._names import factorize_names

if TYPE_CHECKING:  # functions import astropy late: it takes longer than the rest of the package
    from astropy.units import UnitBase

# AB magnitude of 1 µJy: -2.5 log10(1e-6 / 3631) = 23.9 to 0.0001 mag (Oke & Gunn 1983, ApJ 266,
# 713).
AB_ZERO_POINT = 23.9
SYSTEMS = ("ab", "vega", "native")


@overload
def mag_to_flux(
    mag: ArrayLike, mag_err: None = None, *, band: ArrayLike | None = None, system: ArrayLike = "AB"
) -> np.ndarray: ...


@overload
def mag_to_flux(
    mag: ArrayLike, mag_err: ArrayLike, *, band: ArrayLike | None = None, system: ArrayLike = "AB"
) -> tuple[np.ndarray, np.ndarray]: ...


def mag_to_flux(
    mag: ArrayLike,
    mag_err: ArrayLike | None = None,
    *,
    band: ArrayLike | None = None,
    system: ArrayLike = "AB",
) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
    r"""Convert magnitudes to flux densities in µJy.

    .. math::

        f = 10^{-0.4 (m + \Delta - 23.9)}, \qquad \sigma_f = 0.4 \ln(10) \, f \, \sigma_m

    where :math:`\Delta` is 0 for AB magnitudes and the band's m_AB - m_Vega for Vega magnitudes.

    Parameters
    ----------
    mag : array-like of float
        Magnitudes. Masked entries become NaN.
    mag_err : array-like of float, optional
        Errors in magnitudes.
    band : str or array-like or Categorical of str, optional
        Band of all magnitudes or of each; required unless every system is AB.
    system : str or array-like of str, default="AB"
        System of all magnitudes or of each: ``"AB"``, ``"Vega"``, or ``"native"`` for the system
        in which the survey of the band publishes. Case is ignored.

    Returns
    -------
    flux : ndarray of float64
        Flux densities in µJy.
    flux_err : ndarray of float64
        Errors in µJy; only if `mag_err` is given.

    Raises
    ------
    ValueError
        If a system is unknown, if lengths differ, or if the band of a Vega or native magnitude is
        missing, unknown or ambiguous or has an unknown m_AB - m_Vega.

    See Also
    --------
    flux_to_mag : Inverse function.
    get_band : Offset and system of a band.

    Examples
    --------
    >>> from sklearn_sn.data import mag_to_flux
    >>> mag_to_flux([23.9, 21.4])
    array([ 1., 10.])
    >>> flux, flux_err = mag_to_flux([20.0], [0.1], band="V", system="Vega")
    >>> flux.round(2), flux_err.round(2)
    (array([35.65]), array([3.28]))
    """
    mag = _magnitudes(mag, system)
    # The offset is looked up per distinct band and system, not per point.
    offset = _offset(band, system, np.shape(mag), "mag")
    with np.errstate(over="ignore"):
        flux = 10 ** (-0.4 * (mag + offset - AB_ZERO_POINT))
    if mag_err is None:
        return flux
    return flux, 0.4 * np.log(10) * flux * _like(_magnitudes(mag_err), flux, "mag_err", "mag")


@overload
def flux_to_mag(
    flux: ArrayLike,
    flux_err: None = None,
    *,
    band: ArrayLike | None = None,
    system: ArrayLike = "AB",
) -> np.ndarray: ...


@overload
def flux_to_mag(
    flux: ArrayLike, flux_err: ArrayLike, *, band: ArrayLike | None = None, system: ArrayLike = "AB"
) -> tuple[np.ndarray, np.ndarray]: ...


def flux_to_mag(
    flux: ArrayLike,
    flux_err: ArrayLike | None = None,
    *,
    band: ArrayLike | None = None,
    system: ArrayLike = "AB",
) -> np.ndarray | tuple[np.ndarray, np.ndarray]:
    r"""Convert flux densities in µJy to magnitudes.

    .. math::

        m = 23.9 - 2.5 \log_{10} f - \Delta, \qquad \sigma_m = \frac{2.5}{\ln 10} \sigma_f / f

    with :math:`\Delta` as in :func:`mag_to_flux`.

    Parameters
    ----------
    flux : array-like of float
        Flux densities in µJy, or an astropy Quantity.
    flux_err : array-like of float, optional
        Errors in µJy, or an astropy Quantity.
    band : str or array-like or Categorical of str, optional
        Band of all fluxes or of each; required unless every system is AB.
    system : str or array-like of str, default="AB"
        System of the magnitudes, as in :func:`mag_to_flux`.

    Returns
    -------
    mag : ndarray of float64
        Magnitudes; NaN where the flux is not positive.
    mag_err : ndarray of float64
        Errors in magnitudes; only if `flux_err` is given.

    Raises
    ------
    ValueError
        If :func:`mag_to_flux` would raise, or if a unit is not a unit of flux density.

    Examples
    --------
    >>> from sklearn_sn.data import flux_to_mag
    >>> flux_to_mag([1.0, 10.0, -2.0])
    array([23.9, 21.4,  nan])
    """
    flux = _float64(to_unit(flux, "uJy"))
    offset = _offset(band, system, np.shape(flux), "flux")
    positive = np.where(flux > 0, flux, np.nan)
    mag = AB_ZERO_POINT - 2.5 * np.log10(positive) - offset
    if flux_err is None:
        return mag
    flux_err = _like(_float64(to_unit(flux_err, "uJy")), mag, "flux_err", "flux")
    with np.errstate(over="ignore"):
        return mag, 2.5 / np.log(10) * flux_err / positive


def to_unit(values: Any, unit: "str | UnitBase") -> np.ndarray:
    """Convert values to plain numbers in a unit.

    Parameters
    ----------
    values : array-like, Quantity, Column or Time
        Values with an astropy unit are converted; wavelengths also from frequency, wave number or
        photon energy, flux densities also from AB magnitudes, a Time to MJD. Values without a unit
        are assumed to be in `unit`.
    unit : str or astropy unit
        Unit of the result, such as ``"Angstrom"``, ``"uJy"`` or ``"d"``.

    Returns
    -------
    ndarray of float
        Floats without a unit keep their precision; all else is float64. Masked and missing
        entries are NaN.

    Raises
    ------
    ValueError
        If the unit cannot be converted, or if the values are dates or text.

    Examples
    --------
    >>> from astropy import units as u
    >>> from sklearn_sn.data import to_unit
    >>> to_unit([0.5, 0.6] * u.um, "Angstrom")
    array([5000., 6000.])
    >>> to_unit([4000.0, 5000.0], "Angstrom")
    array([4000., 5000.])
    """
    from astropy import units as u
    from astropy.time import Time

    target = u.Unit(unit)
    if isinstance(values, Time):
        if target.physical_type != "time":
            raise ValueError(f"A Time cannot be converted to {target}.")
        # Masked times come back as masked arrays, of either of astropy's kinds.
        mjd = values.mjd
        return _filled(mjd) if values.masked else np.asarray(mjd, dtype=np.float64)
    if isinstance(values, list | tuple) and values and isinstance(values[0], u.Quantity):
        values = u.Quantity(values)
    source = getattr(values, "unit", None)
    if source is None:
        return _plain(values)
    return _convert(_plain(values), u.Unit(source), target)


def _convert(numbers, source, target):
    from astropy import units as u

    if source == target:
        return numbers
    try:
        if target == u.uJy and isinstance(source, u.MagUnit):
            numbers = u.Magnitude(numbers, source).physical.to_value(target)
        else:
            numbers = source.to(target, numbers, equivalencies=u.spectral())
    except (u.UnitConversionError, u.UnitTypeError) as error:
        hint = ""
        if source == u.mag:
            hint = " Magnitudes without a system have no zero point: use mag_to_flux first."
        elif source.is_equivalent(u.Unit("erg s-1 cm-2 AA-1")) and target.is_equivalent(u.uJy):
            hint = (
                " Flux per wavelength needs the wavelength: multiply by the squared band_wavelength"
                " over the speed of light first."
            )
        raise ValueError(
            f"Cannot convert {source.to_string() or 'a number'} to {target}.{hint}"
        ) from error
    return np.asarray(numbers)


def _plain(values):
    """Return values as floats without unit or mask."""
    if isinstance(values, pd.Series | pd.Index):
        values = values.to_numpy() if isinstance(values.dtype, np.dtype) else values.array
    if isinstance(values, pd.Categorical):
        values = np.asarray(values)  # categories may be dates, which must not become numbers
    if isinstance(values, pd.api.extensions.ExtensionArray) and values.dtype.kind not in "mM":
        values = values.to_numpy(dtype=np.float64, na_value=np.nan)
    if isinstance(values, np.ma.MaskedArray) or hasattr(values, "unmasked"):
        return _filled(values)
    array = np.asarray(getattr(values, "value", values))
    if array.dtype.kind in "mM":
        raise ValueError("Dates must be MJD numbers or an astropy Time. Pass Time(dates).mjd.")
    if array.dtype.kind == "f":
        return array
    try:
        return array.astype(np.float64)
    except (TypeError, ValueError) as error:
        raise ValueError(f"Values must be numbers; got {array.ravel()[:3].tolist()}.") from error


def _filled(values):
    """Return the values of a masked array of numpy or astropy, NaN where masked."""
    mask = np.asarray(values.mask)
    data = values.unmasked if hasattr(values, "unmasked") else values.data
    data = np.array(getattr(data, "value", data), dtype=np.float64)
    return np.where(mask, np.nan, data)


def _float64(values):
    return np.asarray(values, dtype=np.float64)


def _magnitudes(mag, system=None):
    """Return magnitudes as plain numbers; the unit mag(AB) must not contradict the system."""
    unit = getattr(mag, "unit", None)
    if unit is None:
        return _float64(_plain(mag))
    from astropy import units as u

    unit = u.Unit(unit)
    if unit == u.ABmag and system is not None:
        if isinstance(system, str) and system.strip().lower() == "ab":
            return _float64(_plain(mag))
        raise ValueError("Magnitudes with the unit mag(AB) need system='AB'.")
    return _float64(to_unit(mag, u.mag))


def _like(values, other, name, other_name):
    """Broadcast values to the shape of others, or raise with both names."""
    try:
        return np.broadcast_to(values, np.shape(other))
    except ValueError:
        raise ValueError(
            f"{name} has shape {np.shape(values)}, but {other_name} has {np.shape(other)}."
        ) from None


def _offset(band, system, shape, name):
    """Return m_AB - m of every value; 0 if all systems are AB."""
    if isinstance(system, str) and system == "AB":
        return 0.0
    distinct, codes, system_shape = factorize_names(system)
    kinds = [str(kind).strip().lower() for kind in distinct]
    wrong = [str(kind) for kind, low in zip(distinct, kinds, strict=True) if low not in SYSTEMS]
    if wrong or np.any(codes < 0):
        wrong = wrong or ["a missing one"]
        raise ValueError(f"The system must be 'AB', 'Vega' or 'native'. Got {wrong} instead.")
    if set(kinds) <= {"ab"}:
        _like(np.empty(system_shape), np.empty(shape), "system", name)
        return 0.0
    if band is None:
        raise ValueError("Vega and native magnitudes need a band: pass band=.")
    kind = np.array([SYSTEMS.index(low) for low in kinds])[codes].reshape(system_shape)
    kind = _like(kind, np.empty(shape), "system", name)

    table, labels, _, band_codes, band_shape = band_offsets(band)
    band_codes = _like(band_codes.reshape(band_shape), np.empty(shape), "band", name)
    offset = table[kind, band_codes]
    unknown = np.isnan(offset)
    if np.any(unknown):
        names = ", ".join(repr(labels[code]) for code in np.unique(band_codes[unknown]))
        raise ValueError(
            f"m_AB - m_Vega is unknown for the band {names}; give it to register_band as "
            "vega_ab_offset, or convert to AB first."
        )
    return offset


def band_offsets(band, *, ambiguous="raise"):
    """Return m_AB - m of the distinct bands in each system.

    Parameters
    ----------
    band : array-like or Categorical of str, bytes or int, any shape
        Names as published.
    ambiguous : {"raise", "unknown"}, default="raise"
        Whether an ambiguous name raises or is an unknown band, as in :func:`canonical_bands`.

    Returns
    -------
    table : ndarray of float64, shape (3, n_distinct + 1)
        One row per entry of `SYSTEMS`; the last column is that of a missing band. NaN where the
        band or its offset is unknown; AB magnitudes need none.
    labels : list of str, length n_distinct + 1
        Names of the columns, for messages.
    known : ndarray of bool, shape (n_distinct + 1,)
        Whether the band of a column is known.
    codes : ndarray of int, shape (n_points,)
        Column of every point.
    shape : tuple of int
        Shape of `band`.
    """
    labels, codes, shape = factorize_names(band)
    names = canonical_bands(np.array(labels, dtype=object), ambiguous=ambiguous)
    bands = [get_band(name) if name else None for name in names]
    labels, bands = [*map(str, labels), "a missing one"], [*bands, None]
    vega = np.array([b.vega_ab_offset if b else np.nan for b in bands])
    # A native AB magnitude needs no offset of Vega.
    native = np.where([b is not None and b.system == "AB" for b in bands], 0.0, vega)
    table = np.stack([np.zeros(len(bands)), vega, native])  # in the order of SYSTEMS
    return table, labels, np.array([b is not None for b in bands]), codes, shape
