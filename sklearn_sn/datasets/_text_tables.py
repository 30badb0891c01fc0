"""Read tables of text columns that blanks separate: ATLAS, IPAC, fixed width, commented headers."""

import re

import numpy as np
import pandas as pd
from astropy.table import Table

from sklearn_sn.datasets._column_names import check_column_names
from sklearn_sn.datasets._dialects import find_dialect
from sklearn_sn.datasets._fortran_numbers import is_number, with_exponents_of_c
from sklearn_sn.datasets._other_readers import OtherReaderError
from sklearn_sn.datasets._unit_rows import take_commented_units, take_unit_row

_VALUE = re.compile(
    r"(?P<name>[A-Za-z][\w .-]*?)\s*[=:]\s*(?P<value>[^\s].*?)(?:\s+(?:degrees|deg))?\s*$"
)
_LONGEST_VALUE = 300  # characters; the search takes the square of their number, or more
_RULE = re.compile(r"[-=]+(\s+[-=]+)+\s*")
_NUMBERS = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_NULLS = ["null", "None", "NULL", "nan", "NaN", "NA", "N/A", "---", "--", "-", "..."]


def parse_text(text, where):
    """Parse a table of text columns.

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
        If the columns have no names, or a line has other than their number of values.
    """
    lines = text.splitlines()
    comments = [line for line in lines if line.lstrip().startswith(("#", "\\"))]
    header = _values_of(comments)
    if any(line.startswith("|") for line in lines):
        return [{"table": _ipac(text, where), "header": header}]
    rule = next((i for i, line in enumerate(lines[:100]) if _RULE.fullmatch(line)), None)
    if rule:
        return [{"table": _fixed_width("\n".join(lines[rule - 1 :]), where), "header": header}]
    body = [
        (number, line)
        for number, line in enumerate(lines, 1)
        if line.strip() and not line.lstrip().startswith(("#", "\\"))
    ]
    names, body = _column_names(lines, body, where)
    units = take_unit_row(names, [(number, line.split()) for number, line in body[:2]], where)
    body = body[1:] if units else body
    if not units:
        names, units = _names_above_units(names, lines, body, where)
    table = _blank_separated(names, body, where)
    return [{"table": table, "header": header} | ({"units": units} if units else {})]


def _values_of(comments):
    """Return the values that comments state, such as ``# Requested input R.A. = 245.3 degrees``."""
    header = {}
    for line in comments:
        match = _VALUE.search(line.lstrip("#\\ ")[:_LONGEST_VALUE])
        if match is None:
            continue
        name, value = match["name"].strip().lower(), match["value"].strip("'\" ")
        if name.endswith(("r.a.", "input ra")):
            name = "ra"
        elif name.endswith(("dec.", "input dec")):
            name = "dec"
        header.setdefault(name, float(value) if _NUMBERS.fullmatch(value) else value)
    return header


def _column_names(lines, body, where):
    """Return the names of the columns, from the first line or the comment above it."""
    first = body[0][1].lstrip("%!; \t") if body else ""  # signs of comments of MATLAB and IDL
    if body and not _is_data(first):
        # ZTF's forced photometry separates names by commas and values by blanks.
        names = [name.strip() for name in first.split(",")] if "," in first else first.split()
        return names, body[1:]
    above = lines[: body[0][0] - 1] if body else lines
    comment = next((line for line in reversed(above) if line.strip(" #\\\t")), "")
    names = comment.lstrip("#\\ ").replace(",", " ").split()
    named = len(names) == len(first.split()) if body else find_dialect(names) is not None
    if named and not _is_data(comment.lstrip("# ")):
        return names, body
    raise OtherReaderError(
        f"{where} has no names of columns; write them into the first line, such as 'mjd filter "
        "mag mag_err'. If it is a spectrum, read it with sklearn_sn.datasets.read_spectra."
    )


def _names_above_units(names, lines, body, where):
    """Return names and units of columns whose names and units stand in two comments."""
    above = [line for line in lines[: body[0][0] - 1] if line.strip(" #")] if body else []
    if len(above) > 1 and all(line.startswith("#") for line in above[-2:]):
        upper, lower = ([*line.lstrip("# ").split()] for line in above[-2:])
        row = (body[0][0], body[0][1].split())
        if lower == names and len(upper) == len(names):
            units = take_commented_units(upper, lower, [row], where)
            return (upper, units) if units else (names, {})
    return names, {}


def _is_data(line):
    return any(_NUMBERS.fullmatch(word) or is_number(word) for word in line.split())


def _blank_separated(names, body, where):
    check_column_names(names, where)
    rows = []
    for number, line in body:
        values = line.split()
        if len(values) != len(names):
            raise ValueError(
                f"{where}, line {number}: {len(values)} values, but there are {len(names)} columns."
            )
        rows.append(values)
    return _typed(pd.DataFrame(rows, columns=names))


def _typed(frame):
    """Return a frame of text with its columns of numbers as float64."""
    out = {}
    for name in frame:
        column = frame[name].mask(frame[name].isin(_NULLS))
        written = column.map(with_exponents_of_c, na_action="ignore")
        numbers = pd.to_numeric(written, errors="coerce").astype(np.float64)
        integers = column.dropna().str.fullmatch(r"[-+]?\d+").all() and column.notna().any()
        if integers and not (numbers.abs() >= 2**53).any():
            out[name] = numbers
        else:  # text, or names with more digits than a float has
            out[name] = (
                column if integers or numbers.notna().sum() < column.notna().sum() else numbers
            )
    return pd.DataFrame(out)


def _ipac(text, where):
    try:
        return Table.read(text, format="ascii.ipac")
    except Exception as error:  # astropy raises many types
        raise ValueError(f"{where} cannot be read as an IPAC table: {error}") from error


def _fixed_width(text, where):
    try:
        return Table.read(text, format="ascii.fixed_width_two_line").to_pandas()
    except Exception as error:  # astropy raises many types
        raise ValueError(f"{where} cannot be read as a table of fixed width: {error}") from error
