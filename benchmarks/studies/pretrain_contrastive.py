"""Pretrain the encoders of benchmarks/studies/contrastive_real.py on other objects.

The encoders are trained by auxiliary losses on class and redshift, on light curves of PLAsTiCC and
of real supernovae without spectra, and on spectra of real supernovae without light curves.
Simulated supernovae with both modalities add pairs for InfoNCE. Objects of the real pairs are
excluded.

    python benchmarks/studies/pretrain_contrastive.py [--simulated N] [--epochs E] [--name NAME]
"""

import argparse
import pickle
import time
import warnings

import numpy as np
import pandas as pd
import torch
from _real_data import load_pairs, load_pretraining
from _settings import AUXILIARY, CACHE, SIZES

from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.embedding import ContrastiveEmbedder

PROPORTIONS = {"SN Ia": 0.4, "SN II": 0.2, "SN Ib/c": 0.2, "SN IIn": 0.1, "SLSN-I": 0.1}
REDSHIFTS = {
    "SN Ia": (0.003, 0.12),
    "SN II": (0.002, 0.08),
    "SN Ib/c": (0.002, 0.08),
    "SN IIn": (0.005, 0.15),
    "SLSN-I": (0.03, 0.5),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--simulated", type=int, default=9000)
    parser.add_argument("--epochs", type=int, default=25)
    parser.add_argument("--name", default="union_simulated")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", DataQualityWarning)
    torch.set_num_threads(2)
    X, y = load_pretraining(load_pairs()[0])
    if arguments.simulated:
        simulated, classes = make_supernovae(
            arguments.simulated, classes=PROPORTIONS, redshift_range=REDSHIFTS, random_state=0
        )
        X = pd.concat([X, simulated[["light_curve", "spectrum", "redshift"]]])
        y = np.concatenate([y, classes])
    print(f"{len(X)} objects:", X[["light_curve", "spectrum"]].notna().sum().to_dict())
    start = time.time()
    embedder = ContrastiveEmbedder(
        **{**SIZES, **AUXILIARY, "batch_size": 128, "max_epochs": arguments.epochs},
        random_state=0,
        verbose=2,
    ).fit(X, y)
    CACHE.mkdir(exist_ok=True)
    (CACHE / f"{arguments.name}.pkl").write_bytes(pickle.dumps(embedder))
    print(f"{arguments.name}: {time.time() - start:.0f} s")


if __name__ == "__main__":
    main()
