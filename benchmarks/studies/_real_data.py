"""Real data shared by the benchmarks; not part of the package."""

import os
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

from sklearn_sn.data import (
    DataQualityWarning,
    as_ragged,
    check_table,
    continuum,
    resample,
    wavelength_grid,
)
from sklearn_sn.datasets import read_tables
from sklearn_sn.preprocessing import LightCurveBinner

CLASSES = ("SN Ia", "SN II", "SN Ib/c", "SN IIn", "SLSN-I")
# Typical error, assigned to photometry without errors (one fifth of it).
DEFAULT_MAG_ERR = 0.1
# The flux zero point is 27.5 in SNANA and 23.9 (AB) for µJy.
PLASTICC_TO_UJY = 10 ** (-0.4 * (27.5 - 23.9))


def data_folder():
    default = Path(__file__).resolve().parents[3] / "shared" / "data"
    folder = Path(os.environ.get("SKLEARN_SN_DATA", default))
    if not (folder / "osc_pairs_objects.parquet").exists():
        sys.exit("The real data is missing. Set SKLEARN_SN_DATA to its folder.")
    return folder


def load_pairs():
    """Load X and class names of objects with light curve and spectra, binned to half days.

    Objects with conflicting classes, and those of class "other", are excluded.
    """
    folder = data_folder()
    objects = pd.read_parquet(folder / "osc_pairs_objects.parquet")
    objects = objects[~objects["type_conflict"] & objects["class"].isin(CLASSES)]
    X = read(
        objects[["object_id", "class", "redshift"]],
        pd.read_parquet(folder / "osc_pairs_lightcurves.parquet"),
        pd.read_parquet(folder / "osc_pairs_spectra.parquet"),
    )
    y = X.pop("class").to_numpy(dtype=str)
    return X, y


def load_curves(classes=CLASSES):
    """Load X and class names of all labelled light curves, binned to half days."""
    folder = data_folder()
    objects = pd.read_parquet(folder / "osc_lc_objects.parquet").drop_duplicates("object_id")
    objects = objects[~objects["type_conflict"] & objects["class"].isin(classes)]
    names = ("osc_pairs_lightcurves.parquet", "osc_lc_extra_lightcurves.parquet")
    points = pd.concat([pd.read_parquet(folder / name) for name in names])
    points = points[points["object_id"].isin(objects["object_id"])]
    X = read(objects[["object_id", "class", "redshift"]], points)
    X = X[as_ragged(X["light_curve"], kind="light_curve").lengths > 0]
    y = X.pop("class").to_numpy(dtype=str)
    return X, y


def load_pretraining(pairs):
    """Load X and y for pretraining: other objects, with one modality each.

    Light curves are those of PLAsTiCC (simulated), and real ones without spectra. Spectra are those
    of objects that are not among the pairs; spectra of pairs under other names are excluded too.
    """
    folder = data_folder()
    objects = pd.read_parquet(folder / "plasticc_objects.parquet")
    points = pd.read_parquet(folder / "plasticc_lightcurves.parquet")
    points = points[["object_id", "time", "band", "flux", "flux_err"]]
    points[["flux", "flux_err"]] *= PLASTICC_TO_UJY
    objects["redshift"] = objects["true_z"].where(objects["true_z"] > 0)
    simulated = read(objects[["object_id", "class", "redshift"]], points)

    objects = pd.read_parquet(folder / "osc_lc_objects.parquet").drop_duplicates("object_id")
    objects = objects[~objects["in_pairs"].astype(bool) & ~objects["type_conflict"]]
    curves = read(
        objects[["object_id", "class", "redshift"]],
        pd.read_parquet(folder / "osc_lc_extra_lightcurves.parquet"),
    )

    objects = pd.read_parquet(folder / "spectra_only_objects.parquet").drop_duplicates("object_id")
    objects = objects[~objects["in_pairs"] & ~objects["type_conflict"]]
    spectra = read(
        objects[["object_id", "class", "redshift"]],
        None,
        pd.read_parquet(folder / "spectra_only_spectra.parquet"),
    )
    spectra = spectra[~has_duplicate(spectra, pairs)]
    X = pd.concat([simulated, curves, spectra])
    X = X[~X.index.isin(pairs.index)]
    # In the class "other", 999 denotes an unknown redshift.
    X["redshift"] = X["redshift"].where(X["redshift"].between(0, 5))
    X.index = X.index.astype(str)
    return X.drop(columns="class"), X["class"].to_numpy(dtype=str)


def thin_light_curves(X, *, n_points=None, n_bands=None, random_state=0):
    """Return a copy of X with random points, or points of random bands, of each light curve."""
    rng = np.random.default_rng(random_state)
    curves = as_ragged(X["light_curve"], kind="light_curve")
    rows = curves.rows
    if n_bands is not None:
        band = curves["band"].codes
        rank = rng.random((len(curves), band.max() + 1))
        present = np.zeros(rank.shape, dtype=bool)
        present[rows, band] = True
        rank = np.where(present, rank, 2.0).argsort(axis=1).argsort(axis=1)
        curves = curves.filter(rank[rows, band] < n_bands)
    else:
        order = np.lexsort((rng.random(len(rows)), rows))
        order_rank = np.empty(len(rows), dtype=np.int64)
        order_rank[order] = curves.rank()
        curves = curves.filter(order_rank < n_points)
    return X.assign(light_curve=curves.to_nested(index=X.index))


def has_duplicate(X, others):
    """Return a mask of objects with a spectrum similar to one of `others` (correlation > 0.9)."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        left, right = (check_table(t[["spectrum"]]) for t in (X, others))
    near = (lines(left.spectrum) @ lines(right.spectrum).T).max(axis=1) > 0.9
    object_index = np.repeat(np.arange(len(X)), np.diff(left.spectrum_offsets))
    return np.bincount(object_index[near], minlength=len(X)) > 0


def lines(spectra):
    """Return high-pass spectra, 4000–7000 Å, as unit vectors; 0 for incomplete spectra."""
    flux, _, covered = resample(spectra, wavelength_grid(4000, 7000, 300))
    whole = covered.all(axis=1)
    lines = np.zeros_like(flux)
    lines[whole] = flux[whole] / continuum(flux[whole], covered[whole], n_knots=13) - 1.0
    lines -= lines.mean(axis=1, keepdims=True)
    return lines / np.maximum(np.linalg.norm(lines, axis=1, keepdims=True), 1e-12)


def read(objects, points, pixels=None):
    """Build a table from objects, photometry and spectra; bin light curves to half days."""
    with warnings.catch_warnings():
        # Unknown bands and repeated points; quality_report lists them.
        warnings.simplefilter("ignore", DataQualityWarning)
        X = read_tables(objects, points, pixels, default_mag_err=DEFAULT_MAG_ERR)
        return X if points is None else LightCurveBinner(0.5).fit_transform(X)
