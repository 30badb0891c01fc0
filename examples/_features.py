"""Hand-crafted light-curve features for the baseline of the demo."""

import numpy as np
import pandas as pd

from sklearn_sn.data import as_ragged, band_wavelength

COLOURS = {"u": 4000.0, "g": 5500.0, "r": 7000.0, "i": 8200.0, "z": np.inf}  # upper ends, Å
PHASES = np.array([-30.0, -15.0, -7.0, 0.0, 7.0, 15.0, 30.0, 50.0, 80.0])  # days from peak


def light_curve_features(X):
    """Compute peak flux, duration, colours and shape of light curves.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows
        With a column ``light_curve``.

    Returns
    -------
    pandas.DataFrame of n_objects rows
        NaN where a band has no points in a time window.
    """
    curves = as_ragged(X["light_curve"], kind="light_curve").sort("time")
    n, rows, flux = len(curves), curves.rows, curves["flux"]
    wavelength = band_wavelength(curves["band"])
    colour = np.searchsorted(list(COLOURS.values()), wavelength)
    peak = curves.reduce("max", "flux")
    # Time of the brightest point; the earliest one if several share the maximum.
    is_peak = flux == peak[rows]
    t_peak = curves.filter(is_peak).reduce("first", "time")
    phase = curves["time"] - t_peak[rows]
    bright = curves.with_fields(phase=phase).filter(flux > 0.5 * peak[rows])
    features = {
        "log peak": np.log10(peak),
        "rise": -bright.reduce("min", "phase"),
        "fall": bright.reduce("max", "phase"),
        "points": curves.lengths,
    }
    # Mean flux relative to the peak, per band and time window.
    n_colours, n_windows = len(COLOURS), len(PHASES) + 1
    cell = (rows * n_colours + colour) * n_windows + np.searchsorted(PHASES, phase)
    shape = (n, n_colours, n_windows)
    total = np.bincount(cell, flux / peak[rows], np.prod(shape)).reshape(shape)
    count = np.bincount(cell, minlength=np.prod(shape)).reshape(shape)
    mean = _ratio(total, count)
    near_peak = _ratio(total[:, :, 3:6].sum(axis=2), count[:, :, 3:6].sum(axis=2))
    for i, name in enumerate(COLOURS):
        for j in range(n_windows):
            features[f"{name} window {j}"] = mean[:, i, j]
        if i:
            features[f"colour {i}"] = near_peak[:, i] - near_peak[:, i - 1]
    return pd.DataFrame(features, index=X.index)


def _ratio(total, count):
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
