"""Columns that change the meaning of others: signs, limits, detections, quality."""

import numpy as np
import pandas as pd

from sklearn_sn.data import as_python, factorize_names
from sklearn_sn.datasets._dialects import pick, plain_names
from sklearn_sn.datasets._fortran_numbers import is_number
from sklearn_sn.datasets._limit_marks import is_limit_word

_TRUE = {"true", "t", "yes", "y", "1", "1.0", ">"}
_FALSE = {"false", "f", "no", "n", "0", "0.0", "", "nan", "none", "<na>", "<"}
_POSITIVE = {"t", "true", "1", "1.0", "+1", "pos", "positive", "+"}
_NEGATIVE = {"f", "false", "0", "0.0", "-1", "-1.0", "neg", "negative", "-"}
# Total magnitudes, of the source and its reference, which have no sign.
_TOTAL = ("corr", "dc_", "dcmag", "tot", "science")


def truth(values):
    """Return a column of flags as booleans; missing flags are False.

    Parameters
    ----------
    values : array-like of shape (n_points,)
        Booleans, numbers or text such as ``t`` and ``True``.

    Returns
    -------
    ndarray of bool, shape (n_points,)
    """
    distinct, codes, _ = factorize_names(values)
    texts = [_text(value) for value in distinct]
    true = [text in _TRUE or (is_limit_word(text) and text not in _FALSE) for text in texts]
    return np.array([*true, False], dtype=bool)[codes]


def falsehood(values):
    """Return a mask of the flags that are given and false.

    Parameters
    ----------
    values : array-like of shape (n_points,)
        Booleans, numbers or text.

    Returns
    -------
    ndarray of bool, shape (n_points,)
    """
    distinct, codes, _ = factorize_names(values)
    texts = [_text(value) for value in distinct]
    nothing = {"", "nan", "none", "<na>"}
    false = [text in (_FALSE | {"u"}) - nothing or is_limit_word(text) for text in texts]
    return np.array([*false, False], dtype=bool)[codes]


def difference_signs(points):
    """Return the sign of every difference flux: -1 where the source has become fainter.

    Parameters
    ----------
    points : LongTable
        Table with an optional field sign, such as ZTF's isdiffpos: t or 1 for positive
        differences, f, 0 or -1 for negative ones. Rubin's isNegative is true for negative ones; it
        is the sign of magnitudes only, since the fluxes beside it have their own.

    Returns
    -------
    ndarray of float, shape (n_points,), or 1.0
        Without the field, or if the magnitudes are total ones, 1.0. Missing signs are positive.

    Raises
    ------
    ValueError
        If a sign is another text or number.
    """
    if "sign" not in points:
        return 1.0
    mag = points.names.get("mag", "").lower()
    if "flux" not in points and any(part in mag for part in _TOTAL):
        return 1.0
    reverse = "neg" in points.names["sign"].lower()
    if reverse and "flux" in points:
        return 1.0
    distinct, codes, _ = factorize_names(points["sign"])
    texts = [_text(value) for value in distinct]
    for code, text in enumerate(texts):
        if text not in _POSITIVE | _NEGATIVE | {"", "nan", "none", "null"}:
            row = int(np.argmax(codes == code))
            raise ValueError(
                f"{points.location('sign')}: {as_python(distinct[code])!r} of object "
                f"{points.object_of(row)} "
                f"(row {row}) is no sign of a difference; give t, 1, f, 0 or -1."
            )
    negative = _POSITIVE if reverse else _NEGATIVE
    return np.array([*(-1.0 if text in negative else 1.0 for text in texts), 1.0])[codes]


def marked_limits(points):
    """Return masks of the points that are marked as upper limits, and as not detected.

    Parameters
    ----------
    points : LongTable
        Table with optional fields upper_limit, non_detection, detection.

    Returns
    -------
    limit : ndarray of bool, shape (n_points,)
        Points that a column, or a rule of the dialect, marks as limits.
    undetected : ndarray of bool, shape (n_points,)
        Points without a detection. Their magnitudes are limits; their fluxes are measurements, if
        they have errors.
    """
    limit = np.zeros(len(points), dtype=bool)
    undetected = limit.copy()
    if "upper_limit" in points and not _are_quantities(points["upper_limit"]):
        limit |= truth(points["upper_limit"])
        if "mag" not in points:  # a sign of fluxes that are smaller
            distinct, codes, _ = factorize_names(points["upper_limit"])
            limit |= np.array([*(_text(value) == "<" for value in distinct), False])[codes]
    if "non_detection" in points:
        undetected |= truth(points["non_detection"])
    if "detection" in points:
        undetected |= falsehood(points["detection"])
    for values, pattern in points.limit_columns:
        distinct, codes, _ = factorize_names(values)
        if pattern:
            wanted = pd.Series([_text(value) for value in distinct], dtype=object)
            matches = wanted.str.fullmatch(pattern).fillna(False).to_numpy(dtype=bool)
            limit |= np.append(matches, False)[codes]
        else:
            empty = np.array([*(_text(value) in ("", "nan", "none") for value in distinct), True])
            limit |= empty[codes]
    return limit, undetected


def _are_quantities(values):
    """Return whether a column of marks holds numbers with decimals, such as upper errors."""
    texts = {_text(value) for value in factorize_names(values)[0]} - _TRUE - _FALSE
    return all(map(is_number, texts)) and any("." in text.removesuffix(".0") for text in texts)


def magnitude_errors(ratios):
    """Return the errors of magnitudes whose fluxes have some signal-to-noise ratios.

    Parameters
    ----------
    ratios : array-like of shape (n_points,)
        Ratios of flux and error; missing or not positive ones have no error.

    Returns
    -------
    ndarray of float64, shape (n_points,)
        NaN where there is no error.
    """
    numbers = pd.to_numeric(pd.Series(np.ma.filled(ratios, np.nan)), errors="coerce")
    numbers = numbers.to_numpy(dtype=np.float64, na_value=np.nan)
    return 2.5 / np.log(10) / np.where(numbers > 0, numbers, np.nan)


def bad_quality(columns, dialect):
    """Return a mask of the points that a survey calls unusable.

    Parameters
    ----------
    columns : dict of str to array-like
        All loaded columns of the table.
    dialect : Dialect or None
        Dialect with a quality cut.

    Returns
    -------
    ndarray of bool, shape (n_points,), or None
        None if the table has no such column.
    """
    if dialect is None or not dialect.quality:
        return None
    name, is_bad = dialect.quality
    column = pick(plain_names(columns), name)
    if column is None:
        return None
    values = pd.Series(columns[column])
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(object)
    return np.asarray(is_bad(values).fillna(False), dtype=bool)


def _text(value):
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return str(value).strip().lower()
