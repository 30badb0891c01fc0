"""Speed of light-curve encoding compared with a padded, unfused reference implementation.

The reference follows the Maven paper and code: each object is padded to 200 tokens, attention
scores are materialised, and batches are random. Library and reference run alternately on the same
weights and objects. Printed are objects per second of both, their ratio, the largest difference
between the outputs, and the cost of preparing batches from the table. The optional arguments are
the number of objects (default 1024) and of rounds (default 5).
"""

import math
import resource
import sys
import time

import numpy as np
import torch
from torch.nn import functional as F

from sklearn_sn.data import Ragged, check_table
from sklearn_sn.encoders import DataSettings, LightCurveTransformer
from sklearn_sn.losses import InfoNCELoss
from sklearn_sn.nets import BatchLoader, TableDataset

PADDED, BATCH = 200, 128


def make_table(n, low=10, high=100, seed=0):
    import pandas as pd

    rng = np.random.default_rng(seed)
    lengths = rng.integers(low, high + 1, n)
    points = lengths.sum()
    curves = Ragged(
        {
            "time": 59000 + rng.uniform(0, 100, points),
            "band": pd.Categorical.from_codes(rng.integers(0, 2, points), ["ztfg", "ztfr"]),
            "flux": rng.lognormal(4, 1, points),
            "flux_err": rng.uniform(1, 5, points),
        },
        np.concatenate([[0], np.cumsum(lengths)]),
    ).sort("time")
    return pd.DataFrame({"light_curve": curves.to_nested()})


def reference_forward(encoder, values, time_, log_wavelength, pad_mask):
    """Apply the reference implementation of the encoder: (B, 200, ...) to (B, output_dim)."""
    d = encoder.d_model

    def sinusoid(t, width, max_period):
        k = torch.arange(0, width, 2) / width
        angles = t[..., None] * torch.pow(torch.tensor(float(max_period)), -k)
        pe = torch.zeros(*t.shape, width)
        pe[..., 0::2] = torch.sin(angles)
        pe[..., 1::2] = torch.cos(angles)
        return pe

    x = encoder.project(values) + sinusoid(time_, d, encoder.max_period)
    x = x + encoder.band(sinusoid(10.0 * log_wavelength, 16, 30.0))
    for block in encoder.stack.blocks:
        q, k, v = block.attention.qkv(x).chunk(3, dim=-1)
        heads = block.attention.n_heads
        q, k, v = (t.view(*t.shape[:2], heads, -1).transpose(1, 2) for t in (q, k, v))
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        scores = scores.masked_fill(pad_mask[:, None, None, :], -torch.inf)
        attended = (F.softmax(scores, dim=-1) @ v).transpose(1, 2).flatten(2)
        x = block.norm_1(x + block.dropout(block.attention.out(attended)))
        x = block.norm_2(x + block.dropout(block.feed_forward(x)))
    weight = (~pad_mask).float()[..., None]
    return encoder.head((x * weight).sum(1) / weight.sum(1))


def pad_to(arrays, length):
    tensors = {name: torch.from_numpy(array) for name, array in arrays.items()}
    short = length - tensors["time"].shape[1]
    return (
        F.pad(tensors["values"], (0, 0, 0, short)),
        F.pad(tensors["time"], (0, short)),
        F.pad(tensors["log_wavelength"], (0, short)),
        F.pad(tensors["pad_mask"], (0, short), value=True),
    )


def encode(encoder, batch):
    """Encode chunks of similar length and restore the order, as the library does."""
    z = torch.cat([encoder(**chunk) for chunk in batch.tensors["light_curve"]])
    return z.new_zeros(len(batch), z.shape[1]).index_copy(0, batch.object_index["light_curve"], z)


def timed(work):
    start = time.process_time()
    work()
    return time.process_time() - start


def ratio_in_turn(ours, theirs, n, rounds, name):
    """Run both alternately; print objects per second and the median of the paired ratios."""
    ours(), theirs()
    pairs = [(timed(ours), timed(theirs)) for _ in range(rounds)]
    ratio = np.median([b / a for a, b in pairs])
    a, b = np.median(pairs, axis=0)
    print(f"{name:34s} ours {n / a:8.0f}/s   reference {n / b:8.0f}/s   ratio {ratio:6.1f}")
    return a


def main(n=1024, rounds=5):
    torch.manual_seed(0)
    X = make_table(n)
    sizes = {"d_model": 64, "n_heads": 8, "n_layers": 5, "pooling": "mean", "dropout": 2.2e-4}
    plain = {"noise_augmentation": False, "augmentation": False}
    transformer = LightCurveTransformer(**sizes, **plain)
    table = check_table(X)
    preprocessor = transformer.make_preprocessor(DataSettings()).fit(table)
    dataset = TableDataset(
        {"light_curve": preprocessor}, {"light_curve": preprocessor.prepare(table)}
    )
    encoder = transformer.make_module(preprocessor)
    rng = np.random.default_rng(0)
    orders = [np.sort(part) for part in np.array_split(rng.permutation(n), max(1, n // BATCH))]
    prepared = dataset.prepared["light_curve"]
    padded = [pad_to(preprocessor.gather(prepared, rows)[0], PADDED) for rows in orders]

    encoder.eval()
    with torch.inference_mode():
        output, expected = torch.empty(n, 32), torch.empty(n, 32)
        for batch, positions in BatchLoader(dataset, BATCH):
            output[positions] = encode(encoder, batch)
        for order, tensors in zip(orders, padded, strict=True):
            expected[order] = reference_forward(encoder, *tensors)
    print(f"largest difference between the outputs: {(output - expected).abs().max():.1e}")

    def embed():
        with torch.inference_mode():
            for batch, _ in BatchLoader(dataset, BATCH):
                encode(encoder, batch)

    def embed_reference():
        with torch.inference_mode():
            for tensors in padded:
                reference_forward(encoder, *tensors)

    encoder_time = ratio_in_turn(embed, embed_reference, n, rounds, "embedding light curves")

    encoder.train()
    loss = InfoNCELoss()
    scale = torch.tensor(math.log(19.5))
    partner = F.normalize(torch.randn(n, 32), dim=-1)
    optimizer = torch.optim.RAdam(encoder.parameters(), lr=1e-5)

    def step(z, rows):
        both = torch.ones(len(rows), dtype=torch.bool)
        embeddings = {"light_curve": F.normalize(z, dim=-1), "spectrum": partner[rows]}
        optimizer.zero_grad()
        loss(embeddings, dict.fromkeys(embeddings, both), scale).backward()
        optimizer.step()

    loader = BatchLoader(dataset, BATCH, training=True)

    def train():
        for batch, positions in loader:
            step(encode(encoder, batch), positions)

    def train_reference():
        for tensors, order in zip(padded, orders, strict=True):
            step(reference_forward(encoder, *tensors), order)

    ratio_in_turn(train, train_reference, n, rounds, "training the encoder")

    def table_to_batches():
        checked = check_table(X)
        prepared = {"light_curve": preprocessor.prepare(checked)}
        for _ in BatchLoader(TableDataset({"light_curve": preprocessor}, prepared), BATCH):
            pass

    fraction = np.median([timed(table_to_batches) for _ in range(rounds)]) / encoder_time
    print(f"table -> Ragged -> batches, fraction of the encoder time: {fraction:.3f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
