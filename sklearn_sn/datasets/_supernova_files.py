"""Read text formats of supernova programs: SNANA, SALT2 and SNooPy."""

import re

import numpy as np
import pandas as pd

from sklearn_sn.datasets._column_names import check_column_names

_NUMBER = r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?"
_SNOOPY = re.compile(rf"\S+(\s+{_NUMBER}){{3}}\s*\n(\s*\n|#.*\n)*\s*filter\s", re.IGNORECASE)
_KEY = re.compile(r"\s*([A-Za-z]\w*)\s*:\s*(.*)")


def _is_snana(text):
    keys = {match[1].upper() for match in map(_KEY.match, text[:20000].splitlines()) if match}
    return len(keys & {"SURVEY", "SNID", "CID", "VARLIST", "NOBS", "OBS"}) >= 2 and "OBS" in keys


def parse_snana(text, where):
    """Parse a text file of SNANA: lines ``KEY: value``, VARLIST and OBS.

    Parameters
    ----------
    text : str
        Content of the file.
    where : str
        Name of the file, for messages.

    Returns
    -------
    list of dict
        Arguments of Source.

    Raises
    ------
    ValueError
        If an OBS line has other than the number of values of VARLIST.
    """
    header, names, rows = {}, None, []
    for number, line in enumerate(text.splitlines(), 1):
        key = _KEY.match(line.partition("#")[0])
        if key is None:
            continue
        name, value = key[1].lower(), key[2].strip()
        if name in ("varlist", "varnames"):
            names = value.split()
        elif name == "obs":
            rows.append(_row_of(value.split(), names, number, where))
        elif name not in ("end", "nobs", "nvar"):
            header.setdefault(name, _value_of(value))
    header["object"] = header.get("snid", header.get("cid"))
    check_column_names(names or [], where)
    frame = pd.DataFrame(rows, columns=names)
    return [{"table": _numeric(frame), "header": header, "kind": "light_curves"}]


def _row_of(values, names, number, where):
    if names is None or len(values) != len(names):
        n = "no VARLIST" if names is None else f"VARLIST has {len(names)} names"
        raise ValueError(f"{where}, line {number}: OBS has {len(values)} values, but {n}.")
    return values


def _value_of(text):
    """Return a number without the error and unit behind it, or the text."""
    text = text.strip()
    first = text.split("+-")[0].split()
    if first and re.fullmatch(_NUMBER, first[0]) and (len(first) == 1 or first[1] == "deg"):
        number = float(first[0])
        # SNIDs may be integers, whose text must stay as it is.
        return first[0] if re.fullmatch(r"\d+", first[0]) else number
    return text


def _numeric(frame):
    """Return a frame with the columns that hold only numbers as floats."""
    out = {}
    for name in frame:
        numbers = pd.to_numeric(frame[name], errors="coerce")
        out[name] = frame[name] if numbers.isna().any() else numbers.astype(np.float64)
    return pd.DataFrame(out, columns=frame.columns)


def _is_salt2(text):
    head = [line for line in text[:5000].splitlines() if line.strip()][:60]
    return any(line.startswith("@") for line in head) and any(
        re.match(r"#\s*\w+\s*:", line) for line in head
    )


def parse_salt2(text, where):
    """Parse a list of SALT2: lines ``@KEY value``, ``#Column :`` and rows.

    Parameters
    ----------
    text : str
        Content of the file.
    where : str
        Name of the file, for messages.

    Returns
    -------
    list of dict
        Arguments of Source.

    Raises
    ------
    ValueError
        If a row has other than the number of columns.
    """
    header, names, rows = {}, [], []
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        column = re.match(r"#\s*(\w+)\s*:", line)
        if line.startswith("@"):
            key, _, value = line[1:].partition(" ")
            header.setdefault(key.lower(), _value_of(value))
        elif column is not None:
            names += [] if column[1].lower() == "end" else [column[1]]
        elif line and not line.startswith("#"):
            values = line.split()
            if len(values) != len(names):
                raise ValueError(
                    f"{where}, line {number}: {len(values)} values, but the header names "
                    f"{len(names)} columns."
                )
            rows.append(values)
    header["object"] = header.get("sn", header.get("name"))
    check_column_names(names, where)
    frame = pd.DataFrame(rows, columns=names)
    for key, column in (("band", "Filter"), ("magsys", "MagSys")):
        if column not in frame and key in header:  # one band per file
            frame[column] = header[key]
    return [{"table": _numeric(frame), "header": header, "kind": "light_curves"}]


def parse_snoopy(text, where):
    """Parse a file of SNooPy: name, redshift, ra, dec, and a block per filter.

    Parameters
    ----------
    text : str
        Content of the file.
    where : str
        Name of the file, for messages.

    Returns
    -------
    list of dict
        Arguments of Source. The times are in a column ``snoopy_time``, since their origin varies.

    Raises
    ------
    ValueError
        If a row has other than three numbers, or stands before the first filter.
    """
    first, *lines = text.splitlines()
    name, redshift, ra, dec = first.split()[:4]
    band, rows = None, []
    for number, line in enumerate(lines, 2):
        values = line.partition("#")[0].split()
        if values and values[0].lower() == "filter":
            band = values[1] if len(values) > 1 else None
        elif values:
            if band is None or len(values) != 3:
                raise ValueError(
                    f"{where}, line {number}: {line.strip()!r}; a row of SNooPy is a time, a "
                    "magnitude and its error, below 'filter NAME'."
                )
            rows.append([*values, band])
    frame = pd.DataFrame(rows, columns=["snoopy_time", "mag", "mag_err", "band"])
    header = {"object": name, "redshift": float(redshift), "ra": float(ra), "dec": float(dec)}
    return [{"table": _numeric(frame), "header": header, "kind": "light_curves"}]


SUPERNOVA_FORMATS = (
    (_is_snana, parse_snana),
    (_is_salt2, parse_salt2),
    (lambda text: _SNOOPY.match(text) is not None, parse_snoopy),
)
