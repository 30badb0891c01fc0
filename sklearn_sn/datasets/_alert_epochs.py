"""Choose the epochs of simulated alerts, and count what came before them."""

import numpy as np
import pandas as pd

DETECTION_SNR = 5.0  # of an alert, of either sign
_SURVEY_START = 58194.0  # MJD of 2018 March 17, the first night of ZTF's public survey
# Median visits of a position per day since the start, and scatter of its logarithm: near
# ncovhist of public alerts.
_VISITS = (0.8, 0.5)


def draw_epochs(objects, curves, max_alerts, max_days, rng):
    """Choose alerts among the detections of each object, and describe their exposures.

    Parameters
    ----------
    objects : DataFrame of n_objects rows
        class, and what `draw_candidates` draws.
    curves : Ragged of n_objects rows
        time, band (Categorical of names), flux, flux_err and limit (of the 5 sigma
        depth), sorted by time.
    max_alerts : int
        Largest number of alerts of an object. They are spread evenly over the detections; the first
        and the last are among them. One alert alone is the last.
    max_days : float
        Days after the first detection until which detections are alerts.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    DataFrame of n_alerts rows
        row (position of the object), mjd, band (name), flux and flux_err (µJy), diffmaglim,
        ndethist, ncovhist and age. Sorted by object and time.
    """
    rows, time, flux = curves.rows, curves["time"], curves["flux"]
    detected = is_detection(curves)
    first = curves.reduce("min", np.where(detected, time, np.inf), empty=np.inf)
    eligible = np.flatnonzero(detected & (time <= first[rows] + max_days))
    chosen = eligible[_spread(rows[eligible], len(curves), max_alerts)]
    total = np.concatenate([[0], np.cumsum(detected)])
    n_detections = total[1:] - total[curves.offsets[:-1]][rows]  # of the object, up to the point
    row = rows[chosen]
    alerts = pd.DataFrame({"row": row, "mjd": time[chosen]})
    alerts["band"] = np.asarray(curves["band"])[chosen].astype(str)
    alerts["flux"], alerts["flux_err"] = flux[chosen], curves["flux_err"][chosen]
    alerts["diffmaglim"] = 23.9 - 2.5 * np.log10(curves["limit"][chosen])
    earlier, begin, covered = _draw_past(objects, first, rng)
    since = np.maximum(first - _SURVEY_START, 1.0)
    visits = curves.rank()[chosen] + 1  # of the simulated part, up to the alert
    alerts["ndethist"] = n_detections[chosen] + earlier[row]
    alerts["ncovhist"] = np.maximum(covered[row] + visits, alerts["ndethist"])
    start = np.where(earlier > 0, first - begin * since, first)
    alerts["age"] = alerts["mjd"] - start[row]
    return alerts


def is_detection(curves):
    """Return which points are detections, of either sign: bool, shape (n_points,).

    An object whose survey accepts fainter ones has one at its most significant point.
    """
    significance = np.abs(curves["flux"]) / curves["flux_err"]
    strongest = curves.reduce("max", significance, empty=np.inf)
    return significance >= np.minimum(DETECTION_SNR, strongest)[curves.rows]


def _spread(rows, n_rows, most):
    """Return a mask of at most `most` points of each row, spread evenly."""
    counts = np.bincount(rows, minlength=n_rows)
    ends = np.cumsum(counts)
    rank = np.arange(len(rows)) - (ends - counts)[rows]
    if most == 1:
        return rank == counts[rows] - 1
    kept = np.minimum(counts, most)[rows]
    steps = np.maximum(counts - 1, 1)[rows]
    return (rank == 0) | (rank * (kept - 1) // steps > (rank - 1) * (kept - 1) // steps)


def _draw_past(objects, first, rng):
    """Draw the detections, the age and the visits of positions before the first detection.

    Returns
    -------
    earlier : ndarray of int, shape (n_objects,)
        Detections at the position.
    begin : ndarray of float, shape (n_objects,)
        Start of these, as a share of the survey's time so far.
    covered : ndarray of int, shape (n_objects,)
        Visits.
    """
    n = len(objects)
    names = objects["class"].to_numpy(dtype=str)
    since = np.maximum(first - _SURVEY_START, 1.0)
    pace = np.exp(rng.normal(np.log(_VISITS[0]), _VISITS[1], n))
    covered = rng.poisson(pace * since)
    # Nuclei vary all the time, dwarf novae erupt again and again; a supernova may have a few false
    # detections before it. The distributions are choices.
    share = np.where(names == "AGN", rng.beta(0.9, 3.0, n), rng.beta(0.9, 5.0, n))
    false = rng.poisson(np.where(names == "TDE", 0.4, 0.12), n)
    repeated = np.isin(names, ("AGN", "CV"))
    earlier = np.where(repeated, rng.binomial(covered, share), np.minimum(false, covered))
    begin = np.where(repeated, rng.beta(4.0, 1.0, n), rng.random(n))
    return earlier, begin, covered
