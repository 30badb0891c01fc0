"""AUC of AstroMiNN from cutouts and metadata, its ablations, a network like BTSbot, and boosting.

Four classes (SN I, SN II, CV, nuclear = AGN and TDE) of simulated alerts in the proportions of
table 1 of the paper, five folds by object. Each class is scored against the others, on the same
test alerts for all models. BTSbot gets the cutouts cropped as AstroMiNN crops them, and has half
the channels. Settings were chosen on another simulated sample.

    python benchmarks/studies/applecider_images.py [--objects N] [--alerts A] [--epochs E] [--lr LR]
        [--seed S] [--models NAME ...] [--output FILE]
"""

import argparse
import json
import time
from pathlib import Path

import numpy as np
from _applecider import RESULTS, provenance, spread, table, verdict, write_report, write_section
from sklearn.base import clone
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold
from sklearn.pipeline import make_pipeline

from sklearn_sn import AstroMiNNClassifier
from sklearn_sn.datasets import make_alerts
from sklearn_sn.encoders import ImageCNN
from sklearn_sn.papers import btsbot

CROP = 49
TARGETS = {"SN I": 0.85, "SN II": 0.80, "CV": 0.99, "nuclear": 0.99}
PAPER = {
    "AstroMiNN": dict(zip(TARGETS, (0.83, 0.76, 0.99, 0.99), strict=True)),
    "BTSbot": dict(zip(TARGETS, (0.83, 0.78, 0.97, 0.97), strict=True)),
}


def load(n_objects, max_alerts, seed):
    """Return alerts, their four classes, and their objects."""
    X, y = make_alerts(
        n_objects, max_alerts=max_alerts, modalities=("image", "metadata"), random_state=seed
    )
    groups = X.pop("object_id").to_numpy()
    y = np.where(np.isin(y, ["AGN", "TDE"]), "nuclear", y)
    return X.drop(columns="mjd"), y, groups


def cropped(X):
    """Return the table with cutouts of `CROP` pixels a side."""
    edge = (X["image"].iloc[0].shape[-1] - CROP) // 2
    inside = slice(edge, edge + CROP)
    return X.assign(image=[image[:, inside, inside] for image in X["image"]])


def models(settings):
    """Return all models by name."""
    shared = {
        "max_epochs": settings.epochs,
        "lr": settings.lr,
        "batch_size": 32,
        "early_stopping": False,
        "device": "cpu",
        "random_state": settings.seed,
    }
    numbers = make_column_selector(dtype_include="number")
    trees = HistGradientBoostingClassifier(max_iter=100, random_state=settings.seed)
    return {
        "AstroMiNN": AstroMiNNClassifier(**shared),
        "no experts": AstroMiNNClassifier(n_experts=1, top_k=1, **shared),
        "no towers (images only)": AstroMiNNClassifier(metadata=None, **shared),
        # Without images an epoch costs less than a twentieth.
        "no image (metadata only)": AstroMiNNClassifier(
            image=None, **shared | {"max_epochs": 4 * settings.epochs}
        ),
        "BTSbot": btsbot(image=ImageCNN(d_model=16, n_layers=2, latent_dim=64), **shared),
        "boosting (metadata only)": make_pipeline(
            make_column_transformer(("passthrough", numbers)), trees
        ),
    }


def areas(model, X, y):
    """Return the AUC of each class against the others."""
    proba = model.predict_proba(X)
    return {
        str(label): float(roc_auc_score(y == label, proba[:, i]))
        for i, label in enumerate(model.classes_)
    }


def section(report):
    """Return the text and the table of the section."""
    rows = []
    for name, folds in report["models"].items():
        cells = [spread([fold["auc"][c] for fold in folds]) for c in TARGETS]
        seconds = np.mean([fold["CPU seconds"] for fold in folds])
        rows.append([name, *cells, len(folds), f"{seconds:.0f}"])
    if full := report["models"].get("AstroMiNN"):
        cells = [verdict([fold["auc"][c] for fold in full], TARGETS[c]) for c in TARGETS]
        rows.append(["target, AstroMiNN", *cells, "", ""])
    rows += [[f"{name}, paper (real alerts)", *PAPER[name].values(), "", ""] for name in PAPER]
    counts = ", ".join(f"{name} {n}" for name, n in report["alerts"].items())
    text = (
        f"Alerts: {counts}, of {report['objects']} objects, in the proportions of table 1. AUC of "
        "each class against the others, mean ± standard deviation over the folds by object."
    )
    header = ["model", *TARGETS, "folds", "CPU s per fold"]
    return f"{text}\n\n{table(header, rows)}"


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--objects", type=int, default=1500)
    options.add_argument("--alerts", type=int, default=1)
    options.add_argument("--epochs", type=int, default=6)
    options.add_argument("--lr", type=float, default=1e-3)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--models", nargs="*")
    options.add_argument("--output", type=Path, default=RESULTS / "images.json")
    arguments = options.parse_args()
    X, y, groups = load(arguments.objects, arguments.alerts, arguments.seed)
    splitter = StratifiedGroupKFold(5, shuffle=True, random_state=arguments.seed)
    folds = list(splitter.split(X, y, groups))
    names, counts = np.unique(y, return_counts=True)
    report = {
        "run": provenance(arguments),
        "objects": len(np.unique(groups)),
        "alerts": dict(zip(names.tolist(), counts.tolist(), strict=True)),
        "models": {},
    }
    if arguments.models and arguments.output.exists():  # add to the models of an earlier run
        old = json.loads(arguments.output.read_text())
        report["models"] = old["models"]
        report["earlier runs"] = [*old.get("earlier runs", []), old["run"]]
    small = cropped(X)
    for name, model in models(arguments).items():
        if arguments.models and name not in arguments.models:
            continue
        data = small if name == "BTSbot" else X
        report["models"][name] = []
        for train, test in folds:
            start = time.process_time()
            fitted = clone(model).fit(data.iloc[train], y[train])
            scores = areas(fitted, data.iloc[test], y[test])
            seconds = time.process_time() - start
            report["models"][name].append({"auc": scores, "CPU seconds": seconds})
            print(name, {k: round(v, 3) for k, v in scores.items()}, f"{seconds:.0f} s", flush=True)
            write_report(arguments.output, report)
        if arguments.output.parent == RESULTS:
            write_section("Images and metadata", report, section(report))


if __name__ == "__main__":
    main()
