"""Units and magnitude systems in the names of columns, such as ``flux (erg/s/cm2/Hz)``."""

import re

import numpy as np
import pandas as pd
from astropy import units as u
from astropy.table import Column

from sklearn_sn.data import is_flux_density, scale_of_name
from sklearn_sn.datasets._spectrum_roles import is_in_counts as states_counts
from sklearn_sn.datasets._spectrum_units import parse_unit

_BRACKETS = re.compile(r"[(\[]([^()\[\]]*(?:\([^()]*\)[^()\[\]]*)?)[)\]]\s*$")
_TIMES = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), u.s),
    **dict.fromkeys(("min", "minute", "minutes"), u.min),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), u.h),
    **dict.fromkeys(("yr", "yrs", "year", "years"), u.yr),
}
# Fluxes of SDSS: one maggy is the flux of magnitude 0 of the AB system.
_MAGGIES = {
    **dict.fromkeys(("mgy", "maggy", "maggies"), 1.0 * u.ABflux),
    **dict.fromkeys(("nmgy", "nanomaggy", "nanomaggies", "nanomaggie"), 1e-9 * u.ABflux),
}
_SYSTEMS = {"ab": "AB", "abmag": "AB", "magab": "AB", "vega": "Vega", "vegamag": "Vega"}
_SYSTEMS |= {"magvega": "Vega", "st": "ST", "stmag": "ST", "magst": "ST"}
# Texts that state a unit, so that they must not be ignored where the unit is not known.
_LIKE_A_UNIT = re.compile(r"jy|erg|watt|(^|[^a-z])mag")


def add_named_units(fields: dict, names: dict, units: dict | None = None) -> None:
    """Add the units and the magnitude system that names of columns state in brackets.

    Parameters
    ----------
    fields : dict of str to array-like of shape (n_points,)
        Columns of light curves by field; changed in place. Columns with a unit are unchanged.
    names : dict of str to str
        Column of each field; the field system is added if magnitudes name theirs, and the unit of
        a flux in counts is added to its name.
    units : dict of str to str, optional
        Units by column, as of a row of units; they precede those in names.

    Raises
    ------
    ValueError
        If a column of fluxes has a unit of something else, or magnitudes are of the ST system.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.datasets._named_units import add_named_units
    >>> fields = {"flux": np.array([1e-29])}
    >>> add_named_units(fields, {"flux": "flux (erg/s/cm2/Hz)"})
    >>> fields["flux"].unit
    Unit("erg / (Hz s cm2)")
    """
    units = units or {}
    for field in ("time", "flux", "flux_err"):
        if field not in fields:
            continue
        stated = units.get(names[field])
        unit = _unit_of(field, names[field]) if stated is None else _stated_unit(field, stated)
        in_counts = states_counts(stated)
        if in_counts and field == "flux":
            names[field] = f"{names[field]} ({stated})"
        elif unit is None and stated and field != "time" and not in_counts:
            raise ValueError(
                f"light_curves, column {names[field]!r}: {stated!r} is no unit of a flux. If the "
                "column holds magnitudes, name it with light_curve_columns={'mag': ...}."
            )
        if unit is not None and getattr(fields[field], "unit", None) is None:
            values = fields[field]
            if isinstance(values, pd.Series) and isinstance(values.dtype, pd.CategoricalDtype):
                values = values.astype(object)
            fields[field] = Column(np.asarray(values), unit=unit)
    stated = units.get(names.get("mag"), "").lower() or _in_brackets(names.get("mag", ""))
    system = _SYSTEMS.get(re.sub(r"[^a-z]", "", stated))
    if system == "ST":
        raise ValueError(
            f"light_curves, column {names['mag']!r}: magnitudes of the ST system are not read. "
            "Convert them to AB."
        )
    if system is not None and "mag" in fields and not {"system", "zero_point"} & set(fields):
        fields["system"] = pd.Categorical.from_codes(np.zeros(len(fields["mag"]), int), [system])
        names["system"] = names["mag"]


def add_spectral_units(fields: dict, names: dict, units: dict) -> None:
    """Add the units of a row of units to the columns of spectra.

    Parameters
    ----------
    fields : dict of str to array-like of shape (n_pixels,)
        Columns of spectra by field; changed in place.
    names : dict of str to str
        Column of each field.
    units : dict of str to str
        Units by column; those that are neither of wavelength nor of flux are ignored.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.datasets._named_units import add_spectral_units
    >>> fields = {"wavelength": np.array([400.0])}
    >>> add_spectral_units(fields, {"wavelength": "wave"}, {"wave": "nm"})
    >>> fields["wavelength"].unit
    Unit("nm")
    """
    for field in ("wavelength", "flux", "flux_err"):
        unit = parse_unit(units.get(names.get(field), ""))
        if unit is not None and getattr(fields[field], "unit", None) is None:
            fields[field] = Column(np.asarray(fields[field]), unit=unit)


def is_in_counts(name: str) -> bool:
    """Return whether a name says that a flux is in counts of a detector.

    Parameters
    ----------
    name : str
        Name of a column.

    Returns
    -------
    bool

    Examples
    --------
    >>> from sklearn_sn.datasets._named_units import is_in_counts
    >>> is_in_counts("flux (ADU)"), is_in_counts("flux [counts/s]"), is_in_counts("flux")
    (True, True, False)
    """
    return states_counts(_in_brackets(name))


def _unit_of(field, name):
    """Return the unit in the brackets of a name, or None if it is the usual one or not known."""
    text = _in_brackets(name)
    if not text:
        return None
    if field == "time":
        return _TIMES.get(text)
    given = _BRACKETS.search(name)[1].strip()
    if scale_of_name(name, None) is not None and not given.startswith("MJ"):
        return None
    if text in _MAGGIES:
        return u.Unit(_MAGGIES[text].to(u.uJy))
    unit = parse_unit(given)
    if given.startswith("MJ") or (not is_flux_density(unit) and _LIKE_A_UNIT.search(text)):
        raise ValueError(
            f"light_curves, column {name!r}: {given!r} is no unit of a flux that is read. Write "
            "one such as mJy, µJy or 'erg/s/cm2/Hz', or name the column of magnitudes with "
            "light_curve_columns={'mag': ...}."
        )
    return unit if is_flux_density(unit) else None


def _stated_unit(field, text):
    """Return the unit of a row of units, or None if it is the usual one or not known."""
    if field == "time":
        return _TIMES.get(text.lower())
    if text.lower() in _MAGGIES:
        return u.Unit(_MAGGIES[text.lower()].to(u.uJy))
    unit = parse_unit(text)
    return unit if is_flux_density(unit) else None


def _in_brackets(name):
    found = _BRACKETS.search(str(name)[:500])
    return found[1].strip().lower() if found else ""
