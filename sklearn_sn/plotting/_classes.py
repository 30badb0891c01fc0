"""Draw scatter plots by class."""

import numpy as np
import pandas as pd

from sklearn_sn.plotting._axes import legend_beside
from sklearn_sn.plotting._palette import UNKNOWN_COLOUR, class_style


def one_per_object(values, n_objects, name):
    """Validate values with one entry per object.

    Parameters
    ----------
    values : array-like or None
        Values to validate.
    n_objects : int
        Number of objects.
    name : str
        Name of the parameter, for messages.

    Returns
    -------
    array of shape (n_objects,) or None
        The values; None for None.

    Raises
    ------
    ValueError
        If the values have another shape.
    """
    if values is None:
        return None
    if pd.api.types.is_float_dtype(getattr(values, "dtype", None)):
        values = pd.Series(values).to_numpy(np.float64, na_value=np.nan)  # also of nullable dtype
    else:
        values = np.asarray(values)
    if values.shape != (n_objects,):
        raise ValueError(
            f"The {name!r} parameter must have shape ({n_objects},), one entry per object. Got "
            f"{values.shape} instead."
        )
    return values


def scatter_classes(ax, x, y, classes, *, filled=None, domains=None, **kwargs):
    """Draw points with a colour and marker per class, and a legend beside the axes.

    Parameters
    ----------
    ax : matplotlib Axes
        Axes to draw on.
    x, y : array of shape (n_objects,)
        Coordinates.
    classes : array of shape (n_objects,) or None
        Class of each object. None entries are unknown classes, drawn in grey below the others.
    filled : array of bool, shape (n_objects,), optional
        False for open markers. By default all markers are filled.
    domains : sequence of one or two names, optional
        Meaning of filled and open markers, for the legend.
    **kwargs : dict
        Options of ``ax.scatter``.
    """
    filled = np.ones(len(x), dtype=bool) if filled is None else filled
    if classes is None:
        codes, names = np.zeros(len(x), dtype=int), [None]
    else:
        codes, names = pd.factorize(classes, sort=True)  # None gets the code -1
    # Draw common classes first, so that they do not hide rare ones.
    counts = np.bincount(codes[codes >= 0], minlength=len(names))
    for code in [-1, *np.argsort(-counts, kind="stable")]:
        colour, marker = _style(code)
        for full in (True, False):
            chosen = (codes == code) & (filled == full)
            if chosen.any():
                face, edge = (colour, "white") if full else ("none", colour)
                style = {"facecolors": face, "edgecolors": edge, "linewidths": 0.4 if full else 0.9}
                ax.scatter(x[chosen], y[chosen], **(style | {"marker": marker} | kwargs))
    handles = []
    if classes is not None:
        handles = [_handle(*_style(code), str(name)) for code, name in enumerate(names)]
        if (codes < 0).any():
            handles.append(_handle(*_style(-1), "unknown"))
    if domains is not None:
        handles += domain_handles(domains)
    if handles:
        legend_beside(ax, handles)


def domain_handles(domains):
    """Return legend handles of domains: filled for the first, open for the second."""
    faces = ("0.3", "none")[: len(domains)]
    return [
        _handle("0.3", "o", str(name), markerfacecolor=face)
        for name, face in zip(domains, faces, strict=True)
    ]


def _style(code):
    return class_style(code) if code >= 0 else (UNKNOWN_COLOUR, ".")


def _handle(colour, marker, label, **kwargs):
    from matplotlib.lines import Line2D

    return Line2D([], [], linestyle="", marker=marker, color=colour, label=label, **kwargs)
