"""Tables of the predictions of benchmarks/studies/spectra_real.py: classes, redshifts, phases.

Averages of models are means of their probabilities, as in a soft VotingClassifier. "predicted
redshift" denotes rest-frame networks with redshifts predicted from the spectrum by the templates.
"weighed" denotes rest-frame classical models with the redshift weights of the classes that the
networks use. "leaning" denotes probabilities divided by the class frequencies to the power 0.3,
which up-weights rare classes.

    python benchmarks/studies/table_spectra.py [--noise]
"""

import argparse
import json
from itertools import pairwise

import numpy as np
import pandas as pd
from _real_data import data_folder
from _simfm import RESULTS, markdown
from _spectra import (
    THREE,
    class_figures,
    load_spectra,
    one_row_per_spectrum,
    part_of_classes,
    redshift_figures,
    with_noise,
)
from spectra_real import CLASSICAL, FOLDER, ROUTES, names, prediction_path

from sklearn_sn.classification._redshift_weights import at_redshifts, redshift_log_weights
from sklearn_sn.data import as_ragged
from sklearn_sn.persistence import load_model

OUT = RESULTS.parent / "spectra_real"
REST = ("SpectraNet, rest", "GalSpecNet, rest")
OBSERVER = ("SpectraNet, observer", "templates")
AVERAGES = {
    "average, rest": REST,
    "average, rest and observer": (*REST, *OBSERVER),
    "average, observer": OBSERVER,
    "average, predicted redshift": tuple(ROUTES),
    "average, predicted redshift and observer": (*ROUTES, *OBSERVER),
}
LEAN = 0.3  # chosen on a validation set of the first training set
PHASES = (-20.0, -3.0, 5.0, 15.0, 30.0, 100.0)
NOISES = (0.0, 0.1, 0.3, 1.0, 3.0)


def load_predictions(task, name):
    """Load one dict of arrays per fold; return None if a fold is missing."""
    paths = [prediction_path(task, name, fold) for fold in range(5)]
    if not all(path.exists() for path in paths):
        return None
    return [dict(np.load(path)) for path in paths]


def average_predictions(parts):
    """Average the probabilities of several models in each fold."""
    out = []
    for predictions in zip(*parts, strict=True):
        assert all(np.array_equal(a["rows"], predictions[0]["rows"]) for a in predictions)
        proba = np.mean([a["proba"] for a in predictions], axis=0)
        out.append({**predictions[0], "proba": proba})
    return out


def weight_by_redshift(folds, z):
    """Apply class weights by redshift, estimated from the other folds."""
    out = []
    for fold, a in enumerate(folds):
        rows, truth = other_folds(folds, fold)
        codes = np.searchsorted(a["classes"], truth)
        weights = redshift_log_weights(z[rows], codes, None, len(a["classes"]))
        proba = a["proba"] * np.exp(at_redshifts(weights, z[a["rows"]]))
        out.append({**a, "proba": proba / proba.sum(axis=1, keepdims=True)})
    return out


def all_predictions(task, z):
    """Load the predictions of all models and add weighted and averaged ones."""
    found = {name: load_predictions(task, name) for name in names()}
    found = {name: folds for name, folds in found.items() if folds is not None}
    for kind in CLASSICAL:
        if (name := f"{kind}, rest") in found:
            found[f"{name}, weighed"] = weight_by_redshift(found[name], z)
    for name, parts in AVERAGES.items():
        if all(part in found for part in parts):
            found[name] = average_predictions([found[part] for part in parts])
            found[f"{name}, leaning"] = upweight_rare_classes(found[name])
    return found


def other_folds(folds, fold):
    """Return row numbers and classes of the objects in all other folds."""
    others = [a for i, a in enumerate(folds) if i != fold]
    rows, first = np.unique(np.concatenate([a["rows"] for a in others]), return_index=True)
    return rows, np.concatenate([a["truth"] for a in others])[first]


def upweight_rare_classes(folds):
    """Up-weight rare classes by the class frequencies of the other folds."""
    out = []
    for fold, a in enumerate(folds):
        _, truth = other_folds(folds, fold)
        share = np.mean(truth[:, None] == a["classes"], axis=0)
        proba = a["proba"] / share**LEAN
        out.append({**a, "proba": proba / proba.sum(axis=1, keepdims=True)})
    return out


def figures_by_task(predictions, task):
    """Return scores as {task: {model: [scores of each fold]}}."""
    tables = {task: {}}
    for name, folds in predictions.items():
        tables[task][name] = [
            class_figures(a["truth"], a["proba"], a["classes"].tolist()) for a in folds
        ]
        if task == "five":
            rows = []
            for a in folds:
                part = part_of_classes(a["truth"], a["proba"], a["classes"].tolist(), THREE)
                rows.append(class_figures(*part))
            tables.setdefault("three", {})[name] = rows
    return tables


def redshift_tables(predictions, z):
    found = {}
    for name, folds in predictions.items():
        if name in ("templates", "cross-correlation"):
            found[name] = [redshift_figures(z[a["rows"]], a["redshift"]) for a in folds]
    return found


def write(name, results):
    OUT.mkdir(parents=True, exist_ok=True)
    content = {
        model: {"fits": [{k: float(v) for k, v in row.items()} for row in rows]}
        for model, rows in results.items()
    }
    (OUT / f"{name}.json").write_text(json.dumps(content, indent=1))
    print(f"## {name}\n\n{markdown(content)}\n", flush=True)


def by_phase(predictions, phase):
    """Return macro-F1 and accuracy of three classes by phase, for all folds together."""
    tables = {}
    for low, high in pairwise(PHASES):
        for name, folds in predictions.items():
            truth, proba, days = (
                np.concatenate(part)
                for part in zip(
                    *(
                        (a["truth"], a["proba"], phase[a["rows"], rank_within(a["rows"])])
                        for a in folds
                    ),
                    strict=True,
                )
            )
            rows = (days >= low) & (days < high)
            classes = folds[0]["classes"].tolist()
            part = part_of_classes(truth[rows], proba[rows], classes, THREE)
            found = class_figures(*part)
            shown = {"spectra": rows.sum(), **{k: found[k] for k in ("macro-F1", "accuracy")}}
            tables[f"{low:g} to {high:g} days, {name}"] = [shown]
    return tables


def against_noise(X, y, folds_rows):
    """Return scores of classes and redshifts for spectra with added noise."""
    results = {}
    for fold, rows in enumerate(folds_rows):
        singles, object_index = one_row_per_spectrum(X.iloc[rows])
        truth, z = y[rows][object_index], X["redshift"].to_numpy()[rows][object_index]
        for name in ("SpectraNet, observer", "SpectraNet, rest", "templates"):
            model = load_model(FOLDER / f"five, {name}, {fold}.snmodel")
            for noise in NOISES:
                noisy = with_noise(singles, noise)
                found = class_figures(truth, model.predict_proba(noisy), model.classes_)
                shown = {k: found[k] for k in ("macro-F1", "accuracy", "AUROC")}
                if name == "templates":
                    shown |= redshift_figures(z, model.predict_redshift(noisy[["spectrum"]]))
                results.setdefault(f"noise {noise:g}, {name}", []).append(shown)
    return results


def rank_within(rows):
    """Return the index of each spectrum within its object; rows must be grouped by object."""
    start = np.flatnonzero(np.diff(rows, prepend=-1))
    return np.arange(len(rows)) - np.repeat(start, np.diff(start, append=len(rows)))


def phases(X):
    """Return rest-frame phases, (n_objects, n_spectra); NaN if peak or spectrum is undated."""
    index = pd.read_parquet(data_folder() / "spectra_only_index.parquet")
    index = index.drop_duplicates(["object_id", "time"]).set_index(["object_id", "time"])
    singles, object_index = one_row_per_spectrum(X)
    spectra = as_ragged(singles["spectrum"], kind="spectrum")
    time = spectra.reduce("first", "time", empty=np.nan)
    keys = pd.MultiIndex.from_arrays([X.index[object_index], time])
    rank = rank_within(object_index)
    days = np.full((len(X), rank.max() + 1), np.nan)
    days[object_index, rank] = index["phase_rest"].reindex(keys).to_numpy(float)
    return days


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--noise", action="store_true", help="also add noise; takes minutes")
    arguments = options.parse_args()
    X, y, subtypes, _ = load_spectra()
    z = X["redshift"].to_numpy()
    for task in ("five", "nine"):
        predictions = all_predictions(task, z if task == "five" else z[subtypes != ""])
        if not predictions:
            continue
        for name, results in figures_by_task(predictions, task).items():
            write(name, results)
        if task == "five":
            write("redshift", redshift_tables(predictions, z))
            networks = ("SpectraNet", "templates", "average")
            shown = [n for n in predictions if n.startswith(networks) and "leaning" not in n]
            write("phase", by_phase({n: predictions[n] for n in shown}, phases(X)))
            if arguments.noise:
                rows = [np.unique(a["rows"]) for a in predictions["SpectraNet, rest"]]
                write("noise", against_noise(X, y, rows))


if __name__ == "__main__":
    main()
