"""Fit the table of a batch of alerts to the columns that a model was trained on."""

from typing import Any

import numpy as np
import pandas as pd

_CONTAINERS = ("light_curve", "spectrum", "image")


def expected_columns(model: Any) -> list[str] | None:
    """Return the columns that a fitted model saw in fit; None if they are not known."""
    names = getattr(model, "feature_names_in_", None)
    return None if names is None else list(names)


def model_table(X: pd.DataFrame, columns: list[str] | None) -> pd.DataFrame:
    """Return a table with the given columns; those that it lacks are missing for all objects.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows
        Table of alerts.
    columns : list of str or None
        Columns of the model; None returns the table as it is.

    Returns
    -------
    pandas.DataFrame of n_objects rows
    """
    if columns is None or columns == [*X.columns]:
        return X
    cells = {}
    for name in columns:
        if name in X.columns:
            cells[name] = X[name].array
        elif name in _CONTAINERS:
            cells[name] = np.full(len(X), None, dtype=object)
        else:
            cells[name] = np.full(len(X), np.nan)
    return pd.DataFrame(cells, index=X.index)
