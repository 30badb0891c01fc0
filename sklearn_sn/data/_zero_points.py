"""Magnitude systems by their published names, and conversion of fluxes with a zero point."""

import re
from typing import Any

import numpy as np

from sklearn_sn.data._fields import SCALE, as_numbers
from sklearn_sn.data._names import as_python, as_text, factorize_names
from sklearn_sn.data._units import AB_ZERO_POINT, SYSTEMS, band_offsets

# Names of magnitude systems in catalogues. The standards of Landolt and Swift are on the Vega
# scale, those of SDSS on the AB scale.
_NAMES = {"ab": "AB", "abmag": "AB", "sdss": "AB", "vega": "Vega", "vegamag": "Vega"}
_NAMES |= {"landolt": "Vega", "swift": "Vega", "native": "native", "natural": "native"}


def magnitude_system(
    system: str | bytes | None, default: Any = "native", unknown: Any = "native"
) -> Any:
    """Return the magnitude system of a published name.

    Parameters
    ----------
    system : str, bytes or None
        Name of the system. Case is ignored, and so is what follows a space, dash or underscore.
    default : object, default="native"
        Result if the name is missing.
    unknown : object, default="native"
        Result if the name is unknown, such as Swope or WHIRC.

    Returns
    -------
    str
        "AB", "Vega" or "native".

    Examples
    --------
    >>> from sklearn_sn.data._zero_points import magnitude_system
    >>> [magnitude_system(name) for name in ("VEGA", "ab_b12", "Swope")]
    ['Vega', 'AB', 'native']
    """
    text = as_text(system)
    if text is None:
        return default
    return _NAMES.get(re.split(r"[_ -]", text.lower())[0], unknown)


def unknown_system(place: str, name: Any) -> ValueError:
    """Return the error for a zero point in an unknown system.

    Parameters
    ----------
    place : str
        Column or object of the zero point, the first words of the message.
    name : object
        Published name of the system.

    Returns
    -------
    ValueError
    """
    return ValueError(
        f"{place}: the system of the zero point is {name!r}, which is unknown; the known ones are "
        f"{', '.join(_NAMES)}. Convert the fluxes to µJy, and leave the zero points out."
    )


def in_microjansky(fields, rows, names):
    """Convert fluxes with a zero point to µJy.

    Parameters
    ----------
    fields : dict of str to array of shape (n_points,)
        Fields flux, band and zero_point, optionally flux_err and system. A point without a system
        is AB.
    rows : ndarray of int, shape (n_points,)
        Object of every point.
    names : pandas.Index of shape (n_objects,)
        Names of the objects, for messages.

    Returns
    -------
    dict of str to array of shape (n_points,)
        The fields without zero_point and system. Fluxes and errors are NaN where the zero point is
        missing, or where the band is unknown or ambiguous and the system is not AB.

    Raises
    ------
    ValueError
        If a system is unknown, or if m_AB - m_Vega of a known band is.
    """
    offset = _offset(fields, rows, names)
    with np.errstate(over="ignore"):
        scale = 10.0 ** (-0.4 * (as_numbers(fields["zero_point"]) + offset - AB_ZERO_POINT))
        return {
            field: as_numbers(values) * scale if field in ("flux", "flux_err") else values
            for field, values in fields.items()
            if field not in SCALE
        }


def _offset(fields, rows, names):
    """Return m_AB - m of the zero point of every point."""
    if "system" not in fields:
        return 0.0
    distinct, codes, _ = factorize_names(fields["system"])
    systems = [magnitude_system(name, "AB", None) for name in distinct] + ["AB"]
    if None in systems:
        code = systems.index(None)
        raise unknown_system(
            f"Object {as_python(names[rows[np.argmax(codes == code)]])!r}", distinct[code]
        )
    if set(systems) == {"AB"}:
        return 0.0
    kind = np.array([SYSTEMS.index(system.lower()) for system in systems])[codes]
    table, labels, known, band_codes, _ = band_offsets(fields["band"], ambiguous="unknown")
    offset = table[kind, band_codes]
    missing = np.isnan(offset) & known[band_codes]
    if missing.any():
        point = np.argmax(missing)
        raise ValueError(
            f"Object {as_python(names[rows[point]])!r}: m_AB - m_Vega is unknown for the band "
            f"{labels[band_codes[point]]!r}, and its zero point is not AB; give it to "
            "register_band as vega_ab_offset, or convert to AB first."
        )
    return offset
