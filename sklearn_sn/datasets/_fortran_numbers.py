"""Numbers of text files, among them those with Fortran's exponents, such as ``1.2D+02``."""

import re

import numpy as np
import pandas as pd

_FORTRAN = re.compile(r"\s*[-+]?(?:\d+\.?\d*|\.\d+)[dD][-+]?\d{1,3}\s*")


def is_number(text: str) -> bool:
    """Return whether a text is a number, perhaps with an exponent of Fortran.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    bool
        False for NaN and infinity.

    Examples
    --------
    >>> from sklearn_sn.datasets._fortran_numbers import is_number
    >>> is_number("1.2D+02"), is_number("18.1"), is_number("SN2011D1")
    (True, True, False)
    """
    if _FORTRAN.fullmatch(text):
        return True
    try:
        return bool(np.isfinite(float(text)))
    except ValueError:
        return False


def with_exponents_of_c(text: object) -> object:
    """Return a number of Fortran with the exponent written as ``e``; anything else as it is.

    Parameters
    ----------
    text : object
        Entry of a column.

    Returns
    -------
    object

    Examples
    --------
    >>> from sklearn_sn.datasets._fortran_numbers import with_exponents_of_c
    >>> with_exponents_of_c("1.2D+02"), with_exponents_of_c("2011D")
    ('1.2e+02', '2011D')
    """
    if isinstance(text, str) and _FORTRAN.fullmatch(text):
        return text.replace("D", "e").replace("d", "e")
    return text


def numeric_columns(frame: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    """Return a frame in which columns of Fortran's numbers are float64.

    Parameters
    ----------
    frame : pandas.DataFrame
        Columns as pandas read them.
    names : list of str
        Columns to convert, if all their entries are numbers or missing.

    Returns
    -------
    pandas.DataFrame
        `frame`, of which columns are replaced.
    """
    for name in names:
        column = frame[name]
        if pd.api.types.is_numeric_dtype(column.dtype):
            continue
        present = column.dropna()
        if not len(present) or not any(
            isinstance(text, str) and _FORTRAN.fullmatch(text) for text in present
        ):
            continue
        numbers = pd.to_numeric(column.map(with_exponents_of_c), errors="coerce")
        if numbers[column.notna()].notna().all():
            frame[name] = numbers.astype(np.float64)
    return frame
