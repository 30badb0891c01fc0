"""The fields of light curves and spectra: the names that they go by, their units, their numbers."""

import numpy as np
import pandas as pd

# Names that a field goes by, in order of preference (the first is ours). sncosmo has such a table
# for photometry (sncosmo.photdata.PHOTDATA_ALIASES); SNANA, ZTF and LSST names are added.
FIELD_ALIASES = {
    "light_curve": {
        "time": ("time", "mjd", "jd", "t", "date", "mjdobs", "mjd_obs", "midpointmjdtai"),
        "band": ("band", "bandpass", "filter", "flt", "passband", "fid"),
        "flux": ("flux", "f", "flux_ujy", "psfflux"),
        "flux_err": (
            "flux_err",
            "fluxerr",
            "flux_error",
            "fluxerror",
            "fe",
            "ferr",
            "flux_ujy_err",
            "psffluxerr",
        ),
        # The scale of the fluxes where they are not in µJy, as in sncosmo and SNANA.
        "zero_point": ("zero_point", "zeropoint", "zp", "zpt"),
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
# Rubin's tables and alerts give these in nJy (Data Products Definition Document, LSE-163).
_NANOJANSKY = ("psfflux", "psffluxerr")


def scale_of_name(name, default=1.0):
    """µJy of one unit of a flux (or error) that has neither unit nor zero point, by its name.

    Parameters
    ----------
    name : str
    default : float or None, default=1.0
        Answer where the name says no unit.

    Returns
    -------
    float or None

    Examples
    --------
    >>> from sklearn_sn.data._fields import scale_of_name
    >>> scale_of_name("psfFlux"), scale_of_name("flux_uJy", None), scale_of_name("flux", None)
    (0.001, 1.0, None)
    """
    lower = str(name).lower()
    if lower in _NANOJANSKY:
        return 1e-3
    return 1.0 if "ujy" in lower else default


def alias_map(fields, kind):
    """Which of our names each given field has: {given: ours}."""
    table = FIELD_ALIASES.get(kind, {})
    lower = {}
    for field in fields:
        lower.setdefault(str(field).lower(), field)
    found = {}
    for ours, aliases in table.items():
        given = next((lower[alias] for alias in aliases if alias in lower), None)
        if given is not None and given not in found:
            found[given] = ours
    if "zero_point" not in found.values():  # then a system is that of magnitudes, if of anything
        found = {given: ours for given, ours in found.items() if ours != "system"}
    return found


def require(fields, found, kind, who):
    """Refuse what lacks a needed field; `found` are the names that are there."""
    missing = [field for field in REQUIRED[kind] if field not in fields]
    if not missing:
        return
    hint = ""
    if kind == "light_curve" and {"mag", "magnitude", "magpsf"} & {str(f).lower() for f in found}:
        hint = " Magnitudes are converted by sklearn_sn.data.mag_to_flux."
    raise ValueError(
        f"{who} {kind} needs the fields {REQUIRED[kind]}; {missing[0]!r} is missing (found "
        f"{found}).{hint}"
    )


def unequal(name, field, size, other, length):
    """The message for fields of one object that differ in length."""
    return (
        f"Object {name!r} has {size} values in {field!r} but {length} in {other!r}; all fields of "
        "an object must be equally long."
    )


def as_numbers(values):
    """A field as float64; text and complex numbers are refused."""
    if isinstance(values, pd.Categorical):
        if values.codes.max(initial=-1) < 0:  # nothing but nulls
            return np.full(len(values), np.nan)
        values = np.asarray(values.categories, dtype=object)
    if len(values) == 0:  # of any type: numpy makes text of an empty file
        return np.empty(0)
    if values.dtype.kind not in "iufb":
        raise ValueError(f"it must hold real numbers; got {values[0]!r} of type {values.dtype}.")
    return np.asarray(values, dtype=np.float64)
