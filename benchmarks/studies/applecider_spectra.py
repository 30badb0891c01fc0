"""Accuracy of nine classes from one spectrum in the observer frame, beside classical baselines.

Ia, Ib, Ic, IIP, IIb, IIn, AGN, CV and TDE in equal numbers (or in the proportions of table 1 of the
paper), five folds by object, simulated spectra near the first detection. Settings were chosen on
another simulated sample.

    python benchmarks/studies/applecider_spectra.py [--objects N] [--proportions {equal,table1}]
        [--epochs E] [--lr LR] [--seed S] [--output FILE]
"""

import argparse
import time
from pathlib import Path

import numpy as np
from _applecider import RESULTS, provenance, spread, table, verdict, write_report, write_section
from _spectra import flat_spectra
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, balanced_accuracy_score, f1_score, recall_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_sn import SpectraNetClassifier
from sklearn_sn.datasets import make_alerts
from sklearn_sn.encoders import SpectrumCNN

# The numbers of table 1 of the paper.
NINE = {
    **{"SN Ia": 6322, "SN Ib": 145, "SN Ic": 153, "SN IIP": 627, "SN IIb": 126, "SN IIn": 234},
    **{"AGN": 8905, "CV": 963, "TDE": 75},
}
TARGET = 0.87
MODEL = "SpectraNetClassifier, convolutional encoder"
METRICS = {
    "accuracy": accuracy_score,
    "balanced accuracy": balanced_accuracy_score,
    "macro-F1": lambda y, predicted: f1_score(y, predicted, average="macro", zero_division=0),
}


def models(settings):
    """Return the classifiers by name; classical ones read spectra divided by their continuum."""
    seed = settings.seed
    reduced = (StandardScaler(), PCA(60, random_state=seed))
    return {
        MODEL: SpectraNetClassifier(
            encoder=SpectrumCNN(n_bins=256),
            lr=settings.lr,
            max_epochs=settings.epochs,
            device="cpu",
            random_state=seed,
        ),
        "logistic regression of 60 components": make_pipeline(
            *reduced, LogisticRegression(C=0.1, max_iter=500)
        ),
        "extra trees of flattened spectra": ExtraTreesClassifier(
            300, max_features=0.1, random_state=seed
        ),
    }


def section(report):
    """Return the text and the table of the section."""
    rows = []
    for name, folds in report["models"].items():
        cells = [spread([fold[metric] for fold in folds]) for metric in METRICS]
        rows.append([name, *cells, len(folds), f"{np.mean([f['CPU seconds'] for f in folds]):.0f}"])
    goal = verdict([fold["accuracy"] for fold in report["models"][MODEL]], TARGET)
    rows.append([f"target, {MODEL}", goal, "", "", "", ""])
    rows.append(["SpectraNet-1D, paper (real spectra)", "0.870 ± 0.005", "", "", "", ""])
    rows.append(["GalSpecNet, paper (real spectra)", "0.826 ± 0.006", "", "", "", ""])
    names = list(report["objects"])
    recalls = [[f["recall"][c] for f in report["models"][MODEL]] for c in names]
    per_class = ", ".join(
        f"{c} {spread(values, 2)}" for c, values in zip(names, recalls, strict=True)
    )
    counts = ", ".join(f"{name} {n}" for name, n in report["objects"].items())
    header = ["model", *METRICS, "folds", "CPU s per fold"]
    return (
        f"One spectrum of each object ({counts}), observer frame, mean ± standard deviation over "
        f"the folds by object.\n\n{table(header, rows)}\n\nRecall of {MODEL}: {per_class}."
    )


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--objects", type=int, default=900)
    options.add_argument("--proportions", choices=("equal", "table1"), default="equal")
    options.add_argument("--epochs", type=int, default=8)
    options.add_argument("--lr", type=float, default=3e-3)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--output", type=Path)
    arguments = options.parse_args()
    proportions = NINE if arguments.proportions == "table1" else list(NINE)
    output = arguments.output or RESULTS / f"spectra_{arguments.proportions}.json"
    X, y = make_alerts(
        arguments.objects,
        proportions=proportions,
        labels="fine",
        max_alerts=1,
        modalities=("spectrum",),
        future_spectra=True,
        random_state=arguments.seed,
    )
    features = flat_spectra(X)
    splitter = StratifiedGroupKFold(5, shuffle=True, random_state=arguments.seed)
    folds = list(splitter.split(X, y, X["object_id"]))
    names, counts = np.unique(y, return_counts=True)
    report = {
        "run": provenance(arguments),
        "objects": dict(zip(names.tolist(), counts.tolist(), strict=True)),
        "models": {},
    }
    for name, model in models(arguments).items():
        data = X[["spectrum"]] if name == MODEL else None
        for train, test in folds:
            parts = (features[train], features[test])
            if data is not None:
                parts = (data.iloc[train], data.iloc[test])
            start = time.process_time()
            predicted = clone(model).fit(parts[0], y[train]).predict(parts[1])
            scores = {metric: float(score(y[test], predicted)) for metric, score in METRICS.items()}
            recall = recall_score(y[test], predicted, labels=names, average=None)
            scores["recall"] = dict(zip(names.tolist(), recall.tolist(), strict=True))
            scores["CPU seconds"] = time.process_time() - start
            report["models"].setdefault(name, []).append(scores)
            print(name, scores, flush=True)
            write_report(output, report)
    if output.parent == RESULTS:
        title = {"equal": "equal numbers", "table1": "the proportions of table 1"}
        write_section(
            f"Spectra, nine classes in {title[arguments.proportions]}", report, section(report)
        )


if __name__ == "__main__":
    main()
