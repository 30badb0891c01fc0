"""Tables of what benchmarks/spectra_real.py answered: classes, redshifts, phases; as Markdown.

Averages of models are made here, of their probabilities, as a soft VotingClassifier makes them.
"predicted redshift" is a network at rest, fed with the redshifts that the templates predict from
the spectrum. "weighed" are classical models at rest whose classes are weighed by redshift, as the
networks weigh theirs. "leaning": probabilities over the frequencies of the classes to the power
0.3, which helps rare ones.

    python benchmarks/table_spectra.py [--noise]
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
    one_by_one,
    part_of_classes,
    redshift_figures,
    with_noise,
)
from spectra_real import CLASSICAL, FOLDER, ROUTES, answer_path, names

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
LEAN = 0.3  # tried on a validation part of the first training part
PHASES = (-20.0, -3.0, 5.0, 15.0, 30.0, 100.0)
NOISES = (0.0, 0.1, 0.3, 1.0, 3.0)


def load_answers(task, name):
    """One dict of arrays for each fold, or None where a fold is missing."""
    paths = [answer_path(task, name, fold) for fold in range(5)]
    if not all(path.exists() for path in paths):
        return None
    return [dict(np.load(path)) for path in paths]


def averaged(parts):
    """Answers whose probabilities are the mean of several models', fold by fold."""
    out = []
    for answers in zip(*parts, strict=True):
        assert all(np.array_equal(a["rows"], answers[0]["rows"]) for a in answers)
        proba = np.mean([a["proba"] for a in answers], axis=0)
        out.append({**answers[0], "proba": proba})
    return out


def weighed(folds, z):
    """Answers whose classes are weighed by redshift, from the redshifts of the other folds."""
    out = []
    for fold, a in enumerate(folds):
        rows, truth = others_of(folds, fold)
        codes = np.searchsorted(a["classes"], truth)
        weights = redshift_log_weights(z[rows], codes, None, len(a["classes"]))
        proba = a["proba"] * np.exp(at_redshifts(weights, z[a["rows"]]))
        out.append({**a, "proba": proba / proba.sum(axis=1, keepdims=True)})
    return out


def all_answers(task, z):
    found = {name: load_answers(task, name) for name in names()}
    found = {name: folds for name, folds in found.items() if folds is not None}
    for kind in CLASSICAL:
        if (name := f"{kind}, rest") in found:
            found[f"{name}, weighed"] = weighed(found[name], z)
    for name, parts in AVERAGES.items():
        if all(part in found for part in parts):
            found[name] = averaged([found[part] for part in parts])
            found[f"{name}, leaning"] = leaning(found[name])
    return found


def others_of(folds, fold):
    """Rows and classes of the objects of all other folds."""
    others = [a for i, a in enumerate(folds) if i != fold]
    rows, first = np.unique(np.concatenate([a["rows"] for a in others]), return_index=True)
    return rows, np.concatenate([a["truth"] for a in others])[first]


def leaning(folds):
    """Answers that lean to rare classes, by the frequencies of the other folds."""
    out = []
    for fold, a in enumerate(folds):
        _, truth = others_of(folds, fold)
        share = np.mean(truth[:, None] == a["classes"], axis=0)
        proba = a["proba"] / share**LEAN
        out.append({**a, "proba": proba / proba.sum(axis=1, keepdims=True)})
    return out


def figures_by_task(answers, task):
    """Task to model to list over folds of figures."""
    tables = {task: {}}
    for name, folds in answers.items():
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


def redshift_tables(answers, z):
    found = {}
    for name, folds in answers.items():
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


def by_phase(answers, phase):
    """Macro-F1 and accuracy of three classes in stretches of days from the peak, all folds."""
    tables = {}
    for low, high in pairwise(PHASES):
        for name, folds in answers.items():
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
    """Five classes and redshifts of spectra to which noise is added."""
    results = {}
    for fold, rows in enumerate(folds_rows):
        singles, owner = one_by_one(X.iloc[rows])
        truth, z = y[rows][owner], X["redshift"].to_numpy()[rows][owner]
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
    """Which spectrum of its object each is, where those of an object stand together."""
    start = np.flatnonzero(np.diff(rows, prepend=-1))
    return np.arange(len(rows)) - np.repeat(start, np.diff(start, append=len(rows)))


def phases(X):
    """Days from the peak at rest, (n_objects, n_spectra); NaN where nobody dated both."""
    index = pd.read_parquet(data_folder() / "spectra_only_index.parquet")
    index = index.drop_duplicates(["object_id", "time"]).set_index(["object_id", "time"])
    singles, owner = one_by_one(X)
    spectra = as_ragged(singles["spectrum"], kind="spectrum")
    time = spectra.reduce("first", "time", empty=np.nan)
    keys = pd.MultiIndex.from_arrays([X.index[owner], time])
    rank = rank_within(owner)
    days = np.full((len(X), rank.max() + 1), np.nan)
    days[owner, rank] = index["phase_rest"].reindex(keys).to_numpy(float)
    return days


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--noise", action="store_true", help="also add noise; takes minutes")
    arguments = options.parse_args()
    X, y, subtypes, _ = load_spectra()
    z = X["redshift"].to_numpy()
    for task in ("five", "nine"):
        answers = all_answers(task, z if task == "five" else z[subtypes != ""])
        if not answers:
            continue
        for name, results in figures_by_task(answers, task).items():
            write(name, results)
        if task == "five":
            write("redshift", redshift_tables(answers, z))
            networks = ("SpectraNet", "templates", "average")
            shown = [n for n in answers if n.startswith(networks) and "leaning" not in n]
            write("phase", by_phase({n: answers[n] for n in shown}, phases(X)))
            if arguments.noise:
                rows = [np.unique(a["rows"]) for a in answers["SpectraNet, rest"]]
                write("noise", against_noise(X, y, rows))


if __name__ == "__main__":
    main()
