"""Real spectra by object: folds that keep twins together, classical features, figures."""

import warnings

import numpy as np
import pandas as pd
from _real_data import CLASSES, data_folder, lines, read
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
# The nine of which there are twenty objects or more, by the names of the sources.
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
TWIN = 0.9  # correlation of high-pass spectra from which two are one
GRID = wavelength_grid(3500.0, 9000.0, 512)


def load_spectra():
    """X (spectra and redshifts), y, subtypes ("" where none of the nine), groups.

    Objects whose sources disagree on the class, and those of class "other", are left out. Objects
    that share a spectrum, under whatever names, are of one group.
    """
    folder = data_folder()
    objects = pd.read_parquet(folder / "spectra_only_objects.parquet").drop_duplicates("object_id")
    objects = objects[~objects["type_conflict"].astype(bool) & objects["class"].isin(CLASSES)]
    objects = objects[["object_id", "class", "subtype", "redshift"]]
    X = read(objects, None, pd.read_parquet(folder / "spectra_only_spectra.parquet"))
    y = X.pop("class").to_numpy(str)
    subtype = X.pop("subtype").map(SUBTYPES).fillna("").to_numpy(str)
    return X, y, subtype, twins(X)


def checked(X):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DataQualityWarning)
        return check_table(X[["spectrum"]])


def twins(X):
    """A number for each object, the same for those that share a spectrum."""
    table = checked(X)
    high_pass = lines(table.spectrum)
    owner = np.repeat(np.arange(len(X)), np.diff(table.spectrum_offsets))
    left, right = np.nonzero(high_pass @ high_pass.T > TWIN)
    links = coo_array((np.ones(len(left)), (owner[left], owner[right])), shape=(len(X), len(X)))
    return connected_components(links, directed=False)[1]


def folds_of(y, groups):
    """Five folds by object, twins together."""
    splitter = StratifiedGroupKFold(5, shuffle=True, random_state=0)
    return list(splitter.split(np.zeros(len(y)), y, groups))


def one_by_one(X):
    """A table with one spectrum a row, and the row of X that each is of."""
    table = checked(X)
    owner = np.repeat(np.arange(len(X)), np.diff(table.spectrum_offsets))
    spectra = table.spectrum.to_nested(index=np.arange(len(owner)))
    single = pd.DataFrame({"spectrum": spectra})
    single["redshift"] = X["redshift"].to_numpy()[owner]
    return single, owner


def flat_spectra(singles, redshift=None):
    """Spectra over a smooth continuum of five knots on 512 bins; 0 where not covered."""
    shifts = None if redshift is None else 1.0 + np.nan_to_num(redshift)
    flux, _, covered = resample(checked(singles).spectrum, GRID, shifts=shifts)
    flat = flux / continuum(flux, covered, n_knots=5) - 1.0
    flat = np.where(covered & np.isfinite(flat), np.clip(flat, -3.0, 3.0), 0.0)
    return flat / np.maximum(np.sqrt(np.mean(flat**2, axis=1, keepdims=True)), 1e-6)


def with_noise(singles, fraction, random_state=0):
    """Spectra with added white noise of so many times their median absolute flux per pixel."""
    spectra = as_ragged(singles["spectrum"], kind="spectrum")
    scale = np.array(
        [np.median(np.abs(c)) for c in np.split(spectra["flux"], spectra.offsets[1:-1])]
    )
    noise = np.random.default_rng(random_state).normal(size=spectra.n_points)
    flux = spectra["flux"] + fraction * scale[spectra.rows] * noise
    fields = {**spectra.fields, "flux": flux}
    return singles.assign(spectrum=Ragged(fields, spectra.offsets).to_nested(index=singles.index))


def calibration_error(truth, proba, classes, n_bins=10):
    """Expected calibration error of the class that is predicted."""
    sure = proba.max(axis=1)
    right = np.asarray(classes)[proba.argmax(axis=1)] == truth
    bins = np.minimum((sure * n_bins).astype(int), n_bins - 1)
    weight = np.bincount(bins, minlength=n_bins)
    gap = np.abs(np.bincount(bins, right - sure, n_bins))
    return float(gap.sum() / weight.sum())


def class_figures(truth, proba, classes):
    """Macro-F1, accuracy, AUROC (macro and by class), top-3 accuracy, calibration error."""
    classes = np.asarray(classes)
    predicted = classes[proba.argmax(axis=1)]
    areas = {
        f"AUC {name}": roc_auc_score(truth == name, proba[:, i]) for i, name in enumerate(classes)
    }
    found = {
        "macro-F1": f1_score(truth, predicted, average="macro", labels=classes, zero_division=0),
        "accuracy": accuracy_score(truth, predicted),
        "AUROC": float(np.mean(list(areas.values()))),
        "calibration error": calibration_error(truth, proba, classes),
    }
    if len(classes) > 3:
        found["top-3"] = top_k_accuracy_score(truth, proba, k=3, labels=classes)
    return found | areas


def part_of_classes(truth, proba, classes, kept):
    """The same objects and probabilities among some of the classes only."""
    columns = [list(classes).index(name) for name in kept]
    rows = np.isin(truth, kept)
    part = np.maximum(proba[rows][:, columns], 1e-12)
    return truth[rows], part / part.sum(axis=1, keepdims=True), list(kept)


def redshift_figures(truth, predicted):
    """NMAD, and how many are off by more than 0.01 and 0.15 (1 + z), where 0 < z < 1."""
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
