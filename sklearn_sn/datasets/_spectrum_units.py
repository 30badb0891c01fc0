"""Units of spectra as headers write them."""

import re
import warnings

from astropy import units as u

from sklearn_sn.data import is_flux_density

# Words of units, in lower case; "A" is the ångström in spectra, not the ampere.
_WORDS = {
    **dict.fromkeys(("a", "aa", "ang", "angs", "angstrom", "angstroms", "å"), "Angstrom"),
    **dict.fromkeys(("nm", "nanometer", "nanometers", "nanometre", "nanometres"), "nm"),
    **dict.fromkeys(("um", "micron", "microns", "micrometer", "micrometers"), "um"),
    **dict.fromkeys(("erg", "ergs"), "erg"),
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), "s"),
    **dict.fromkeys(("ph", "photon", "photons"), "ph"),
    **dict.fromkeys(("w", "watt", "watts"), "W"),
    "cm": "cm",
    "m": "m",
    "meter": "m",
    "hz": "Hz",
    "jy": "Jy",
    "ujy": "uJy",
    "njy": "nJy",
    "flam": "erg s-1 cm-2 Angstrom-1",
    "fnu": "erg s-1 cm-2 Hz-1",
}
_EXACT = {"mJy": "mJy", "MJy": "MJy", "mjy": "mJy"}
_SCALE = re.compile(
    r"^\s*(?:[x*]\s*)?(?:10\s*(?:\*\*|\^)\s*\(?\s*(?P<power>[-+]?\d{1,3})\s*\)?"
    r"|(?P<factor>\d*\.?\d+e[-+]?\d{1,3}|\d+\.\d*|\d+))(?![\w.])\s*\*?\s*",
    re.I,
)
_SYMBOLS = str.maketrans({"²": "2", "⁻": "-", "¹": "1", "·": " ", "μ": "u", "µ": "u", "'": " "})
_UNIT_AT_END = re.compile(
    r"(?<=[A-Za-z0-9])[_\s-]+(A|AA|\u00c5|ang(?:strom|s)?s?|nm|nanomet(?:er|re)s?|um|\u00b5m|microns?"
    r"|micromet(?:er|re)s?|hz|[munM\u00b5]?Jy)(?:[_\s-]?(?:err(?:or)?s?|unc|sigma))?$",
    re.IGNORECASE,
)
_LONGEST = 80  # characters; longer texts are no units


def parse_unit(text):
    """Return the astropy unit that a header names, or None if it is not understood.

    Parameters
    ----------
    text : str
        Text such as ``"1E-17 erg/cm^2/s/Ang"``, ``"10**-17 erg/(s cm2 Angstrom)"`` or ``"A"``.

    Returns
    -------
    astropy.units.Unit or None
        A unit of length, frequency or flux density; None for anything else, such as counts.

    Examples
    --------
    >>> from sklearn_sn.datasets._spectrum_units import parse_unit
    >>> parse_unit("erg/cm2/s/A"), parse_unit("angstroms"), parse_unit("counts")
    (Unit("erg / (Angstrom s cm2)"), Unit("Angstrom"), None)
    """
    text = str(text).translate(_SYMBOLS).strip()
    if not text or len(text) > _LONGEST:
        return None
    scale = 1.0
    found = _SCALE.match(text)
    if found:
        scale = 10.0 ** int(found["power"]) if found["power"] else float(found["factor"])
        text = text[found.end() :]
    text = text.strip(" []")
    words = re.findall(r"[A-Za-zÅå]+", text)
    if not words or any(word not in _EXACT and word.lower() not in _WORDS for word in words):
        return None
    if re.search(r"\d{3}", text) or not 0 < scale < 1e300:
        return None
    text = re.sub(r"[A-Za-zÅå]+", lambda m: f" {_EXACT.get(m[0]) or _WORDS[m[0].lower()]}", text)
    unit = _astropy_unit(text)
    if unit is None or not (is_flux_density(unit) or is_spectral(unit)):
        return None
    return unit if scale == 1 else u.Unit(scale * unit)


def column_unit(text):
    """Return the unit of a column as :func:`parse_unit` does, and ``mag`` for any magnitude.

    Parameters
    ----------
    text : str
        Text that a file gives as the unit.

    Returns
    -------
    astropy.units.Unit or None

    Examples
    --------
    >>> from sklearn_sn.datasets._spectrum_units import column_unit
    >>> column_unit("ABmag"), column_unit("nm"), column_unit("counts")
    (Unit("mag"), Unit("nm"), None)
    """
    is_magnitude = re.search(r"(?<![a-z])(ab|st|vega)?[ _]?mag", str(text).lower())
    return parse_unit(text) or (u.mag if is_magnitude else None)


def named_unit(name):
    """Return the unit of length or of Jy that the name of a column ends in, or None.

    Parameters
    ----------
    name : str or None
        Name such as ``"wavelength_nm"``, ``"flux_mJy"`` or ``"flux_mJy_err"``.

    Returns
    -------
    astropy.units.Unit or None

    Examples
    --------
    >>> from sklearn_sn.datasets._spectrum_units import named_unit
    >>> named_unit("wave_um"), named_unit("flux_err_uJy"), named_unit("flux_err")
    (Unit("um"), Unit("uJy"), None)
    """
    found = _UNIT_AT_END.search(str(name or "")[:_LONGEST])
    return None if found is None else parse_unit(found[1])


def is_spectral(unit):
    """Return whether a unit measures wavelength, or can be converted to one.

    Parameters
    ----------
    unit : astropy unit
        Unit of a spectral axis; None is none.

    Returns
    -------
    bool
    """
    return unit is not None and (unit.is_equivalent(u.AA) or unit.is_equivalent(u.Hz))


def _astropy_unit(text):
    text = re.sub(r"\s*\^\s*", "^", text)
    text = re.sub(r"(?<=[A-Za-z])\s*(\*\*|\^)\s*\(?([-+]?\d+)\)?", r"\2", text)
    text = re.sub(r"\s*/\s*", "/", text)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", u.UnitsWarning)
        try:
            return u.Unit(text.strip())
        except (ValueError, TypeError, OverflowError):
            return None
