"""Write a page about classified objects."""

import os
import secrets
from collections.abc import Mapping
from numbers import Integral
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import Interval, validate_params

from sklearn_sn.catalog._classify import classify
from sklearn_sn.catalog._figures import light_curve_figure, map_figure, spectrum_figure
from sklearn_sn.catalog._known_objects import find_nearest, known_objects, matching
from sklearn_sn.catalog._modalities import Objects
from sklearn_sn.catalog._page import Entry, page
from sklearn_sn.catalog._ready_models import ReadyModels
from sklearn_sn.data import as_frame

# Standard deviation of an estimated redshift up to which lines are drawn: a line at 6000 Å is then
# displaced by 60 Å, a third of a typical blueshift of supernovae.
_MAX_ERROR = 0.01
_N_MAP = 8  # nearest known objects between which an object is placed on the map


@validate_params(
    {
        "path": [str, os.PathLike],
        "table": [pd.DataFrame, None],
        "title": [str],
        "max_objects": [Interval(Integral, 1, None, closed="left")],
        "models": [Mapping, None],
    },
    prefer_skip_nested_validation=True,
)
def report(
    X: pd.DataFrame,
    path: str | os.PathLike,
    *,
    table: pd.DataFrame | None = None,
    title: str = "Classified objects",
    max_objects: int = 100,
    models: Mapping[str, Any] | None = None,
) -> Path:
    """Write one HTML page about objects: classes, figures and similar known supernovae.

    The page contains everything, so that it can be sent as one file and opened without a network.
    It needs matplotlib: ``pip install 'sklearn-sn[plot]'``.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows
        Table with a column light_curve, spectrum or both.
    path : str or Path
        File to write; an existing one is replaced.
    table : pandas.DataFrame of n_objects rows, optional
        Result of :func:`classify` for `X`; computed by default.
    title : str, default="Classified objects"
        Title of the page.
    max_objects : int, default=100
        Number of objects on the page, the first of `X`. Each takes about 60 kB.
    models : mapping of str to fitted estimator, optional
        Models to use instead of the packaged ones, as for :func:`classify`.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    ValueError
        If `table` has other rows than `X`, or as for :func:`classify`.
    FileNotFoundError
        If the folder of `path` does not exist.
    IsADirectoryError
        If `path` is a folder.
    ImportError
        If matplotlib is not installed.

    See Also
    --------
    classify : The table alone.

    Notes
    -----
    The map shows the known supernovae of the package. An object is drawn at the mean position of
    its eight nearest ones, weighted by the inverse of their distance; its place is approximate.

    Spectra have marks of spectral lines if the redshift was given (``redshift="keep"`` of
    :func:`classify`), or if the standard deviation of its estimate is at most 0.01. Marks at an
    estimated redshift are named so.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn_sn.catalog import report
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(2, random_state=0)
    >>> models = {"light-curve-types": DummyClassifier().fit(X, y), "light-curve-redshift": None}
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = report(X[["light_curve"]], Path(folder) / "page.html", models=models)
    ...     "sim-000001" in file.read_text(encoding="utf-8")
    True
    """
    _require_matplotlib()
    X = as_frame(X)
    path = Path(path).expanduser()
    _check_path(path)
    if table is not None:
        _check_rows(table, X)
    n_objects = len(X)
    X = X.iloc[:max_objects]
    table = classify(X, models=models) if table is None else table.iloc[:max_objects]
    objects = Objects(X)
    places, known = _places(objects, ReadyModels(models))
    entries = [
        Entry(
            str(X.index[row]),
            table.iloc[row],
            light_curve_figure(X, row) if objects.present["light_curve"][row] else None,
            _spectrum(X, row, table) if objects.present["spectrum"][row] else None,
            None if places is None or np.isnan(places[row]).any() else tuple(places[row]),
        )
        for row in range(len(X))
    ]
    image = None if known is None else map_figure(known)
    _write(path, page(entries, title, n_objects, known, image, table.attrs.get("coverage")))
    return path


def _require_matplotlib():
    try:
        import matplotlib  # noqa: F401
    except ImportError as error:
        raise ImportError(
            "A page needs matplotlib. Install it with pip install 'sklearn-sn[plot]'."
        ) from error


def _check_path(path):
    """Raise before the work is done, if the page cannot be written."""
    if not path.parent.is_dir():
        raise FileNotFoundError(f"The folder of {str(path)!r} does not exist.")
    if path.is_dir():
        raise IsADirectoryError(f"{str(path)!r} is a folder; the 'path' of report is a file.")


def _check_rows(table, X):
    """Raise unless a table has the rows of X, in their order."""
    if len(table) != len(X):
        raise ValueError(
            f"The 'table' parameter of report must have one row per object of X. Got {len(table)} "
            f"rows for {len(X)} objects."
        )
    if table.index.equals(X.index):
        return
    for row, (name, other) in enumerate(zip(X.index, table.index, strict=True)):
        if name != other:
            raise ValueError(
                f"The 'table' parameter of report must have the index of X. Row {row} is {name!r} "
                f"in X and {other!r} in table; give the result of classify(X)."
            )


def _spectrum(X, row, table):
    """Return the figure of the spectra, with lines if the redshift is known well enough."""
    values = table.iloc[row]
    redshift, error = (float(values.get(name, np.nan)) for name in ("redshift", "redshift_err"))
    estimated = values.get("redshift_source") != "given"
    if estimated and not error <= _MAX_ERROR:  # NaN is unknown
        redshift = np.nan
    return spectrum_figure(X, row, redshift, estimated)


def _places(objects, ready):
    """Return positions on the map, and the known objects; None for both without a map."""
    embedder, known = ready.get("contrastive-sim"), known_objects()
    if embedder is None or not matching(embedder, known):
        return None, None
    distance, index = find_nearest(objects, embedder, known, _N_MAP)
    weight = np.where(index < 0, 0.0, 1.0 / np.maximum(distance, 1e-6))
    total = weight.sum(axis=1, keepdims=True)
    # A missing neighbour has weight 0; its index -1 selects any position.
    mean = (weight[:, :, None] * known.positions[index]).sum(axis=1)
    return np.where(total > 0, mean / np.where(total > 0, total, 1.0), np.nan), known


def _write(path, text):
    """Write a file that is complete or absent."""
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    try:
        temporary.write_text(text, encoding="utf-8")
        os.replace(temporary, path)
    except OSError as error:
        if error.filename == str(temporary):  # its name means nothing to the user
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise
    finally:
        temporary.unlink(missing_ok=True)
