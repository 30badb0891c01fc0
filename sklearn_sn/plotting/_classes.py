"""Points of a scatter plot by class: names, numbers, and how each is drawn."""

import numpy as np
import pandas as pd

from sklearn_sn.plotting._axes import legend_beside
from sklearn_sn.plotting._palette import UNKNOWN_COLOUR, class_style


def one_per_object(values, n_objects, name):
    """`values` as a 1-D array with one entry per object, or None."""
    if values is None:
        return None
    if pd.api.types.is_float_dtype(getattr(values, "dtype", None)):
        values = pd.Series(values).to_numpy(np.float64, na_value=np.nan)  # nullable floats too
    else:
        values = np.asarray(values)
    if values.shape != (n_objects,):
        raise ValueError(
            f"{name} must have shape ({n_objects},), one entry per object; got {values.shape}."
        )
    return values


def scatter_classes(ax, x, y, classes, *, filled=None, domains=None, **kwargs):
    """Draw points by class in colour and marker, filled or open, with a legend beside the axes.

    Parameters
    ----------
    ax : matplotlib Axes
    x, y : array of shape (n_objects,)
    classes : array of shape (n_objects,) or None
        None within stands for an unknown class, drawn in grey below the others.
    filled : array of bool, shape (n_objects,), optional
        False where the marker is open.
    domains : sequence of one or two names, optional
        What filled and open markers stand for, for the legend.
    **kwargs : dict
        Passed to ``ax.scatter``.
    """
    filled = np.ones(len(x), dtype=bool) if filled is None else filled
    if classes is None:
        codes, names = np.zeros(len(x), dtype=int), [None]
    else:
        codes, names = pd.factorize(classes, sort=True)
    # A common class must not hide a rare one.
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
    """Handles of a legend: the first domain is filled, the second open."""
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
