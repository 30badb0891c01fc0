"""Domains of objects, such as their surveys."""

import numpy as np
import pandas as pd


def domain_codes(X, column, n_objects):
    """Assign a number to the domain of every object.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows, or None
        Table with the column; None if all objects belong to one domain.
    column : str
        Column with the domain of each object.
    n_objects : int
        Number of objects.

    Returns
    -------
    codes : array of int64, shape (n_objects,)
        Number of the domain of each object; -1 where it is null.
    names : array of str
        Names of the domains, sorted.

    Raises
    ------
    ValueError
        If the table lacks the column, or the column holds fractions or nested values.
    """
    if X is None:
        return np.zeros(n_objects, dtype=np.int64), np.array([""], dtype=object)
    if column not in X.columns:
        raise ValueError(
            f"X lacks the column {column!r} with the domain of each object; it has "
            f"{list(X.columns)[:10]}. Set the 'domain' parameter to the column of the domains."
        )
    _check_names(X[column], column)
    values = X[column].astype(object)
    values = values.where(values.notna(), None).map(str, na_action="ignore")
    codes, names = pd.factorize(values, sort=True)
    return codes.astype(np.int64), np.asarray(names, dtype=object)


def _check_names(values, column):
    """Raise a ValueError for measurements and nested values, which name no domain."""
    values = values.dropna()
    measured = pd.api.types.is_float_dtype(values.dtype) and bool((values % 1 != 0).any())
    if measured or (len(values) and not pd.api.types.is_scalar(values.iloc[0])):
        raise ValueError(
            f"The column {column!r}, which the 'domain' parameter names, holds "
            f"{'measurements' if measured else 'no names'}; it must hold the domain of each "
            "object, such as its survey."
        )


def balance_groups(balance, classes, domains):
    """Return the group of each object, 0 … n_groups - 1, for batches with equal group sizes."""
    if balance == "class":
        return classes
    # Domains are -1 (unknown) to the maximum, so each class takes maximum + 2 keys.
    keys = domains if balance == "domain" else classes * (domains.max(initial=0) + 2) + domains
    return np.unique(keys, return_inverse=True)[1]
