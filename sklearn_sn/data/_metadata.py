"""The rules for plain columns."""

import numpy as np
import pandas as pd

from sklearn_sn.data._quality import QualityLog

# Values that brokers and catalogues write for "unknown" (ZTF and SNANA use -999 and -99, -9).
SENTINELS = (-999.0, -99.0, -9999.0)
# Galaxies of the Local Group and of Virgo come towards us at up to 0.001 c.
MIN_REDSHIFT = -0.002


def check_metadata(X, columns, findings):
    """Metadata as float columns, or as categories where they hold text.

    Parameters
    ----------
    X : pandas.DataFrame
    columns : sequence of str
    findings : QualityLog

    Returns
    -------
    pandas.DataFrame of shape (n_objects, n_columns)
        NaN where a value is unknown: null, infinite, or one of -99, -999 and -9999.

    Raises
    ------
    ValueError
        For a redshift below -0.002 (what peculiar velocities explain) or above 10.
    """
    out = {name: _column(X[name], findings) for name in columns}
    if "redshift" in out and out["redshift"].dtype.kind == "f":
        redshift = out["redshift"]
        wrong = np.flatnonzero((redshift < MIN_REDSHIFT) | (redshift > 10))
        if len(wrong):
            findings.refuse(
                wrong[0],
                "redshift",
                f"is {redshift[wrong[0]]:g}",
                f"it must lie in [{MIN_REDSHIFT}, 10], or be NaN where unknown",
            )
    return pd.DataFrame(out, index=X.index)


def read_redshifts(column, index, name):
    """A column of redshifts by the rules of metadata, as floats; what was mended is said.

    Parameters
    ----------
    column : pandas.Series of n_objects values
    index : pandas.Index
        Names of the objects.
    name : str
        Of the column, for messages.

    Returns
    -------
    array of shape (n_objects,)
        NaN where unknown.

    Raises
    ------
    ValueError
        For text, or redshifts that cannot be.
    """
    findings = QualityLog(index)
    column = pd.Series(column.array, index=index, name="redshift")
    values = check_metadata(column.to_frame(), ["redshift"], findings)["redshift"]
    findings.warn()
    reject_text(values, name)
    return values.to_numpy()


def reject_text(values, name):
    """Raise where a checked column, which is to hold numbers, holds text."""
    if values.dtype.kind == "f":
        return
    text = values.astype(object)
    wrong = text[pd.to_numeric(text, errors="coerce").isna() & text.notna()]
    example = f", but {wrong.iloc[0]!r} (first {wrong.index[0]!r})" if len(wrong) else ""
    raise ValueError(
        f"The column {name!r} holds no numbers{example}; give NaN where one is unknown."
    )


def _column(column, findings):
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.array
    if column.dtype.kind in "mM" or pd.api.types.infer_dtype(column).startswith(("date", "time")):
        raise ValueError(f"The column {column.name!r} holds dates; give MJD as a number.")
    values = _numbers(column, findings)
    if values is None:
        return pd.Categorical(column.where(column.notna(), None).astype(object))
    unknown = np.isinf(values) | np.isin(values, SENTINELS)
    findings.fixed(f"unknown values of {column.name!r} taken as missing", np.flatnonzero(unknown))
    return np.where(unknown, np.nan, values)


def _numbers(column, findings):
    """The column as floats; None where it holds text, and refused where it holds both."""
    if isinstance(column.dtype, np.dtype) and column.dtype.kind in "iufb":
        return column.to_numpy(dtype=np.float64)
    plain = column.astype(object)  # pandas' own types and Arrow's alike
    values = pd.to_numeric(plain, errors="coerce")
    if values.dtype.kind == "c":
        raise ValueError(f"The column {column.name!r} holds complex numbers; give real ones.")
    values = values.to_numpy(dtype=np.float64, na_value=np.nan)
    strange = np.isnan(values) & plain.notna().to_numpy()
    if 2 * strange.sum() >= max(plain.notna().sum(), 1):
        return None
    if strange.any():
        row = int(np.flatnonzero(strange)[0])
        findings.refuse(
            row,
            column.name,
            f"is {plain.iloc[row]!r} among numbers",
            "give a number, NaN where it is unknown, or a pandas Categorical for classes",
        )
    return values
