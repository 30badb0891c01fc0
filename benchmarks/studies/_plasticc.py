"""PLAsTiCC training set as a table, and per-band light-curve statistics for tree models."""

import numpy as np
import pandas as pd
from _real_data import PLASTICC_TO_UJY, data_folder

from sklearn_sn.data import Ragged, as_ragged, band_wavelength, check_table
from sklearn_sn.datasets import read_tables
from sklearn_sn.preprocessing import LightCurveBinner

EIGHT = ("SN Ia", "SN Ia-91bg", "SN Iax", "SN II", "SN Ib/c", "SLSN-I", "TDE", "AGN")
MARGIN = 15.0  # days around the detections; the default of make_supernovae
PHASES = (-100.0, -40.0, -20.0, -10.0, -4.0, 4.0, 10.0, 20.0, 40.0, 70.0, 120.0, 250.0)
GROUPS = (4200.0, 5700.0, 7000.0, 8200.0, 9200.0)  # Å, between u, g, r, i, z and y
_DETECTION = 5.0


def load_plasticc(n_objects=None, around_detections=True):
    """Load X, class names and true redshifts (NaN for Galactic objects), binned to half days.

    Parameters
    ----------
    n_objects : int, optional
        Approximate number of objects, with equal numbers per class, for trial runs.
    around_detections : bool, default=True
        Drop points more than 15 days before the first or after the last detection, as in our
        simulations.
    """
    folder = data_folder()
    objects = pd.read_parquet(folder / "plasticc_objects.parquet")
    if n_objects is not None:
        objects = objects.groupby("class").head(-(-n_objects // objects["class"].nunique()))
    points = pd.read_parquet(folder / "plasticc_lightcurves.parquet")
    points = points.loc[
        points["object_id"].isin(objects["object_id"]),
        ["object_id", "time", "band", "flux", "flux_err"],
    ].copy()
    points[["flux", "flux_err"]] *= PLASTICC_TO_UJY
    X = LightCurveBinner(0.5).fit_transform(
        read_tables(objects[["object_id", "class", "true_z"]], points)
    )
    if around_detections:
        curves = as_ragged(X["light_curve"], kind="light_curve")
        kept = curves.filter(near_detections(curves)).to_nested(index=X.index)
        X = X.assign(light_curve=kept)
    X["survey"] = "lsst"
    X.index = X.index.astype(str)
    z = X.pop("true_z").to_numpy(np.float64)
    return X, X.pop("class").to_numpy(str), np.where(z > 0, z, np.nan)


def near_detections(curves):
    """Return a mask of points near detections; True for all points of undetected objects."""
    detected = np.abs(curves["flux"]) >= _DETECTION * curves["flux_err"]
    detections = curves.filter(detected)
    first = detections.reduce("min", "time", empty=-np.inf) - MARGIN
    last = detections.reduce("max", "time", empty=np.inf) + MARGIN
    rows, time = curves.rows, curves["time"]
    return (time >= first[rows]) & (time <= last[rows])


def band_statistics(X):
    """Compute statistics per band, mean fluxes in phase intervals, and colours.

    Parameters
    ----------
    X : DataFrame
        With a column ``light_curve``.

    Returns
    -------
    DataFrame
        One row per object; NaN where a band or phase interval has no points.
    """
    curves = check_table(X[["light_curve"]]).light_curve
    n, group = len(curves), np.searchsorted(GROUPS, band_wavelength(curves["band"]))
    rows, time, flux, error = curves.rows, curves["time"], curves["flux"], curves["flux_err"]
    peak = curves.reduce("max", "flux")
    top = curves.filter(flux == peak[rows]).reduce("first", "time")
    scale = np.where(peak > 0, peak, np.nan)
    features = {
        "points": curves.lengths,
        "log peak": np.log10(scale),
        "span": curves.reduce("max", "time") - curves.reduce("min", "time"),
        "peak after start": top - curves.reduce("first", "time"),
        "detections": np.bincount(rows, flux >= _DETECTION * error, n),
        "negative detections": np.bincount(rows, flux <= -_DETECTION * error, n),
    }
    phase = time - top[rows]
    bright = curves.with_fields(phase=phase).filter(flux > 0.3 * peak[rows])
    features["rise"], features["fall"] = (
        -bright.reduce("min", "phase"),
        bright.reduce("max", "phase"),
    )
    shape = (n, len(GROUPS) + 1)
    cell = rows * shape[1] + group
    features |= _of_bands(curves, cell, shape, scale)
    stretches = (*shape, len(PHASES) + 1)
    index = cell * stretches[2] + np.searchsorted(PHASES, phase)
    relative = flux / scale[rows]
    mean = _mean(np.nan_to_num(relative), index, stretches)
    for band in range(shape[1]):
        for stretch in range(stretches[2]):
            features[f"band {band}, stretch {stretch}"] = mean[:, band, stretch]
    near = np.abs(phase) < 15
    near = _mean(np.nan_to_num(relative)[near], cell[near], shape)
    for band in range(1, shape[1]):
        features[f"colour {band}"] = near[:, band] - near[:, band - 1]
    return pd.DataFrame(features, index=X.index, dtype=np.float64)


def _of_bands(curves, cell, shape, scale):
    """Return moments of the fluxes and of their S/N in each band."""
    flux, error = curves["flux"], curves["flux_err"]
    relative = np.nan_to_num(flux / scale[curves.rows])
    snr = np.clip(flux / error, -1e4, 1e4)
    mean, mean_snr = _mean(relative, cell, shape), _mean(snr, cell, shape)
    away = relative - mean.ravel()[cell]
    std = np.sqrt(_mean(away**2, cell, shape))
    skew = _mean(away**3, cell, shape) / np.maximum(std, 1e-9) ** 3
    order = np.argsort(cell, kind="stable")
    offsets = np.concatenate([[0], np.cumsum(np.bincount(cell, minlength=np.prod(shape)))])
    by_band = Ragged({"flux": relative[order], "time": curves["time"][order]}, offsets)
    highest, lowest = by_band.reduce("max", "flux"), by_band.reduce("min", "flux")
    span = by_band.reduce("max", "time") - by_band.reduce("min", "time")
    parts = {"mean": mean, "std": std, "skew": skew, "mean snr": mean_snr}
    parts |= {"max": highest.reshape(shape), "min": lowest.reshape(shape)}
    parts["span"] = span.reshape(shape)
    return {f"band {b}, {name}": v[:, b] for name, v in parts.items() for b in range(shape[1])}


def _mean(values, cell, shape):
    total, size = np.bincount(cell, values, np.prod(shape)), np.bincount(cell, None, np.prod(shape))
    return np.divide(total, size, out=np.full(len(total), np.nan), where=size > 0).reshape(shape)
