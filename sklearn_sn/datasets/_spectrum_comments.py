"""Comments of text files: header entries, names of columns and their units."""

import re

from sklearn_sn.datasets._spectrum_columns import IN_COUNTS
from sklearn_sn.datasets._spectrum_header import KNOWN_KEYS, plain_key
from sklearn_sn.datasets._spectrum_roles import is_in_counts, role_of
from sklearn_sn.datasets._spectrum_units import column_unit, is_spectral, parse_unit

_ENTRY = re.compile(r"(?:HIERARCH\s+)?([A-Za-z][\w .\-]{0,40}?)\s*(=|:)\s*(.*)$")
_PAIR = re.compile(r"([A-Za-z][\w\-]*)\s+(\S.*)$")
_PREFIX = re.compile(r"(?:COMMENT|HISTORY)\s+")
_QUOTED = re.compile(r"'((?:[^']|'')*)'")
_NAMES_KEY = re.compile(r"(?:COLUMNS?|COLUMN-NAMES|COLS|FIELDS)$")
_NUMBERED = re.compile(r"(?:col(?:umn)?[\s_#-]*|ttype)?(\d{1,2})\s*[:=).]?\s+(\S.*)$", re.I)
_ECSV = re.compile(r"-\s*\{\s*name:\s*([^,}]+)(?:,\s*unit:\s*([^,}]+))?")
_NAME = re.compile(r"([^\W\d][\w.\-/^*]*)\s*([\[(](?:[^\[\]()]|\([^()]*\))*[\])])?")
_ADJECTIVES = {"rest", "rest-frame", "restframe", "rest_frame", "observed", "observer", "in", "are"}
_UNIT_KEYS = {
    "wavelength": ("WAVELENGTH-UNIT", "WAVELENGTH-UNITS", "WAVE-UNIT", "WAVEUNIT", "XUNITS"),
    "flux": ("FLUX-UNIT", "FLUX-UNITS", "FLUXUNIT", "FLUXUNITS", "BUNIT", "YUNITS"),
}
_UNIT_KEYS["wavelength"] += ("CUNIT1", "TUNIT1")
_UNIT_KEYS["flux"] += ("TUNIT2",)


def read_entries(lines):
    """Read header entries such as ``KEY = value / comment``, ``KEY: value`` and ``KEY value``.

    Parameters
    ----------
    lines : list of str
        Lines of the header, without comment signs.

    Returns
    -------
    dict of str to str
        Values by key; the first of a repeated key counts.
    """
    entries = {}
    for line in lines:
        pair = _PAIR.match(line)
        if pair and plain_key(pair[1]) in KNOWN_KEYS and not re.match(r"[=:]", pair[2]):
            # "FLUX ERR" would be names of columns, and is no known key.
            entries.setdefault(plain_key(pair[1]), pair[2].strip())
            continue
        found = _ENTRY.match(line)
        if found:
            entries.setdefault(plain_key(found[1]), _value(found[3], found[2]))
    return entries


def column_names(lines, n_columns):
    """Find the names of the columns and their units in the lines above the numbers.

    Parameters
    ----------
    lines : list of str
        Lines above the numbers, without comment signs.
    n_columns : int
        Number of columns of numbers.

    Returns
    -------
    names : list of str or None, length n_columns
        None for all columns if no line names them.
    units : list of astropy unit or None, length n_columns
    """
    nothing = [None] * n_columns
    lines = [_PREFIX.sub("", line) for line in lines]
    for reader in (_ecsv, _numbered):
        found = reader(lines, n_columns)
        if found:
            return found
    for position in range(len(lines) - 1, -1, -1):
        text = lines[position]
        entry = _ENTRY.match(text)
        if entry and not _NAMES_KEY.match(plain_key(entry[1])):
            continue
        # Words before the brackets are names: "wave [nm] err [mJy]" is no line of units only.
        named = "[" in text and re.search(r"\w", re.sub(r"\[[^\]]*\]", "", text))
        if not named and any(_units_in(text, n_columns)):
            continue
        text = entry[3] if entry else text
        names, units = _names_in(text)
        if len(names) == n_columns and _are_names(names):
            if not any(units) and position + 1 < len(lines):
                units = _units_in(lines[position + 1], n_columns)
            return names, units
    return nothing, next(
        (u for line in reversed(lines) if any(u := _units_in(line, n_columns))), nothing
    )


def unit_entries(entries):
    """Return the units of wavelength and flux that header entries give, by field.

    Parameters
    ----------
    entries : dict of str to str
        Header entries by key.

    Returns
    -------
    units : dict of str to astropy unit
    notes : list of str
        Units that were not understood.
    """
    units, notes = {}, []
    for field, keys in _UNIT_KEYS.items():
        text = next((str(entries[key]) for key in keys if str(entries.get(key, "")).strip()), None)
        if text is None and field == "wavelength":
            found = re.search(r"units=(\w+)", str(entries.get("WAT1-001", "")))
            text = found[1] if found else None
        if text is None:
            continue
        unit = parse_unit(text)
        if field == "flux" and is_in_counts(text):
            notes.append(IN_COUNTS)
        elif unit is None or is_spectral(unit) != (field == "wavelength"):
            notes.append(f"unit {text.strip()!r} of {field} was not understood: plain numbers")
        else:
            units[field] = unit
    return units, notes


def _value(text, sign):
    text = text.strip()
    quoted = _QUOTED.match(text)
    if quoted:
        return quoted[1].replace("''", "'").rstrip()
    return re.split(r"\s+/(?:\s|$)", text)[0].strip() if sign == "=" else text.strip("\"' ")


def _names_in(text):
    """Return the names in a line, and the units in brackets behind them."""
    names, units = [], []
    for name, unit in _NAME.findall(text.strip().strip("|")):
        names.append(name)
        units.append(column_unit(unit[1:-1]) if unit else None)
    return names, units


def _are_names(names):
    """Return whether words name columns: exactly one wavelength, or a wavelength and a flux."""
    if not _ADJECTIVES.isdisjoint(str(name).lower() for name in names):
        return False  # a comment on the wavelengths
    roles = [role_of(name) for name in names]
    n_wavelengths = roles.count("wavelength") + roles.count("log_wavelength")
    return n_wavelengths == 1 or (n_wavelengths > 1 and "flux" in roles)


def _units_in(text, n_columns):
    """Return the units in a line of units only, such as ``[A] [erg/s/cm2/A]``."""
    parts = re.findall(r"\[([^\]]*)\]", text) or re.split(r"\s{2,}|[,|\t]\s*|\s+", text.strip())
    units = [parse_unit(part) for part in parts[:n_columns]]
    if len(parts) not in (n_columns, n_columns - 1) or not units or units[0] is None:
        return [None] * n_columns
    if not is_spectral(units[0]):
        return [None] * n_columns
    return units + [None] * (n_columns - len(units))


def _ecsv(lines, n_columns):
    found = [match for line in lines if (match := _ECSV.match(line.strip()))]
    if len(found) != n_columns:
        return None
    names = [match[1].strip(" '\"") for match in found]
    return names, [parse_unit(match[2].strip(" '\"")) if match[2] else None for match in found]


def _numbered(lines, n_columns):
    """Read names that are numbered, one a line: ``Column 1: wavelength (A)``."""
    names, units = [None] * n_columns, [None] * n_columns
    for line in lines:
        found = _NUMBERED.match(line.strip())
        if found is None or not 1 <= int(found[1]) <= n_columns:
            continue
        inside, unit = _names_in(_value(found[2], "="))
        if inside and names[int(found[1]) - 1] is None:
            names[int(found[1]) - 1] = inside[0]
            units[int(found[1]) - 1] = unit[0]
    return (names, units) if _are_names(names) else None
