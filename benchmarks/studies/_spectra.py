"""Real spectra: folds grouped by object and duplicates, classical features, scores."""

import warnings

import numpy as np
import pandas as pd
from _real_data import CLASSES, data_folder, lines, read
from _type_conflicts import usable_types
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    roc_auc_score,
    top_k_accuracy_score,
)
from sklearn.model_selection import StratifiedGroupKFold

from sklearn_sn.data import (
    DataQualityWarning,
    Ragged,
    as_ragged,
    check_table,
    continuum,
    resample,
    wavelength_grid,
)
from sklearn_sn.metrics import nmad, outlier_fraction

THREE = ("SN Ia", "SN II", "SN Ib/c")
# Subtypes with at least 20 objects, by the names in the sources; nine classes.
SUBTYPES = {
    "Ia": "SN Ia",
    "Ia-91T": "SN Ia-91T",
    "Ia-91bg": "SN Ia-91bg",
    "II": "SN II",
    "IIP": "SN II",
    "IIL": "SN II",
    "IIb": "SN IIb",
    "IIn": "SN IIn",
    "Ib": "SN Ib",
    "Ic": "SN Ic",
    "Ic-BL": "SN Ic",
    "SLSN-I": "SLSN-I",
}
# Correlation of the high-pass spectra of copies. Of pairs of spectra of two objects, 86 are above
# 0.998, and two more above 0.985; spectra of different SN Ia near peak reach 0.983.
DUPLICATE_CORRELATION = 0.985
GRID = wavelength_grid(3500.0, 9000.0, 512)


def load_spectra(further=False):
    """Load X (spectra and redshifts), y, subtypes ("" if none of the nine) and groups.

    Objects with conflicting classes, and those of class "other", are excluded. Objects that share a
    spectrum under different names form one group.

    Parameters
    ----------
    further : bool, default=False
        Whether to include the further spectra of the same objects that are stored with the pairs of
        light curves and spectra. Objects, their order and groups do not depend on it.
    """
    folder = data_folder()
    objects = pd.read_parquet(folder / "spectra_only_objects.parquet").drop_duplicates("object_id")
    objects = objects[usable_types(objects) & objects["class"].isin(CLASSES)]
    objects = objects[["object_id", "class", "subtype", "redshift"]]
    spectra = pd.read_parquet(folder / "spectra_only_spectra.parquet")
    pairs = pd.read_parquet(folder / "osc_pairs_spectra.parquet")
    pairs = pairs[~pairs["spectrum_id"].isin(spectra["spectrum_id"])]
    pairs = pairs[pairs["object_id"].isin(objects["object_id"])]
    X = read(objects, None, pd.concat([spectra, pairs], ignore_index=True))
    groups = duplicate_groups(X)
    if not further:
        X = read(objects, None, spectra)
    y = X.pop("class").to_numpy(str)
    subtype = X.pop("subtype").map(SUBTYPES).fillna("").to_numpy(str)
    return X, y, subtype, groups


def validate_table(X):
    """Validate the spectra of a table without quality warnings."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        return check_table(X[["spectrum"]])


def duplicate_groups(X):
    """Return group labels; objects that share a spectrum have the same label."""
    table = validate_table(X)
    high_pass = lines(table.spectrum)
    object_index = np.repeat(np.arange(len(X)), np.diff(table.spectrum_offsets))
    left, right = np.nonzero(high_pass @ high_pass.T > DUPLICATE_CORRELATION)
    links = coo_array(
        (np.ones(len(left)), (object_index[left], object_index[right])), shape=(len(X), len(X))
    )
    return connected_components(links, directed=False)[1]


def folds_of(y, groups):
    """Return five stratified folds, grouped by object and duplicates."""
    splitter = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    return list(splitter.split(np.zeros(len(y)), y, groups))


def one_row_per_spectrum(X):
    """Return a table with one spectrum per row, and the row of X of each spectrum."""
    table = validate_table(X)
    object_index = np.repeat(np.arange(len(X)), np.diff(table.spectrum_offsets))
    spectra = table.spectrum.to_nested(index=np.arange(len(object_index)))
    single = pd.DataFrame({"spectrum": spectra})
    single["redshift"] = X["redshift"].to_numpy()[object_index]
    return single, object_index


def flat_spectra(singles, redshift=None):
    """Return spectra divided by a five-knot continuum on 512 bins; 0 where not covered."""
    shifts = None if redshift is None else 1.0 + np.nan_to_num(redshift)
    flux, _, covered = resample(validate_table(singles).spectrum, GRID, shifts=shifts)
    flat = flux / continuum(flux, covered, n_knots=5) - 1.0
    flat = np.where(covered & np.isfinite(flat), np.clip(flat, -3.0, 3.0), 0.0)
    return flat / np.maximum(np.sqrt(np.mean(flat**2, axis=1, keepdims=True)), 1e-6)


def with_noise(singles, fraction, random_state=0):
    """Add white noise with sigma = `fraction` × median absolute flux to each spectrum."""
    spectra = as_ragged(singles["spectrum"], kind="spectrum")
    scale = np.array(
        [np.median(np.abs(c)) for c in np.split(spectra["flux"], spectra.offsets[1:-1])]
    )
    noise = np.random.default_rng(random_state).normal(size=spectra.n_points)
    flux = spectra["flux"] + fraction * scale[spectra.rows] * noise
    fields = {**spectra.fields, "flux": flux}
    return singles.assign(spectrum=Ragged(fields, spectra.offsets).to_nested(index=singles.index))


def calibration_error(truth, proba, classes, n_bins=10):
    """Return the expected calibration error of the predicted class."""
    confidence = proba.max(axis=1)
    correct = np.asarray(classes)[proba.argmax(axis=1)] == truth
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    weight = np.bincount(bins, minlength=n_bins)
    gap = np.abs(np.bincount(bins, correct - confidence, n_bins))
    return float(gap.sum() / weight.sum())


def class_figures(truth, proba, classes):
    """Return macro-F1, accuracy, AUROC (macro, per class), top-3 accuracy, calibration error."""
    classes = np.asarray(classes)
    predicted = classes[proba.argmax(axis=1)]
    areas = {
        f"AUC {name}": roc_auc_score(truth == name, proba[:, i]) for i, name in enumerate(classes)
    }
    scores = {
        "macro-F1": f1_score(truth, predicted, average="macro", labels=classes, zero_division=0),
        "accuracy": accuracy_score(truth, predicted),
        "AUROC": float(np.mean(list(areas.values()))),
        "calibration error": calibration_error(truth, proba, classes),
    }
    if len(classes) > 3:
        scores["top-3"] = top_k_accuracy_score(truth, proba, k=3, labels=classes)
    return scores | areas


def part_of_classes(truth, proba, classes, kept):
    """Restrict labels and probabilities to a subset of the classes."""
    columns = [list(classes).index(name) for name in kept]
    rows = np.isin(truth, kept)
    part = np.maximum(proba[rows][:, columns], 1e-12)
    return truth[rows], part / part.sum(axis=1, keepdims=True), list(kept)


def redshift_figures(truth, predicted):
    """Return NMAD and fractions with |Δz| > 0.01 and |Δz| > 0.15 (1 + z), for 0 < z < 1."""
    rows = (truth > 0) & (truth < 1)
    truth, predicted = truth[rows], predicted[rows]
    off = np.abs(predicted - truth) > 0.01
    return {
        "NMAD": nmad(truth, predicted),
        "beyond 0.01": np.mean(off),
        "of z < 0.1": np.mean(off[truth < 0.1]),
        "of z > 0.2": np.mean(off[truth > 0.2]),
        "beyond 0.15": outlier_fraction(truth, predicted),
    }
