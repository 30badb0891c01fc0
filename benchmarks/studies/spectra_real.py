"""Classes and redshifts of real spectra, five folds grouped by object and duplicates.

The test-set predictions of each model for every spectrum, and the fitted networks, are saved in
benchmarks/.cache/spectra; table_spectra.py computes scores from them. Folds are by
object, scores by spectrum. Settings are the same in all folds, and the defaults of the library
except the learning rate of the templates. Settings were compared on a validation set of the first
training set (``--validation``). Its objects are in the test sets of the other folds, so only the
first fold is independent of this choice. Networks use one spectrum per object in an epoch, the
other models all spectra.

Models: SpectraNet and GalSpecNet in the observer frame and rest frame; class and redshift from
learned templates; rest-frame networks with the redshifts predicted by the templates; PCA and
logistic regression, linear SVC and gradient boosting on continuum-divided spectra in both frames;
and cross-correlation with templates. The task "nine" classifies subtypes.

    python benchmarks/studies/spectra_real.py [--models NAME ...] [--folds 0 1 2 3 4] [--validation]
"""

import argparse
import ast
import time

import numpy as np
import torch
from _cross_correlation import CrossCorrelation
from _settings import CACHE
from _spectra import class_figures, flat_spectra, folds_of, load_spectra, one_row_per_spectrum
from _spectra import redshift_figures as figures_of_redshifts
from lightgbm import LGBMClassifier
from scipy.special import softmax
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

from sklearn_sn.classification import SpectralRedshiftClassifier, SpectraNetClassifier
from sklearn_sn.persistence import load_model, save_model

FOLDER = CACHE / "spectra"
PREDICTED = ", predicted redshift"
ROUTES = [f"{kind}, rest{PREDICTED}" for kind in ("SpectraNet", "GalSpecNet")]
COMMON = {"random_state": 0, "verbose": 2, "device": "auto"}


def spectranet(**params):
    return SpectraNetClassifier(**params).set_params(**COMMON)


def redshift_classifier(**params):
    return SpectralRedshiftClassifier(**{"lr": 4e-3, **params}).set_params(**COMMON)


def boosting():
    return make_pipeline(
        PCA(100, random_state=0),
        LGBMClassifier(
            n_estimators=300,
            learning_rate=0.05,
            num_leaves=12,
            min_child_samples=8,
            subsample=0.8,
            subsample_freq=1,
            colsample_bytree=0.3,
            class_weight="balanced",
            n_jobs=1,
            random_state=0,
            verbose=-1,
        ),
    )


NETWORKS = {
    "SpectraNet, observer": lambda: spectranet(),
    "SpectraNet, rest": lambda: spectranet(frame="rest"),
    "GalSpecNet, observer": lambda: spectranet(encoder="galspecnet"),
    "GalSpecNet, rest": lambda: spectranet(encoder="galspecnet", frame="rest"),
    "templates": lambda: redshift_classifier(),
}
CLASSICAL = {
    "PCA + logistic": lambda: make_pipeline(
        PCA(60, random_state=0), StandardScaler(), LogisticRegression(max_iter=2000)
    ),
    "linear SVC": lambda: make_pipeline(StandardScaler(), LinearSVC(C=0.01, random_state=0)),
    "boosting": boosting,
}


def fit_predict(name, X, y, train, test, task, fold):
    """Return test-set probabilities, classes and redshifts (if any), and the fitted network."""
    singles = one_row_per_spectrum(X.iloc[test])[0]
    if name in ROUTES:
        model = load_model(FOLDER / f"{task}, {name.removesuffix(PREDICTED)}, {fold}.snmodel")
        predicted = np.load(prediction_path("five", "templates", fold))["redshift"]
        proba = model.predict_proba(singles.assign(redshift=predicted))
        return {"proba": proba, "classes": model.classes_}, None
    if name in NETWORKS:
        model = NETWORKS[name]().fit(X.iloc[train], y[train])
        predictions = {"proba": model.predict_proba(singles), "classes": model.classes_}
        if name == "templates":
            unknown = singles[["spectrum"]]
            predictions["redshift"], predictions["error"] = model.predict_redshift(
                unknown, return_std=True
            )
        return predictions, model
    training, training_index = one_row_per_spectrum(X.iloc[train])
    labels = y[train][training_index]
    if name == "cross-correlation":
        model = CrossCorrelation().fit(training, labels)
        proba, redshift = model.predict_proba_and_redshift(singles)
        return {"proba": proba, "classes": model.classes_, "redshift": redshift}, None
    kind, frame = name.split(", ")
    parts = [
        flat_spectra(part, part["redshift"].to_numpy() if frame == "rest" else None)
        for part in (training, singles)
    ]
    model = CLASSICAL[kind]().fit(parts[0], labels)
    if hasattr(model, "predict_proba"):
        proba = model.predict_proba(parts[1])
    else:
        proba = softmax(model.decision_function(parts[1]), axis=1)
    return {"proba": proba, "classes": model.classes_}, None


def names():
    """Return the names of all models."""
    classical = [f"{kind}, {frame}" for kind in CLASSICAL for frame in ("observer", "rest")]
    return [*NETWORKS, *ROUTES, *classical, "cross-correlation"]


def prediction_path(task, name, fold):
    """Return the path of the predictions of a model for one fold."""
    return FOLDER / f"{task}, {name}, {fold}.npz"


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--models", nargs="+", default=names(), choices=names())
    options.add_argument("--tasks", nargs="+", default=["five"], choices=("five", "nine"))
    options.add_argument("--folds", nargs="+", type=int, default=[0, 1, 2, 3, 4])
    options.add_argument("--validation", action="store_true", help="score a validation set")
    options.add_argument("--set", nargs="+", default=[], help="name=value, for trial runs")
    arguments = options.parse_args()
    torch.set_num_threads(1)
    if arguments.set and not arguments.validation:
        options.error("--set requires --validation")
    for pair in arguments.set:
        key, value = pair.split("=")
        COMMON[key] = ast.literal_eval(value)
    FOLDER.mkdir(parents=True, exist_ok=True)
    X_all, y_all, subtypes, groups_all = load_spectra()
    for task in arguments.tasks:
        kept = np.full(len(X_all), True) if task == "five" else subtypes != ""
        X, groups = X_all[kept], groups_all[kept]
        y = (y_all if task == "five" else subtypes)[kept]
        folds = folds_of(y_all, groups_all)
        number = np.cumsum(kept) - 1
        for fold in arguments.folds:
            train, test = (number[part[kept[part]]] for part in folds[fold])
            if arguments.validation:
                inner, held = folds_of(y[train], groups[train])[0]
                train, test = train[inner], train[held]
            for name in arguments.models:
                if task == "nine" and name in ROUTES:
                    continue  # predicted redshifts exist for the task "five" only
                start = time.time()
                predictions, model = fit_predict(name, X, y, train, test, task, fold)
                _, object_index = one_row_per_spectrum(X.iloc[test])
                truth = y[test][object_index]
                result = class_figures(truth, predictions["proba"], predictions["classes"])
                if "redshift" in predictions:
                    z = X["redshift"].to_numpy()[test][object_index]
                    result |= figures_of_redshifts(z, predictions["redshift"])
                shown = {k: round(float(v), 4) for k, v in result.items() if "AUC " not in k}
                print(f"{task} {name} {fold}: {shown} {time.time() - start:.0f} s", flush=True)
                if arguments.validation:
                    continue
                predictions |= {"rows": test[object_index], "truth": truth}
                np.savez(prediction_path(task, name, fold), **predictions)
                if model is not None:
                    path = FOLDER / f"{task}, {name}, {fold}.snmodel"
                    save_model(model.set_params(verbose=0), path, overwrite=True)


if __name__ == "__main__":
    main()
