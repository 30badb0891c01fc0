"""Draw the figures of a page as data that the page itself contains."""

import base64
import io

import numpy as np

from sklearn_sn.plotting import LightCurveDisplay, SpectrumDisplay

_DPI = 110
_SIZE = (6.2, 3.3)  # inches
# Classes of the known objects, in the order of the legend, by colours of Okabe & Ito (2008).
_COLOURS = {
    "SN Ia": "#0072B2",
    "SN II": "#D55E00",
    "SN Ib/c": "#009E73",
    "SN IIn": "#CC79A7",
    "SLSN-I": "#E69F00",
}
MAP_SIDE = 4.4  # inches


def light_curve_figure(X, row):
    """Return the light curve of one row of a table as the source of an HTML image."""
    display = LightCurveDisplay.from_object(_one(X, row), X.index[row])
    display.name = None
    return _drawn(display)


def spectrum_figure(X, row, redshift, estimated=False):
    """Return the spectra of one row of a table, with lines at a redshift if it is not NaN."""
    redshift = redshift if np.isfinite(redshift) else None
    one = _one(X, row)[["spectrum"]]
    display = SpectrumDisplay.from_object(one, X.index[row], redshift, max_spectra=4)
    display.name = "Lines at the estimated redshift" if estimated and redshift is not None else None
    return _drawn(display)


def map_figure(known):
    """Return the map of the known objects; its axes fill the figure, from 0 to 1."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(MAP_SIDE, MAP_SIDE))
    ax = figure.add_axes((0, 0, 1, 1))
    for name in [*_COLOURS, *sorted(set(known.classes) - set(_COLOURS))]:
        x, y = known.positions[known.classes == name].T
        ax.scatter(x, y, s=7, color=_COLOURS.get(name, "0.6"), linewidths=0, alpha=0.8)
    ax.set(xlim=MAP_LIMITS, ylim=MAP_LIMITS)
    ax.axis("off")
    return _source(figure)


MAP_LIMITS = (-0.04, 1.04)


def map_colours(known):
    """Return the colour of each class of the map, in the order of the legend."""
    classes = set(known.classes)
    named = {name: colour for name, colour in _COLOURS.items() if name in classes}
    return named | dict.fromkeys(sorted(classes - set(_COLOURS)), "#999999")


def _one(X, row):
    """Return one row as a table; a name that other rows share would be ambiguous."""
    return X.iloc[[row]]


def _drawn(display):
    """Draw a display without pyplot, which would keep its figures."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=_SIZE, layout="constrained")
    display.plot(ax=figure.subplots())
    return _source(figure)


def _source(figure):
    """Return a figure as the source of an HTML image."""
    data = io.BytesIO()
    figure.savefig(data, format="png", dpi=_DPI)
    return "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()
