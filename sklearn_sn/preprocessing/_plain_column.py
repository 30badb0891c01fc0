"""Numbers of the plain columns that a transformer needs, such as redshift and E(B−V)."""

import numpy as np
import pandas as pd


def read_numbers(X, column, *, low, high):
    """Read a plain column; missing values are NaN, those out of range are refused.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows
    column : str
    low, high : float
        Smallest and largest value that can be meant.

    Returns
    -------
    array of float, shape (n_objects,)

    Raises
    ------
    ValueError
        If the column is missing or not numeric, or if a value is out of range.
    """
    if column not in X.columns:
        raise ValueError(f"X lacks the column {column!r}; it has {list(X.columns)[:10]}.")
    try:
        values = pd.to_numeric(X[column]).to_numpy(dtype=np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise ValueError(f"The column {column!r} must hold numbers: {error}.") from error
    wrong = np.flatnonzero(~np.isnan(values) & ~((values >= low) & (values <= high)))
    if len(wrong):
        raise ValueError(
            f"Object {X.index[wrong[0]]!r}: {column} is {values[wrong[0]]:g}; it must lie in "
            f"[{low:g}, {high:g}]: give NaN where it is not known."
        )
    return values
