"""Columns of words that mark upper limits, such as ``flag`` with the values "det" and "limit"."""

import re

import numpy as np

from sklearn_sn.data import as_text, factorize_names
from sklearn_sn.datasets._long_numbers import holds_text

# Names of columns in which words may mark limits.
_NAMES = re.compile(
    r"flags?|marks?|type|status|quality|qual|notes?|comments?|remarks?|lims?|limits?|det|tag|kind"
    r"|(.*[^a-z])?(flags?|lim|limit|det|detection|status|mark|remarks?|comments?|notes?|type)"
    r"|(lim|limit|detection)[^a-z].*|obstype|magtype|dettype|detflag|limflag|limittype",
    re.IGNORECASE,
)
_WORDS = (
    r"u\.?l\.?s?|up(per)?[ _-]?lim(it)?s?|lim(it)?s?|upper|(<|>|≤|≥)"
    r"|non?[ _-]?det(ection|ections|ected)?|not[ _-]detected|undetected|(mag|detection)[ _-]limit"
)
_SENTENCES = (
    r"(.*\W)?(?<!no )(?<!not )(?<!not a )(?<!not an )"
    r"(upper[ _-]?limits?|non[ _-]?detect(ion|ions|ed)|not detected)(\W.*)?"
)
PATTERN = rf"{_WORDS}|{_SENTENCES}"
_LIMIT = re.compile(PATTERN)
# Words beside which a word of one column is that of a detection.
_DETECTION = re.compile(r"d|det|detections?|detected|det\.|measured|measurement|obs|ok|good|mag")
_TRUE = {"true", "t", "yes", "y", "1", "1.0", ">", "+"}
_FALSE = {"false", "f", "no", "n", "0", "0.0", "", "nan", "none", "<na>", "<", "null", "-", "--"}


def is_mark_column(name):
    """Return whether words in a column of some name may mark limits.

    Parameters
    ----------
    name : str
        Name of a column that is no field.

    Returns
    -------
    bool

    Examples
    --------
    >>> from sklearn_sn.datasets._limit_marks import is_mark_column
    >>> is_mark_column("flag"), is_mark_column("obs_type"), is_mark_column("airmass")
    (True, True, False)
    """
    return _NAMES.fullmatch(str(name).strip()) is not None


def is_limit_word(text):
    """Return whether a text in lower case says "upper limit" or "not detected".

    Parameters
    ----------
    text : str
        Value of a column of marks.

    Returns
    -------
    bool
    """
    return _LIMIT.fullmatch(text) is not None


def marks_of(names, columns):
    """Return the columns of text of which a value marks a limit, each with the pattern of marks.

    Parameters
    ----------
    names : list of str
        Columns that may hold marks. Single letters, "yes" and "no" are marks only in columns whose
        names contain ``det`` or ``lim``.
    columns : dict of str to array-like of shape (n_points,)
        Columns by name.

    Returns
    -------
    tuple of (array-like, str)
    """
    out = []
    for name in names:
        if not holds_text(columns[name]):
            continue
        lower = name.lower()
        more = "|u|n|no|f|false" if "det" in lower and "non" not in lower else ""
        more += "|u|y|yes|t|true" if "lim" in lower else ""
        distinct, _, _ = factorize_names(columns[name])
        if any(re.fullmatch(PATTERN + more, _text(value)) for value in distinct):
            out.append((columns[name], PATTERN + more))
    return tuple(out)


def are_words(values):
    """Return whether a column that could hold magnitudes of limits holds words such as yes and no.

    Parameters
    ----------
    values : array-like of shape (n_points,)
        The column.

    Returns
    -------
    bool
        True if all values that are given are marks or their opposites, and one is not a number.
    """
    if not holds_text(values):
        return False
    texts = {_text(value) for value in factorize_names(values)[0]} - {"", "nan", "none", "<na>"}
    known = all(text in _TRUE | _FALSE or is_limit_word(text) for text in texts)
    return bool(texts) and known and not texts <= {"0", "1", "0.0", "1.0"}


def unknown_marks(values, field):
    """Return a mask of the values of a column of marks that say neither yes nor no.

    Parameters
    ----------
    values : array-like of shape (n_points,)
        Column of the field.
    field : {"upper_limit", "non_detection", "detection"}
        What the column marks.

    Returns
    -------
    ndarray of bool, shape (n_points,)
    """
    if not holds_text(values):
        return np.zeros(len(values), dtype=bool)
    distinct, codes, _ = factorize_names(values)
    unknown = [not _is_known(_text(value), field) for value in distinct]
    return np.array([*unknown, False], dtype=bool)[codes]


def _is_known(text, field):
    if text == "<" and field == "upper_limit":
        return False  # of magnitudes, "brighter" by the letter
    known = text in _TRUE | _FALSE or _DETECTION.fullmatch(text) is not None
    return known or is_limit_word(text) or (field == "detection" and text == "u")


def _text(value):
    return (as_text(value) or "").lower()
