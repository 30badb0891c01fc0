"""Train the packaged model, also the start of end-to-end models, on simulations only.

Half of the objects are bright, like spectroscopic samples: followed up in Bessell and SDSS bands,
or among the brighter ones of ZTF and ATLAS (superluminous supernovae, which are rare, to fainter
magnitudes). The other half extends to the limits of ZTF, Rubin and Pan-STARRS1. InfoNCE aligns
light curves with spectra; class and redshift heads are trained with auxiliary losses. The scores in
the model card are those of held-out objects.

    python benchmarks/studies/pretrain_simulated.py [--objects N] [--epochs E] [--name NAME]
        [--model FILE]
"""

import argparse
import pickle
import subprocess
import time
import warnings
from dataclasses import replace

import numpy as np
import pandas as pd
import torch
from _evaluation import classification_figures, redshift_figures
from _settings import AUXILIARY, CACHE, SIZES
from sklearn.linear_model import LogisticRegression, Ridge

from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import get_survey, make_supernovae
from sklearn_sn.embedding import ContrastiveEmbedder
from sklearn_sn.metrics import recall_at_k
from sklearn_sn.persistence import save_model

PROPORTIONS = {
    "SN Ia": 0.28,
    "SN Ia-91bg": 0.03,
    "SN Iax": 0.03,
    "SN II": 0.22,
    "SN Ib/c": 0.22,
    "SN IIn": 0.1,
    "SLSN-I": 0.1,
    "TDE": 0.02,
}
NEAR = {
    "SN Ia": (0.002, 0.12),
    "SN Ia-91bg": (0.002, 0.08),
    "SN Iax": (0.002, 0.08),
    "SN II": (0.001, 0.08),
    "SN Ib/c": (0.001, 0.08),
    "SN IIn": (0.003, 0.15),
    "SLSN-I": (0.03, 0.5),
    "TDE": (0.01, 0.2),
}
FAR = {
    "SN Ia": (0.02, 0.7),
    "SN Ia-91bg": (0.01, 0.3),
    "SN Iax": (0.01, 0.3),
    "SN II": (0.01, 0.3),
    "SN Ib/c": (0.01, 0.3),
    "SN IIn": (0.02, 0.5),
    "SLSN-I": (0.05, 1.5),
    "TDE": (0.02, 0.5),
}


def bright(name, *peak_limit):
    """Return a survey limited to bright objects."""
    return replace(get_survey(name), name=f"{name}, bright", peak_limit=peak_limit)


NEAR_PROPORTIONS = {name: share for name, share in PROPORTIONS.items() if name != "SLSN-I"}
# Share of all objects, classes, redshifts, surveys. The limits are near those of spectroscopic
# samples: ZTF's Bright Transient Survey is complete to 18.5 mag (Perley et al. 2020, ApJ 904, 35).
SAMPLES = {
    "followed": (0.28, NEAR_PROPORTIONS, NEAR, ("followup",)),
    "bright": (
        0.16,
        NEAR_PROPORTIONS,
        NEAR,
        (bright("ztf", 18.0, 0.7), bright("atlas", 17.5, 0.7)),
    ),
    "superluminous": (
        0.06,
        {"SLSN-I": 1.0},
        NEAR,
        (bright("followup", 18.5, 1.0), bright("ztf", 19.0, 0.7), bright("atlas", 18.8, 0.7)),
    ),
    "far": (0.5, PROPORTIONS, FAR, ("ztf", "lsst", "ps1")),
}
COLUMNS = ["light_curve", "spectrum", "redshift"]


def simulate(n, seed):
    """Simulate the objects of all samples; return X and class names."""
    tables, classes = [], []
    for number, (share, proportions, redshifts, surveys) in enumerate(SAMPLES.values()):
        X, y = make_supernovae(
            round(share * n),
            classes=proportions,
            redshift_range=redshifts,
            surveys=surveys,
            spectrum_snr=(3.0, 60.0),
            random_state=seed + number,
            n_jobs=2,
        )
        tables.append(X[COLUMNS])
        classes.append(y)
    return pd.concat(tables, ignore_index=True), np.concatenate(classes)


def figures(embedder, X, y):
    """Score linear heads (half of the objects train, half test), and retrieval."""
    Z = embedder.encode(X, "light_curve")
    half = np.arange(len(X)) % 2 == 0
    z = np.log1p(X["redshift"].to_numpy())
    head = LogisticRegression(max_iter=2000).fit(Z[half], y[half])
    ridge = Ridge(0.1).fit(Z[half], z[half])
    classes = classification_figures(
        y[~half], head.predict(Z[~half]), head.predict_proba(Z[~half]), head.classes_
    )
    redshifts = redshift_figures(np.expm1(z[~half]), np.expm1(ridge.predict(Z[~half])))
    candidates = X.index[:1000]
    recalls = recall_at_k(embedder.encode(X.loc[candidates], "spectrum"), Z[:1000], k=[1, 10])
    scores = {f"class, {name}": value for name, value in classes.items()}
    scores |= {f"redshift, {name}": value for name, value in redshifts.items()}
    scores |= {"recall@1 of 1000": recalls[0], "recall@10 of 1000": recalls[1]}
    return {name: round(float(value), 4) for name, value in scores.items()}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--objects", type=int, default=100_000)
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--name", default="new", help="name of the checkpoint in benchmarks/.cache")
    parser.add_argument("--model", help="also save the model, with its card, to this file")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", DataQualityWarning)
    torch.set_num_threads(1)  # a second thread gives no speed-up at these sizes
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=True
    ).stdout.strip()
    start = time.time()
    X, y = simulate(arguments.objects, seed=0)
    print(f"{len(X)} objects simulated in {time.time() - start:.0f} s", flush=True)
    start = time.time()
    embedder = ContrastiveEmbedder(
        **{**SIZES, **AUXILIARY, "batch_size": 128, "max_epochs": arguments.epochs},
        random_state=0,
        verbose=2,
    ).fit(X, y)
    print(f"trained in {time.time() - start:.0f} s", flush=True)
    held, classes = simulate(4000, seed=1000)
    order = np.random.default_rng(0).permutation(len(held))
    scores = figures(embedder, held.iloc[order].reset_index(drop=True), classes[order])
    print(scores, flush=True)
    CACHE.mkdir(exist_ok=True)
    (CACHE / f"{arguments.name}.pkl").write_bytes(pickle.dumps(embedder))
    if arguments.model:
        card = {
            "description": (
                "Light curves and spectra of simulated supernovae in one space. Supervised "
                "contrastive training: InfoNCE beside heads for class and redshift (aux_weight=1)."
            ),
            "data": (
                f"{len(X)} objects of make_supernovae. Half are bright: followed up by small "
                "telescopes, or the brighter ones of ZTF and ATLAS; half are from ZTF, Rubin "
                f"and Pan-STARRS1. Classes: {PROPORTIONS}; redshifts of bright objects: {NEAR}, of "
                f"the others: {FAR}."
            ),
            "recipe": f"benchmarks/studies/pretrain_simulated.py --objects {len(X)} "
            f"--epochs {arguments.epochs}, at commit {commit}",
            "metrics": scores,
            "limits": [
                "Trained on simulations: for real objects, fine-tune it or train heads on real "
                "objects.",
                "AGN, CV and variable stars are not in the training set.",
                "The simulator was tuned on mean spectra of classes, and on how bright, how long "
                "and in which bands objects of the Open Supernova Catalog were followed.",
            ],
            "license": "BSD-3-Clause",
        }
        save_model(embedder, arguments.model, card=card, overwrite=True)


if __name__ == "__main__":
    main()
