"""Light curves as rows of a plain array: one band, even sampling."""

import numpy as np
import pandas as pd
from scipy.sparse import issparse

from sklearn_sn.data._check import CheckedTable
from sklearn_sn.data._ragged import Ragged

_MODALITIES = ("light_curve", "spectrum", "image")
_BAND = "bessellV"  # a series has one band only: any one will do


def is_table(X, column, seen=()):
    """Whether an input is a table of objects: it has a column for a modality, or is no array.

    Parameters
    ----------
    X : object
    column : str
        The modality that is wanted.
    seen : sequence of str, default=()
        Columns of the table in fit; once it had the modality, some of these are enough.

    Returns
    -------
    bool
    """
    if isinstance(X, pd.DataFrame):
        known = set(seen) if column in list(seen) else set()
        return not (known | set(_MODALITIES)).isdisjoint(X.columns)
    # Sparse matrices of one kind are dicts; check_array refuses them with the right words.
    if isinstance(X, dict):
        return not issparse(X)
    return hasattr(X, "to_pandas") and hasattr(X, "schema")


def series_table(values, index=None):
    """Evenly sampled series as a checked table of light curves in one band.

    Parameters
    ----------
    values : array of shape (n_objects, n_points), float64
        Fluxes, a day apart; NaN where there is no point.
    index : sequence of shape (n_objects,), optional
        Names of the objects.

    Returns
    -------
    CheckedTable

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
