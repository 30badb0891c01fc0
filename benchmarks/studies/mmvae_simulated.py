"""Generation of spectra of simulated SN Ia from light curves: MMVAE, baselines, parameters.

Light curves are those of Rubin, spectra are at −10 to +30 days; 80, 10 and 10 % of the objects are
the training, calibration and test sets. Scores on the test set, by phase, are the mean squared
residual of spectra divided by their median flux, and coverage and width of 90 % intervals; the same
scores with a part of the photometry dropped; and R² of physical parameters that small networks
predict from the latents. Scores of each model are written to a file in --out, trained models to
benchmarks/.cache.

    python benchmarks/studies/mmvae_simulated.py [--objects N] [--epochs E] [--models NAME ...]
"""

import argparse
import json
import time
import warnings
from pathlib import Path

import numpy as np
import torch
from _generation import Truth, masked, phase_bins, predict_with_interval, score, without_spectra
from _settings import CACHE
from sklearn.base import clone
from sklearn.compose import TransformedTargetRegressor
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import r2_score
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_sn import ContrastiveEmbedder, MMVAEEmbedder
from sklearn_sn.cross_modal import CrossModalGenerator, MeanSpectrumGenerator
from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import Spectrograph, make_supernovae
from sklearn_sn.encoders import LightCurveTransceiver, SpectrumTransceiver, TransceiverDecoder
from sklearn_sn.persistence import load_model, save_model
from sklearn_sn.plotting import GenerationDisplay, MaskingDisplay
from sklearn_sn.regression import LightCurveRegressor, MultimodalRegressor

SPECTROGRAPH = Spectrograph(
    "simulated", (3500.0, 9500.0), resolution=100.0, n_pixels=160, snr=(20.0, 60.0), warp=0.02
)
WAVELENGTH = np.geomspace(3600.0, 8200.0, 128)  # rest frame, Å
MASKED = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9)
PARAMETERS = ("nickel_mass", "ejecta_mass", "kinetic_energy", "stretch", "colour")
SIZES = {"lr": 3e-3, "batch_size": 32, "decoder": TransceiverDecoder(spectra_per_object=1)}
# The encoders of the contrastive baselines and of the regressors.
CURVES = LightCurveTransceiver(d_model=64, n_layers=3, d_feedforward=64)
SPECTRA = SpectrumTransceiver(d_model=16, n_heads=2, d_feedforward=16)
AUTOENCODERS = {
    "MMVAE": SIZES,
    "spectrum-only VAE": {**SIZES, "light_curve": None, "objective": "elbo"},
}
MEAN = "mean per phase"
# Modalities of the regressors of physical parameters; the baseline of the paper reads both.
REGRESSORS = {
    "end-to-end regressor": ("light_curve",),
    "end-to-end regressor of light curve and spectrum": ("light_curve", "spectrum"),
}
# Number of neighbours, and dimension of the embedding: of unit vectors, or of latent sequences,
# which the unnormalised Frobenius distance compares, as in the paper.
NEIGHBOURS = {
    "contrastive neighbour": (1, 128),
    "ten contrastive neighbours": (10, 128),
    "contrastive neighbour by Frobenius distance": (1, (4, 8)),
    "ten contrastive neighbours by Frobenius distance": (10, (4, 8)),
}
MODELS = (MEAN, *AUTOENCODERS, *NEIGHBOURS, *REGRESSORS)


def simulate(n, seed, surveys=("lsst",)):
    """Simulate objects with light curve, spectra, redshift and t_peak; return X, truth table."""
    X, _, truth = make_supernovae(
        n,
        classes=("SN Ia",),
        surveys=surveys,
        redshift_range=(0.02, 0.3),
        min_points=10,
        n_spectra=(2, 4),
        spectrum_phase=(-10.0, 30.0),
        spectrographs=[SPECTROGRAPH],
        return_truth=True,
        random_state=seed,
    )
    X = X[["light_curve", "spectrum", "redshift"]].assign(t_peak=truth["t_peak"])
    return X, truth


def parameters_from_latents(Z, Z_test, truth, test):
    """Return R² of each physical parameter predicted from the latents by a small network."""
    scores = {}
    for name in PARAMETERS:
        network = MLPRegressor(
            hidden_layer_sizes=(64, 32), early_stopping=True, max_iter=500, random_state=0
        )
        model = make_pipeline(StandardScaler(), network)
        model = TransformedTargetRegressor(model, transformer=StandardScaler())
        scores[name] = r2_score(test[name], model.fit(Z, truth[name]).predict(Z_test))
    return scores


def parameters_end_to_end(X, X_test, truth, test, modalities, path, arguments):
    """Return R² of each physical parameter predicted by transceivers trained end to end.

    Scores are written to `path` after each parameter; with --reuse, those in the file are kept.
    """
    curves = clone(CURVES).set_params(max_points=100)
    params = {"max_epochs": arguments.regressor_epochs, "random_state": 0}
    if "spectrum" in modalities:
        model = MultimodalRegressor(
            light_curve=curves, spectrum=SPECTRA, modality_dropout=0.0, **params
        )
    else:
        model = LightCurveRegressor(encoder=curves, **params)
    columns, scores = list(modalities), {}
    if arguments.reuse and path.exists():
        scores = json.loads(path.read_text())["parameters"]
    for name in PARAMETERS:
        if name in scores:
            continue
        predicted = clone(model).fit(X[columns], truth[name]).predict(X_test[columns])
        scores[name] = r2_score(test[name], predicted)
        path.write_text(json.dumps({"parameters": scores}, default=float))
        print(name, scores[name], flush=True)
    return scores


def fitted(model, name, X, reuse):
    """Fit and save the model, or load that of an earlier run."""
    path = CACHE / f"mmvae_{name.replace(' ', '_')}.snmodel"
    if reuse and path.exists():
        return load_model(path)
    CACHE.mkdir(exist_ok=True)
    save_model(model.fit(X), path, overwrite=True)
    return model


def before_and_after(model, X_held, X_test, true, source):
    """Return scores before and after calibration of the intervals on held-out objects."""
    before = score(true, *predict_with_interval(model, X_test, true, source))
    model.calibrate(X_held, source=source)
    return {
        "not calibrated": before,
        **score(true, *predict_with_interval(model, X_test, true, source)),
    }


def run(name, X, truth, split, true, path, arguments):
    """Return all scores of one model."""
    train, _, test = split
    X_train, X_held, X_test = (X.iloc[rows] for rows in split)
    if name in REGRESSORS:
        tables = X_train, X_test, truth.iloc[train], truth.iloc[test]
        scores = parameters_end_to_end(*tables, REGRESSORS[name], path, arguments)
        return {"parameters": scores}
    if name == MEAN:
        model = MeanSpectrumGenerator().fit(X_train)
        return before_and_after(model, X_held, without_spectra(X_test), true, None)
    if name in NEIGHBOURS:
        k, shape = NEIGHBOURS[name]
        fixed = {} if isinstance(shape, int) else {"temperature": 1.0, "learn_temperature": False}
        embedder = ContrastiveEmbedder(
            light_curve=CURVES,
            spectrum=SPECTRA,
            embedding_dim=shape,
            lr=1e-3,
            batch_size=128,
            max_epochs=arguments.epochs,
            random_state=0,
            verbose=2,
            **fixed,
        )
        # Both numbers of neighbours use one embedder.
        first = next(n for n, (_, other) in NEIGHBOURS.items() if other == shape)
        embedder = fitted(embedder, first, X_train, arguments.reuse or k > 1)
        # A single neighbour is used without phase correction, as in the paper.
        model = CrossModalGenerator(
            FrozenEstimator(embedder), n_neighbors=k, phase_correction=k > 1
        ).fit(X_train)
        return before_and_after(model, X_held, without_spectra(X_test), true, None)
    model = MMVAEEmbedder(
        **AUTOENCODERS[name], max_epochs=arguments.epochs, random_state=0, verbose=2
    )
    model = fitted(model, name, X_train, arguments.reuse)
    if name != "MMVAE":
        return before_and_after(model, X_held, X_test, true, "spectrum")
    X_test = without_spectra(X_test)
    scores = before_and_after(model, X_held, X_test, true, "light_curve")
    scores["masked"] = {
        f"{fraction:.0%}": score(
            true, *predict_with_interval(model, masked(X_test, fraction), true, "light_curve")
        )
        for fraction in MASKED
    }
    Z, Z_test = (model.encode(t, "light_curve") for t in (without_spectra(X_train), X_test))
    scores["parameters"] = parameters_from_latents(Z, Z_test, truth.iloc[train], truth.iloc[test])
    return scores


def draw(X, split, folder):
    """Plot four test objects and the effect of hidden points, with models of an earlier run."""
    train, held, test = split
    folder.mkdir(parents=True, exist_ok=True)
    model = fitted(None, "MMVAE", None, reuse=True).calibrate(X.iloc[held])
    mean = MeanSpectrumGenerator().fit(X.iloc[train])
    embedder = FrozenEstimator(fitted(None, next(iter(NEIGHBOURS)), None, reuse=True))
    ten = CrossModalGenerator(embedder, n_neighbors=10).fit(X.iloc[train])
    others = {"mean spectrum": mean, "ten neighbours": ten}
    display = GenerationDisplay.from_estimator(model, X.iloc[test[:4]], range(4), others=others)
    display.plot().figure_.savefig(folder / "mmvae_simulated_generation.png", dpi=60)
    display = MaskingDisplay.from_estimators(
        {"MMVAE": model, "mean spectrum": mean}, X.iloc[test[:100]], fractions=MASKED
    )
    display.plot().figure_.savefig(folder / "mmvae_simulated_masking.png", dpi=60)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--objects", type=int, default=4500)
    parser.add_argument("--epochs", type=int, default=60)
    parser.add_argument("--regressor-epochs", type=int, default=20)
    parser.add_argument("--models", nargs="+", choices=MODELS, default=MODELS)
    parser.add_argument("--reuse", action="store_true", help="keep models and scores in the files")
    parser.add_argument("--picture", type=Path, help="plot models of an earlier run to this folder")
    parser.add_argument("--out", type=Path, default=Path("benchmarks/results/mmvae_simulated"))
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", DataQualityWarning)
    torch.set_num_threads(1)
    X, truth = simulate(arguments.objects, seed=0)
    n = len(X)
    split = np.split(np.arange(n), [int(0.8 * n), int(0.9 * n)])
    if arguments.picture:
        return draw(X, split, arguments.picture)
    true = Truth(X.iloc[split[2]], WAVELENGTH, native=True)
    arguments.out.mkdir(parents=True, exist_ok=True)
    for name in arguments.models:
        path = arguments.out / f"{name.replace(' ', '_').replace('-', '_')}.json"
        start = time.time()
        scores = {"phases": phase_bins(), **run(name, X, truth, split, true, path, arguments)}
        scores["seconds"] = time.time() - start
        print(name, scores, flush=True)
        path.write_text(json.dumps(scores, indent=1, default=float))


if __name__ == "__main__":
    main()
