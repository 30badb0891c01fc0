"""Plain 2-D arrays as light curves of one band with even sampling."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.sparse import issparse

from sklearn_sn.data._check import CheckedTable
from sklearn_sn.data._ragged import Ragged

_MODALITIES = ("light_curve", "spectrum", "image")
_BAND = "bessellV"  # arbitrary: a series has only one band


def is_table(X: Any, column: str, seen: Sequence[str] = ()) -> bool:
    """Return whether an input is a table of objects rather than a plain array.

    Parameters
    ----------
    X : object
        Input of an estimator.
    column : str
        Modality that the estimator requires.
    seen : sequence of str, default=()
        Columns of the table in fit. If the modality is among them, any of them marks a table.

    Returns
    -------
    bool
        True for a DataFrame with a column of a modality, a dict of columns and an Arrow table.
        Also for astropy tables and lists of tables, which the check of tables rejects with a
        remedy; as arrays, they would fail with a message about their dtype.
    """
    if isinstance(X, pd.DataFrame):
        if column in _MODALITIES and column in X.columns:
            return True
        columns = set(seen) if column in list(seen) else set()
        return not (columns | set(_MODALITIES)).isdisjoint(X.columns)
    # Some sparse matrices are dicts; check_array rejects them with a better message.
    if isinstance(X, dict):
        return not issparse(X)
    if isinstance(X, list | tuple):
        return len(X) > 0 and (isinstance(X[0], pd.DataFrame | dict) or hasattr(X[0], "colnames"))
    return hasattr(X, "colnames") or (hasattr(X, "to_pandas") and hasattr(X, "schema"))


def series_table(values: np.ndarray, index: Sequence[Any] | pd.Index | None = None) -> CheckedTable:
    """Convert evenly sampled series to a checked table of light curves in one band.

    Parameters
    ----------
    values : ndarray of float64, shape (n_objects, n_points)
        Fluxes, one day apart; NaN where there is no point.
    index : sequence of shape (n_objects,), optional
        Names of the objects; 0 … n_objects - 1 by default.

    Returns
    -------
    CheckedTable
        Light curves without errors.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.data import series_table
    >>> series_table(np.ones((4, 7))).light_curve
    Ragged(4 rows, 28 points, fields ['time', 'band', 'flux', 'flux_err'])
    """
    n, length = values.shape
    flux = values.ravel()
    curves = Ragged(
        {
            "time": np.tile(np.arange(length, dtype=np.float64), n),
            "band": pd.Categorical.from_codes(np.zeros(n * length, dtype=int), [_BAND]),
            "flux": flux,
            "flux_err": np.full(n * length, np.nan),
        },
        np.arange(n + 1) * length,
    ).filter(~np.isnan(flux))
    return CheckedTable(pd.RangeIndex(n) if index is None else pd.Index(index), curves)
