"""Scores of the packaged light-curve models: accuracy, calibration, conformal sets."""

import numpy as np
from _light_curve_mixture import REAL_CLASSES
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.metrics import f1_score, log_loss, roc_auc_score

from sklearn_sn.anomaly import ClassDistanceDetector
from sklearn_sn.classification import ConformalClassifier

# Subtypes that the labels of the real objects do not separate reliably.
SUMMED = {"SN Ia-91bg": "SN Ia", "SN Iax": "SN Ia"}
_BINS = np.linspace(0.0, 1.0, 11)


class GivenProbabilities(ClassifierMixin, BaseEstimator):
    """A classifier whose input are its probabilities."""

    def fit(self, X, y, sample_weight=None):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        return np.asarray(X)


def cross_fitted(data, proba, **params):
    """Return calibrated probabilities and sets of all rows, calibrated on the other folds."""
    calibrated, sets = np.zeros_like(proba), np.zeros(proba.shape, dtype=bool)
    weight = calibration_weights(data)
    for fold in np.unique(data.fold):
        test = data.fold == fold
        model = ConformalClassifier(GivenProbabilities(), **params)
        a = calibration_rows(data) & ~test
        model.fit(proba[a], data.label[a], weight[a], oof_proba=proba[a])
        calibrated[test] = model.predict_proba(proba[test])
        sets[test] = model.sets_from_proba(calibrated[test])
    return calibrated, sets


def calibration_weights(data):
    """Return weights of all rows: real ones at every horizon alike, simulated ones hardly any.

    Temperature and a single threshold are then those of real objects. Thresholds by class do not
    depend on the weight of a class.
    """
    return np.where(data.is_real, 1.0, 1e-4)


def calibration_rows(data):
    """Return the mask of real rows, and of simulated ones of classes without real objects."""
    return data.is_real | ~np.isin(data.label, REAL_CLASSES)


def main_probabilities(proba, classes, wanted):
    """Return probabilities of the wanted classes, with subtypes summed, renormalised."""
    names = np.array([SUMMED.get(name, name) for name in classes])
    summed = np.stack([proba[:, names == name].sum(axis=1) for name in wanted], axis=1)
    return summed / np.maximum(summed.sum(axis=1, keepdims=True), 1e-12)


def class_figures(truth, proba, wanted):
    """Return macro-F1, accuracy, AUROC, log-loss and calibration error."""
    wanted = np.asarray(wanted)
    predicted = wanted[proba.argmax(axis=1)]
    area = [
        roc_auc_score(truth == name, proba[:, i])
        for i, name in enumerate(wanted)
        if 0 < np.sum(truth == name) < len(truth)
    ]
    order = np.argsort(wanted)
    return {
        "macro-F1": f1_score(truth, predicted, labels=wanted, average="macro", zero_division=0),
        "accuracy": np.mean(truth == predicted),
        "AUROC": float(np.mean(area)) if area else np.nan,  # one class only
        "log-loss": log_loss(truth, np.clip(proba[:, order], 1e-6, 1), labels=wanted[order]),
        "calibration error": calibration_error(truth == predicted, proba.max(axis=1)),
    }


def reliability(right, confidence):
    """Return confidence, accuracy and number of objects in ten bins of the highest probability."""
    number = np.clip(np.digitize(confidence, _BINS) - 1, 0, len(_BINS) - 2)
    count = np.bincount(number, minlength=len(_BINS) - 1)
    some = np.maximum(count, 1)
    mean = np.bincount(number, confidence, minlength=len(count)) / some
    return mean, np.bincount(number, right, minlength=len(count)) / some, count


def calibration_error(right, confidence):
    """Return the expected calibration error of the most probable class."""
    mean, accuracy, count = reliability(right, confidence)
    return float(np.sum(count * np.abs(mean - accuracy)) / count.sum())


def ten_class_accuracy(data, proba):
    """Return the accuracy of complete real curves, if any of the ten classes can be predicted.

    Predicted subtypes of SN Ia count as SN Ia.
    """
    classes, full = np.unique(data.label), data.horizon == "full"
    kept = np.array([name for name in classes if name not in SUMMED])
    main = main_probabilities(proba[full], classes, kept)
    truth = np.array([SUMMED.get(name, name) for name in data.label[full]])
    return round(float(np.mean(kept[main.argmax(axis=1)] == truth)), 3)


def anomaly_detector():
    """Return the detector of the packaged model, for embeddings."""
    return ClassDistanceDetector(method="mahalanobis")


def anomaly_auroc(data, values, other):
    """Return how well the anomaly score separates objects of other classes from known ones.

    The detector of each fold is fitted without the known objects that it scores. The result is the
    mean and the standard deviation over folds.

    Parameters
    ----------
    data : SimpleNamespace
        The mixture.
    values : array of shape (n_rows, n_dims)
        Embedding of the mixture.
    other : array of shape (n_others, n_dims)
        Embedding of objects of other classes.
    """
    areas = []
    for fold in range(5):
        train = calibration_rows(data) & (data.fold != fold)
        detector = anomaly_detector().fit(values[train], data.label[train])
        known = values[(data.fold == fold) & (data.horizon == "full")]
        scores = np.concatenate([detector.score_samples(part) for part in (other, known)])
        areas.append(roc_auc_score(np.repeat([1, 0], [len(other), len(known)]), -scores))
    return float(np.mean(areas)), float(np.std(areas))
