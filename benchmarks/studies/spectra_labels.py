"""Classification of real spectra with 5, 20 and 100 labelled objects per class.

The folds are those of spectra_real.py. The labelled objects are drawn from each training set (all
objects if a class has fewer) and are the same for all models. The number of optimiser steps of the
networks is about independent of the number of objects.

    python benchmarks/studies/spectra_labels.py [--per-class 5 20 100] [--folds 0 1 2 3 4]
        [--steps N]
"""

import argparse

import numpy as np
import torch
from _spectra import class_figures, flat_spectra, folds_of, load_spectra, one_row_per_spectrum
from spectra_real import CLASSICAL, redshift_classifier, spectranet
from table_spectra import write

BATCH = 32


def networks(n_objects, steps):
    """Return the networks by name, with epochs for the given number of steps."""
    epochs = {"max_epochs": max(1, round(steps / -(-n_objects // BATCH))), "verbose": 0}
    return {
        "SpectraNet, observer": spectranet().set_params(**epochs),
        "SpectraNet, rest": spectranet(frame="rest").set_params(**epochs),
        "templates": redshift_classifier().set_params(**epochs),
    }


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--per-class", nargs="+", type=int, default=[5, 20, 100])
    options.add_argument("--folds", nargs="+", type=int, default=[0, 1, 2, 3, 4])
    options.add_argument("--steps", type=int, default=600)
    arguments = options.parse_args()
    torch.set_num_threads(1)
    X, y, _, groups = load_spectra()
    results = {}
    folds = folds_of(y, groups)
    for fold in arguments.folds:
        train, test = folds[fold]
        order = np.random.default_rng(fold).permutation(train)
        singles, object_index = one_row_per_spectrum(X.iloc[test])
        truth = y[test][object_index]
        for count in arguments.per_class:
            few = np.concatenate([order[y[order] == name][:count] for name in np.unique(y)])
            training, training_index = one_row_per_spectrum(X.iloc[few])
            labels = y[few][training_index]
            for name, model in networks(len(few), arguments.steps).items():
                model.fit(X.iloc[few], y[few])
                scores = class_figures(truth, model.predict_proba(singles), model.classes_)
                results.setdefault(f"{count} per class, {name}", []).append(scores)
            for frame in ("observer", "rest"):
                parts = [
                    flat_spectra(part, part["redshift"].to_numpy() if frame == "rest" else None)
                    for part in (training, singles)
                ]
                model = CLASSICAL["PCA + logistic"]()
                model.set_params(pca__n_components=min(60, len(labels) // 2))
                model.fit(parts[0], labels)
                scores = class_figures(truth, model.predict_proba(parts[1]), model.classes_)
                results.setdefault(f"{count} per class, PCA + logistic, {frame}", []).append(scores)
        write("few_labels", results)


if __name__ == "__main__":
    main()
