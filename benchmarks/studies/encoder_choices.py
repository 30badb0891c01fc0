"""Accuracy with 1, 2, 4 and 8 bins of a spectrum in a token, and with and without dropout.

Five folds of real objects with a light curve and a spectrum. All models have the default sizes,
differ in one parameter, and are trained once in each fold, with the same seeds. The patch is that
of `SpectrumTransformer`, in a classifier of spectra at rest. Dropout is that of the
same classifier, of a light-curve transformer, and of both encoders of `ContrastiveEmbedder`, whose
score is that of 10 nearest neighbours of the light curves of the training part. Seconds are process
time.

    OMP_NUM_THREADS=1 python benchmarks/studies/encoder_choices.py patch [--patches 1 2 4 8]
    OMP_NUM_THREADS=1 python benchmarks/studies/encoder_choices.py dropout [--dropouts 0.0 0.1]
        [--models spectra light_curves contrastive]
"""

import argparse
import time
import warnings

import numpy as np
import torch
from _applecider import provenance, spread, table, write_section
from _real_data import load_pairs
from _settings import CACHE
from sklearn.metrics import f1_score, log_loss
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier

from sklearn_sn import ContrastiveEmbedder
from sklearn_sn.classification import LightCurveClassifier, SpectraNetClassifier
from sklearn_sn.data import DataQualityWarning, check_table
from sklearn_sn.encoders import LightCurveTransformer, SpectrumTransformer

PAGE = CACHE.parent / "results" / "encoder_choices.md"
TITLE = "# Patches and dropout\n"


def spectra(X, y, fold, epochs, **params):
    """Return a fitted classifier of spectra."""
    model = SpectraNetClassifier(
        encoder=SpectrumTransformer(**params), frame="rest", max_epochs=epochs, random_state=fold
    )
    return model.fit(X[["spectrum", "redshift"]], y)


def light_curves(X, y, fold, epochs, **params):
    """Return a fitted classifier of light curves."""
    encoder = LightCurveTransformer(**params)
    model = LightCurveClassifier(encoder=encoder, max_epochs=epochs, random_state=fold)
    return model.fit(X[["light_curve"]], y)


class Neighbours:
    """Nearest neighbours in a contrastive embedding of light curves."""

    def __init__(self, X, y, fold, epochs, **params):
        self.embedder = ContrastiveEmbedder(
            light_curve=LightCurveTransformer(**params),
            spectrum=SpectrumTransformer(**params),
            max_epochs=epochs,
            random_state=fold,
        ).fit(X[["light_curve", "spectrum"]])
        self.head = KNeighborsClassifier(10, weights="distance").fit(self.encode(X), y)
        self.classes_ = self.head.classes_

    def encode(self, X):
        return self.embedder.encode(X[["light_curve"]], "light_curve")

    def predict_proba(self, X):
        return self.head.predict_proba(self.encode(X))


MODELS = {"spectra": spectra, "light_curves": light_curves, "contrastive": Neighbours}
NAMES = {
    "spectra": "spectra, `SpectraNetClassifier(encoder=SpectrumTransformer(dropout=…))`",
    "light_curves": "light curves, `LightCurveClassifier(encoder=LightCurveTransformer())`",
    "contrastive": "light curves, 10 neighbours, `ContrastiveEmbedder()` with both transformers",
}


def evaluate(make, X, y, epochs, params):
    """Return the scores of a model in each fold."""
    scores = []
    splitter = StratifiedKFold(5, shuffle=True, random_state=0)
    for fold, (train, test) in enumerate(splitter.split(X, y)):
        start = time.process_time()
        model = make(X.iloc[train], y[train], fold, epochs, **params)
        trained = time.process_time()
        proba = model.predict_proba(X.iloc[test])
        classes = np.asarray(model.classes_)
        predicted = classes[proba.argmax(axis=1)]
        proba = np.clip(proba, 1e-3, None)
        proba /= proba.sum(axis=1, keepdims=True)
        scores.append(
            {
                "macro-F1": f1_score(y[test], predicted, average="macro", zero_division=0),
                "accuracy": np.mean(predicted == y[test]),
                "log-loss": log_loss(y[test], proba, labels=list(classes)),
                "training": trained - start,
                "prediction": time.process_time() - trained,
            }
        )
        print(params, fold, {k: round(float(v), 3) for k, v in scores[-1].items()}, flush=True)
    return scores


def rows_of(results):
    """Return the rows of a table, with differences from the first row."""
    rows = []
    first = next(iter(results.values()))
    for name, scores in results.items():
        row = [name]
        for key in ("macro-F1", "accuracy", "log-loss"):
            row.append(spread([score[key] for score in scores]))
        paired = [a["macro-F1"] - b["macro-F1"] for a, b in zip(scores, first, strict=True)]
        row.append("" if scores is first else spread(paired))
        for key in ("training", "prediction"):
            row.append(f"{np.sum([score[key] for score in scores]):.1f}")
        rows.append(row)
    return rows


HEADER = [
    "macro-F1",
    "accuracy",
    "log-loss",
    "macro-F1 minus first row",
    "training, s",
    "prediction, s",
]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=("patch", "dropout"))
    parser.add_argument("--patches", type=int, nargs="+", default=[1, 2, 4, 8])
    parser.add_argument("--dropouts", type=float, nargs="+", default=[0.1, 0.0])
    parser.add_argument("--models", nargs="+", default=list(MODELS), choices=list(MODELS))
    parser.add_argument("--epochs", type=int, default=30)
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore", DataQualityWarning)
    X, y = load_pairs()
    usable = check_table(X, warn=False).present("light_curve")
    X, y = X[usable], y[usable]
    report = {"run": provenance(arguments)}
    text = [
        f"{len(X)} real objects of five classes, five folds by object, {arguments.epochs} epochs. "
        "Seconds are sums over the folds."
    ]
    if arguments.part == "patch":
        results = {
            str(patch): evaluate(spectra, X, y, arguments.epochs, {"patch": patch})
            for patch in arguments.patches
        }
        text.append(table(["bins in a token", *HEADER], rows_of(results)))
        write_section("Bins in a token", report, "\n\n".join(text), page=PAGE, page_title=TITLE)
        return
    for name in arguments.models:
        results = {
            str(dropout): evaluate(MODELS[name], X, y, arguments.epochs, {"dropout": dropout})
            for dropout in arguments.dropouts
        }
        text += [f"{NAMES[name]}:", table(["dropout", *HEADER], rows_of(results))]
    write_section("Dropout", report, "\n\n".join(text), page=PAGE, page_title=TITLE)


if __name__ == "__main__":
    main()
