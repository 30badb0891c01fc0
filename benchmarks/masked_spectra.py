"""Masked pretraining of encoders of real spectra, judged with 5, 20 and 100 labels per class.

In each fold of spectra_real.py, encoders are pretrained without labels on the spectra of the
training part. The labelled objects are those of spectra_labels.py, one draw in each fold. Compared
are fine-tuning, the same network from scratch, and logistic regression on the frozen embedding, in
the rest frame. Networks are trained for about the same number of steps. The networks from scratch
of folds 0 to 2 are those of spectra_labels.py.

    python benchmarks/masked_spectra.py [--per-class 5 20 100] [--folds 0 1 2 3 4]
        [--models NAME ...] [--epochs E] [--scratch] [--validation]
    python benchmarks/masked_spectra.py --table
"""

import argparse
import time

import numpy as np
import torch
from _applecider import provenance, write_report
from _settings import CACHE
from _spectra import class_figures, folds_of, load_spectra, one_row_per_spectrum
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_sn.classification import SpectraNetClassifier
from sklearn_sn.embedding import MaskedSpectrumEmbedder
from sklearn_sn.encoders import PatchSpectrumTransformer, SpectraNet, SpectrumCNN
from sklearn_sn.persistence import save_model

BATCH, STEPS = 32, 600
OUT = CACHE.parent / "results" / "astroclip"
ENCODERS = {
    "SpectraNet": SpectraNet(),
    "CNN": SpectrumCNN(latent_dim=64, n_bins=512),
    "patch transformer": PatchSpectrumTransformer(d_model=96, n_layers=3, n_bins=512),
}


def pretrained_on(X, encoder, epochs):
    """Return an embedder that was trained without labels, and its seconds of CPU."""
    start = time.process_time()
    model = MaskedSpectrumEmbedder(
        encoder=encoder, frame="rest", max_epochs=epochs, lr=2e-3, random_state=0, verbose=2
    )
    return model.fit(X[["spectrum", "redshift"]]), time.process_time() - start


def probe():
    """Return the classifier on the frozen embedding."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000))


def network(n_objects, **params):
    """Return an unfitted classifier in the rest frame."""
    epochs = max(1, round(STEPS / -(-n_objects // BATCH)))
    return SpectraNetClassifier(
        frame="rest", max_epochs=epochs, batch_size=BATCH, random_state=0, **params
    )


def score(X, y, train, test, fold, name, arguments):
    """Return the scores of one encoder in one fold: from scratch, pretrained, and frozen."""
    results = {}
    singles, object_index = one_row_per_spectrum(X.iloc[test])
    truth = y[test][object_index]
    order = np.random.default_rng(fold).permutation(train)
    few = {
        count: np.concatenate([order[y[order] == name][:count] for name in np.unique(y)])
        for count in arguments.per_class
    }

    def keep(label, model, values):
        figures = class_figures(truth, model.predict_proba(values), model.classes_)
        results[label] = figures
        print(fold, label, round(figures["macro-F1"], 3), flush=True)

    encoder = ENCODERS[name]
    embedder, seconds = pretrained_on(X.iloc[train], encoder, arguments.epochs)
    filled = embedder.fill(singles, random_state=0)
    errors = [filled.mean_squared_error(), filled.mean_squared_error(filled.interpolated())]
    results[f"{name}, filling"] = {
        "network": errors[0],
        "interpolation": errors[1],
        "CPU seconds": seconds,
    }
    if not arguments.validation:
        CACHE.mkdir(exist_ok=True)
        save_model(embedder, CACHE / f"masked {name} {fold}.snmodel", overwrite=True)
    print(fold, name, "filling", errors, f"{seconds:.0f} s", flush=True)
    for count, rows in few.items():
        training, training_index = one_row_per_spectrum(X.iloc[rows])
        labels = y[rows][training_index]
        model = probe().fit(embedder.transform(training), labels)
        keep(f"{count} per class, {name}, probe", model, embedder.transform(singles))
        starts = {"pretrained": {"pretrained": FrozenEstimator(embedder)}}
        if arguments.scratch:
            starts["from scratch"] = {"encoder": encoder}
        for start, params in starts.items():
            model = network(len(rows), **params).fit(X.iloc[rows], y[rows])
            keep(f"{count} per class, {name}, {start}", model, singles)
    return results


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--per-class", nargs="+", type=int, default=[5, 20, 100])
    options.add_argument("--folds", nargs="+", type=int, default=[0, 1, 2, 3, 4])
    options.add_argument("--models", nargs="+", default=list(ENCODERS), choices=ENCODERS)
    options.add_argument("--epochs", type=int, default=15)
    options.add_argument("--scratch", action="store_true", help="train also from scratch")
    options.add_argument("--validation", action="store_true", help="score a validation set")
    arguments = options.parse_args()
    torch.set_num_threads(1)
    X, y, _, groups = load_spectra()
    folds = folds_of(y, groups)
    for name in arguments.models:
        for fold in arguments.folds:
            train, test = folds[fold]
            if arguments.validation:
                inner, held = folds_of(y[train], groups[train])[0]
                train, test = train[inner], train[held]
            results = score(X, y, train, test, fold, name, arguments)
            if not arguments.validation:
                path = OUT / f"masked_{name.replace(' ', '_')}_{fold}.json"
                write_report(path, {"run": provenance(arguments), "results": results})


if __name__ == "__main__":
    main()
