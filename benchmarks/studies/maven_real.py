"""Light-curve networks trained end to end on real supernovae, compared with gradient boosting.

Five-fold cross-validation by object; three and five classes, and the redshift, from light curves
alone. Networks are trained from scratch, and from the encoder of pretrain_simulated.py,
which is trained on simulated objects only. Reported are the scores of the first of several networks
with different seeds, of their average, and of their average with gradient boosting. With
--validate, one fifth of each training set is scored instead of the test set; settings were compared
in this way. "With the other curves" adds labelled light curves that are not among the pairs to each
training set. Supervised contrastive embedders, pretrained and fine-tuned, are scored on the same
folds by benchmarks/studies/contrastive_real.py: settings "scratch", "simulated_aux",
"simulated_aux_first_block".

Folds run in parallel with one thread each; a second thread does not speed up small batches.

    python benchmarks/studies/maven_real.py [--sample pairs|curves] [--models NAME ...]
        [--members N]
"""

import argparse
import json
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from _baselines import MAIN_CLASSES, Z_MAX, boosting_classifier, redshift_regressor
from _evaluation import classification_figures, redshift_figures, table
from _light_curve_features import light_curve_features, observing_pattern
from _real_data import load_curves, load_pairs, thin_light_curves
from _settings import encoder, load_pretrained_encoder, save_predictions
from joblib import Parallel, delayed
from sklearn.model_selection import StratifiedKFold, StratifiedShuffleSplit

from sklearn_sn import load_pretrained
from sklearn_sn.classification import LightCurveClassifier
from sklearn_sn.data import DataQualityWarning, check_table
from sklearn_sn.regression import LightCurveRegressor

# Chosen on validation sets (see results). Run time depends on the epochs, not the batch size.
SIZES = {"encoder": encoder(), "batch_size": 16, "class_weight": "balanced"}
# The results in benchmarks/results are those of probabilities as trained.
SIZES["prior"] = "weighted"
TUNED = {**SIZES, "max_epochs": 30, "lr": 3e-4, "pretrained": "simulated"}
MODELS = {
    "end-to-end": {**SIZES, "max_epochs": 60},
    "end-to-end, pretrained": TUNED,
    "end-to-end, first block": {**TUNED, "trainable": "first_block"},
    "end-to-end, pretrained, with the other curves": {**TUNED, "max_epochs": 15, "others": True},
    # Compared on validation sets only.
    "end-to-end, batches of 64, 30 epochs": {**SIZES, "batch_size": 64, "max_epochs": 30},
    "end-to-end, 30 epochs": {**SIZES, "max_epochs": 30},
    "end-to-end, no weights": {**SIZES, "max_epochs": 30, "class_weight": None},
    "end-to-end, no augmentation": {
        **SIZES,
        "max_epochs": 30,
        "encoder": encoder(augmentation=False),
    },
    "end-to-end, pretrained on real too": {**TUNED, "lr": 1e-3, "pretrained": "union_simulated"},
    "end-to-end, pretrained, lr 1e-3": {**TUNED, "lr": 1e-3},
    "end-to-end, pretrained, lr 1e-3, 15 epochs": {**TUNED, "lr": 1e-3, "max_epochs": 15},
    "end-to-end, pretrained, 60 epochs": {**TUNED, "max_epochs": 60},
    "end-to-end, pretrained, no weights": {**TUNED, "class_weight": None},
    "end-to-end, pretrained, slow encoder": {**TUNED, "lr": 1e-3, "pretrained_lr_factor": 0.3},
    "end-to-end, pretrained, 200 points": {**TUNED, "encoder": encoder(max_points=200)},
}
REPORTED = ("end-to-end", "end-to-end, pretrained")
# There are three times as many curves as pairs, so half the epochs are still more steps.
EPOCHS_FACTOR = {"pairs": 1.0, "curves": 0.5}
TASKS = ("three", "five", "redshift")
THINNED = {"10 points": {"n_points": 10}, "2 bands": {"n_bands": 2}}


def task_mask(task, y, z):
    """Return the mask of the objects of a task."""
    if task == "redshift":
        return (z > 0) & (z < Z_MAX)
    return np.isin(y, MAIN_CLASSES) if task == "three" else np.ones(len(y), dtype=bool)


def network(task, params, seed):
    """Return an unfitted classifier or regressor."""
    params = {**params, "random_state": seed}
    if isinstance(params.get("pretrained"), str):
        params["pretrained"] = load_pretrained_encoder(params["pretrained"])
    if task == "redshift":
        del params["class_weight"], params["prior"]
        return LightCurveRegressor(**params)
    return LightCurveClassifier(**params)


def predict(task, model, values):
    """Return class probabilities, or redshifts."""
    return model.predict(values) if task == "redshift" else model.predict_proba(values)


def figures(task, classes, truth, predicted):
    if task == "redshift":
        return redshift_figures(truth, predicted)
    labels = classes[predicted.argmax(axis=1)]
    return classification_figures(truth, labels, predicted, classes)


class Network:
    """Ensemble of networks with different seeds."""

    def __init__(self, task, params, members, seed):
        self.members = [network(task, params, seed + 1000 * m) for m in range(members)]
        self.task = task

    def fit(self, X, target):
        # ln(1 + z), the target of the tree baseline.
        target = np.log1p(target) if self.task == "redshift" else target
        for member in self.members:
            member.fit(X, target)
        return self

    def predict(self, X):
        """Return the predictions of all members, stacked on the first axis."""
        predicted = np.array([predict(self.task, member, X) for member in self.members])
        return np.expm1(predicted) if self.task == "redshift" else predicted


def features_and_embedding(X):
    """Join features and the embedding of the packaged model, trained on simulations only."""
    embedder = load_pretrained("contrastive-sim")
    names = [f"embedding {i}" for i in range(embedder.embedding_dim)]
    embedding = pd.DataFrame(embedder.encode(X, "light_curve"), X.index, names)
    return light_curve_features(X).join(embedding)


BOOSTING = "gradient boosting (features C)"
BOOSTING_EMBEDDING = "gradient boosting (features C, packaged embedding)"
# Models that are averaged with the networks, and their names in the results.
PARTNERS = {BOOSTING: "boosting", BOOSTING_EMBEDDING: "boosting with embedding"}
BASELINES = {
    BOOSTING: light_curve_features,
    BOOSTING_EMBEDDING: features_and_embedding,
    "control K0": lambda X: observing_pattern(X, "K0"),
    "control K1": lambda X: observing_pattern(X, "K1"),
}
BOOSTING_OTHERS = f"{BOOSTING}, with the other curves"
THINNABLE = tuple(PARTNERS)  # columns of the controls depend on the bands in the table


def trees(task, features, target):
    """Fit the tree model of a task to features."""
    model = redshift_regressor() if task == "redshift" else boosting_classifier()
    return model.fit(features, target)


def run_fold(X, y, z, features, train, test, others, models, tasks, members, seed):
    """Return scores and predictions of a fold, each by model and task.

    `train`, `test` and `others` are row numbers of X; `others` are added to the training set of the
    models with the setting "others". `models` maps names to parameters.
    """
    warnings.simplefilter("ignore", DataQualityWarning)
    torch.set_num_threads(1)
    start = time.time()
    tests = {"": X.iloc[test]}
    for what, params in THINNED.items():
        tests[f", {what}"] = thin_light_curves(X.iloc[test], random_state=seed, **params)
    scores, predictions = {}, {}
    for task in tasks:
        part = task_mask(task, y, z)
        target = z if task == "redshift" else y
        a, b = train[part[train]], test[part[test]]
        test_tables = {
            what: tests[what][part[test]] for what in (tests if task == "three" else [""])
        }
        classes = None if task == "redshift" else np.unique(y[a])

        def score(name, what, predicted, task=task, classes=classes, truth=target[b]):
            scores.setdefault(name, {})[f"{task}{what}"] = figures(task, classes, truth, predicted)
            predictions.setdefault(name, {})[f"{task}{what}"] = predicted

        boosted = {}
        more = np.concatenate([a, others[part[others]]])
        baselines = [(name, name, a) for name in features]
        if len(more) > len(a) and BOOSTING in features:
            baselines.append((BOOSTING_OTHERS, BOOSTING, more))
        for name, kind, rows in baselines:
            table_of, whole = BASELINES[kind], features[kind]
            model = trees(task, whole.iloc[rows].to_numpy(), target[rows])
            for what, values in test_tables.items():
                if kind not in THINNABLE and what:
                    continue
                columns = table_of(values).reindex(columns=whole.columns) if what else whole.iloc[b]
                boosted[name, what] = predict(task, model, columns.to_numpy())
                score(name, what, boosted[name, what])
        # Objects without usable points are excluded for networks; trees can use missing values.
        usable = check_table(X.iloc[more]).light_curve.lengths > 0
        for name, params in models.items():
            params = dict(params)
            selected = np.arange(len(more)) < (len(more) if params.pop("others", False) else len(a))
            rows = more[usable & selected]
            fitted = Network(task, params, members, seed).fit(X.iloc[rows], target[rows])
            for what, values in test_tables.items():
                several = fitted.predict(values)
                mean = several.mean(axis=0)
                score(name, what, several[0])
                if members > 1:
                    score(f"{name}, average of {members}", what, mean)
                for partner, short in PARTNERS.items():
                    if (partner, what) in boosted:
                        both = f"{name}, {members}, and {short}".replace(", 1,", ",")
                        score(both, what, (mean + boosted[partner, what]) / 2)
    print(f"fold {seed}: {time.time() - start:.0f} s", flush=True)
    for name, tasks in scores.items():
        short = {t: round(f.get("macro-F1", f.get("R2")), 3) for t, f in tasks.items()}
        print("   ", name, short, flush=True)
    return scores, predictions


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sample", choices=("pairs", "curves"), default="pairs")
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(REPORTED))
    parser.add_argument("--tasks", nargs="+", choices=TASKS, default=list(TASKS))
    parser.add_argument("--members", type=int, default=4)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--out", default="benchmarks/results/maven_real")
    parser.add_argument("--jobs", type=int, default=2, help="folds in parallel")
    parser.add_argument("--validate", action="store_true", help="score validation sets only")
    parser.add_argument("--no-baselines", action="store_true")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", DataQualityWarning)
    real = [name for name in arguments.models if "union" in MODELS[name].get("pretrained", "")]
    if arguments.sample == "curves" and real:
        parser.error(f"{real[0]!r} was pretrained on light curves of the test sets.")
    X, y = load_pairs() if arguments.sample == "pairs" else load_curves()
    folds = StratifiedKFold(5, shuffle=True, random_state=0).split(X, y)
    others = np.arange(0)
    if arguments.sample == "pairs" and any("others" in MODELS[name] for name in arguments.models):
        curves, names = load_curves()
        other = ~curves.index.isin(X.index)
        others = len(X) + np.arange(other.sum())
        X, y = pd.concat([X, curves[other]]), np.concatenate([y, names[other]])
    X, z = X[["light_curve"]], X["redshift"].to_numpy()
    factor = EPOCHS_FACTOR[arguments.sample]
    models = {
        name: {**MODELS[name], "max_epochs": round(factor * MODELS[name]["max_epochs"])}
        for name in arguments.models
    }
    features = {name: of(X) for name, of in BASELINES.items() if not arguments.no_baselines}
    parts = []
    for seed, (train, test) in enumerate(list(folds)[: arguments.folds]):
        if arguments.validate:
            split = StratifiedShuffleSplit(1, test_size=0.2, random_state=seed)
            inner, held = next(split.split(train, y[train]))
            train, test = train[inner], train[held]
        parts.append((train, test, seed))
    results = Parallel(arguments.jobs)(
        delayed(run_fold)(
            *(X, y, z, features, train, test, others),
            *(models, arguments.tasks, arguments.members, seed),
        )
        for train, test, seed in parts
    )
    by_name = {name: [found[name] for found, _ in results] for name in results[0][0]}
    print(table(by_name), flush=True)
    if not arguments.validate:
        out = Path(arguments.out)
        out.mkdir(parents=True, exist_ok=True)
        for name, found in by_name.items():
            file = name.replace(",", "").replace(" ", "_").replace("(", "").replace(")", "")
            content = {"model": name, "folds": found}
            (out / f"{arguments.sample}_{file}.json").write_text(json.dumps(content, indent=1))
            # Predictions are saved for averages with other models: combine_maven_real.py.
            predictions = [fold_predictions[name] for _, fold_predictions in results]
            save_predictions(f"{arguments.sample}_{file}", predictions)


if __name__ == "__main__":
    main()
