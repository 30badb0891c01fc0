"""Statistics of the observed points of each group of bands."""

import numpy as np

from sklearn_sn.data import Ragged
from sklearn_sn.preprocessing._feature_points import POGSON, ZERO_POINT
from sklearn_sn.preprocessing._row_quantiles import row_quantile

GROUPS = ("UV", "U", "B", "V", "R", "I", "Z", "NIR")
GROUP_EDGES = (3000.0, 4000.0, 5050.0, 5850.0, 7000.0, 8300.0, 11000.0)  # Å, between the groups


def group_statistics(points: Ragged, phase: np.ndarray) -> dict[str, np.ndarray]:
    """Return statistics of flux and time per group of bands, relative to its brightest point.

    Parameters
    ----------
    points : Ragged of n_objects rows
        Fields flux, flux_err (µJy) and wavelength (Å), sorted by time.
    phase : array of shape (n_points,)
        Days from the maximum.

    Returns
    -------
    dict of str to array of shape (n_objects,)
        NaN for groups with fewer than two points or without a positive flux.
    """
    groups = _by_group(points.with_fields(phase=phase))
    brightest = groups.reduce("max", "flux")
    groups = groups.filter(((groups.lengths >= 2) & (brightest > 0))[groups.rows])
    rows, n, phase = groups.rows, len(groups), groups["phase"]
    flux = groups["flux"] / brightest[rows]
    mean = groups.reduce("mean", flux)
    centred = flux - mean[rows]
    deviation = np.sqrt(groups.reduce("mean", centred**2))
    weight = np.maximum(flux, 0.0)
    total = groups.reduce("mean", weight)
    centre = groups.reduce("mean", weight * phase) / total
    spread = groups.reduce("mean", weight * (phase - centre[rows]) ** 2) / total
    with np.errstate(over="ignore"):
        signal = groups["flux"] / np.maximum(groups["flux_err"], 1e-9)
    values = {
        "mean": mean,
        "deviation": deviation,
        "skew": groups.reduce("mean", centred**3) / np.maximum(deviation, 1e-6) ** 3,
        "bright_share": groups.reduce("mean", (flux > 0.5) * 1.0),
        "low": row_quantile(rows, flux, n, 0.1),
        "middle": row_quantile(rows, flux, n, 0.5),
        "brightest_phase": groups.filter(flux == 1.0).reduce("first", "phase"),
        "centre_phase": centre,
        "spread_days": np.sqrt(spread),
        "first_phase": groups.reduce("first", "phase"),
        "last_phase": groups.reduce("last", "phase"),
        "max_snr": groups.reduce("max", signal),
    }
    return _named(values, len(points))


def group_magnitudes(points: Ragged) -> dict[str, np.ndarray]:
    """Return the brightest, the faintest and the median magnitude of each group of bands.

    Parameters
    ----------
    points : Ragged of n_objects rows
        Fields flux, flux_err (µJy) and wavelength (Å).

    Returns
    -------
    dict of str to array of shape (n_objects,)
        AB magnitudes of the points above three standard deviations; NaN without any.
    """
    detected = (points["flux"] > 3 * points["flux_err"]) & (points["flux"] > 0)
    groups = _by_group(points.filter(detected))
    magnitude = ZERO_POINT - POGSON * np.log(groups["flux"])
    values = {
        "brightest": groups.reduce("min", magnitude),
        "faintest": groups.reduce("max", magnitude),
        "median": row_quantile(groups.rows, magnitude, len(groups), 0.5),
    }
    return _named(values, len(points))


def _by_group(points):
    """Return one row per object and group of bands."""
    group = np.searchsorted(GROUP_EDGES, points["wavelength"])
    rows = points.rows * len(GROUPS) + group
    return Ragged.from_groups(rows, len(points) * len(GROUPS), points.fields)


def _named(values, n_objects):
    table = {name: column.reshape(n_objects, len(GROUPS)) for name, column in values.items()}
    return {
        f"{group}_{name}": column[:, number]
        for number, group in enumerate(GROUPS)
        for name, column in table.items()
    }
