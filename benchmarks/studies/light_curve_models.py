"""Train and evaluate the packaged models "light-curve-types" and "light-curve-redshift".

Real objects are split into five folds; simulated objects are in every training set. Each real
object is present at five horizons (full, 30, 10 and 5 days after the first detection, 10 points),
all of them on one side of a split. Temperature and thresholds that are scored on a fold are fitted
on the out-of-fold probabilities of the other four. Stages, each of which reads the results of
the ones before in benchmarks/.cache:

    python benchmarks/studies/light_curve_models.py prepare  # simulate, cut, compute features
    python benchmarks/studies/light_curve_models.py folds  # five folds of boosting
    python benchmarks/studies/light_curve_models.py network-folds  # five folds of the networks
    python benchmarks/studies/light_curve_models.py fit  # the classifier on all objects
    python benchmarks/studies/light_curve_models.py redshift-folds  # five folds of redshifts
    python benchmarks/studies/light_curve_models.py redshift-fit  # redshifts of all objects
    python benchmarks/studies/light_curve_models.py package  # tables, diagram and model files
"""

import argparse
import pickle
import subprocess
import time
import warnings
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import torch
from _light_curve_mixture import (
    HORIZONS,
    REAL_CLASSES,
    horizon_copies,
    random_copies,
    real_curves,
    real_subtypes,
    simulated_curves,
)
from _light_curve_scores import (
    anomaly_auroc,
    anomaly_detector,
    calibration_rows,
    calibration_weights,
    cross_fitted,
    ten_class_accuracy,
)
from _light_curve_tables import (
    class_table,
    decision_table,
    draw_reliability,
    group_table,
    horizon_table,
    markdown,
    redshift_table,
    reliability_table,
)
from _light_curve_training import (
    boosting_model,
    network_model,
    redshift_model,
    redshift_rows,
    row_weights,
    training_rows,
    usable_rows,
)
from _model_cards import LICENSE, SOURCES, redshift_card, types_card
from _real_data import load_curves
from _settings import CACHE
from sklearn.compose import ColumnTransformer
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline

from sklearn_sn import load_pretrained
from sklearn_sn.classification import (
    ConformalClassifier,
    LightCurveEnsembleClassifier,
)
from sklearn_sn.classification._light_curve_ensemble import _informative
from sklearn_sn.data import DataQualityWarning
from sklearn_sn.persistence import save_model
from sklearn_sn.preprocessing import LightCurveFeatures
from sklearn_sn.regression import ResidualErrorRegressor

FOLDER = CACHE / "light_curve_models"
RESULTS = Path(__file__).parents[1] / "results"
MODELS = Path(__file__).parents[2] / "sklearn_sn" / "persistence" / "models"
N_NETWORKS = 3  # of the ensemble
THRESHOLDS = "all"  # of the conformal sets
# Share of the weight of the simulated objects of a class with real objects, relative to those; and
# of each class without real objects, relative to all real objects.
SIMULATED_SHARE = 0.3
RARE_SHARE = 0.02


def columns(X):
    """Return features and the packaged embedding of light curves."""
    X = X[["light_curve"]].reset_index(drop=True)
    parts = []
    for step in (LightCurveFeatures(), load_pretrained("contrastive-sim")):
        values = (
            step.fit_transform(X) if isinstance(step, LightCurveFeatures) else step.transform(X)
        )
        parts.append(pd.DataFrame(np.asarray(values), columns=step.get_feature_names_out()))
    return pd.concat(parts, axis=1)


def prepare(n_simulated):
    """Simulate, cut and compute features; write them to the cache."""
    start = time.time()
    FOLDER.mkdir(parents=True, exist_ok=True)
    X, y, objects = real_curves()
    copies, horizon = horizon_copies(X)
    pickle.dump((X, y, objects, copies, horizon), (FOLDER / "real.pkl").open("wb"))
    print(f"{len(X)} real objects, {time.time() - start:.0f} s", flush=True)
    S, s, z = simulated_curves(n_simulated, seed=0)
    simulated, row = random_copies(S, seed=0)
    pickle.dump((S, s, z, simulated, row), (FOLDER / "simulated.pkl").open("wb"))
    print(f"{len(S)} simulated objects, {time.time() - start:.0f} s", flush=True)
    for name, table in (("real", copies), ("simulated", simulated)):
        columns(table).to_parquet(FOLDER / f"features_{name}.parquet")
        print(f"features of {len(table)} {name}, {time.time() - start:.0f} s", flush=True)


def mixture():
    """Return the prepared data: one row per object and horizon, real ones first.

    Attributes of the result: X, label, weight, object (number of the object), fold (of the object,
    stratified by class, also of simulated objects), is_real, horizon; and objects, the table of the
    real objects, y, their classes without subtypes.
    """
    X, y, objects, copies, horizon = pickle.load((FOLDER / "real.pkl").open("rb"))
    S, s, _, simulated, row = pickle.load((FOLDER / "simulated.pkl").open("rb"))
    label, n = real_subtypes(X.index, y), len(X)
    fold = np.concatenate([_folds(X, y), _folds(S, s)])
    horizon = np.concatenate([horizon, np.full(len(row), "simulated")])
    object_number = np.concatenate([np.tile(np.arange(n), len(HORIZONS)), n + row])
    labels = np.concatenate([label, s])[object_number]
    is_real = object_number < n
    weight = np.where(is_real, np.where(horizon == "full", 0.4, 0.15), 0.0)
    for name in np.unique(s):
        total = RARE_SHARE * n
        if name in REAL_CLASSES:
            total = SIMULATED_SHARE * np.sum(y == name)
        rows = ~is_real & (labels == name)
        weight[rows] = total / rows.sum()
    return SimpleNamespace(
        X=pd.concat([copies[["light_curve"]], simulated[["light_curve"]]]),
        label=labels,
        weight=weight,
        object=object_number,
        fold=fold[object_number],
        is_real=is_real,
        horizon=horizon,
        objects=objects,
        y=y,
    )


def _folds(X, y):
    """Return the number of the fold in which each object is tested."""
    fold = np.zeros(len(y), dtype=int)
    for number, (_, test) in enumerate(
        StratifiedKFold(5, shuffle=True, random_state=0).split(X, y)
    ):
        fold[test] = number
    return fold


def features():
    """Return the prepared features of the mixture, (n_rows, n_columns)."""
    tables = [pd.read_parquet(FOLDER / f"features_{n}.parquet") for n in ("real", "simulated")]
    return pd.concat(tables).astype(np.float64)


def network_folds():
    """Write out-of-fold probabilities of the networks; those that exist are kept."""
    data = mixture()
    X, usable = data.X.reset_index(drop=True), usable_rows(data.X)
    for seed, fold in product(range(N_NETWORKS), range(5)):
        path = _network_file(fold, seed)
        if path.exists():
            continue
        start, train = time.process_time(), data.fold != fold
        rows = training_rows(data, train)
        weight = row_weights(data, rows)[usable[rows]]
        rows = rows[usable[rows]]
        model = network_model(seed).fit(X.iloc[rows], data.label[rows], weight)
        np.save(path, model.predict_proba(X[~train]))
        spent = time.process_time() - start
        print(f"network {seed}, fold {fold}: {spent:.0f} s of CPU", flush=True)


def _network_file(fold, seed):
    return FOLDER / f"proba_network_{fold}_{seed}.npy"


def out_of_fold():
    """Return the out-of-fold probabilities of the ensemble for all rows of the mixture."""
    data, proba = mixture(), np.load(FOLDER / "proba_boosting.npy").astype(np.float64)
    for fold in range(5):
        test = data.fold == fold
        found = [np.load(_network_file(fold, seed)) for seed in range(N_NETWORKS)]
        proba[test] = (proba[test] + np.mean(found, axis=0)) / 2.0
    return proba / proba.sum(axis=1, keepdims=True)


def folds():
    """Write out-of-fold probabilities of boosting for all rows of the mixture."""
    data, values = mixture(), features().to_numpy(dtype=np.float32)
    classes = np.unique(data.label)
    proba = np.zeros((len(values), len(classes)), dtype=np.float32)
    for fold in range(5):
        start, train = time.time(), data.fold != fold
        rows = training_rows(data, train)
        used = _informative(values[rows])  # as in LightCurveEnsembleClassifier.fit
        model = boosting_model().fit(
            values[rows][:, used], data.label[rows], row_weights(data, rows)
        )
        proba[~train] = model.predict_proba(values[~train][:, used])
        full = ~train & (data.horizon == "full")
        right = np.mean(classes[proba[full].argmax(axis=1)] == data.label[full])
        print(f"fold {fold}: accuracy {right:.3f}, {time.time() - start:.0f} s", flush=True)
        np.save(FOLDER / "proba_boosting.npy", proba)


def fit():
    """Fit the classifier to all objects; write it to the cache."""
    data = mixture()
    rows = training_rows(data, np.ones(len(data.label), dtype=bool))
    model = LightCurveEnsembleClassifier(
        n_networks=N_NETWORKS,
        network=network_model(),
        boosting=boosting_model(),
        random_state=0,
    )
    X = data.X.iloc[rows].reset_index(drop=True)
    model.fit(X, data.label[rows], row_weights(data, rows))
    (FOLDER / "types.pkl").write_bytes(pickle.dumps(model))


def redshift_folds():
    """Write out-of-fold redshifts of all real rows."""
    data, values = mixture(), features().to_numpy(dtype=np.float32)
    redshift, trained = redshift_rows(data)
    predicted, near = np.full((2, len(redshift)), np.nan)
    for fold in range(5):
        train, test = trained & (data.fold != fold), (redshift > 0) & (data.fold == fold)
        model = redshift_model()[-1].fit(values[train], redshift[train])
        predicted[test] = model.predict(values[test])
        near[test] = model.low_.predict(values[test])
    np.save(FOLDER / "redshift.npy", predicted)
    np.save(FOLDER / "redshift_near.npy", near)


def fit_redshift():
    """Fit the redshift model to all objects; write it to the cache."""
    data = mixture()
    redshift, trained = redshift_rows(data)
    rows = np.flatnonzero(trained)
    model = ResidualErrorRegressor(redshift_model(), n_bins=8)
    predicted = np.load(FOLDER / "redshift.npy")[rows]
    model.fit(data.X.iloc[rows].reset_index(drop=True), redshift[rows], oof_predictions=predicted)
    (FOLDER / "redshift.pkl").write_bytes(pickle.dumps(model))


def package():
    """Calibrate, write the tables, the diagram and both model files with their cards."""
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    ).stdout.strip()
    data = mixture()
    proba = out_of_fold()
    classes = np.unique(data.label)
    calibrated, sets = cross_fitted(data, proba, thresholds=THRESHOLDS)
    horizons = horizon_table(data, classes, calibrated, sets)
    groups = group_table(data, classes, calibrated, sets)
    by_class = class_table(data, classes, calibrated, sets)
    calibration = reliability_table(data, classes, calibrated)
    redshift, predicted = redshift_rows(data)[0], np.load(FOLDER / "redshift.npy")
    redshifts = redshift_table(data, redshift, predicted)
    model = packaged_types(data, proba)
    anomaly = anomaly_auroc(data, *embeddings())
    alone = np.load(FOLDER / "proba_boosting.npy").astype(np.float64)
    alone /= alone.sum(axis=1, keepdims=True)
    alone = cross_fitted(data, alone, thresholds=THRESHOLDS)
    tables = {
        "Classes, by horizon": horizons,
        "Classes, by horizon, boosting alone": horizon_table(data, classes, *alone),
        "Decisions that favour rare classes": decision_table(data, classes, calibrated),
        "Classes, by telescope": groups,
        "Classes, one by one": by_class,
        "Reliability": calibration,
        "Redshift": redshifts,
        "Redshift, by the regressor of z < 0.2 alone": near_table(data, redshift),
    }
    page = [f"## {title}\n\n{markdown(rows)}\n" for title, rows in tables.items()]
    page.append(
        "AUROC of the anomaly score for 32 objects of other classes, out of fold: "
        f"{anomaly[0]:.3f}±{anomaly[1]:.3f}.\n"
    )
    page.append(f"Accuracy of ten classes, complete curves: {ten_class_accuracy(data, proba)}.\n")
    (FOLDER / "tables.md").write_text("\n".join(page))
    draw_reliability(calibration, RESULTS / "light_curve_models_reliability.png")
    common = {"license": LICENSE, "sources": SOURCES}
    recipe = f"benchmarks/studies/light_curve_models.py, all stages, at commit {commit}"
    figures = {f"{row['horizon']}, {row['classes']}": row for row in horizons}
    keys = ("macro-F1", "accuracy", "AUROC", "calibration error", "truth in 90 % set")
    metrics = {
        f"{key}, {name} classes": float(figures[name][key].split("±")[0])
        for name in ("full, five", "full, three", "10 days, three", "10 points, three")
        for key in keys
    }
    card = {
        **types_card(data),
        "recipe": recipe,
        "metrics": {
            **metrics,
            "accuracy, full, ten classes": ten_class_accuracy(data, proba),
            "AUROC, anomaly score, 32 objects of other classes": round(anomaly[0], 3),
        },
        "five_folds_by_horizon": horizons,
        "five_folds_by_telescope": groups,
        "five_folds_by_class": by_class,
        "calibration": calibration,
    }
    save_model(model, MODELS / "light-curve-types.snmodel", card={**card, **common}, overwrite=True)
    figures = {f"{row['horizon']}, {row['redshifts']}": row for row in redshifts}
    metrics = {
        f"{key}, {name}": float(figures[name][key].split("±")[0])
        for name in ("full, all", "full, z < 0.15")
        for key in ("R2", "NMAD")
    }
    card = {**redshift_card(data), "recipe": recipe, "metrics": metrics, **common}
    card["five_folds_by_horizon"] = redshifts
    regressor = pickle.loads((FOLDER / "redshift.pkl").read_bytes())
    save_model(regressor, MODELS / "light-curve-redshift.snmodel", card=card, overwrite=True)


def near_table(data, redshift):
    """Return the figures of near objects if it is known that they are near."""
    rows = redshift_table(data, redshift, np.load(FOLDER / "redshift_near.npy"))
    return [row for row in rows if "z < 0.15" in row["redshifts"]]


def embeddings():
    """Return embeddings of the mixture and of objects of other classes."""
    other, _ = load_curves(classes=("other",))
    embedder = load_pretrained("contrastive-sim")
    known = features()[list(embedder.get_feature_names_out())]
    return known.to_numpy(), embedder.transform(other[["light_curve"]])


def packaged_types(data, proba):
    """Return the calibrated classifier with its anomaly score."""
    ensemble = pickle.loads((FOLDER / "types.pkl").read_bytes())
    for network in ensemble.networks_:
        network.net_.module_.half()  # precision of the stored weights
    rows = np.flatnonzero(calibration_rows(data))
    curves = ColumnTransformer([("embedding", ensemble.embedder_, ["light_curve"])])
    detector = make_pipeline(curves, anomaly_detector())
    model = ConformalClassifier(
        FrozenEstimator(ensemble), detector=detector, thresholds=THRESHOLDS, cv=5
    )
    return model.fit(
        data.X.iloc[rows].reset_index(drop=True),
        data.label[rows],
        calibration_weights(data)[rows],
        oof_proba=proba[rows],
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stage", choices=tuple(STAGES))
    parser.add_argument("--simulated", type=int, default=8000)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", DataQualityWarning)
    torch.set_num_threads(1)
    STAGES[arguments.stage](arguments)


STAGES = {
    "prepare": lambda arguments: prepare(arguments.simulated),
    "folds": lambda arguments: folds(),
    "network-folds": lambda arguments: network_folds(),
    "fit": lambda arguments: fit(),
    "redshift-folds": lambda arguments: redshift_folds(),
    "redshift-fit": lambda arguments: fit_redshift(),
    "package": lambda arguments: package(),
}


if __name__ == "__main__":
    main()
