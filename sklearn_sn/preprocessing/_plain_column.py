"""Read numeric columns that a transformer needs, such as redshift and E(B−V)."""

import numpy as np
import pandas as pd

from sklearn_sn.data import as_python


def read_numbers(X, column, *, low, high):
    """Read a numeric column; missing values are NaN.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows
        Table.
    column : str
        Name of the column.
    low, high : float
        Smallest and largest valid value.

    Returns
    -------
    array of float, shape (n_objects,)
        Values of the column.

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
    invalid = np.flatnonzero(~np.isnan(values) & ~((values >= low) & (values <= high)))
    if len(invalid):
        raise ValueError(
            f"Object {as_python(X.index[invalid[0]])!r}: {column} must be in the range "
            f"[{low:g}, {high:g}], "
            f"or NaN if unknown. Got {values[invalid[0]]:g} instead."
        )
    return values
