"""The rules for plain columns."""

import numpy as np
import pandas as pd

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
    findings : Findings

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


def _column(column, findings):
    if isinstance(column.dtype, pd.CategoricalDtype):
        return column.array
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        raise ValueError(f"The column {column.name!r} holds dates; give MJD as a number.")
    try:
        values = pd.to_numeric(column).to_numpy(dtype=np.float64, na_value=np.nan)
    except (ValueError, TypeError):
        return pd.Categorical(column.where(column.notna(), None).astype(object))
    unknown = np.isinf(values) | np.isin(values, SENTINELS)
    findings.fixed(f"unknown values of {column.name!r} taken as missing", np.flatnonzero(unknown))
    return np.where(unknown, np.nan, values)
