"""Scores of the packaged models of spectra, by fold and over all folds."""

import numpy as np
from _applecider import spread
from _spectra import THREE, class_figures, part_of_classes, redshift_figures
from _spectrum_calibration import calibrated, log_loss
from _spectrum_subsets import subsets

PEAKS = (0.0, 0.5, 0.8, 0.95, 0.99, 1.0)  # probability of the peak of a redshift posterior


def averaged(parts):
    """Return the mean probabilities of several members on the same spectra."""
    if any(part is None for part in parts):
        return None
    assert all((part["rows"] == parts[0]["rows"]).all() for part in parts)
    return {**parts[0], "proba": np.mean([part["proba"] for part in parts], axis=0)}


def figures_of(found):
    """Return the scores of the predictions of one fold."""
    classes = found["truth"], found["proba"], found["classes"]
    five, three = class_figures(*classes), class_figures(*part_of_classes(*classes, THREE))
    figures = {
        "macro-F1, five": five["macro-F1"],
        "accuracy, five": five["accuracy"],
        "AUROC, five": five["AUROC"],
        "macro-F1, three": three["macro-F1"],
        "calibration error": five["calibration error"],
        "log-loss": log_loss(found),
    }
    if "redshift" in found:
        figures |= redshift_figures(found["true_redshift"], found["redshift"])
        figures |= redshift_coverage(found)
    return figures


def spread_of(folds):
    """Return mean ± standard deviation over folds of each score; `folds` are predictions."""
    figures = [figures_of(found) for found in folds]
    return {key: spread([row[key] for row in figures], 4) for key in figures[0]}


def redshift_coverage(found):
    """Return the fractions of redshifts within 1, 2 and 3 errors, for 0 < z < 1."""
    rows = (found["true_redshift"] > 0) & (found["true_redshift"] < 1)
    off = np.abs(found["redshift"] - found["true_redshift"])[rows] / found["error"][rows]
    return {f"within {n} σ": float(np.mean(off <= n)) for n in (1, 2, 3)}


def by_peak(found):
    """Yield lowest, highest probability of the peak, number and fraction beyond 0.01."""
    off = np.abs(found["redshift"] - found["true_redshift"]) > 0.01
    bins = np.clip(np.searchsorted(PEAKS, found["peak"], side="right") - 1, 0, len(PEAKS) - 2)
    for i in range(len(PEAKS) - 1):
        yield PEAKS[i], PEAKS[i + 1], int(np.sum(bins == i)), np.mean(off[bins == i])


def stored_at_rest(found):
    """Return a mask of spectra that an archive probably stores at rest.

    The redshift of the spectrum is 0 within its error, while that of the object is not.
    """
    off = np.abs(found["redshift"] - found["true_redshift"])
    return (found["redshift"] < 0.005) & (off > 0.008) & (off > 4 * found["error"])


def joined(parts):
    """Return the predictions of several folds as one."""
    keys = ("rows", "group", "truth", "true_redshift", "proba", "redshift", "error", "peak")
    return {key: np.concatenate([part[key] for part in parts]) for key in keys} | {
        "classes": parts[0]["classes"]
    }


def subset_figures(found, names):
    """Yield name, number, accuracy, coverage of 90 % sets, gross redshift errors of subsets."""
    proba, sets = calibrated(found)
    right = found["classes"][proba.argmax(axis=1)] == found["truth"]
    columns = np.searchsorted(found["classes"], found["truth"])
    inside = sets[np.arange(len(columns)), columns]
    off = np.abs(found["redshift"] - found["true_redshift"]) > 0.01
    for name, mask in subsets(names, found["rows"], found["true_redshift"]):
        yield name, mask.sum(), *(part[mask].mean() for part in (right, inside, off))


def class_scores(found):
    """Yield name, number, recall, precision and coverage of 90 % sets of each class."""
    proba, sets = calibrated(found)
    columns, best = np.searchsorted(found["classes"], found["truth"]), proba.argmax(axis=1)
    inside = sets[np.arange(len(columns)), columns]
    for i, name in enumerate(found["classes"]):
        true, chosen = columns == i, best == i
        right = np.sum(true & chosen)
        yield (
            name,
            true.sum(),
            right / true.sum(),
            right / max(chosen.sum(), 1),
            inside[true].mean(),
        )
