"""Gather the pixels of a long table into spectra."""

import numpy as np
import pandas as pd

from sklearn_sn.data import Ragged

TIME_STEP = 1e-4  # minimum separation of the spectra of one object, days (8.6 s)


def gather_spectra(rows, n_rows, fields, spectrum=None):
    """Gather pixels by object, and give each spectrum a distinct time.

    Spectra of one object less than `TIME_STEP` apart are moved to later times, by the least amount
    that separates them. If an object has several undated spectra, the first stays undated and the
    others get the times 0, 1, 2 … (days; MJD 0 is in the year 1858, long before any observation).

    Parameters
    ----------
    rows : array of int, shape (n_pixels,)
        Object of every pixel.
    n_rows : int
        Number of objects.
    fields : dict of str to array of shape (n_pixels,)
        wavelength and flux, and optionally flux_err and time.
    spectrum : array of int, shape (n_pixels,), optional
        Number of the spectrum of every pixel, unique at least within its object. By default, the
        time identifies the spectrum.

    Returns
    -------
    Ragged
        One row per object, with pixels ordered by the time of their spectrum and otherwise in
        their original order.
    """
    if spectrum is None:
        pixels = Ragged.from_groups(rows, n_rows, fields)
        return pixels.sort("time") if "time" in fields else pixels
    key = rows * (np.int64(spectrum.max(initial=0)) + 1) + spectrum
    which, distinct = pd.factorize(key)  # spectra numbered by appearance
    first = np.zeros(len(distinct), dtype=np.int64)
    first[which[::-1]] = np.arange(len(which))[::-1]
    row = rows[first]
    time = np.asarray(fields.get("time", np.full(len(rows), np.nan)), dtype=np.float64)
    time = _separate(row, time[first])
    order = np.lexsort([time, row])  # stable; undated last
    position = np.empty(len(order), dtype=np.int64)
    position[order] = np.arange(len(order))
    fields = {**fields, "time": time[which]}
    which = position[which]
    if np.any(np.diff(which) < 0):
        pixel_order = np.argsort(which, kind="stable")
        rows, fields = rows[pixel_order], {k: v[pixel_order] for k, v in fields.items()}
    return Ragged.from_groups(rows, n_rows, fields)


def _separate(row, time):
    """Shift the times of spectra so that no object has two at one time."""
    time = time.copy()
    undated = np.flatnonzero(np.isnan(time))
    rank = pd.Series(row[undated]).groupby(row[undated]).cumcount().to_numpy()
    time[undated[rank > 0]] = rank[rank > 0] - 1.0
    dated = np.flatnonzero(np.isfinite(time))
    order = dated[np.lexsort([time[dated], row[dated]])]
    groups = pd.Series(time[order]).groupby(row[order])
    shift = groups.cumcount().to_numpy() * TIME_STEP
    level = pd.Series(time[order] - shift).groupby(row[order]).cummax().to_numpy()
    moved = level > time[order] - shift
    time[order[moved]] = (level + shift)[moved]
    return time
