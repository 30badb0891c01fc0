"""Fields of light curves and spectra: aliases, units, and conversion to numbers."""

import re
import sys
from functools import lru_cache

import numpy as np
import pandas as pd

from sklearn_sn.data._names import as_python

# Aliases of each field in order of preference; the first is the canonical name. The table extends
# that of sncosmo (sncosmo.photdata.PHOTDATA_ALIASES) by names of SNANA, ZTF and LSST.
FIELD_ALIASES = {
    "light_curve": {
        "time": (
            *("time", "mjd", "jd", "t", "date", "mjdobs", "mjd_obs", "mjd-obs", "obsmjd"),
            *("midpointmjdtai", "midpointtai", "expmidptmjd", "hjd", "bjd"),
        ),
        "band": (
            *("band", "bandpass", "filter", "flt", "passband", "fid"),
            *("filtername", "filtercode", "band_name"),
        ),
        # Rubin's psfDiffFlux is of the difference image, and stands beside a psfFlux that includes
        # the host; SNANA's FLUXCAL and ELAsTiCC's psFlux have the zero point 27.5.
        "flux": (
            *("flux", "f", "flux_ujy", "psfdiffflux", "psfflux", "fluxcal", "psflux"),
            *("forcediffimflux", "ujy"),
        ),
        "flux_err": (
            *("flux_err", "fluxerr", "flux_error", "fluxerror", "fe", "ferr", "flux_ujy_err"),
            *("psfdifffluxerr", "psffluxerr", "fluxcalerr", "psfluxerr"),
            *("forcediffimfluxunc", "dujy", "flux_unc", "fluxunc", "dflux", "e_flux"),
        ),
        # Scale of fluxes that are not in µJy, as in sncosmo and SNANA.
        "zero_point": (
            *("zero_point", "zeropoint", "zp", "zpt", "zeropt", "zero_pt", "magzero", "magzp"),
            *("mag_zp", "zp_mag", "zpmag", "magzpt", "zeropoint_mag", "zero_point_mag", "zp_ab"),
        ),
        "system": ("system", "magsys", "zpsys"),
    },
    "spectrum": {
        "wavelength": ("wavelength", "wave", "lambda", "lam", "wl"),
        "flux": ("flux", "f", "flux_lambda", "fluxes"),
        "flux_err": ("flux_err", "fluxerr", "flux_error", "error", "err", "sigma", "uncertainty"),
        "time": ("time", "mjd", "date", "obs_time"),
    },
}
UNITS = {
    "light_curve": {"time": "d", "flux": "uJy", "flux_err": "uJy"},
    "spectrum": {"wavelength": "Angstrom", "time": "d"},
}
REQUIRED = {"light_curve": ("time", "band", "flux"), "spectrum": ("wavelength", "flux")}
TEXTS = ("band", "system")
SCALE = ("zero_point", "system")
# Scales that names imply, in µJy. Rubin's tables and alerts are in nJy (Data Products Definition
# Document, LSE-163). SNANA's FLUXCAL has the zero point 27.5 (Kessler et al. 2009, PASP 121, 1028),
# and so have the fluxes of ELAsTiCC's alerts, which SNANA simulated.
_FLUXCAL = 10.0 ** (-0.4 * (27.5 - 23.9))
_SCALES = dict.fromkeys(("psfflux", "psffluxerr", "psfdiffflux", "psfdifffluxerr"), 1e-3)
_SCALES |= dict.fromkeys(("fluxcal", "fluxcalerr", "fluxcalerror"), _FLUXCAL)
_SCALES |= dict.fromkeys(("psflux", "psfluxerr"), _FLUXCAL)
_PREFIXES = {"": 1e6, "m": 1e3, "milli": 1e3, "n": 1e-3, "nano": 1e-3}
# A unit of flux at the end of a name, or before "err": flux(mJy), flux_nJy, flux_mJy_err.
_UNIT = re.compile(
    r"[\s_(\[]*(?P<prefix>micro|mu|u|µ|μ|milli|m|nano|n|)jy[)\]]?(?P<error>_?err(?:or)?)?$",
    re.IGNORECASE,
)
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]\s*$")
_LONGEST_NAME = 500  # characters; a search takes the square of their number


@lru_cache(maxsize=1024, typed=True)
def scale_of_name(name: str, default: float | None = 1.0) -> float | None:
    """Return the size in µJy of one unit of a field that has neither unit nor zero point.

    Parameters
    ----------
    name : str
        Name of the field of fluxes or errors.
    default : float or None, default=1.0
        Result if the name implies no unit.

    Returns
    -------
    float or None
        1e-3 for names of Rubin, 10^(-0.4 (27.5 - 23.9)) for FLUXCAL and ELAsTiCC's psFlux, the
        unit for names that end in one, else `default`.

    Examples
    --------
    >>> from sklearn_sn.data._fields import scale_of_name
    >>> scale_of_name("psfFlux"), scale_of_name("flux_uJy", None), scale_of_name("flux", None)
    (0.001, 1.0, None)
    >>> scale_of_name("flux(mJy)"), round(scale_of_name("FLUXCAL"), 4)
    (1000.0, 0.0363)
    """
    lower = str(name).lower().strip()
    known = _SCALES.get(lower.replace("_", ""))  # psfFlux, or psf_flux of databases
    if known is not None:
        return known
    unit = _unit_at_end(lower)
    if unit is not None:
        return _PREFIXES.get(unit["prefix"], 1.0)
    return default


@lru_cache(maxsize=1024, typed=True)  # tables of single objects repeat the same few names
def bare_name(name: str) -> str:
    """Return the name of a column in lower case, without a unit at its end.

    Parameters
    ----------
    name : str
        Name as given.

    Returns
    -------
    str

    Examples
    --------
    >>> from sklearn_sn.data._fields import bare_name
    >>> bare_name("flux(mJy)"), bare_name("FLUX_nJy_err"), bare_name("JD (TCB)")
    ('flux', 'flux_err', 'jd')
    """
    lower = str(name).lower().strip()
    if len(lower) > _LONGEST_NAME:
        return lower
    unit = _unit_at_end(lower)
    if unit is not None and unit.start() > 0:
        return lower[: unit.start()] + (unit["error"] or "")
    return _BRACKETS.sub("", lower) or lower


def _unit_at_end(lower):
    return None if len(lower) > _LONGEST_NAME else _UNIT.search(lower)


def alias_map(fields, kind):
    """Map the given names of fields to canonical names.

    Parameters
    ----------
    fields : iterable of str
        Names as given; case is ignored.
    kind : {"light_curve", "spectrum"} or None
        Modality; None maps nothing.

    Returns
    -------
    dict of str to str
        Canonical name of each field that has one.
    """
    return dict(_canonical_fields(kind, *fields))


@lru_cache(maxsize=256, typed=True)  # tables of single objects repeat the same few names
def _canonical_fields(kind, *fields):
    table = FIELD_ALIASES.get(kind, {})
    lower = {}
    for field in fields:
        lower.setdefault(str(field).lower(), field)
    for field in fields:
        lower.setdefault(bare_name(field), field)
    canonical = {}
    for name, aliases in table.items():
        given = next((lower[alias] for alias in aliases if alias in lower), None)
        if given is not None and given not in canonical:
            canonical[given] = name
    # Without a zero point, a system can only be that of magnitudes, which are no field here.
    if "zero_point" not in canonical.values():
        canonical = {given: name for given, name in canonical.items() if name != "system"}
    return canonical


def require(fields, given, kind, subject):
    """Raise if a required field is missing.

    Parameters
    ----------
    fields : container of str
        Canonical names of the fields that are present.
    given : list of str
        Names as given, for the message.
    kind : {"light_curve", "spectrum"}
        Modality.
    subject : str
        First words of the message.

    Raises
    ------
    ValueError
        If a field of `REQUIRED` is missing.
    """
    missing = [field for field in REQUIRED[kind] if field not in fields]
    if not missing:
        return
    hint = ""
    if kind == "light_curve" and {"mag", "magnitude", "magpsf"} & {str(f).lower() for f in given}:
        hint = " Convert magnitudes with sklearn_sn.data.mag_to_flux."
    raise ValueError(
        f"{subject} {kind} needs the fields {REQUIRED[kind]}; {missing[0]!r} is missing (found "
        f"{given}).{hint}"
    )


def unequal(name, field, size, other, length):
    """Return the message for two fields of one object that differ in length.

    Parameters
    ----------
    name : object
        Name of the object.
    field, other : str
        Names of the fields.
    size, length : int
        Lengths of the fields.

    Returns
    -------
    str
    """
    return (
        f"Object {name!r} has {size} values in {field!r} but {length} in {other!r}; all fields of "
        "an object must be equally long."
    )


def as_numbers(values):
    """Convert a field to float64.

    Parameters
    ----------
    values : ndarray or Categorical of shape (n_points,)
        Real numbers or booleans.

    Returns
    -------
    ndarray of float64, shape (n_points,)
        NaN where a Categorical is null.

    Raises
    ------
    ValueError
        If the field holds text or complex numbers.
    """
    if isinstance(values, pd.Categorical):
        if values.codes.max(initial=-1) < 0:  # only nulls
            return np.full(len(values), np.nan)
        values = np.asarray(values.categories, dtype=object)
    if len(values) == 0:  # numpy gives an empty file a type of text
        return np.empty(0)
    if values.dtype.kind not in "iufb":
        raise ValueError(
            f"it must hold real numbers; got {as_python(values[0])!r} of type {values.dtype}."
        )
    return np.asarray(values, dtype=np.float64)


def floats_from_objects(values):
    """Convert an array of Python numbers to float64; those out of range become infinite.

    Parameters
    ----------
    values : ndarray of object, shape (n_points,)
        Real or complex numbers of any type.

    Returns
    -------
    ndarray of float64, shape (n_points,)

    Raises
    ------
    TypeError
        If a number is complex.
    """
    with np.errstate(over="ignore"):  # long doubles
        try:
            return values.astype(np.float64)
        except OverflowError:
            return np.array([*map(bounded, values)], dtype=np.float64)


def bounded(value):
    """Return a value unchanged, except that ints beyond the range of float64 become infinite.

    Parameters
    ----------
    value : object
        A number, or any other object.

    Returns
    -------
    object
    """
    if isinstance(value, int) and abs(value) > sys.float_info.max:
        return np.inf if value > 0 else -np.inf
    return value
