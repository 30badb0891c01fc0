"""What a queue of earlier negatives costs in short trainings, on simulated galaxies.

R² of redshift and stellar mass by nearest neighbours on the embeddings of held-out galaxies. The
first part trains ImageEmbedder on 3,000 galaxies for four epochs. With --align, the encoders that
``astroclip.py pretrain`` saved are aligned for 200 steps of 128 galaxies.

    python benchmarks/studies/queue_cost.py [--align]
"""

import argparse

import numpy as np
import torch
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import r2_score
from sklearn.neighbors import KNeighborsRegressor

from sklearn_sn.datasets import make_galaxies
from sklearn_sn.embedding import ImageEmbedder
from sklearn_sn.papers import astroclip
from sklearn_sn.persistence import load_model

TARGETS = ["redshift", "log_stellar_mass"]
SEED, HELD_OUT_SEED = 11, 12


def by_neighbours(Z, truth, test, test_truth, n_neighbors):
    """Return R² of each target."""
    model = KNeighborsRegressor(n_neighbors, weights="distance").fit(Z, truth)
    return r2_score(test_truth, model.predict(test), multioutput="raw_values").round(3)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--align", action="store_true", help="align the pretrained encoders")
    align = options.parse_args().align
    torch.set_num_threads(1)
    X, y = make_galaxies(4000, random_state=SEED)
    truth = y[TARGETS].to_numpy()
    if not align:
        for size in (0, 1024):
            model = ImageEmbedder(queue_size=size, max_epochs=4, batch_size=128, random_state=0)
            Z = model.fit(X[:3000]).transform(X[["image"]])
            print(size, by_neighbours(Z[:3000], truth[:3000], Z[3000:], truth[3000:], 30))
        return
    from astroclip import FOLDER, LEARNING_RATE, MODALITIES

    held_out, held_out_y = make_galaxies(1500, random_state=HELD_OUT_SEED)
    held_out_truth = np.asarray(held_out_y[TARGETS])
    for size in (0, 512):
        pretrained = {m: FrozenEstimator(load_model(FOLDER / f"{m}.snmodel")) for m in MODALITIES}
        model = astroclip(pretrained=pretrained, n_steps=200, batch_size=128, queue_size=size,
                          lr=LEARNING_RATE, random_state=0).fit(X[list(MODALITIES)])  # fmt: skip
        for m in MODALITIES:
            Z, test = model.encode(X, m), model.encode(held_out, m)
            print(size, m, by_neighbours(Z, truth, test, held_out_truth, 64))


if __name__ == "__main__":
    main()
