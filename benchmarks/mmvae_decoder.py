"""How well five numbers describe a spectrum of an SN Ia: the decoder alone, beside PCA.

Every dated spectrum of a real SN Ia is an object of its own; folds are by supernova. Scored on the
test part: the mean squared residual of what is reconstructed over that of the mean training
spectrum near the phase. The five numbers are the encoder's, or those that fit the spectrum best, as
the projection on principal components does.

    python benchmarks/mmvae_decoder.py [--epochs E] [--folds F]
"""

import argparse
import json
import warnings
from pathlib import Path

import numpy as np
import torch
from _generation import Truth, answer
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
    "likelihood_weights": {"spectrum": 1.5},  # a weaker prior, so that all five numbers are used
    "weight_decay": 0.03,
    "batch_size": 16,
    "lr": 3e-3,
}


def single_spectra(X):
    """One row per spectrum, and the supernova of each."""
    pixels = as_ragged(X["spectrum"], kind="spectrum")
    opens = np.flatnonzero(
        np.diff(pixels.rows, prepend=-1) | (np.diff(pixels["time"], prepend=0.0) != 0)
    )
    rows = np.repeat(np.arange(len(opens)), np.diff(np.append(opens, pixels.n_points)))
    fields = {name: pixels[name] for name in pixels.fields}
    alone = type(pixels).from_groups(rows, len(opens), fields)
    owner = pixels.rows[opens]
    table = X.iloc[owner][["redshift", "t_peak"]].reset_index(drop=True)
    return table.assign(spectrum=alone.to_nested(index=table.index)), owner


def fit_latents(model, X, true, steps=150, lr=0.05):
    """Decoded spectra of the latents that fit best, from those of the encoder on."""
    module, source = model.net_.module_.eval(), model.preprocessors_["spectrum"]
    start = model.encode(X, "spectrum").reshape(len(X), *module.latent_shape)
    rows = true.owner
    where = torch.from_numpy(np.log(true.places / REFERENCE_WAVELENGTH).astype(np.float32))
    when = torch.from_numpy(np.repeat(true.phase[:, None], where.shape[1], 1).astype(np.float32))
    target = (np.nan_to_num(true.flux) - source.mean_) / source.scale_  # as the network sees it
    target = torch.from_numpy(target.astype(np.float32))
    known = torch.from_numpy(np.isfinite(true.flux))
    z = torch.tensor(start[rows][None], requires_grad=True)
    optimizer = torch.optim.Adam([z], lr=lr)
    for _ in range(steps):
        optimizer.zero_grad()
        mean, _ = module.decode("spectrum", z, where, when)
        # The prior's pull is that of the bound: weak beside hundreds of pixels.
        loss = ((mean[0] - target)[known] ** 2).sum() + 0.01 * z.abs().sum()
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        return source.to_flux(module.decode("spectrum", z, where, when)[0][0].numpy())


def run_fold(X, train, test, epochs, seed):
    """Residuals of the network and of PCA, in those of the mean per phase."""
    warnings.simplefilter("ignore", DataQualityWarning)
    torch.set_num_threads(1)
    known, true = Truth(X.iloc[train], WAVELENGTH), Truth(X.iloc[test], WAVELENGTH)
    baseline = MeanSpectrumGenerator().fit(X.iloc[train])
    mean = true.residual(answer(baseline, X.iloc[test], true, None)[0]).mean()
    model = MMVAEEmbedder(**SIZES, max_epochs=epochs, random_state=seed, verbose=2)
    model.fit(X.iloc[train])
    rebuilt = true.residual(answer(model, X.iloc[test], true, "spectrum")[0]).mean()
    fitted = true.residual(fit_latents(model, X.iloc[test], true)).mean()
    whole, here = (np.isfinite(t.flux).all(axis=1) for t in (known, true))
    found = {"VAE, 5, encoder": rebuilt / mean, "VAE, 5, fitted latent": fitted / mean}
    found["whole"] = float(here.mean())
    for size in (5, 10):
        pca = PCA(size).fit(known.flux[whole])
        back = pca.inverse_transform(pca.transform(true.flux[here]))
        found[f"PCA, {size}"] = np.mean((back - true.flux[here]) ** 2) / mean
    print(seed, found, flush=True)
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=100)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", default="benchmarks/results/mmvae_decoder")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", DataQualityWarning)
    X, owner = single_spectra(load_type_ia())
    folds = list(GroupKFold(5, shuffle=True, random_state=0).split(X, groups=owner))
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
