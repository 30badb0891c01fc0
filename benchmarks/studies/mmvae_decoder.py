"""Reconstruction of SN Ia spectra from five latent dimensions: VAE decoder compared with PCA.

Each dated spectrum of a real SN Ia is one object; folds are grouped by supernova. The score is the
mean squared residual of the reconstructed test spectra, divided by that of the mean training
spectrum near the same phase. The latent is that of the encoder, or the one that fits the spectrum
best, which corresponds to the projection in PCA.

    python benchmarks/studies/mmvae_decoder.py [--epochs E] [--folds F]
"""

import argparse
import json
import warnings
from pathlib import Path

import numpy as np
import torch
from _generation import Truth, predict_with_interval
from _real_spectra import load_type_ia
from joblib import Parallel, delayed
from sklearn.decomposition import PCA
from sklearn.model_selection import GroupKFold

from sklearn_sn import MMVAEEmbedder
from sklearn_sn.cross_modal import MeanSpectrumGenerator
from sklearn_sn.data import REFERENCE_WAVELENGTH, DataQualityWarning, as_ragged
from sklearn_sn.encoders import SpectrumTransceiver, TransceiverDecoder

WAVELENGTH = np.geomspace(4000.0, 7000.0, 256)
SIZES = {
    "light_curve": None,
    "spectrum": SpectrumTransceiver(n_layers=2),
    "decoder": TransceiverDecoder(n_layers=2, max_pixels=256),
    "objective": "elbo",
    "latent_tokens": 1,
    "latent_dim": 5,
    "likelihood_weights": {"spectrum": 1.5},  # weaker prior, so that all five dimensions are used
    "weight_decay": 0.03,
    "batch_size": 16,
    "lr": 3e-3,
}


def single_spectra(X):
    """Return a table with one row per spectrum, and the row of X of each spectrum."""
    pixels = as_ragged(X["spectrum"], kind="spectrum")
    opens = np.flatnonzero(
        np.diff(pixels.rows, prepend=-1) | (np.diff(pixels["time"], prepend=0.0) != 0)
    )
    rows = np.repeat(np.arange(len(opens)), np.diff(np.append(opens, pixels.n_points)))
    fields = {name: pixels[name] for name in pixels.fields}
    alone = type(pixels).from_groups(rows, len(opens), fields)
    object_index = pixels.rows[opens]
    table = X.iloc[object_index][["redshift", "t_peak"]].reset_index(drop=True)
    return table.assign(spectrum=alone.to_nested(index=table.index)), object_index


def fit_latents(model, X, true, steps=150, lr=0.05):
    """Optimise the latents from those of the encoder on; return the decoded spectra."""
    module, preprocessor = model.net_.module_.eval(), model.preprocessors_["spectrum"]
    start = model.encode(X, "spectrum").reshape(len(X), *module.latent_shape)
    rows = true.object_index
    where = torch.from_numpy(np.log(true.wavelength / REFERENCE_WAVELENGTH).astype(np.float32))
    when = torch.from_numpy(np.repeat(true.phase[:, None], where.shape[1], 1).astype(np.float32))
    target = (np.nan_to_num(true.flux) - preprocessor.mean_) / preprocessor.scale_
    target = torch.from_numpy(target.astype(np.float32))
    valid = torch.from_numpy(np.isfinite(true.flux))
    z = torch.tensor(start[rows][None], requires_grad=True)
    optimizer = torch.optim.Adam([z], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        mean, _ = module.decode("spectrum", z, where, when)
        # The prior term of the ELBO; small compared with hundreds of pixels.
        loss = ((mean[0] - target)[valid] ** 2).sum() + 0.01 * z.abs().sum()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return preprocessor.to_flux(module.decode("spectrum", z, where, when)[0][0].numpy())


def run_fold(X, train, test, epochs, seed):
    """Return residuals of network and PCA, relative to the mean spectrum per phase."""
    warnings.simplefilter("ignore", DataQualityWarning)
    torch.set_num_threads(1)
    training, true = Truth(X.iloc[train], WAVELENGTH), Truth(X.iloc[test], WAVELENGTH)
    baseline = MeanSpectrumGenerator().fit(X.iloc[train])
    mean = true.residual(predict_with_interval(baseline, X.iloc[test], true, None)[0]).mean()
    model = MMVAEEmbedder(**SIZES, max_epochs=epochs, random_state=seed, verbose=2)
    model.fit(X.iloc[train])
    rebuilt = true.residual(predict_with_interval(model, X.iloc[test], true, "spectrum")[0]).mean()
    fitted = true.residual(fit_latents(model, X.iloc[test], true)).mean()
    complete_train, complete = (np.isfinite(t.flux).all(axis=1) for t in (training, true))
    scores = {"VAE, 5, encoder": rebuilt / mean, "VAE, 5, fitted latent": fitted / mean}
    scores["whole"] = float(complete.mean())
    for size in (5, 10):
        pca = PCA(size).fit(training.flux[complete_train])
        back = pca.inverse_transform(pca.transform(true.flux[complete]))
        scores[f"PCA, {size}"] = np.mean((back - true.flux[complete]) ** 2) / mean
    print(seed, scores, flush=True)
    return scores


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", default="benchmarks/results/mmvae_decoder")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", DataQualityWarning)
    X, object_index = single_spectra(load_type_ia())
    folds = list(GroupKFold(5, shuffle=True, random_state=0).split(X, groups=object_index))
    results = Parallel(arguments.jobs)(
        delayed(run_fold)(X, train, test, arguments.epochs, seed)
        for seed, (train, test) in enumerate(folds[: arguments.folds])
    )
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "scores.json").write_text(json.dumps(results, indent=1, default=float))
    for name in results[0]:
        values = [fold[name] for fold in results]
        print(f"{name}: {np.mean(values):.3f}±{np.std(values):.3f}")


if __name__ == "__main__":
    main()
