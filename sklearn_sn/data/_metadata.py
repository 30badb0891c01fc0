"""Rules for plain columns."""

import numpy as np
import pandas as pd

from sklearn_sn.data._fields import bounded
from sklearn_sn.data._names import as_python, as_text, factorize_names
from sklearn_sn.data._not_measured import METADATA_FILL_VALUES
from sklearn_sn.data._quality import QualityLog
from sklearn_sn.data._times import MAX_ABS_TIME, is_valid_time, to_mjd

# Galaxies of the Local Group and of Virgo approach at up to 0.001 c.
MIN_REDSHIFT = -0.002
MAX_REDSHIFT = 10.0
_NUMERIC = ("redshift", "t_peak")  # columns that this library reads as numbers
_FLOAT32_MAX = float(np.finfo(np.float32).max)


def check_metadata(X, columns, log):
    """Convert plain columns to float, or to categories if they hold text.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows
        Table of objects.
    columns : sequence of str
        Names of the plain columns.
    log : QualityLog
        Log to which repairs are added.

    Returns
    -------
    pandas.DataFrame of shape (n_objects, n_columns)
        NaN if a value is unknown: null, infinite, one of -99, -999 and -9999, beyond the range of
        float32 (3.4e38) or, for ``t_peak``, beyond ±1e6 days.

    Raises
    ------
    ValueError
        If a redshift lies outside [-0.002, 10], where -0.002 allows for peculiar velocities; if
        ``redshift`` or ``t_peak`` holds text; if a column holds dates, complex numbers, containers
        or text among numbers.
    """
    out = {name: _check_column(X[name], log) for name in columns}
    for name in _NUMERIC:
        if name in out and out[name].dtype.kind != "f":
            reject_text(pd.Series(out[name], index=X.index), name)
    if "redshift" in out:
        _reject_redshifts(out["redshift"], log)
    if "t_peak" in out:
        peak = out["t_peak"]
        invalid = ~is_valid_time(to_mjd(peak)) & ~np.isnan(peak)
        log.repaired(
            f"values of 't_peak' beyond {MAX_ABS_TIME:g} days taken as missing; give MJD",
            np.flatnonzero(invalid),
        )
        out["t_peak"] = np.where(invalid, np.nan, peak)
    return pd.DataFrame(out, index=X.index)


def _reject_redshifts(redshift, log):
    wrong = np.flatnonzero((redshift < MIN_REDSHIFT) | (redshift > MAX_REDSHIFT))
    if len(wrong):
        log.reject(
            wrong[0],
            "redshift",
            f"is {redshift[wrong[0]]:g}",
            f"it must lie in [{MIN_REDSHIFT}, {MAX_REDSHIFT:g}], or be NaN where unknown",
        )


def read_redshifts(column: pd.Series, index: pd.Index, name: str) -> np.ndarray:
    """Return a column of redshifts as floats, and warn about repairs.

    Parameters
    ----------
    column : pandas.Series of shape (n_objects,)
        The redshifts.
    index : pandas.Index of shape (n_objects,)
        Names of the objects.
    name : str
        Name of the column, for messages.

    Returns
    -------
    ndarray of float, shape (n_objects,)
        NaN where unknown.

    Raises
    ------
    ValueError
        If the column holds text or redshifts outside [-0.002, 10].
    """
    log = QualityLog(index)
    values = pd.Series(_check_column(pd.Series(column.array, index=index, name=name), log), index)
    reject_text(values, name)
    _reject_redshifts(values.to_numpy(), log)
    log.warn()
    return values.to_numpy()


def reject_text(values: pd.Series, name: str) -> None:
    """Raise if a checked column that must be numeric holds text.

    Parameters
    ----------
    values : pandas.Series of shape (n_objects,)
        Column as returned by the check: float, or categories.
    name : str
        Name of the column, for the message.

    Raises
    ------
    ValueError
        If the column is not of a float type. The message names the first object and its value.
    """
    if values.dtype.kind == "f":
        return
    text = values.astype(object)
    wrong = text[pd.to_numeric(text, errors="coerce").isna() & text.notna()]
    example = (
        f": object {as_python(wrong.index[0])!r} has {as_python(wrong.iloc[0])!r}"
        if len(wrong)
        else ""
    )
    raise ValueError(
        f"The column {name!r} must hold numbers{example}. Give a number, or NaN where it is "
        "unknown."
    )


def _check_column(column, log):
    """Return one column as an array of float, or as a Categorical if it holds text."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.array
    if column.dtype.kind in "mM" or pd.api.types.infer_dtype(column).startswith(("date", "time")):
        raise ValueError(f"The column {column.name!r} holds dates; give MJD as a number.")
    values = _numbers(column, log)
    if values is None:
        return _categories(column)
    unknown = np.isinf(values) | np.isin(values, METADATA_FILL_VALUES)
    log.repaired(f"unknown values of {column.name!r} taken as missing", np.flatnonzero(unknown))
    # Networks compute in float32; a fill value such as finfo.max would also spoil mean and scale.
    absurd = (np.abs(values) >= _FLOAT32_MAX) & ~unknown
    log.repaired(
        f"values of {column.name!r} beyond the range of float32 (3.4e38) taken as missing; give "
        "them in another unit, or their logarithms",
        np.flatnonzero(absurd),
    )
    return np.where(unknown | absurd, np.nan, values)


def _categories(column):
    """Return a column of text as a Categorical; a mixture of types is stored as text."""
    values = column.where(column.notna(), None).astype(object)
    if pd.api.types.infer_dtype(values, skipna=True) in ("string", "empty"):
        return pd.Categorical(values)
    distinct, codes, _ = factorize_names(values)
    return pd.Categorical(np.array([*map(as_text, distinct), None], dtype=object)[codes])


def _numbers(column, log):
    """Return the column as floats, or None if it holds text; raise if it holds both."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iufb":
        return column.to_numpy(dtype=np.float64)
    plain = column.astype(object)  # the same for pandas' own types and Arrow's
    _reject_containers(plain, log)
    try:
        values = pd.to_numeric(plain, errors="coerce")
    except OverflowError:  # ints beyond 1e308
        values = pd.to_numeric(plain.map(bounded), errors="coerce")
    if values.dtype.kind == "c":
        raise ValueError(f"The column {column.name!r} holds complex numbers; give real ones.")
    values = values.to_numpy(dtype=np.float64, na_value=np.nan)
    present = plain.notna().to_numpy()
    text = np.isnan(values) & present
    if 2 * text.sum() >= max(present.sum(), 1):
        return None
    if text.any():
        row = int(np.flatnonzero(text)[0])
        log.reject(
            row,
            column.name,
            f"is {as_python(plain.iloc[row])!r} among numbers",
            "give a number, NaN where it is unknown, or a pandas Categorical for classes",
        )
    return values


def _reject_containers(column, log):
    """Raise if a cell is a list or another container."""
    if pd.api.types.infer_dtype(column, skipna=True) in ("string", "empty", "decimal"):
        return
    for row, value in enumerate(column):
        if pd.api.types.is_list_like(value):
            text = repr(value)
            text = text if len(text) <= 60 else f"{text[:57]}..."
            log.reject(
                row,
                column.name,
                f"is {text} of type {type(value).__name__}",
                "give one number or text per object; split several values into several columns",
            )
