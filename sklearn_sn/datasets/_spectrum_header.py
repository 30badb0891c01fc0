"""Object, time, instrument and coordinates from the header of a spectrum."""

import re
import warnings
from dataclasses import dataclass, field

import numpy as np
from astropy.time import Time

from sklearn_sn.data import MJD_RANGE, as_text, to_mjd
from sklearn_sn.datasets._spectrum_columns import AT_REST
from sklearn_sn.datasets._spectrum_frame import is_doppler_corrected

# Keys in order of preference, in capitals and with "-" for spaces and underscores.
_NAME = ("OBJECT", "OBJNAME", "OBJ-NAME", "OBJECT-NAME", "TARGET", "TARGNAME", "TARGET-NAME")
_NAME += ("SNNAME", "SN-NAME", "IAU-NAME", "NAME")
_DAYS = ("MJD-OBS", "MJDOBS", "MJD", "OBS-MJD", "OBSMJD", "MJD-MID", "MJD-AVG", "MJD-START")
_DAYS += ("JD", "JD-OBS", "JDOBS", "OBS-JD", "HJD", "BJD", "JD-MID")
_DATES = ("DATE-OBS", "DATEOBS", "OBS-DATE", "OBSDATE", "UTDATE", "UT-DATE", "DATE-BEG")
_CLOCKS = ("UT", "UTC", "TIME-OBS", "UTSTART", "UT-START", "UT-TIME", "UTC-OBS", "OBS-TIME")
_PLAIN = {
    "telescope": ("TELESCOP", "TELESCOPE", "TEL"),
    "instrument": ("INSTRUME", "INSTRUMENT", "INST", "SPECTROGRAPH"),
}
_REDSHIFT = ("REDSHIFT", "Z", "ZHEL", "Z-HEL", "Z-HELIO")
_ANGLES = {
    "ra": ("RA", "RA-DEG", "RADEG", "RA-TARG", "TARG-RA", "OBJRA", "OBJ-RA", "RA-OBJ"),
    "dec": ("DEC", "DEC-DEG", "DECDEG", "DEC-TARG", "TARG-DEC", "OBJDEC", "OBJ-DEC", "DEC-OBJ"),
}
_EXPOSURE = ("EXPTIME", "EXPOSURE", "EXP-TIME", "ITIME")
_MEDIUM = ("AIRORVAC", "AIR-OR-VAC", "VACUUM", "MEDIUM", "WAVE-MEDIUM")
_OTHER_KEYS = ("BUNIT", "COLUMNS", "AIRORVAC", "FLUX-UNIT", "WAVELENGTH-UNIT")
KNOWN_KEYS = frozenset(
    (*_NAME, *_DAYS, *_DATES, *_CLOCKS, *_REDSHIFT, *_EXPOSURE, *_MEDIUM, *_OTHER_KEYS)
) | frozenset(key for keys in (*_PLAIN.values(), *_ANGLES.values()) for key in keys)

_NO_NAME = {"", "none", "nan", "null", "unknown", "n/a", "na", "-", "--", "object", "undefined"}
_MAX_REDSHIFT = 10.0
_SEXAGESIMAL = re.compile(r"([-+]?)(\d{1,3})[:hd\s]\s*(\d{1,2})(?:[:m'\s]\s*(\d{1,2}\.?\d*))?")
_OLD_DATE = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{2})$")


@dataclass
class HeaderFacts:
    """Properties of a spectrum from its header.

    Parameters
    ----------
    name : str, optional
        Name of the object.
    time : float, default=nan
        MJD of the observation.
    metadata : dict, optional
        telescope, instrument, redshift, ra and dec (degrees), where the header has them.
    medium : {"air", "vacuum"}, optional
        Medium of the wavelengths.
    sources : dict of str to str, optional
        Key that provided the time.
    notes : list of str, optional
        Entries that were not taken, and why.
    """

    name: str | None = None
    time: float = np.nan
    metadata: dict = field(default_factory=dict)
    medium: str | None = None
    sources: dict = field(default_factory=dict)
    notes: list = field(default_factory=list)


def plain_key(key: str) -> str:
    """Return a key in capitals, with "-" for spaces and underscores."""
    return re.sub(r"[\s_\-]+", "-", str(key).strip().upper())


def facts_of(header: dict) -> HeaderFacts:
    """Read the entries of a header that describe the object and the observation.

    Parameters
    ----------
    header : dict of str to object
        Values by key; keys as :func:`plain_key` returns them.

    Returns
    -------
    HeaderFacts
    """
    facts = HeaderFacts()
    facts.name = next((name for key in _NAME if (name := _name(header.get(key)))), None)
    _read_time(header, facts)
    for name, keys in _PLAIN.items():
        text = next((t for key in keys if (t := _name(header.get(key)))), None)
        if text is not None:
            facts.metadata[name] = text
    redshift = next((z for key in _REDSHIFT if (z := _number(header.get(key))) is not None), None)
    if redshift is not None:
        if 0 <= redshift <= _MAX_REDSHIFT:
            facts.metadata["redshift"] = redshift
        else:
            facts.notes.append(f"redshift {redshift:g} of the header lies outside 0–10: not used")
    for name, keys in _ANGLES.items():
        text = next((header[key] for key in keys if key in header), None)
        angle = None if text is None else _degrees(text, name)
        if angle is not None:
            facts.metadata[name] = angle
    facts.medium = _medium(header)
    if is_doppler_corrected(header):
        facts.notes.append(AT_REST)
    return facts


def _read_time(header, facts):
    """Set the time: a day number that is plausible, or else a date."""
    for key in _DAYS:
        value = _number(header.get(key))
        if value is None:
            continue
        mjd = float(to_mjd(value))
        if MJD_RANGE[0] <= mjd <= MJD_RANGE[1]:
            facts.time, facts.sources["time"] = mjd, key
            break
        if value != 0:
            facts.notes.append(f"{key} = {value:g} is no date between 1900 and 2100: not used")
    date_key = next((key for key in _DATES if _name(header.get(key))), None)
    if date_key is None:
        return
    clock = next((_name(header[key]) for key in _CLOCKS if _name(header.get(key))), None)
    mjd = _mjd_of_date(str(header[date_key]), clock)
    if mjd is None:
        facts.notes.append(f"{date_key} = {header[date_key]!s} was not understood")
    elif np.isnan(facts.time):
        facts.time, facts.sources["time"] = mjd, date_key
    elif abs(mjd - facts.time) > 1.5:
        facts.notes.append(
            f"{facts.sources['time']} and {date_key} differ by {abs(mjd - facts.time):.1f} days; "
            f"{facts.sources['time']} was used"
        )


def _mjd_of_date(text, clock):
    text = text.strip().replace("/", "-") if not _OLD_DATE.match(text.strip()) else text.strip()
    old = _OLD_DATE.match(text)
    if old:  # the form of FITS before the year 2000
        text = f"19{old[3]}-{int(old[2]):02d}-{int(old[1]):02d}"
    text = text.rstrip("Zz").strip()
    parts = re.match(r"(\d{4})-(\d{1,2})-(\d{1,2})(\.\d+)?(?:[T\s_]+(\d.*))?$", text)
    if parts is None:
        return None
    clock = parts[5] or (None if parts[4] else clock)
    date = f"{parts[1]}-{int(parts[2]):02d}-{int(parts[3]):02d}"
    hours = re.match(r"(\d{1,2}):(\d{1,2})(?::(\d{1,2}(?:\.\d*)?))?", clock or "0:0")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of years far from now (ERFA)
            mjd = Time(date, scale="utc").mjd
    except ValueError:
        return None
    day = float(parts[4] or 0)
    if hours:
        day += (int(hours[1]) + int(hours[2]) / 60 + float(hours[3] or 0) / 3600) / 24
    mjd = float(mjd) + day
    return mjd if MJD_RANGE[0] <= mjd <= MJD_RANGE[1] else None


def _name(value):
    """Return a text of the header as written, or None if it stands for nothing."""
    text = as_text(value)
    if text is None or text.lower() in _NO_NAME:
        return None
    return text


def _number(value):
    if value is None or isinstance(value, bool):
        return None
    try:
        number = float(str(value).split()[0])
    except (ValueError, IndexError):
        return None
    return number if np.isfinite(number) else None


def _degrees(value, name):
    """Return a coordinate in degrees, or None if it is missing or out of range."""
    text = str(value).strip()
    found = _SEXAGESIMAL.match(text)
    if found:
        angle = int(found[2]) + int(found[3]) / 60 + float(found[4] or 0) / 3600
        angle *= (-1 if found[1] == "-" else 1) * (15 if name == "ra" and "d" not in text else 1)
    else:
        angle = _number(text)
    low, high = (0.0, 360.0) if name == "ra" else (-90.0, 90.0)
    return angle if angle is not None and low <= angle <= high else None


def _medium(header):
    """Return the medium of the wavelengths, or None if the header does not say it."""
    for key in _MEDIUM:
        text = str(header.get(key, "")).strip().lower()
        if not text:
            continue
        if key == "VACUUM":
            return "vacuum" if text in ("t", "true", "1", "yes") else "air"
        if text.startswith("vac"):
            return "vacuum"
        if text.startswith("air"):
            return "air"
    kind = str(header.get("CTYPE1", "")).strip().upper()
    return {"AWAV": "air", "WAVE": "vacuum"}.get(kind[:4] if kind[4:5] in ("", "-") else kind)
