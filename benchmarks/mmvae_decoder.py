"""How well five numbers describe a spectrum of an SN Ia: the decoder alone, beside PCA.

Every dated spectrum of a real SN Ia is an object of its own; folds are by supernova. Scored on the
test part: the mean squared residual of what is reconstructed over that of the mean training
spectrum near the phase.

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
from sklearn_sn.data import DataQualityWarning, as_ragged

WAVELENGTH = np.geomspace(4000.0, 7000.0, 256)
SIZES = {
    "modalities": ("spectrum",),
    "objective": "elbo",
    "latent_tokens": 1,
    "latent_dim": 5,
    "max_pixels": 256,
    "batch_size": 32,
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
    whole, here = (np.isfinite(t.flux).all(axis=1) for t in (known, true))
    found = {"VAE, 5": rebuilt / mean, "whole": float(here.mean())}
    for size in (5, 10):
        pca = PCA(size).fit(known.flux[whole])
        back = pca.inverse_transform(pca.transform(true.flux[here]))
        found[f"PCA, {size}"] = np.mean((back - true.flux[here]) ** 2) / mean
    print(seed, found, flush=True)
    return found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=200)
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
