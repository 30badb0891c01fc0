"""LightCurveEnsembleClassifier on the folds of maven_real.py, beside averages of several models.

One estimator, fitted on the light curves of the training part alone, against the models whose
scores maven_real.py and combine_maven_real.py saved for the same folds. Settings are the defaults;
no choice was made on these folds.

    python benchmarks/studies/one_estimator.py [--samples pairs curves] [--networks 0 1]
    python benchmarks/studies/one_estimator.py --table
"""

import argparse
import json
import time
import warnings

import torch
from _applecider import provenance, spread, table, write_report, write_section
from _evaluation import classification_figures
from _real_data import load_curves, load_pairs, thin_light_curves
from _settings import CACHE
from maven_real import task_mask
from sklearn.metrics import log_loss
from sklearn.model_selection import StratifiedKFold

from sklearn_sn.classification import LightCurveEnsembleClassifier
from sklearn_sn.data import DataQualityWarning, check_table

OUT = CACHE.parent / "results" / "one_estimator"
PAGE = OUT.parent / "one_estimator.md"
SAVED = OUT.parent / "maven_real"
OTHERS = (
    "networks_both_boostings",
    "gradient_boosting_features_C_packaged_embedding",
    "gradient_boosting_features_C",
)
TASKS = ("three", "three, 10 points", "five")


def score_fold(X, y, train, test, seed, n_networks):
    """Return scores by task in one fold, and the seconds of CPU of each fit."""
    tests = {"": X.iloc[test]}
    tests[", 10 points"] = thin_light_curves(X.iloc[test], n_points=10, random_state=seed)
    figures = {}
    for task in ("three", "five"):
        part = task_mask(task, y, None)
        rows, held = train[part[train]], test[part[test]]
        start = time.process_time()
        model = LightCurveEnsembleClassifier(n_networks=n_networks, random_state=seed)
        # Networks take no object without a usable point.
        rows = rows[check_table(X.iloc[rows]).light_curve.lengths > 0]
        model.fit(X.iloc[rows], y[rows])
        seconds = time.process_time() - start
        for what, values in tests.items():
            if what and task == "five":
                continue
            proba = model.predict_proba(values[part[test]])
            predicted = model.classes_[proba.argmax(axis=1)]
            found = classification_figures(y[held], predicted, proba, model.classes_)
            found["log-loss"] = log_loss(y[held], proba, labels=model.classes_)
            figures[task + what] = {**found, "CPU seconds": seconds}
    return figures


def run(arguments):
    """Score all folds and save them by sample and number of networks."""
    for sample in arguments.samples:
        X, y = load_pairs() if sample == "pairs" else load_curves()
        X = X[["light_curve"]]
        for n_networks in arguments.networks:
            folds = StratifiedKFold(5, shuffle=True, random_state=0).split(X, y)
            found = []
            for seed, (train, test) in enumerate(folds):
                found.append(score_fold(X, y, train, test, seed, n_networks))
                short = {task: round(f["macro-F1"], 3) for task, f in found[-1].items()}
                print(sample, n_networks, seed, short, flush=True)
            report = {"run": provenance(arguments), "objects": len(X), "folds": found}
            write_report(OUT / f"{sample}_{n_networks}.json", report)


def tabulate():
    """Write the page from the saved folds."""
    text, runs = [], []
    for sample, title in (("pairs", "pairs"), ("curves", "labelled light curves")):
        files = sorted(OUT.glob(f"{sample}_*.json"))
        reports = {path.stem: json.loads(path.read_text()) for path in files}
        if not reports:
            continue
        runs += [report["run"] for report in reports.values()]
        best = json.loads((SAVED / f"{sample}_{OTHERS[0]}.json").read_text())["folds"]
        rows = []
        for name, report in reports.items():
            n_networks = int(name.rsplit("_", 1)[1])
            label = f"LightCurveEnsembleClassifier(n_networks={n_networks})"
            rows.append(row_of(label, report["folds"], best))
        for other in OTHERS:
            folds = json.loads((SAVED / f"{sample}_{other}.json").read_text())["folds"]
            rows.append(row_of(other.replace("_", " "), folds, best))
        columns = [f"{task}, macro-F1" for task in TASKS]
        columns += ["three, minus networks and both boostings", "three, AUROC", "CPU seconds a fit"]
        text += [
            f"### {next(iter(reports.values()))['objects']} {title}",
            table(["model", *columns], rows),
        ]
    intro = (
        "Mean ± standard deviation over five folds by object; differences are those of the same "
        'folds. "Networks both boostings" is the average of three (pairs) or two (all light '
        "curves) networks and of boosting on features, and on features and the packaged embedding, "
        "of maven_real.md."
    )
    distinct = list({run["command"]: run for run in runs}.values())
    report = {"run": distinct[-1], "earlier runs": distinct[:-1]}
    body = "\n\n".join([intro, *text])
    write_section("Folds", report, body, page=PAGE, page_title="# One estimator for light curves\n")


def row_of(label, folds, best):
    """Return a row of the table."""
    cells = [spread([fold[task]["macro-F1"] for fold in folds]) for task in TASKS]
    gain = [
        f["three"]["macro-F1"] - b["three"]["macro-F1"] for f, b in zip(folds, best, strict=True)
    ]
    area = spread([fold["three"]["AUROC"] for fold in folds])
    seconds = [fold["three"].get("CPU seconds") for fold in folds]
    cost = "" if None in seconds else spread(seconds, 0)
    return [label, *cells, "" if folds is best else spread(gain), area, cost]


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--samples", nargs="+", default=["pairs", "curves"])
    options.add_argument("--networks", nargs="+", type=int, default=[0, 1])
    options.add_argument("--table", action="store_true", help="write the page of saved folds")
    arguments = options.parse_args()
    warnings.simplefilter("ignore", DataQualityWarning)
    torch.set_num_threads(1)
    if not arguments.table:
        run(arguments)
    tabulate()


if __name__ == "__main__":
    main()
