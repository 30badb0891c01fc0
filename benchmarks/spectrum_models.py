"""Train the packaged models "spectrum-types" and "spectrum-redshift" on real spectra.

The stage "fit" trains SpectraNet and the learned templates on the training part of a fold, or on
all objects, and saves networks and the test-set predictions in benchmarks/.cache/spectrum_models.
Test sets contain the spectra that benchmarks/spectra_real.py scores; further spectra of the same
objects are used in training only, unless ``--without-further`` is given. One part of at most
15 minutes can be run at a time; a part that exists is skipped.

    python benchmarks/spectrum_models.py fit --parts 0 1 all
    python benchmarks/spectrum_models.py fit --parts 0 --without-further
"""

import argparse
import pickle
import time

import numpy as np
import torch
from _settings import CACHE
from _spectra import (
    class_figures,
    folds_of,
    load_spectra,
    one_row_per_spectrum,
    redshift_figures,
)

from sklearn_sn.classification import SpectralRedshiftClassifier, SpectraNetClassifier
from sklearn_sn.persistence import save_model

FOLDER = CACHE / "spectrum_models"
EPOCHS = 10  # half of those of benchmarks/spectra_real.py
COMMON = {"max_epochs": EPOCHS, "random_state": 0, "verbose": 2, "device": "cpu"}
MEMBERS = {
    "templates": lambda: SpectralRedshiftClassifier(lr=4e-3, **COMMON),
    "spectranet": lambda: SpectraNetClassifier(**COMMON),
}


def file_of(member, part, further, suffix):
    """Return the path of the network or the predictions of a member."""
    return FOLDER / f"{member}, {'further' if further else 'main'}, {part}{suffix}"


def cached_spectra(further=False):
    """Return X, classes and groups of load_spectra, read once."""
    path = FOLDER / f"spectra_{'further' if further else 'main'}.pickle"
    if not path.exists():
        X, y, _, groups = load_spectra(further)
        path.write_bytes(pickle.dumps((X, y, groups)))
    return pickle.loads(path.read_bytes())


def fit_part(member, part, further):
    """Train one member on a fold, or on all objects, and save it with its predictions."""
    path = file_of(member, part, further, ".snmodel")
    if path.exists():
        return
    X, y, groups = cached_spectra()
    train, test = np.arange(len(y)), np.arange(0)
    if part != "all":
        train, test = folds_of(y, groups)[int(part)]
    X_train = (cached_spectra(further=True)[0] if further else X).iloc[train]
    start = time.process_time()
    model = MEMBERS[member]().fit(X_train, y[train])
    seconds = time.process_time() - start
    if part != "all":
        singles, object_index = one_row_per_spectrum(X.iloc[test])
        predictions = predict(model, singles)
        truth, z = y[test][object_index], singles["redshift"].to_numpy()
        print_figures(f"{member} {part} further={further} {seconds:.0f} s", predictions, truth, z)
        predictions |= {"rows": test[object_index], "truth": truth, "true_redshift": z}
        np.savez(path.with_suffix(".npz"), seconds=seconds, **predictions)
    save_model(model.set_params(verbose=0), path)


def predict(model, singles):
    """Return probabilities, and redshifts with errors if the member estimates them."""
    unknown = singles[["spectrum"]]
    predictions = {"proba": model.predict_proba(unknown), "classes": model.classes_}
    if hasattr(model, "predict_redshift"):
        predictions["redshift"], predictions["error"] = model.predict_redshift(
            unknown, return_std=True
        )
    return predictions


def print_figures(title, predictions, truth, z):
    """Print scores of one fold."""
    figures = class_figures(truth, predictions["proba"], predictions["classes"])
    if "redshift" in predictions:
        figures |= redshift_figures(z, predictions["redshift"])
    print(title, {k: round(float(v), 4) for k, v in figures.items() if "AUC " not in k}, flush=True)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("stage", choices=("fit",))
    options.add_argument("--parts", nargs="+", default=["0", "1", "all"])
    options.add_argument("--members", nargs="+", default=list(MEMBERS), choices=list(MEMBERS))
    options.add_argument("--without-further", action="store_true")
    arguments = options.parse_args()
    torch.set_num_threads(1)
    FOLDER.mkdir(parents=True, exist_ok=True)
    for part in arguments.parts:
        for member in arguments.members:
            fit_part(member, part, not arguments.without_further)


if __name__ == "__main__":
    main()
