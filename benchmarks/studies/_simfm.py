"""Models, heads and result files shared by benchmarks of simulation-pretrained classifiers."""

import argparse
import json
import pickle
import time
import warnings
from pathlib import Path

import numpy as np
import torch
from _evaluation import classification_figures
from _settings import CACHE
from sklearn.compose import TransformedTargetRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import mean_squared_error, r2_score
from sklearn.neighbors import KNeighborsRegressor
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_sn.classification import (
    DomainAdversarialClassifier,
    LightCurveClassifier,
    SupConClassifier,
)
from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import GRU
from sklearn_sn.persistence import load_model, save_model

CLASSES = ("SN Ia", "SN Ia-91bg", "SN Iax", "SN II", "SN Ib/c", "SLSN-I", "TDE", "AGN")
# Ranges within the depth of each survey; most objects beyond are rejected as undetected.
REDSHIFTS = {
    "ztf": {
        "SN Ia": (0.01, 0.2),
        "SN Ia-91bg": (0.01, 0.12),
        "SN Iax": (0.01, 0.2),
        "SN II": (0.01, 0.15),
        "SN Ib/c": (0.01, 0.15),
        "SLSN-I": (0.03, 0.6),
        "TDE": (0.02, 0.4),
        "AGN": (0.02, 0.8),
    },
    "lsst": {
        "SN Ia": (0.02, 0.9),
        "SN Ia-91bg": (0.02, 0.5),
        "SN Iax": (0.02, 0.6),
        "SN II": (0.02, 0.8),
        "SN Ib/c": (0.02, 0.6),
        "SLSN-I": (0.1, 2.2),
        "TDE": (0.02, 0.9),
        "AGN": (0.05, 2.5),
    },
}
# Training parameters shared by the recurrent classifiers.
TRAINING = {
    "optimizer": "adam",
    "weight_decay": 0.0,
    "batch_size": 128,
    "max_epochs": 40,
    "n_iter_no_change": 5,
}
MODELS = {
    "classifier": (LightCurveClassifier, {}),
    "contrastive": (SupConClassifier, {"batch_balance": "both"}),
    "adversarial": (DomainAdversarialClassifier, {}),
    "both losses": (
        DomainAdversarialClassifier,
        {"contrastive_weight": 1.0, "batch_balance": "both"},
    ),
}
RESULTS = Path(__file__).parents[1] / "results" / "simfm"
HELD_OUT = 1000  # seed of objects that are not in any training set
N_NEIGHBORS = 100
NOT_SETTINGS = ("out", "jobs", "picture")  # options without influence on the scores


def parser(description):
    """Return a parser with the options common to all scripts."""
    out = argparse.ArgumentParser(description=description)
    out.add_argument("--models", nargs="+", default=list(MODELS), choices=MODELS)
    out.add_argument(
        "--tag", default="", help="suffix of the pretrained models in benchmarks/.cache"
    )
    out.add_argument("--jobs", type=int, default=1, help="number of parallel fits")
    out.add_argument("--out", type=Path, default=RESULTS)
    return out


def quiet():
    """Suppress known warnings and limit the number of threads of the process."""
    warnings.simplefilter("ignore", DataQualityWarning)
    warnings.simplefilter("ignore", ConvergenceWarning)  # MLP heads stop at max_iter by design
    torch.set_num_threads(1)  # a second thread gives no speed-up at these sizes


def simulate(n_objects, seed, *, common=False):
    """Simulate X, y with equal numbers from ZTF and LSST and of each class; cache the result.

    The column ``survey`` contains the name of the survey, ``redshift`` the true redshift. If
    `common` is True, both surveys have the redshift range of ZTF for each class, so that the
    redshift does not indicate the survey. The cache is in benchmarks/.cache.
    """
    import pandas as pd

    path = CACHE / f"simfm_{'common_' * common}{n_objects}_{seed}.pkl"
    if path.exists():
        return pickle.loads(path.read_bytes())
    start, tables, names = time.time(), [], []
    for number, (survey, redshifts) in enumerate(REDSHIFTS.items()):
        redshifts = REDSHIFTS["ztf"] if common else redshifts
        X, y = make_supernovae(
            n_objects // 2,
            classes=CLASSES,
            modalities=["light_curve"],
            surveys=(survey,),
            redshift_range=redshifts,
            random_state=seed + number,
        )
        tables.append(X[["light_curve", "redshift", "survey"]])
        names.append(y)
    order = np.random.default_rng(seed).permutation(2 * (n_objects // 2))
    X = pd.concat(tables, ignore_index=True).iloc[order].reset_index(drop=True)
    y = np.concatenate(names)[order]
    CACHE.mkdir(exist_ok=True)
    path.write_bytes(pickle.dumps((X, y)))
    print(f"{len(X)} objects simulated in {time.time() - start:.0f} s", flush=True)
    return X, y


def simulate_like_real(n_objects, seed):
    """Simulate X, y of five surveys, similar to objects in catalogues; cache the result.

    The samples are those of pretrain_simulated.py, light curves only. Most objects are
    nearby and bright, in Bessell and SDSS bands or from ZTF and ATLAS; the others extend to the
    limits of ZTF, Rubin and Pan-STARRS1.
    """
    import pandas as pd
    from pretrain_simulated import SAMPLES

    path = CACHE / f"simfm_like_real_{n_objects}_{seed}.pkl"
    if path.exists():
        return pickle.loads(path.read_bytes())
    tables, names = [], []
    for number, (share, proportions, redshifts, surveys) in enumerate(SAMPLES.values()):
        X, y = make_supernovae(
            round(share * n_objects),
            classes=proportions,
            modalities=["light_curve"],
            redshift_range=redshifts,
            surveys=surveys,
            random_state=seed + number,
        )
        X["survey"] = X["survey"].astype(str).str.replace(", bright", "")
        tables.append(X[["light_curve", "redshift", "survey"]])
        names.append(y)
    X, y = pd.concat(tables, ignore_index=True), np.concatenate(names)
    order = np.random.default_rng(seed).permutation(len(X))
    X, y = X.iloc[order].reset_index(drop=True), y[order]
    CACHE.mkdir(exist_ok=True)
    path.write_bytes(pickle.dumps((X, y)))
    return X, y


def checkpoint(name, tag):
    """Return the path of a pretrained model."""
    return CACHE / f"simfm_{name.replace(' ', '_')}{tag}.snmodel"


def store(model, name, tag, description):
    """Save a pretrained model with a model card."""
    CACHE.mkdir(exist_ok=True)
    save_model(model, checkpoint(name, tag), card={"description": description}, overwrite=True)


def pretrained(names, tag):
    """Load the models of benchmarks/studies/simfm_pretrain.py by name."""
    missing = [str(checkpoint(n, tag)) for n in names if not checkpoint(n, tag).exists()]
    if missing:
        raise SystemExit(f"Run benchmarks/studies/simfm_pretrain.py first: {missing} are missing.")
    return {name: load_model(checkpoint(name, tag)) for name in names}


def untrained(X, y):
    """Return a classifier with its initial weights, the baseline for pretraining."""
    few = np.random.default_rng(0).permutation(len(X))[:500]
    params = {**TRAINING, "max_epochs": 1, "lr": 1e-12, "random_state": 0}
    model = LightCurveClassifier(encoder=GRU(), **params)
    return model.fit(X.iloc[few][["light_curve"]], y[few])


def latent(model, X):
    """Return the latents of the light curves."""
    return model.transform(X[["light_curve"]]).astype(np.float64)


def mlp_classifier(seed=0):
    """Return a standardised MLP classifier for latents."""
    head = MLPClassifier(hidden_layer_sizes=(100,), alpha=1e-2, max_iter=150, random_state=seed)
    return make_pipeline(StandardScaler(), head)


def to_redshift(log):
    """Convert ln(1 + z) to z, clipped to [0, 6] because a network may extrapolate badly."""
    return np.expm1(np.clip(log, 0.0, np.log(7.0)))


def redshift_head(kind, n_objects, seed=0):
    """Return a regressor of ln(1 + z) for latents: distance-weighted "kNN", or "MLP"."""
    if kind == "kNN":
        head = KNeighborsRegressor(min(N_NEIGHBORS, n_objects), weights="distance")
    else:
        head = MLPRegressor(
            hidden_layer_sizes=(100,), alpha=1e-2, early_stopping=True, random_state=seed
        )
        head = make_pipeline(StandardScaler(), head)
    return TransformedTargetRegressor(head, func=np.log1p, inverse_func=to_redshift)


def figures(truth, proba, classes):
    """Return macro AUROC and F1, accuracy, and the class-averaged ("flat") log-loss."""
    scores = classification_figures(truth, classes[proba.argmax(axis=1)], proba, classes)
    columns = np.searchsorted(classes, truth)
    loss = -np.log(np.clip(proba[np.arange(len(truth)), columns], 1e-15, None))
    by_class = [loss[columns == code].mean() for code in np.unique(columns)]
    return {
        "AUROC": scores["AUROC"],
        "macro-F1": scores["macro-F1"],
        "accuracy": scores["micro-F1"],
        "flat log-loss": float(np.mean(by_class)),
    }


def score_classes(estimator, X, y):
    """Return the scores of `figures`, with the signature of a scikit-learn scorer."""
    return figures(np.asarray(y), estimator.predict_proba(X), estimator.classes_)


def redshift_figures(truth, predicted):
    return {"MSE": mean_squared_error(truth, predicted), "R2": r2_score(truth, predicted)}


def fits(scores):
    """Convert arrays of scores to a list with one dict per fit; skip fits that are NaN."""
    flat = {name: np.ravel(values) for name, values in scores.items()}
    rows = [
        dict(zip(flat, map(float, row), strict=True)) for row in zip(*flat.values(), strict=True)
    ]
    return [row for row in rows if not np.isnan(list(row.values())).all()]


def write(arguments, name, results):
    """Write results as JSON, {model: [{metric: value} per fit]}, and print them as a table.

    Results of other models in an existing file are kept.
    """
    arguments.out.mkdir(parents=True, exist_ok=True)
    path = arguments.out / f"{name}.json"
    settings = {k: str(v) for k, v in sorted(vars(arguments).items()) if k not in NOT_SETTINGS}
    content = json.loads(path.read_text()) if path.exists() else {}
    for model, scores in results.items():
        rows = [{key: float(value) for key, value in row.items()} for row in scores]
        content[model] = {"settings": settings, "fits": rows}
    path.write_text(json.dumps(content, indent=1))
    print(markdown({model: content[model] for model in results}), flush=True)


def markdown(content):
    """Return a Markdown table with mean ± standard deviation over the fits."""
    names = list(dict.fromkeys(key for entry in content.values() for key in entry["fits"][0]))
    lines = ["| model | " + " | ".join(names) + " | fits |", "|---" * (len(names) + 2) + "|"]
    for model, entry in content.items():
        cells = []
        for name in names:
            values = np.array([row.get(name, np.nan) for row in entry["fits"]])
            digits = 4 if name in ("MSE", "NMAD") else 3
            text = "" if np.isnan(values).all() else f"{np.nanmean(values):.{digits}f}"
            spread = f"±{np.nanstd(values):.{digits}f}" if text and len(values) > 1 else ""
            cells.append(text + spread)
        lines.append(f"| {model} | " + " | ".join(cells) + f" | {len(entry['fits'])} |")
    return "\n".join(lines)
