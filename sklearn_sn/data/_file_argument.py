"""Files in place of a table."""

import os
from typing import Any


def is_object_files(X: Any) -> bool:
    """Return whether an argument names files: a path, a list of paths or a pyarrow Dataset.

    Parameters
    ----------
    X : object
        Argument of an estimator.

    Returns
    -------
    bool

    Examples
    --------
    >>> from sklearn_sn.data import is_object_files
    >>> is_object_files("objects.parquet"), is_object_files([[0.0, 1.0]])
    (True, False)
    """
    if isinstance(X, list | tuple):
        return len(X) > 0 and all(isinstance(one, str | os.PathLike) for one in X)
    # Asked of the type: a DataFrame searches its columns for an attribute.
    return isinstance(X, str | os.PathLike) or hasattr(type(X), "get_fragments")
