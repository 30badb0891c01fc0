"""Classes of real supernovae from 5, 20 and 100 labelled light curves per class, and from all.

The objects and folds are those of contrastive_real.py. In each fold, labelled objects are drawn at
random from the training part (all objects of a class that has fewer), ``--draws`` times in each
fold and equally for all models; scores are those of the test part, averaged over the draws.
"InfoNCE" embedders were trained by InfoNCE alone; "fine-tuned" ones also on the pairs of the
training part, whose labels they do not see. "Supervised contrastive" is the packaged model
"contrastive-sim", trained with class and redshift heads beside InfoNCE. Hyperparameters are fixed:
with five labels per class there is nothing to choose them by. Each run adds its models to the
scores of earlier runs.

    python benchmarks/studies/few_labels.py [--models NAME ...] [--folds 0 1 2 3 4]
        [--tasks three five] [--draws 5]
    python benchmarks/studies/few_labels.py --table
"""

import argparse
import json
import time
import warnings

import numpy as np
import torch
from _applecider import provenance, table, write_report, write_section
from _baselines import MAIN_CLASSES, boosting_classifier
from _evaluation import classification_figures
from _light_curve_features import light_curve_features
from _real_data import load_pairs
from _settings import CACHE, build, encoder, load_pretrained_encoder
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from sklearn_sn.classification import LightCurveClassifier
from sklearn_sn.data import DataQualityWarning, check_table

OUT = CACHE.parent / "results" / "few_labels"
PAGE = OUT.with_suffix(".md")
TITLE = "# Real light curves with few labels\n"
COUNTS = (5, 20, 100, "all")
NOTES = """The input is the light curve. The labels of each fold are drawn as often as stated, and
scored on its test part; the standard deviation is that of the means of the folds. "100 per class"
holds all objects of the classes that have fewer. "InfoNCE" is "maven-sim", trained without labels
(maven_infonce.md). Gradient boosting has at least 8 objects in a leaf: with 5 per class of three
classes it predicts a constant.

Of heads on fixed columns, extra trees on hand-made features and the supervised embedding together
are the best from 5 to 100 labels per class, or within .005 of the best, by less than the scatter
of the folds; the InfoNCE embedding in its place is at most .016 below. With all labels, boosting
on the features is better. The supervised embedding alone is level with them at 5 labels per
class, and below by .01 to .08 from 20 on. A network that is fine-tuned end to end is level with
them within the scatter: macro-F1 .02 above with 5 and 20 labels, .04 below with 100; AUROC .025
and .013 below, and level from 100 on. Its first fold has five draws of labels (the run of all
folds was stopped after it), the other folds have one; five classes were not run.
"""
BATCH, STEPS = 16, 600  # of end-to-end networks
# Settings of _settings.py whose embedding of light curves is the input of heads.
EMBEDDERS = {
    "InfoNCE, frozen": "infonce_frozen",
    "InfoNCE, fine-tuned": "infonce",
    "InfoNCE, nothing pretrained": "scratch",
    "supervised contrastive, frozen": "simulated_frozen",
}
HEADS = {
    "logistic regression": lambda: make_pipeline(
        StandardScaler(), LogisticRegression(C=0.1, class_weight="balanced", max_iter=2000)
    ),
    "SVC": lambda: SVC(C=3.0, class_weight="balanced", random_state=0),
    "kNN": lambda: KNeighborsClassifier(5, weights="distance"),
}
FEATURES = {
    "features, gradient boosting": boosting_classifier,
    "features, extra trees": lambda: make_pipeline(
        SimpleImputer(strategy="median", keep_empty_features=True),
        ExtraTreesClassifier(500, class_weight="balanced", random_state=0),
    ),
}
# Features and the embedding of a setting together.
COMBINED = {
    "features and InfoNCE embedding": "infonce_frozen",
    "features and supervised embedding": "simulated_frozen",
}
NETWORKS = {
    "end to end, nothing pretrained": {"lr": 1e-3, "encoder": encoder()},
    "end to end, pretrained by InfoNCE": {"lr": 3e-4, "pretrained": "infonce"},
    "end to end, pretrained supervised": {"lr": 3e-4, "pretrained": "simulated"},
}
MODELS = (*EMBEDDERS, *FEATURES, *COMBINED, *NETWORKS)


def draw(y, train, count, fold, number=0):
    """Return up to `count` labelled objects of each class of a training part."""
    order = np.random.default_rng([fold, number] if number else fold).permutation(train)
    if count == "all":
        return order
    return np.concatenate([order[y[order] == name][:count] for name in np.unique(y)])


def network(params, n_objects):
    """Return an unfitted end-to-end classifier with about the same number of steps for any size."""
    params = dict(params)
    if "pretrained" in params:
        params["pretrained"] = load_pretrained_encoder(params["pretrained"])
    epochs = max(1, round(STEPS / -(-n_objects // BATCH)))
    return LightCurveClassifier(
        batch_size=BATCH,
        max_epochs=epochs,
        class_weight="balanced",
        random_state=0,
        **params,
    )


def candidates(name, X, features, train, test, fold):
    """Yield the name of each model, its input of all objects, and a function that builds it."""
    if name in EMBEDDERS:
        embedder = build(EMBEDDERS[name], fold).fit(X.iloc[train], None)
        Z = np.full((len(X), embedder.transform(X.iloc[:1]).shape[1]), np.nan)
        for rows in (train, test):
            Z[rows] = embedder.encode(X.iloc[rows], "light_curve")
        for head, make in HEADS.items():
            yield f"{name}, {head}", Z, lambda n, make=make: make()
    elif name in FEATURES:
        yield name, features.to_numpy(), lambda n: FEATURES[name]()
    elif name in COMBINED:
        embedder = build(COMBINED[name], fold).fit(X.iloc[train], None)
        Z = np.column_stack([features, embedder.encode(X, "light_curve")])
        yield f"{name}, extra trees", Z, lambda n: FEATURES["features, extra trees"]()
    else:
        yield name, X, lambda n: network(NETWORKS[name], n)


def rows_of(values, rows):
    return values.iloc[rows] if hasattr(values, "iloc") else values[rows]


def score_fold(name, X, y, features, train, test, fold, tasks, n_draws=1):
    """Return the scores of a model in one fold, by task, number of labels and head.

    They are means over the draws of labels.
    """
    results = {}
    for label, values, make in candidates(name, X, features, train, test, fold):
        for task in tasks:
            kept = np.isin(y, MAIN_CLASSES) if task == "three" else np.full(len(y), True)
            held = test[kept[test]]
            for count in COUNTS:
                found = []
                for number in range(1 if count == "all" else n_draws):
                    few = draw(y, train[kept[train]], count, fold, number)
                    if name in NETWORKS:  # which have nothing to learn from without usable points
                        few = few[check_table(X.iloc[few]).light_curve.lengths > 0]
                    model = make(len(few)).fit(rows_of(values, few), y[few])
                    found.append(score(model, rows_of(values, held), y[held]))
                figures = {key: float(np.mean([f[key] for f in found])) for key in found[0]}
                results.setdefault(task, {}).setdefault(str(count), {})[label] = figures
                print(fold, task, count, label, round(figures["macro-F1"], 3), flush=True)
    return results


def score(model, inputs, truth):
    """Return the scores of a fitted classifier."""
    by_decision = hasattr(model, "decision_function")
    scores = (model.decision_function if by_decision else model.predict_proba)(inputs)
    return classification_figures(truth, model.predict(inputs), scores, model.classes_)


def stored():
    """Return the reports of all runs, as {model: {fold: report}}."""
    found = {name: {} for name in MODELS}
    for path in sorted(OUT.glob("*.json")):
        report = json.loads(path.read_text())
        found[report["model"]][report["fold"]] = report
    return {name: folds for name, folds in found.items() if folds}


def cell(values):
    values = np.array(values)
    return f"{values.mean():.3f}±{values.std():.3f}"


def tabulate():
    """Write the page of all runs."""
    found, text = stored(), []
    for task in ("three", "five"):
        for figure in ("macro-F1", "AUROC"):
            rows = []
            for folds in found.values():
                parts = [f["results"][task] for f in folds.values() if task in f["results"]]
                draws = sorted({f.get("draws", 1) for f in folds.values()})
                for label in parts[0]["all"] if parts else ():
                    cells = [
                        cell([part[str(count)][label][figure] for part in parts])
                        for count in COUNTS
                    ]
                    rows.append([label, len(parts), " or ".join(map(str, draws)), *cells])
            names = "Ia, II, Ib/c" if task == "three" else "Ia, II, Ib/c, IIn, SLSN-I"
            text.append(f"### {task.capitalize()} classes ({names}), {figure}\n")
            columns = [
                "model",
                "folds",
                "draws",
                *(f"{count} per class" for count in COUNTS[:-1]),
                "all",
            ]
            text.append(table(columns, rows) + "\n")
    runs = list(
        {r["run"]["command"]: r["run"] for folds in found.values() for r in folds.values()}.values()
    )
    used = [
        f"- {name}: {np.mean([r['CPU seconds'] for r in folds.values()]):.0f} CPU s a fold"
        for name, folds in found.items()
    ]
    text += ["### Cost\n", "Training of all heads, counts and tasks:\n", *used]
    text.insert(0, NOTES)
    report = {"run": runs[-1], "earlier runs": runs[:-1]}
    write_section("Mean ± standard deviation over folds", report, "\n".join(text), PAGE, TITLE)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--folds", nargs="+", type=int, default=[0, 1, 2, 3, 4])
    parser.add_argument("--tasks", nargs="+", choices=("three", "five"), default=["three", "five"])
    parser.add_argument("--draws", type=int, default=1, help="draws of labels in each fold")
    parser.add_argument("--table", action="store_true", help="only write the page")
    arguments = parser.parse_args()
    if arguments.table:
        tabulate()
        return
    warnings.simplefilter("ignore", DataQualityWarning)
    torch.set_num_threads(1)
    X, y = load_pairs()
    folds = list(StratifiedKFold(5, shuffle=True, random_state=0).split(X, y))
    needed = set(arguments.models) & {*FEATURES, *COMBINED}
    features = light_curve_features(X) if needed else None
    for name in arguments.models:
        for fold in arguments.folds:
            train, test = folds[fold]
            start = time.process_time()
            results = score_fold(
                *(name, X, y, features, train, test, fold, arguments.tasks, arguments.draws)
            )
            report = {
                "run": provenance(arguments),
                "model": name,
                "fold": fold,
                "draws": arguments.draws,
                "CPU seconds": time.process_time() - start,
                "results": results,
            }
            file = name.replace(",", "").replace(" ", "_")
            write_report(OUT / f"{file}_{fold}.json", report)
    tabulate()


if __name__ == "__main__":
    main()
