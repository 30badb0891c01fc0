"""Class prior of probabilities that were trained with balanced class weights.

Networks of real light curves, pretrained on simulations, are trained with balanced weights. Their
probabilities are scored as trained (``prior="weighted"``) and divided by the weights
(``prior="frequencies"``), in cross-validation by object. Both use the same networks.

    python benchmarks/studies/class_weights.py [--sample pairs|curves] [--folds N] [--epochs N]
"""

import argparse
import time
import warnings
from pathlib import Path

import numpy as np
import torch
from _baselines import MAIN_CLASSES
from _real_data import load_curves, load_pairs
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import accuracy_score, f1_score, log_loss
from sklearn.model_selection import StratifiedKFold

from sklearn_sn import LightCurveClassifier, load_pretrained
from sklearn_sn.data import DataQualityWarning, as_ragged

PRIORS = ("weighted", "frequencies")
TASKS = ("three", "five")
FIGURES = ("log-loss", "accuracy", "macro-F1", "calibration error", "F1 of rare classes")


def calibration_error(truth, proba, classes, n_bins=10):
    """Return the expected calibration error of the most probable class."""
    confidence, right = proba.max(axis=1), classes[proba.argmax(axis=1)] == truth
    bins = np.minimum((confidence * n_bins).astype(int), n_bins - 1)
    gap = np.bincount(bins, confidence - right, n_bins)
    return np.abs(gap).sum() / len(truth)


def figures(truth, proba, classes):
    """Return the scores of one test set; rare classes are all but Ia and II."""
    predicted = classes[proba.argmax(axis=1)]
    each = f1_score(truth, predicted, labels=classes, average=None, zero_division=0)
    return (
        log_loss(truth, proba, labels=classes),
        accuracy_score(truth, predicted),
        each.mean(),
        calibration_error(truth, proba, classes),
        each[~np.isin(classes, ["SN Ia", "SN II"])].mean(),
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sample", choices=("pairs", "curves"), default="pairs")
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--out", help="file of the table; it is printed in any case")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", DataQualityWarning)
    torch.set_num_threads(1)
    X, y = load_pairs() if arguments.sample == "pairs" else load_curves()
    X = X[["light_curve"]]
    usable = as_ragged(X["light_curve"], kind="light_curve").lengths > 0
    folds = list(StratifiedKFold(5, shuffle=True, random_state=0).split(X, y))
    lines = []
    for task in arguments.tasks:
        part = usable & (np.isin(y, MAIN_CLASSES) if task == "three" else True)
        scores = {prior: [] for prior in PRIORS}
        for train, test in folds[: arguments.folds]:
            start = time.process_time()
            train, test = train[part[train]], test[part[test]]
            model = LightCurveClassifier(
                pretrained=FrozenEstimator(load_pretrained("contrastive-sim")),
                class_weight="balanced",
                lr=3e-4,
                max_epochs=arguments.epochs,
                random_state=0,
            ).fit(X.iloc[train], y[train])
            for prior in PRIORS:
                proba = model.set_params(prior=prior).predict_proba(X.iloc[test])
                scores[prior].append(figures(y[test], proba, model.classes_))
            print(f"{task}: {time.process_time() - start:.0f} CPU s", flush=True)
            for prior, values in scores.items():
                print("  ", prior, np.round(values[-1], 3), flush=True)
        for prior, values in scores.items():
            cells = [
                f"{mean:.3f}±{std:.3f}"
                for mean, std in zip(np.mean(values, axis=0), np.std(values, axis=0), strict=True)
            ]
            lines.append(f"| {task} | {prior} | {' | '.join(cells)} |")
    head = f"| {arguments.sample}, classes | prior | {' | '.join(FIGURES)} |"
    text = "\n".join([head, "|---" * (2 + len(FIGURES)) + "|", *lines])
    print(text)
    if arguments.out:
        Path(arguments.out).write_text(f"{text}\n")


if __name__ == "__main__":
    main()
