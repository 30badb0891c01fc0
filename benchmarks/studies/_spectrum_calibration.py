"""Calibration and conformal sets of the packaged classifier of spectra, tested by halves."""

import numpy as np
from _spectra import calibration_error
from sklearn.dummy import DummyClassifier

from sklearn_sn.classification import ConformalClassifier
from sklearn_sn.classification._temperature import apply_temperature

COVERAGES = (0.8, 0.9, 0.95)


def log_loss(found):
    """Return the mean negative logarithm of the probability of the true class."""
    columns = np.searchsorted(found["classes"], found["truth"])
    true = found["proba"][np.arange(len(columns)), columns]
    return float(-np.mean(np.log(np.maximum(true, 1e-7))))


def calibration_parts(found):
    """Split test sets into two halves by object and duplicates, to calibrate and to test."""
    return [found["group"] % 2 == half for half in (0, 1)]


def calibrated(found, coverage=0.9):
    """Return probabilities and sets of each half, calibrated by the other half."""
    proba = np.zeros_like(found["proba"])
    sets = np.zeros(proba.shape, dtype=bool)
    for test in calibration_parts(found):
        model = conformal(DummyClassifier(), np.zeros((np.sum(~test), 1)), found, ~test, coverage)
        proba[test] = apply_temperature(found["proba"][test], model.temperature_)
        sets[test] = model.sets_from_proba(proba[test])
    return proba, sets


def conformal(estimator, X, found, rows, coverage=0.9):
    """Return a conformal classifier that is calibrated by rows of predictions."""
    model = ConformalClassifier(estimator, coverage=coverage)
    return model.fit(X, found["truth"][rows], oof_proba=found["proba"][rows])


def calibration_figures(found):
    """Return calibration errors and the coverage of sets, for the average of the members."""
    proba, _ = calibrated(found)
    figures = {
        "calibration error before": calibration_error(
            found["truth"], found["proba"], found["classes"]
        ),
        "calibration error": calibration_error(found["truth"], proba, found["classes"]),
        "log-loss before": log_loss(found),
        "log-loss": log_loss({**found, "proba": proba}),
    }
    columns = np.searchsorted(found["classes"], found["truth"])
    for coverage in COVERAGES:
        _, sets = calibrated(found, coverage)
        inside = sets[np.arange(len(columns)), columns]
        figures[f"inside, {coverage}"] = inside.mean()
        figures[f"classes a set, {coverage}"] = sets.sum(axis=1).mean()
        figures[f"empty, {coverage}"] = np.mean(~sets.any(axis=1))
        for i, name in enumerate(found["classes"]):
            figures[f"inside, {coverage}, {name}"] = inside[columns == i].mean()
    return figures


def reliability(found, edges=(0.0, 0.5, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)):
    """Return (lowest, highest, n, mean probability, fraction correct) of the predicted class."""
    proba, _ = calibrated(found)
    top = proba.max(axis=1)
    right = found["classes"][proba.argmax(axis=1)] == found["truth"]
    bins = np.clip(np.searchsorted(edges, top, side="right") - 1, 0, len(edges) - 2)
    return [
        (
            edges[i],
            edges[i + 1],
            int(np.sum(bins == i)),
            top[bins == i].mean(),
            right[bins == i].mean(),
        )
        for i in range(len(edges) - 1)
        if np.any(bins == i)
    ]
