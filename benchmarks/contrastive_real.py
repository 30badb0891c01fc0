"""Contrastive embeddings of 717 real supernovae, five folds by object.

For every fold and setting: the embedder is first trained on four fifths of the training part, and
the rest chooses k of the kNN and C of the SVC, separately for each task; it is then trained anew on
the whole training part, and the test part is touched once. Nothing else was chosen on test parts.
With --validate only the first half is done: that is how settings were compared.
"Pretrained" encoders come from benchmarks/pretrain_contrastive.py and have seen no object of the
pairs, nor a spectrum like theirs. Baselines and controls run on the same folds.

    python benchmarks/contrastive_real.py [--settings NAME ...] [--validate] [--no-baselines]
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
from _real_data import load_pairs
from _settings import SETTINGS, build
from sklearn.linear_model import Ridge
from sklearn.model_selection import StratifiedKFold, train_test_split
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.svm import SVC

from sklearn_sn.data import DataQualityWarning
from sklearn_sn.metrics import recall_at_k

NEIGHBOURS = (3, 5, 10, 15, 25)
PENALTIES = (0.3, 1.0, 3.0, 10.0, 30.0)


def heads(task):
    if task == "redshift":
        return {
            "kNN": [KNeighborsRegressor(k, weights="distance") for k in NEIGHBOURS],
            "Ridge": [Ridge(alpha) for alpha in (0.01, 0.1, 1.0, 10.0)],
        }
    return {
        "kNN": [KNeighborsClassifier(k, weights="distance") for k in NEIGHBOURS],
        "SVC": [SVC(C=c, class_weight="balanced") for c in PENALTIES],
    }


def targets(task, y, z):
    """Which objects take part in a task, and what is to be learned."""
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
    return -result["MAE"] if task == "redshift" else result["macro-F1"]


def run_fold(name, X, y, z, train, test, seed, validate=False):
    inner, held = train_test_split(train, test_size=0.2, stratify=y[train], random_state=seed)
    chosen = {}
    trial = build(name, seed).fit(X.iloc[inner], y[inner])
    Z = {"inner": trial.encode(X.iloc[inner], "light_curve")}
    Z["held"] = trial.encode(X.iloc[held], "light_curve")
    spectra = trial.encode(X.iloc[held], "spectrum")
    validation = {"recall@10": recall_at_k(spectra, Z["held"], k=10)}
    for task in ("three", "five", "redshift"):
        part, truth = targets(task, y, z)
        for kind, candidates in heads(task).items():
            scores = []
            for head in candidates:
                head.fit(Z["inner"][part[inner]], truth[inner][part[inner]])
                result = figures(task, head, Z["held"][part[held]], truth[held][part[held]])
                scores.append(key(task, result))
            chosen[task, kind] = candidates[int(np.argmax(scores))]
            validation[f"{task} {kind}"] = max(scores)
    if validate:
        return {"validation": validation}, (Z["held"], spectra)
    embedder = build(name, seed).fit(X.iloc[train], y[train])
    Z_train = embedder.encode(X.iloc[train], "light_curve")
    Z_test = embedder.encode(X.iloc[test], "light_curve")
    spectra = embedder.encode(X.iloc[test], "spectrum")
    recalls = recall_at_k(spectra, Z_test, k=[1, 10])
    out = {"validation": validation, "retrieval": {"recall@1": recalls[0], "recall@10": recalls[1]}}
    for (task, kind), head in chosen.items():
        part, truth = targets(task, y, z)
        head.fit(Z_train[part[train]], truth[train][part[train]])
        out[f"{task} {kind}"] = figures(task, head, Z_test[part[test]], truth[test][part[test]])
    return out, (Z_test, spectra)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--settings", nargs="+", default=list(SETTINGS))
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--out", default="benchmarks/results/contrastive_real")
    parser.add_argument("--validate", action="store_true", help="leave the test parts alone")
    parser.add_argument("--no-baselines", action="store_true")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", DataQualityWarning)
    torch.set_num_threads(2)
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    X, y = load_pairs()
    z = X["redshift"].to_numpy()
    folds = list(StratifiedKFold(5, shuffle=True, random_state=0).split(X, y))[: arguments.folds]
    for name in arguments.settings:
        results, embeddings, start = [], np.zeros((2, len(X), 0)), time.time()
        for seed, (train, test) in enumerate(folds):
            result, (light, spectra) = run_fold(
                name, X, y, z, train, test, seed, arguments.validate
            )
            results.append(result)
            print(name, "fold", seed, result, f"{time.time() - start:.0f} s", flush=True)
            if arguments.validate:
                continue
            if not embeddings.shape[2]:
                embeddings = np.full((2, len(X), light.shape[1]), np.nan, dtype=np.float32)
            embeddings[:, test] = light, spectra
        print(table({name: results}), flush=True)
        if arguments.validate:
            continue
        np.savez_compressed(
            out / f"{name}_embeddings.npz",
            light_curve=embeddings[0],
            spectrum=embeddings[1],
            y=y,
            redshift=z,
        )
        (out / f"{name}.json").write_text(json.dumps(results, indent=1))
    if not arguments.no_baselines:
        baselines = evaluate_baselines(X, y, z, folds)
        (out / "baselines.json").write_text(json.dumps(baselines, indent=1))
        print(table(baselines))


if __name__ == "__main__":
    main()
