"""Cost and accuracy of the estimators of several modalities at their defaults, on few objects.

Each model is fitted on simulated supernovae and scored on 1,000 others (100 for MMVAE). The cost is
the CPU time of `fit` on one thread. ContrastiveEmbedder: macro-F1 of 5 nearest neighbours in the
embeddings of light curves, which the training objects label, and recall@10 between light curves and
spectra. MMVAEEmbedder: mean squared residual of spectra that are generated from light curves, in
units of their median flux, coverage and width of 90 % intervals, and the residual of the mean
spectrum at each phase.

    OMP_NUM_THREADS=1 python benchmarks/studies/default_fits.py contrastive --objects 300 --seeds 3
    OMP_NUM_THREADS=1 python benchmarks/studies/default_fits.py mmvae --objects 300 --seeds 1

`--params` sets parameters, such as '{"max_epochs": 40}', to compare with other values.
"""

import argparse
import json
import time
import warnings

import numpy as np
import torch
from _generation import Truth, predict_with_interval, score, without_spectra
from sklearn.metrics import f1_score
from sklearn.neighbors import KNeighborsClassifier

from sklearn_sn import ContrastiveEmbedder, MMVAEEmbedder
from sklearn_sn.cross_modal import MeanSpectrumGenerator
from sklearn_sn.datasets import make_supernovae

WAVELENGTH = np.geomspace(3600.0, 8200.0, 128)  # rest frame, Å
TEST_SEED = 1000  # the seeds of the test objects begin here


def simulate(n, seed):
    """Simulate objects of all classes; return table and classes."""
    X, y, truth = make_supernovae(n, return_truth=True, random_state=seed)
    return X.assign(t_peak=truth["t_peak"]), y


def timed_fit(model, X):
    """Fit a model and return the CPU seconds."""
    start = time.process_time()
    model.fit(X)
    return time.process_time() - start


def contrastive(n, seed, params):
    """Return cost and scores of a ContrastiveEmbedder."""
    (X, y), (X_test, y_test) = simulate(n, seed), simulate(1000, TEST_SEED + seed)
    model = ContrastiveEmbedder(random_state=seed).set_params(**params)
    seconds = timed_fit(model, X.drop(columns="t_peak"))
    head = KNeighborsClassifier().fit(model.encode(X, "light_curve"), y)
    predicted = head.predict(model.encode(X_test, "light_curve"))
    return {
        "CPU seconds": seconds,
        "macro-F1": f1_score(y_test, predicted, average="macro"),
        "recall@10": model.score(X_test),
    }


def mmvae(n, seed, params):
    """Return cost and scores of an MMVAEEmbedder."""
    (X, _), (X_test, _) = simulate(n, seed), simulate(100, TEST_SEED + seed)
    model = MMVAEEmbedder(random_state=seed).set_params(**params)
    seconds = timed_fit(model, X)
    truth = Truth(X_test, WAVELENGTH, native=True)
    X_test = without_spectra(X_test)
    predicted, interval = predict_with_interval(model, X_test, truth, "light_curve")
    scores = score(truth, predicted, interval)
    mean = MeanSpectrumGenerator().fit(X)
    at_mean, _ = predict_with_interval(mean, X_test, truth, None)
    return {
        "CPU seconds": seconds,
        **{name: scores[name] for name in ("residual", "coverage", "width")},
        "median residual": np.median(truth.residual(predicted)),
        "residual of the mean spectrum": truth.residual(at_mean).mean(),
        "median residual of the mean spectrum": np.median(truth.residual(at_mean)),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model", choices=("contrastive", "mmvae"))
    parser.add_argument("--objects", type=int, default=300)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first", type=int, default=0, help="first seed")
    parser.add_argument("--params", type=json.loads, default={})
    arguments = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(1)
    run = {"contrastive": contrastive, "mmvae": mmvae}[arguments.model]
    for seed in range(arguments.first, arguments.first + arguments.seeds):
        scores = run(arguments.objects, seed, arguments.params)
        print(arguments.objects, seed, json.dumps(scores, default=float), flush=True)


if __name__ == "__main__":
    main()
