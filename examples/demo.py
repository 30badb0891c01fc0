"""What pretraining is worth: class, redshift and spectra of supernovae from light curves alone.

Simulate supernovae of two surveys, none of which the packaged embedder has seen. With ten labels a
class, compare its embedding with an embedder trained from scratch and with gradient boosting on
hand-crafted features. Then use all labels, in three folds, and search spectra by light curves.

    python examples/demo.py [--objects 1200] [--epochs 8] [--out demo_pictures]
"""

import argparse
import time
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from _features import light_curve_features
from _pictures import save_pictures
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import accuracy_score, f1_score, mean_absolute_error, r2_score
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier, KNeighborsRegressor

from sklearn_sn import ContrastiveEmbedder, load_pretrained
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import LightCurveTransformer, SpectrumCNN
from sklearn_sn.metrics import nmad, recall_at_k

PACKAGED, SCRATCH, BOOSTING = "packaged embedder", "trained from scratch", "boosting on features"
FIGURES = {
    "class": {"accuracy": accuracy_score, "macro F1": lambda t, p: f1_score(t, p, average="macro")},
    "redshift": {"R²": r2_score, "MAE": mean_absolute_error, "NMAD": nmad},
}


def embedder_to_train(epochs):
    """Return an embedder that learns from pairs, classes and redshifts of the training objects."""
    return ContrastiveEmbedder(
        light_curve=LightCurveTransformer(n_layers=2),
        spectrum=SpectrumCNN(n_bins=128),
        embedding_dim=64,
        aux_weight=1.0,
        aux_columns=("redshift",),
        batch_size=32,
        max_epochs=epochs,
        random_state=0,
    )


def few_labels(X, y, packaged, features, n_labels=10, n_draws=3):
    """Return true and predicted classes with few labels per class, by method, for several draws."""
    order = np.random.default_rng(0).permutation(len(X))
    pool, test = np.split(order, 2)
    results = {}
    for draw in range(n_draws):
        shuffled = np.random.default_rng(draw).permutation(pool)
        train = np.concatenate([shuffled[y[shuffled] == name][:n_labels] for name in np.unique(y)])
        scratch = embedder_to_train(epochs=40).fit(X.iloc[train], y[train])
        tables = {
            PACKAGED: (LogisticRegression(max_iter=2000), packaged),
            SCRATCH: (LogisticRegression(max_iter=2000), embed(scratch, X)),
            BOOSTING: (HistGradientBoostingClassifier(random_state=0), features),
        }
        for name, (model, values) in tables.items():
            predicted = model.fit(values.iloc[train], y[train]).predict(values.iloc[test])
            results.setdefault(("class", name), []).append((y[test], predicted))
    return results


def embed(embedder, X):
    """Return the embedding of the light curves as a table."""
    return pd.DataFrame(embedder.encode(X, "light_curve"), index=X.index)


def all_labels(X, y, packaged, features, epochs, folds):
    """Return results by task and method, out-of-fold predictions, and recalls of both embedders."""
    z = X["redshift"].to_numpy()
    spectra = load_pretrained("contrastive-sim").encode(X, "spectrum")
    results, held_out, recalls = {}, {}, {PACKAGED: [], SCRATCH: []}
    for number, (train, test) in enumerate(folds, start=1):
        print(f"Fold {number} of {len(folds)}", flush=True)
        trained = embedder_to_train(epochs).fit(X.iloc[train], y[train])
        scratch = embed(trained, X)
        neighbours = {"n_neighbors": 15, "weights": "distance"}
        models = {
            ("class", f"{PACKAGED}, kNN"): (KNeighborsClassifier(**neighbours), packaged),
            ("class", f"{SCRATCH}, kNN"): (KNeighborsClassifier(**neighbours), scratch),
            ("class", BOOSTING): (HistGradientBoostingClassifier(random_state=0), features),
            ("redshift", f"{PACKAGED}, kNN"): (KNeighborsRegressor(**neighbours), packaged),
            ("redshift", f"{PACKAGED}, Ridge"): (Ridge(0.1), packaged),
            ("redshift", f"{SCRATCH}, Ridge"): (Ridge(0.1), scratch),
            ("redshift", BOOSTING): (HistGradientBoostingRegressor(random_state=0), features),
        }
        for (task, method), (model, values) in models.items():
            truth = y if task == "class" else z
            predicted = model.fit(values.iloc[train], truth[train]).predict(values.iloc[test])
            results.setdefault((task, method), []).append((truth[test], predicted))
            held_out.setdefault((task, method), np.empty_like(truth))[test] = predicted
        of_trained = trained.encode(X.iloc[test], "spectrum")
        pairs = {PACKAGED: (packaged, spectra[test]), SCRATCH: (scratch, of_trained)}
        for name, (values, candidates) in pairs.items():
            recalls[name].append(recall_at_k(values.iloc[test], candidates, k=[1, 10]))
    return results, held_out, recalls


def print_scores(title, results):
    """Print the mean and standard deviation of the scores of each method."""
    for task, figures in FIGURES.items():
        rows = {method: pairs for (of, method), pairs in results.items() if of == task}
        if rows:
            print(f"\n{task.capitalize()} from light curves alone, {title}")
            print(" " * 28 + "".join(f"{name:>18}" for name in figures))
        for method, pairs in rows.items():
            scores = [[figure(*pair) for pair in pairs] for figure in figures.values()]
            cells = [f"{np.mean(s):.3f} ± {np.std(s):.3f}" for s in scores]
            print(f"{method:28}" + "".join(f"{cell:>18}" for cell in cells))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--objects", type=int, default=1200)
    parser.add_argument("--epochs", type=int, default=8)
    parser.add_argument("--out", default="demo_pictures")
    arguments = parser.parse_args()
    # Batches are small: a second thread gains little and is slower on shared cores.
    torch.set_num_threads(1)
    start = time.time()
    X, y = make_supernovae(arguments.objects, redshift_range=(0.01, 0.3), random_state=2026)
    features = light_curve_features(X)
    packaged = embed(load_pretrained("contrastive-sim"), X)
    counts = X["survey"].value_counts()
    print(f"{len(X)} simulated supernovae of {len(set(y))} classes: {counts.to_dict()}")
    print_scores("ten labels per class, three draws", few_labels(X, y, packaged, features))

    folds = list(StratifiedKFold(3, shuffle=True, random_state=0).split(X, y))
    results, held_out, recalls = all_labels(X, y, packaged, features, arguments.epochs, folds)
    print_scores("all labels, three folds", results)
    test = folds[-1][1]
    print(f"\nSearch of the spectrum by the light curve, among {len(test)} objects")
    for name, values in recalls.items():
        for k, recall in zip((1, 10), np.transpose(values), strict=True):
            text = f"{np.mean(recall):.3f} ± {np.std(recall):.3f}   chance {k / len(test):.4f}"
            print(f"{name:24}recall@{k:<4}{text}")
    save_pictures(Path(arguments.out), X, y, test, packaged.iloc[test].to_numpy(), held_out)
    print(f"\nFigures saved in {arguments.out}/. Total time: {time.time() - start:.0f} s.")


if __name__ == "__main__":
    main()
