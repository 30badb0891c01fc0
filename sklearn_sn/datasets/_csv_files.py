"""Read CSV files strictly: every line has as many fields as the header."""

import csv
import io
import re
from itertools import pairwise

import pandas as pd

from sklearn_sn.datasets._column_names import check_column_names
from sklearn_sn.datasets._fortran_numbers import numeric_columns
from sklearn_sn.datasets._identity import exact_integers, is_name_column
from sklearn_sn.datasets._unit_rows import take_commented_units, take_unit_row

_SEPARATORS = (",", ";", "\t", "|")


def csv_separator(text):
    """Return the separator of a text if it is a CSV file, else None.

    Parameters
    ----------
    text : str
        Content of the file.

    Returns
    -------
    str or None
        The first that splits all lines, or all but comments, into equally many fields, as a comma
        of decimals does not split the names of columns; else the first that splits a line and the
        next into equally many.
    """
    lines = text[:20000].splitlines()
    lines = lines[:-1] if len(text) > 20000 else lines  # the last one may be cut
    lines = [line for line in lines if line.strip()][:40]
    without_comments = [line for line in lines if not line.startswith("#")]
    for some in (lines, without_comments):
        for separator in _SEPARATORS if len(some) > 1 else ():
            counts = {len(_fields(line, separator)) for line in some}
            if len(counts) == 1 and max(counts) > 1:
                return separator
    for separator in _SEPARATORS:
        counts = [len(_fields(line, separator)) for line in lines]
        if any(n > 1 and n == m for n, m in pairwise(counts)):
            return separator
        if len(lines) == 1 and counts[0] > 1:  # a header alone
            return separator
        if len(lines) > 1 and min(counts[:2]) > 1:  # the first lines differ in length
            return separator
    return None


def parse_csv(text, separator, where):
    """Parse a CSV file.

    Lines before the header, which start with ``#`` or have one field, become the header of the
    file: ``# name = value`` or the name of the object. The line below the header may hold units.
    Numbers may have decimal commas if another
    character separates the fields, no number has a point, and not all could be thousands.

    Parameters
    ----------
    text : str
        Content of the file.
    separator : str
        Separator of the fields.
    where : str
        Name of the file, for messages.

    Returns
    -------
    list of dict
        Arguments of Source.

    Raises
    ------
    ValueError
        If a line has more or fewer fields than the header. The message names the line.
    """
    lines = text.splitlines()
    start = _header_line(lines, separator)
    names = _names_in(lines[start], separator)
    body = lines[start + 1 :]
    trailing = _check_lengths(body, separator, len(names), start + 2, where)
    rows = [(i, line) for i, line in enumerate(body, start + 2) if _is_row(line)]
    first = [(number, _fields(line, separator)) for number, line in rows[:2]]
    units = take_unit_row(names, first, where)
    kept = "\n".join(line for _, line in rows[1 if units else 0 :])
    above = _names_in(lines[start - 1], separator) if start and not units else []
    if len(above) == len(names) and lines[start - 1].startswith("#"):
        # The names stand in a comment, and so do the units below them.
        units = take_commented_units(above, names, first[:1], where)
        names, start = (above, start - 1) if units else (names, start)
    header = _values_of(lines[:start])
    names = [*names, "trailing"] if trailing else names
    check_column_names(names, where)
    frame = pd.read_csv(
        io.StringIO(kept),
        sep=separator,
        names=names,
        dtype={name: "str" for name in names if is_name_column(name)},
        skipinitialspace=True,
        index_col=False,
        low_memory=False,
        decimal="," if _has_decimal_commas(kept, separator) else ".",
    )
    for name in filter(is_name_column, names):
        frame[name] = exact_integers(frame[name])
    frame = numeric_columns(frame, [name for name in names if not is_name_column(name)])
    frame = frame.drop(columns="trailing") if trailing else frame
    # to_csv writes the index of a frame as a column without a name.
    part = {"table": frame.drop(columns="", errors="ignore"), "header": header}
    return [part | {"units": units} if units else part]


def _names_in(line, separator):
    return [name.strip().lstrip("#").strip() for name in _fields(line, separator)]


def _is_row(line):
    return bool(line.strip()) and not line.startswith("#")


def _has_decimal_commas(text, separator):
    """Return whether some fields of a text are numbers with a comma, and none with a point.

    Fields such as 1,234 may be thousands. Unless others show that they are not, they raise later.
    """
    if separator == "," or "," not in text:
        return False
    around = rf'(?:^|{re.escape(separator)})[ ]*"?[-+]?{{}}"?(?=[ ]*(?:{re.escape(separator)}|$))'
    decimal, point = (
        re.search(around.format(number), text, re.MULTILINE)
        for number in (r"(?![1-9]\d{0,2},\d{3}(?!\d))\d*,\d+", r"\d*\.\d+")
    )
    return decimal is not None and point is None


def _fields(line, separator):
    """Return the fields of one line, which may be quoted."""
    if '"' not in line:
        return line.split(separator)
    return next(csv.reader([line], delimiter=separator, skipinitialspace=True), [])


def _header_line(lines, separator):
    """Return the number of the line of the column names: the first with several fields."""
    for number, line in enumerate(lines):
        if len(_fields(line, separator)) > 1 and not _is_comment(line, lines, number, separator):
            return number
    return 0


def _is_comment(line, lines, number, separator):
    """Return whether a line is a comment rather than the names of the columns below it."""
    if not line.lstrip().startswith("#"):
        return False
    below = next((one for one in lines[number + 1 :] if one.strip()), "")
    return len(_fields(below, separator)) != len(_fields(line, separator)) or below.startswith("#")


def _values_of(lines):
    """Return the values of the lines before the names of the columns."""
    header = {}
    for line in filter(None, (line.strip() for line in lines)):
        name, sign, value = line.lstrip("# ").partition("=" if "=" in line else ":")
        if sign and line.startswith("#"):
            header[name.strip().lower()] = value.strip().strip("'\"")
        elif not line.startswith("#"):
            header.setdefault("object", line.strip('"'))
    return header


def _check_lengths(body, separator, n_fields, first, where):
    """Raise if a line has too many or too few fields; return whether all have an empty one more."""
    surplus, n_lines, wrong = 0, 0, None
    rows = enumerate(body, first)
    if any('"' in line for line in body):
        reader = csv.reader(body, delimiter=separator, skipinitialspace=True)
        rows = ((first + reader.line_num - 1, row) for row in reader)
        count = len
    else:

        def count(line):
            return line.count(separator) + 1

    for number, row in rows:
        if not row or row[0].startswith("#") or not (row[0].strip() or len(row) > 1):
            continue
        n_lines += 1
        n = count(row)
        last = row[-1:] in (separator, [""])
        surplus += n == n_fields + 1 and last
        if n != n_fields and wrong is None:
            wrong = number, n
    if wrong is None or (surplus == n_lines and surplus):
        return wrong is not None
    number, n = wrong
    raise ValueError(
        f"{where}, line {number}: {n} fields, but the header has {n_fields}. Read shifted, its "
        "values would stand in the wrong columns: correct the line, or quote fields that contain "
        f"{separator!r}."
    )
