"""Split the text of a spectrum into a header and rows of numbers."""

import re
from dataclasses import dataclass

import numpy as np

_COMMENT = re.compile(r"\s*(?:#|%|!|;|\*|\\|//|--(?=\s*[A-Za-z]))+\s?(.*)$")
_RULE = re.compile(r"[-=+|:_\s]{3,}$")  # the line of dashes of tables
_DECIMAL_COMMA = re.compile(r"[-+]?\d+,\d+(?:[eEdD][-+]?\d+)?$")
_EMPTY = {"", "--", "nan", "null", "none", "na", "n/a", "..."}
_LIGHT_CURVE = re.compile(r"\b(mag|magnitude|filter|band|passband|dmag|fluxcal|flt)\b", re.I)
_TIMES = {"mjd", "jd", "time", "phase", "epoch", "hjd", "bjd", "date", "t"}
LIGHT_CURVE = (
    "there are no rows of wavelength and flux, and the names of columns are those of a light "
    "curve: read it with read_tables(light_curves=...)"
)


@dataclass
class TextTable:
    """Header and numbers of a text file.

    Parameters
    ----------
    header : list of str
        Lines above the numbers, without comment signs.
    numbers : ndarray of float64, shape (n_rows, n_columns)
        The numbers; missing ones are NaN.
    notes : list of str
        Decisions that a user should know of.
    """

    header: list
    numbers: np.ndarray
    notes: list


def split_text(text: str) -> TextTable:
    """Split a text file into its header and its rows of numbers.

    Parameters
    ----------
    text : str
        Content of the file. Numbers are separated by blanks, commas, semicolons, tabs or bars.

    Returns
    -------
    TextTable

    Raises
    ------
    ValueError
        If there are no rows of numbers, or rows differ in length or hold other text.
    """
    header, rows, first = [], [], 0
    for number, line in enumerate(text.lstrip("\ufeff").splitlines(), start=1):
        comment = _COMMENT.match(line)
        if not line.strip() or _RULE.match(line):
            continue
        if comment and not _is_row(line):
            header.append(comment[1].strip())
            continue
        if _is_row(line):
            rows.append((number, line))
            first = first or number
        elif rows:
            raise ValueError(
                f"line {number} ({line.strip()[:60]!r}) is not a row of numbers like line {first}; "
                "the file may be truncated or hold several tables"
            )
        else:
            header.append(line.strip())
    if not rows:
        _reject_no_rows(header)
    return _table(header, rows)


def is_light_curve(line: str, n_columns: int | None = None) -> bool:
    """Return whether a line names the columns of a light curve.

    Parameters
    ----------
    line : str
        Line above the numbers.
    n_columns : int, optional
        Number of columns of numbers. If it is known, a column of times suffices.
    """
    if "=" in line or ":" in line:
        return False
    words = [word for word in re.split(r"[\s,;|]+", line.strip("| ").lower()) if word]
    if len(words) == n_columns and _TIMES & set(words):
        return all(_number(word) is None for word in words)  # not "MJD 59000.5"
    return _LIGHT_CURVE.search(line) is not None


def _reject_no_rows(header):
    if any(is_light_curve(line) for line in header):
        raise ValueError(LIGHT_CURVE)
    raise ValueError(
        "there are no rows of numbers; a spectrum has a row of wavelength and flux for each pixel"
    )


def _table(header, rows):
    notes = []
    separator = _separator(rows)
    tokens = [_split(line, separator) for _, line in rows]
    lengths = {len(row) for row in tokens}
    if separator is None and all(_DECIMAL_COMMA.match(t) for row in tokens[:5] for t in row):
        tokens = [[token.replace(",", ".") for token in row] for row in tokens]
        notes.append("decimal commas read as decimal points")
    if len(lengths) > 1:
        usual = len(tokens[0])
        wrong = next(i for i, row in enumerate(tokens) if len(row) != usual)
        raise ValueError(
            f"line {rows[wrong][0]} has {len(tokens[wrong])} numbers, but line {rows[0][0]} has "
            f"{usual}; the file may be truncated or broken"
        )
    if lengths == {1}:
        raise ValueError("there is one column of numbers; a spectrum needs wavelength and flux")
    numbers = [[_number(token) for token in row] for row in tokens]
    wrong = next((i for i, row in enumerate(numbers) if None in row), None)
    if wrong is not None:
        raise ValueError(
            f"line {rows[wrong][0]} holds {tokens[wrong][numbers[wrong].index(None)]!r}, which is "
            "not a number"
        )
    return TextTable(header, np.array(numbers, dtype=np.float64), notes)


def _separator(rows):
    """Return the character that separates the numbers; None for blanks."""
    line = rows[0][1]
    words = line.split()
    if len(words) > 1 and all(_DECIMAL_COMMA.match(word.rstrip(";")) for word in words):
        return ";" if ";" in line else None
    return next((sign for sign in "|;," if sign in line), None)


def _split(line, separator):
    if separator is None:
        return line.split()
    line = line.strip()
    return [
        part.strip() for part in (line.strip("|") if separator == "|" else line).split(separator)
    ]


def _is_row(line):
    """Return whether a line holds numbers only."""
    tokens = re.split(r"[\s,;|]+", line.strip().strip("|,;").strip())
    values = [_number(token) for token in tokens]
    return None not in values and any(np.isfinite(value) for value in values)


def _number(token):
    """Return a token as a float, NaN if it means a missing value, None if it is other text."""
    token = token.strip("\"'")
    if token.lower() in _EMPTY:
        return np.nan
    try:
        return float(token)
    except ValueError:
        pass
    if "_" not in token and re.fullmatch(r"[-+]?[\d.,]+(?:[eEdD][-+]?\d+)?", token):
        try:
            return float(re.sub("[dD]", "e", token.replace(",", ".")))
        except ValueError:
            return None
    return None
