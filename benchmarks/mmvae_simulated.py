"""Spectra of simulated SN Ia from their light curves: MMVAE, its baselines, masking, parameters.

Light curves as Rubin sees them, spectra of −10 to +30 days; 80, 10 and 10 % of the objects train,
calibrate and test. Scored on the test objects: the mean squared residual of spectra over their
median flux, coverage and width of 90 % intervals, by phase; the same with a part of the
photometry dropped; and R² of physical parameters learned from the latents by small networks.

    python benchmarks/mmvae_simulated.py [--objects N] [--epochs E] [--models NAME ...]
"""

import argparse
import json
import time
import warnings
from pathlib import Path

import numpy as np
import torch
from _generation import Truth, answer, masked, phase_bins, score, without_spectra
from _settings import CACHE
from sklearn.compose import TransformedTargetRegressor
from sklearn.metrics import r2_score
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_sn import MMVAEEmbedder
from sklearn_sn.cross_modal import MeanSpectrumGenerator
from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import Spectrograph, make_supernovae
from sklearn_sn.persistence import save_model
from sklearn_sn.regression import LightCurveTransformerRegressor

SPECTROGRAPH = Spectrograph(
    "simulated", (3500.0, 9500.0), resolution=100.0, n_pixels=160, snr=(20.0, 60.0), warp=0.02
)
WAVELENGTH = np.geomspace(3600.0, 8200.0, 128)  # rest frame, Å
MASKED = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9)
PARAMETERS = ("nickel_mass", "ejecta_mass", "kinetic_energy", "stretch", "colour")
SIZES = {"lr": 3e-3, "batch_size": 32, "spectra_per_object": 1}
MODELS = {
    "MMVAE": SIZES,
    "spectrum-only VAE": {**SIZES, "modalities": ("spectrum",), "objective": "elbo"},
}


def simulate(n, seed, surveys=("lsst",)):
    """Objects with light curve, spectra, redshift and t_peak; the truth table."""
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
    """R² of each physical parameter, by a small network on the latents."""
    found = {}
    for name in PARAMETERS:
        network = MLPRegressor(
            hidden_layer_sizes=(64, 32), early_stopping=True, max_iter=500, random_state=0
        )
        model = make_pipeline(StandardScaler(), network)
        model = TransformedTargetRegressor(model, transformer=StandardScaler())
        found[name] = r2_score(test[name], model.fit(Z, truth[name]).predict(Z_test))
    return found


def parameters_end_to_end(X, X_test, truth, test, epochs):
    """R² of each physical parameter, by a network trained on it alone."""
    found = {}
    for name in PARAMETERS:
        centre, scale = truth[name].mean(), truth[name].std()
        model = LightCurveTransformerRegressor(max_epochs=epochs, max_points=100, random_state=0)
        model.fit(X[["light_curve"]], (truth[name] - centre) / scale)
        predicted = model.predict(X_test[["light_curve"]]) * scale + centre
        found[name] = r2_score(test[name], predicted)
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--objects", type=int, default=4500)
    parser.add_argument("--epochs", type=int, default=80)
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--no-regressor", action="store_true", help="skip the end-to-end networks")
    parser.add_argument("--out", default="benchmarks/results/mmvae_simulated")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", DataQualityWarning)
    torch.set_num_threads(1)
    X, truth = simulate(arguments.objects, seed=0)
    n = len(X)
    train, held, test = np.split(np.arange(n), [int(0.8 * n), int(0.9 * n)])
    true = Truth(X.iloc[test], WAVELENGTH, native=True)
    mean = MeanSpectrumGenerator().fit(X.iloc[train]).calibrate(X.iloc[held])
    of_mean = score(true, *answer(mean, without_spectra(X.iloc[test]), true, None))
    found = {"phases": phase_bins(), "mean per phase": of_mean}
    print("mean", found["mean per phase"], flush=True)
    for name in arguments.models:
        start = time.time()
        model = MMVAEEmbedder(
            **MODELS[name], max_epochs=arguments.epochs, random_state=0, verbose=2
        ).fit(X.iloc[train])
        alone = model.modalities_ == ["spectrum"]
        source = "spectrum" if alone else "light_curve"
        of_test = X.iloc[test] if alone else without_spectra(X.iloc[test])
        CACHE.mkdir(exist_ok=True)
        save_model(model, CACHE / f"mmvae_{name.replace(' ', '_')}.snmodel", overwrite=True)
        before = score(true, *answer(model, of_test, true, source))
        model.calibrate(X.iloc[held], source=source)
        after = score(true, *answer(model, of_test, true, source))
        found[name] = {"seconds": time.time() - start, "not calibrated": before, **after}
        print(name, found[name], flush=True)
        if alone:
            continue
        found["masked"] = {
            f"{share:.0%}": score(true, *answer(model, masked(of_test, share), true, source))
            for share in MASKED
        }
        Z, Z_test = (
            model.encode(without_spectra(X.iloc[rows]), "light_curve") for rows in (train, test)
        )
        found["parameters from latents"] = parameters_from_latents(
            Z, Z_test, truth.iloc[train], truth.iloc[test]
        )
        print(found["masked"], found["parameters from latents"], flush=True)
    if not arguments.no_regressor:
        found["parameters end to end"] = parameters_end_to_end(
            X.iloc[train], X.iloc[test], truth.iloc[train], truth.iloc[test], 20
        )
        print(found["parameters end to end"], flush=True)
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    name = "_".join(arguments.models).replace(" ", "_").replace("-", "_")
    (out / f"{name}.json").write_text(json.dumps(found, indent=1, default=float))


if __name__ == "__main__":
    main()
