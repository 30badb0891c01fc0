"""Classification, redshift regression and retrieval of supernovae from light curves alone.

Simulate supernovae of two surveys, train the embedder on light curves and spectra in each of three
folds, and predict class and redshift of the held-out objects from their light curves only.
Gradient boosting on hand-crafted features is evaluated on the same folds.

    python examples/demo.py [--objects 2400] [--epochs 15] [--out demo_pictures]
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from _features import light_curve_features
from _pictures import save_pictures
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import Ridge
from sklearn.metrics import accuracy_score, f1_score, mean_absolute_error, r2_score
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor
from sklearn.pipeline import Pipeline
from sklearn.svm import LinearSVC

from sklearn_sn import ContrastiveEmbedder
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import LightCurveTransformer, SpectrumCNN
from sklearn_sn.metrics import nmad, recall_at_k

BOOSTING = "boosting, manual features"
FIGURES = {
    "class": {"accuracy": accuracy_score, "macro F1": lambda t, p: f1_score(t, p, average="macro")},
    "redshift": {"R²": r2_score, "MAE": mean_absolute_error, "NMAD": nmad},
}


def build_pipeline(epochs):
    """Return the embedder followed by a k-nearest-neighbours classifier."""
    embedder = ContrastiveEmbedder(
        light_curve=LightCurveTransformer(n_layers=2),
        spectrum=SpectrumCNN(n_bins=128),
        embedding_dim=64,
        # Auxiliary losses on class and redshift of the training objects.
        aux_weight=1.0,
        aux_columns=("redshift",),
        batch_size=32,
        max_epochs=epochs,
        random_state=0,
        verbose=1,
    )
    return Pipeline([("emb", embedder), ("knn", KNeighborsClassifier(15, weights="distance"))])


def evaluate_fold(X, y, z, features, train, test, epochs):
    """Return predictions of every method, the embedding and the recall for one test set."""
    light = X[["light_curve"]]
    pipe = build_pipeline(epochs).fit(X.iloc[train], y[train])
    Z_train, Z_test = (pipe[:-1].transform(light.iloc[rows]) for rows in (train, test))
    predicted = {
        ("class", "embedding + kNN"): pipe.predict(light.iloc[test]),
        ("class", "embedding + LinearSVC"): LinearSVC().fit(Z_train, y[train]).predict(Z_test),
        ("redshift", "embedding + kNN"): KNeighborsRegressor(15, weights="distance")
        .fit(Z_train, z[train])
        .predict(Z_test),
        ("redshift", "embedding + Ridge"): Ridge(0.1).fit(Z_train, z[train]).predict(Z_test),
        ("class", BOOSTING): HistGradientBoostingClassifier(random_state=0)
        .fit(features.iloc[train], y[train])
        .predict(features.iloc[test]),
        ("redshift", BOOSTING): HistGradientBoostingRegressor(random_state=0)
        .fit(features.iloc[train], z[train])
        .predict(features.iloc[test]),
    }
    spectra = pipe["emb"].encode(X.iloc[test], "spectrum")
    return predicted, Z_test, recall_at_k(Z_test, spectra, k=[1, 10])


def print_table(scores, recalls, n_test, n_classes):
    """Print mean and standard deviation of the scores over the folds."""
    for task, figures in FIGURES.items():
        print(f"\n{task.capitalize()} from light curves alone")
        print(" " * 28 + "".join(f"{name:>18}" for name in figures))
        for (row_task, method), values in scores.items():
            if row_task == task:
                cells = [
                    f"{np.mean(values[name]):.3f} ± {np.std(values[name]):.3f}" for name in figures
                ]
                print(f"{method:28}" + "".join(f"{cell:>18}" for cell in cells))
    print(f"{'chance: accuracy ' + format(1 / n_classes, '.3f') + ', R² 0':28}")
    print(f"\nRetrieval of the spectrum of a light curve among {n_test} candidates")
    for k, column in zip((1, 10), np.transpose(recalls), strict=True):
        print(
            f"recall@{k:<21}{np.mean(column):.3f} ± {np.std(column):.3f}   chance {k / n_test:.4f}"
        )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--objects", type=int, default=2400)
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--out", default="demo_pictures")
    arguments = parser.parse_args()
    # Batches are small: a second thread gains little and is slower on shared cores.
    torch.set_num_threads(1)
    start = time.time()
    X, y = make_supernovae(arguments.objects, redshift_range=(0.01, 0.3), random_state=0)
    z = X["redshift"].to_numpy()
    features = light_curve_features(X)
    counts = X["survey"].value_counts()
    print(f"{len(X)} simulated supernovae of {len(set(y))} classes: {counts.to_dict()}")

    folds = list(StratifiedKFold(3, shuffle=True, random_state=0).split(X, y))
    scores, recalls, held_out = {}, [], {}
    for number, (train, test) in enumerate(folds, start=1):
        print(f"Fold {number} of {len(folds)}", flush=True)
        predicted, Z, recall = evaluate_fold(X, y, z, features, train, test, arguments.epochs)
        recalls.append(recall)
        for (task, method), values in predicted.items():
            truth = y if task == "class" else z
            for name, figure in FIGURES[task].items():
                rows = scores.setdefault((task, method), {}).setdefault(name, [])
                rows.append(figure(truth[test], values))
            out = held_out.setdefault((task, method), np.empty_like(truth))
            out[test] = values
    print_table(scores, recalls, len(folds[0][1]), len(set(y)))
    # Embeddings of different folds are not comparable: plot the test set of the last fold only.
    save_pictures(Path(arguments.out), X, y, test, Z, held_out)
    print(f"\nFigures saved in {arguments.out}/. Total time: {time.time() - start:.0f} s.")


if __name__ == "__main__":
    main()
