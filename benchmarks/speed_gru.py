"""Speed of recurrent encoding in batches of similar length compared with a padded reference.

The reference follows the code of the paper: every light curve is padded to the longest one, and
batches are random. Library and reference run alternately on the same weights and objects. The
lengths are those of simulated ZTF and LSST light curves plus one of 656 points, or those of real
light curves in catalogues, the longest with 2,099 points. Printed are objects per second of both,
the median of the paired ratios, the largest difference between the outputs, and the padding factor
of the reference.

    python benchmarks/speed_gru.py [--objects N] [--sample NAME] [--rounds R] [--batch-size B]
"""

import argparse

import numpy as np
import pandas as pd
import torch
from _speed import Report, ratio_in_turn
from torch.nn import functional as F

from sklearn_sn.data import Ragged, check_table
from sklearn_sn.encoders import GRU, DataSettings
from sklearn_sn.nets import BatchLoader, TableDataset

# Numbers of points at these percentiles, and of the longest light curve: simulated objects
# (make_supernovae, eight classes; longest as in the paper), and real ones (_real_data.load_curves).
PERCENTILES = (0, 5, 25, 50, 75, 95, 99.9)
SAMPLES = {
    "simulated": ((5, 12, 22, 34, 58, 125, 190), 656),
    "catalogue": ((2, 5, 14, 26, 68, 184, 750), 2099),
}


def make_table(n, sample, seed=0):
    """Return random light curves with the lengths of a sample, including the longest."""
    rng = np.random.default_rng(seed)
    points, longest = SAMPLES[sample]
    lengths = np.interp(rng.uniform(0, 99.9, n), PERCENTILES, points).astype(int)
    lengths[rng.integers(n)] = longest
    n_points = lengths.sum()
    curves = Ragged(
        {
            "time": 59000 + rng.uniform(0, 150, n_points),
            "band": pd.Categorical.from_codes(rng.integers(0, 2, n_points), ["ztfg", "ztfr"]),
            "flux": rng.lognormal(4, 1, n_points),
            "flux_err": rng.uniform(1, 5, n_points),
        },
        np.concatenate([[0], np.cumsum(lengths)]),
    ).sort("time")
    return pd.DataFrame({"light_curve": curves.to_nested()}), lengths


def pad_to(arrays, length):
    tensors = {name: torch.from_numpy(array) for name, array in arrays.items()}
    short = length - tensors["pad_mask"].shape[1]
    padded = {
        name: F.pad(values, (0, 0, 0, short) if values.ndim == 3 else (0, short))
        for name, values in tensors.items()
    }
    padded["pad_mask"][:, padded["pad_mask"].shape[1] - short :] = True
    return padded


def encode(encoder, batch):
    """Encode chunks of similar length and restore the order, as the library does."""
    z = torch.cat([encoder(**chunk) for chunk in batch.tensors["light_curve"]])
    return z.new_zeros(len(batch), z.shape[1]).index_copy(0, batch.object_index["light_curve"], z)


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--objects", type=int, default=4096)
    options.add_argument("--sample", choices=SAMPLES, default="simulated")
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--batch-size", type=int, default=128)
    arguments = options.parse_args()
    torch.set_num_threads(1)
    torch.manual_seed(0)
    report = Report("speed_gru")
    n, longest = arguments.objects, SAMPLES[arguments.sample][1]
    X, lengths = make_table(n, arguments.sample)
    table = check_table(X)
    gru = GRU(max_points=longest, noise_augmentation=False, augmentation=False)
    preprocessor = gru.make_preprocessor(DataSettings()).fit(table)
    prepared = preprocessor.prepare(table)
    dataset = TableDataset({"light_curve": preprocessor}, {"light_curve": prepared})
    encoder = gru.make_module(preprocessor)
    rng = np.random.default_rng(0)
    orders = np.array_split(rng.permutation(n), max(1, n // arguments.batch_size))
    padded = [pad_to(preprocessor.gather(prepared, order)[0], longest) for order in orders]

    with torch.inference_mode():
        output, expected = torch.empty(n, 100), torch.empty(n, 100)
        for batch, positions in BatchLoader(dataset, arguments.batch_size):
            output[positions] = encode(encoder, batch)
        for order, tensors in zip(orders, padded, strict=True):
            expected[order] = encoder(**tensors)
    print(f"largest difference between the outputs: {(output - expected).abs().max():.1e}")
    measured_on = {
        "sample": arguments.sample,
        "longest": longest,
        "batch_size": arguments.batch_size,
    }
    factor = n * longest / lengths.sum()
    print(f"{lengths.sum()} points; padding factor of the reference {factor:.1f}")

    def embed():
        with torch.inference_mode():
            for batch, _ in BatchLoader(dataset, arguments.batch_size):
                encode(encoder, batch)

    def embed_reference():
        with torch.inference_mode():
            for tensors in padded:
                encoder(**tensors)

    ratio_in_turn(
        report, "GRU, embedding", embed, embed_reference, n, arguments.rounds, **measured_on
    )

    head = torch.nn.Linear(100, 8)
    labels = torch.from_numpy(rng.integers(0, 8, n))
    optimizer = torch.optim.Adam([*encoder.parameters(), *head.parameters()], lr=1e-4)

    def step(z, rows):
        optimizer.zero_grad()
        F.cross_entropy(head(z), labels[rows]).backward()
        optimizer.step()

    loader = BatchLoader(dataset, arguments.batch_size, training=True)

    def train():
        for batch, positions in loader:
            step(encode(encoder, batch), positions)

    def train_reference():
        for order, tensors in zip(orders, padded, strict=True):
            step(encoder(**tensors), order)

    ratio_in_turn(
        report, "GRU, training", train, train_reference, n, arguments.rounds, **measured_on
    )
    report.write()


if __name__ == "__main__":
    main()
