"""Find the row of units below the names of the columns of a table of text."""

import re

from sklearn_sn.datasets._fortran_numbers import is_number
from sklearn_sn.datasets._spectrum_units import parse_unit

_WORDS = {"mag", "mags", "magnitude", "magnitudes", "abmag", "vega", "vegamag", "ab", "dex"}
_WORDS |= {"d", "day", "days", "mjd", "jd", "hjd", "bjd", "s", "sec", "second", "seconds", "min"}
_WORDS |= {"h", "hr", "hour", "hours", "hourangle", "yr", "year", "years", "deg", "degree"}
_WORDS |= {"degrees", "rad", "arcsec", "arcmin", "adu", "dn", "count", "counts", "ct", "cts"}
_WORDS |= {"count/s", "counts/s", "counts/sec", "adu/s", "e-", "e-/s", "electron", "electrons"}
_WORDS |= {"mgy", "maggy", "maggies", "nmgy", "nanomaggy", "nanomaggies", "km/s", "mpc", "kpc"}
_WORDS |= {"mag(ab)", "mag(vega)", "mag (ab)", "mag (vega)", "mag_ab", "mag_vega", "mag/airmass"}
_JULIAN = re.compile(r"[mhb]?jd\s*-\s*\d[\d.]*", re.IGNORECASE)
# What stands in place of a unit in columns of text, or of numbers without a unit.
_NO_UNIT = {"", "-", "--", "---", "none", "null", "nan", "n/a", "na", "dimensionless", "unitless"}
_HOURS = {"h", "hr", "hour", "hours", "hourangle"}
_NAMES = {"mag", "magnitude", "mjd", "jd", "hjd", "bjd"}  # units that are names too
_LIMIT = "<>≤≥ "


def take_unit_row(names, rows, where):
    """Return the units that the first row holds, if it is a row of units.

    A row holds units if none of its fields is a number, one is a unit, and numbers stand below
    the units.

    Parameters
    ----------
    names : list of str
        Names of the columns.
    rows : list of (int, list of str)
        Number of the line and fields of the first rows; two suffice.
    where : str
        Name of the file, for messages.

    Returns
    -------
    dict of str to str
        Unit of each column that has one, without brackets; empty if the row holds no units.

    Raises
    ------
    ValueError
        If the row holds units, but an unknown word stands above numbers, or a right ascension is
        in hours.

    Examples
    --------
    >>> from sklearn_sn.datasets._unit_rows import take_unit_row
    >>> rows = [(2, ["d", "", "[mJy]"]), (3, ["59000.5", "g", "0.1"])]
    >>> take_unit_row(["mjd", "band", "flux"], rows, "a.csv")
    {'mjd': 'd', 'flux': 'mJy'}
    """
    if len(rows) < 2 or any(len(fields) < len(names) for _, fields in rows[:2]):
        return {}
    number, first = rows[0][0], [_bare(field) for field in rows[0][1]]
    below = [_bare(field).lstrip(_LIMIT) for field in rows[1][1]]
    if any(map(is_number, first)):
        return {}
    columns = list(zip(names, first, below, strict=False))
    units = {name: word for name, word, value in columns if _is_unit(word) and _numeric(value)}
    if not any(_is_unit(word) and is_number(value) for _, word, value in columns):
        return {}
    for name, word, value in columns:
        if name not in units and word.lower() not in _NO_UNIT and is_number(value):
            raise ValueError(
                f"{where}, line {number}, holds units, but {word!r} of column {name!r} is none "
                "that is known. Remove the line, and write a unit into the name of its column, as "
                "in 'flux (mJy)'."
            )
        if name in units and name.lower().startswith("ra") and word.lower() in _HOURS:
            raise ValueError(
                f"{where}, line {number}: column {name!r} is in hours; convert it to degrees."
            )
    return units


def take_commented_units(names, lower, first, where):
    """Return the units in a comment that stands below a comment of names.

    Parameters
    ----------
    names : list of str
        Words of the upper comment.
    lower : list of str
        Words of the lower comment, which may be the names of the columns instead.
    first : list of (int, list of str)
        Number of the line and fields of the first row.
    where : str
        Name of the file, for messages.

    Returns
    -------
    dict of str to str
        Empty if the lower comment holds another word than units, or such that may be names only.
    """
    words = [_bare(word) for word in lower]
    known = all(word.lower() in _NO_UNIT or _is_unit(word) for word in words)
    if not known or {word.lower() for word in lower} <= _NAMES:
        return {}
    return take_unit_row(names, [(first[0][0] - 1, lower), *first] if first else [], where)


def _bare(field):
    """Return a field without quotes and without the brackets of a unit."""
    text = field.strip().strip("\"'").strip()
    inner = text[1:-1]
    if text[:1] + text[-1:] in ("()", "[]", "<>") and not set("()[]") & set(inner):
        return inner.strip()
    return text


def _is_unit(word):
    if not word:
        return False
    lower = word.lower()
    return lower in _WORDS or _JULIAN.fullmatch(word) is not None or parse_unit(word) is not None


def _numeric(value):
    return is_number(value) or value.lower() in _NO_UNIT
