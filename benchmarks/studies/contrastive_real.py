"""Contrastive embeddings of 721 real supernovae, five-fold cross-validation by object.

For every fold and setting, the embedder is trained on 80 % of the training set, three times (once
for an ensemble) with different validation sets, which select k of the kNN and C of the SVC for each
task. It is then trained on the whole training set and scored on the test set: on complete light
curves, and on light curves thinned at random to ten points or two bands. With --validate, only one
validation set is scored; settings were compared in this way. "Pretrained" encoders are those of
pretrain_contrastive.py; neither objects nor spectra of the pairs are in their training
set. Baselines and controls use the same folds.

    python benchmarks/studies/contrastive_real.py [--settings NAME ...] [--validate]
        [--no-baselines]
"""

import argparse
import json
import time
import warnings
from pathlib import Path

import numpy as np
import torch
from _baselines import MAIN_CLASSES, Z_MAX, evaluate_baselines
from _evaluation import classification_figures, redshift_figures, table
from _real_data import load_pairs, thin_light_curves
from _settings import REPORTED, SETTINGS, build, save_predictions
from joblib import Parallel, delayed
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import StratifiedKFold, StratifiedShuffleSplit
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.svm import SVC

from sklearn_sn.data import DataQualityWarning
from sklearn_sn.metrics import recall_at_k

NEIGHBOURS = (3, 5, 10, 15, 25)
PENALTIES = (0.3, 1.0, 3.0, 10.0, 30.0)
THINNED = {"10 points": {"n_points": 10}, "2 bands": {"n_bands": 2}}


def heads(task):
    """Return the candidate heads of a task by name."""
    if task == "redshift":
        return {
            "kNN": [KNeighborsRegressor(k, weights="distance") for k in NEIGHBOURS],
            "Ridge": [Ridge(alpha) for alpha in (0.01, 0.1, 1.0, 10.0)],
            "linear": [LinearRegression()],
        }
    return {
        "kNN": [KNeighborsClassifier(k, weights="distance") for k in NEIGHBOURS],
        "SVC": [SVC(C=c, class_weight="balanced") for c in PENALTIES],
    }


def targets(task, y, z):
    """Return the mask of the objects of a task, and the target."""
    if task == "redshift":
        return (z > 0) & (z < Z_MAX), np.log1p(z)
    if task == "three":
        return np.isin(y, MAIN_CLASSES), y
    return np.ones(len(y), dtype=bool), y


def figures(task, head, Z, truth):
    if task == "redshift":
        return redshift_figures(np.expm1(truth), np.expm1(head.predict(Z)))
    scores = (
        head.decision_function(Z) if hasattr(head, "decision_function") else (head.predict_proba(Z))
    )
    return classification_figures(truth, head.predict(Z), scores, head.classes_)


def key(task, result):
    """Return the score for model selection; larger is better."""
    return -result["MAE"] if task == "redshift" else result["macro-F1"]


def recalls(embedder, X, Z):
    """Return recall@1 and recall@10 of light curves by spectra; NaN without a spectrum encoder."""
    if "spectrum" not in embedder.modalities_:
        return np.full(2, np.nan)
    return recall_at_k(embedder.encode(X, "spectrum"), Z, k=[1, 10])


def validate(name, X, y, z, inner, held, seed):
    """Return the validation scores of all candidates, by task and head."""
    embedder = build(name, seed).fit(X.iloc[inner], y[inner])
    Z, Z_held = (embedder.encode(X.iloc[rows], "light_curve") for rows in (inner, held))
    found = {"recall@10": recalls(embedder, X.iloc[held], Z_held)[1]}
    for task in ("three", "five", "redshift"):
        part, truth = targets(task, y, z)
        for kind, candidates in heads(task).items():
            scores = []
            for head in candidates:
                head.fit(Z[part[inner]], truth[inner][part[inner]])
                result = figures(task, head, Z_held[part[held]], truth[held][part[held]])
                scores.append(key(task, result))
            found[task, kind] = scores
    return found


def run_fold(name, X, y, z, train, test, seed, only_validate=False, n_splits=3):
    """Return the scores, embeddings and predictions for the test set of a fold."""
    warnings.simplefilter("ignore", DataQualityWarning)
    torch.set_num_threads(1)
    start = time.time()
    # One validation set suffices to compare settings, and for ensembles, which vary little.
    n_splits = 1 if only_validate or "members" in SETTINGS[name] else n_splits
    splits = StratifiedShuffleSplit(n_splits, test_size=0.2, random_state=seed)
    found = [
        validate(name, X, y, z, train[inner], train[held], seed)
        for inner, held in splits.split(train, y[train])
    ]
    scores = {what: np.mean([f[what] for f in found], axis=0) for what in found[0]}
    out = {"validation": {" ".join(np.atleast_1d(k)): np.max(v) for k, v in scores.items()}}
    if only_validate:
        print(name, "fold", seed, out, f"{time.time() - start:.0f} s", flush=True)
        return out, None, None
    embedder = build(name, seed).fit(X.iloc[train], y[train])
    Z_train = embedder.encode(X.iloc[train], "light_curve")
    tests = {"": X.iloc[test]} | {
        f", {what}": thin_light_curves(X.iloc[test], random_state=seed, **params)
        for what, params in THINNED.items()
    }
    Z = {what: embedder.encode(table, "light_curve") for what, table in tests.items()}
    has_spectrum = "spectrum" in embedder.modalities_
    spectra = np.full_like(Z[""], np.nan)
    if has_spectrum:
        spectra = embedder.encode(X.iloc[test], "spectrum")
    found = recalls(embedder, X.iloc[test], Z[""])
    predictions = {}
    out["retrieval"] = {"recall@1": found[0], "recall@10": found[1]}
    for task in ("three", "five", "redshift"):
        part, truth = targets(task, y, z)
        for kind, candidates in heads(task).items():
            head = candidates[int(np.argmax(scores[task, kind]))]
            head.fit(Z_train[part[train]], truth[train][part[train]])
            for what in Z if task == "three" else [""]:
                Z_test = Z[what][part[test]]
                out[f"{task} {kind}{what}"] = figures(task, head, Z_test, truth[test][part[test]])
                if kind == "Ridge":
                    predictions[task] = np.expm1(head.predict(Z_test))
                elif kind == "kNN" and task != "redshift":
                    predictions[f"{task}{what}"] = head.predict_proba(Z_test)
    print(name, "fold", seed, out, f"{time.time() - start:.0f} s", flush=True)
    return out, (Z[""], spectra), predictions


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--settings", nargs="+", choices=SETTINGS, default=list(REPORTED))
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--out", default="benchmarks/results/contrastive_real")
    parser.add_argument("--jobs", type=int, default=2, help="folds in parallel, one thread each")
    parser.add_argument("--validate", action="store_true", help="score validation sets only")
    parser.add_argument("--splits", type=int, default=3, help="validation sets of a fold")
    parser.add_argument("--no-baselines", action="store_true")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", DataQualityWarning)
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    X, y = load_pairs()
    z = X["redshift"].to_numpy()
    X["class"] = y  # read by the settings with metadata, in training only
    folds = list(StratifiedKFold(5, shuffle=True, random_state=0).split(X, y))[: arguments.folds]
    for name in arguments.settings:
        outputs = Parallel(arguments.jobs)(
            delayed(run_fold)(
                *(name, X, y, z, train, test, seed, arguments.validate, arguments.splits)
            )
            for seed, (train, test) in enumerate(folds)
        )
        results = [found for found, _, _ in outputs]
        print(table({name: results}), flush=True)
        if arguments.validate:
            continue
        width = outputs[0][1][0].shape[1]
        embeddings = np.full((2, len(X), width), np.nan, dtype=np.float32)
        for (_, test), (_, Z, _) in zip(folds, outputs, strict=True):
            embeddings[:, test] = Z
        np.savez_compressed(
            out / f"{name}_embeddings.npz",
            light_curve=embeddings[0],
            spectrum=embeddings[1],
            y=y,
            redshift=z,
        )
        (out / f"{name}.json").write_text(json.dumps(results, indent=1))
        save_predictions(f"pairs_{name}", [predictions for _, _, predictions in outputs])
    if not arguments.no_baselines:
        baselines = evaluate_baselines(X, y, z, folds)
        (out / "baselines.json").write_text(json.dumps(baselines, indent=1))
        print(table(baselines))


if __name__ == "__main__":
    main()
