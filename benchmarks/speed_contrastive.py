"""Speed of light-curve encoding compared with a padded, unfused reference implementation.

The reference follows the Maven paper and code: each object is padded to 200 tokens, attention
scores are materialised, and batches are random. Library and reference run alternately on the same
weights and objects. Printed are objects per second of both, their ratio, the largest difference
between the outputs, and the cost of preparing batches from the table; and the same of a step that
trains the encoders of light curves and of spectra together, at the sizes of the paper. The optional
arguments are the number of objects (default 1024) and of rounds (default 5).
"""

import argparse
import math
import resource
from functools import partial
from types import SimpleNamespace

import numpy as np
import torch
from _speed import Report, ratio_in_turn, timed
from torch.nn import functional as F

from sklearn_sn.data import Ragged, check_table
from sklearn_sn.encoders import DataSettings, LightCurveTransformer, SpectrumTransformer
from sklearn_sn.losses import InfoNCELoss
from sklearn_sn.nets import BatchLoader, TableDataset

PADDED, BATCH, BINS = 200, 128, 220


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


def sinusoid(t, width, max_period):
    """Return sines and cosines of t as the paper does."""
    k = torch.arange(0, width, 2) / width
    angles = t[..., None] * torch.pow(torch.tensor(float(max_period)), -k)
    pe = torch.zeros(*t.shape, width)
    pe[..., 0::2] = torch.sin(angles)
    pe[..., 1::2] = torch.cos(angles)
    return pe


def reference_stack(stack, x, pad_mask):
    """Apply the blocks of a transformer with materialised attention, and average the tokens."""
    for block in stack.blocks:
        q, k, v = block.attention.qkv(x).chunk(3, dim=-1)
        heads = block.attention.n_heads
        q, k, v = (t.view(*t.shape[:2], heads, -1).transpose(1, 2) for t in (q, k, v))
        scores = q @ k.transpose(-1, -2) / math.sqrt(q.shape[-1])
        scores = scores.masked_fill(pad_mask[:, None, None, :], -torch.inf)
        attended = (F.softmax(scores, dim=-1) @ v).transpose(1, 2).flatten(2)
        x = block.norm_1(x + block.dropout(block.attention.out(attended)))
        x = block.norm_2(x + block.dropout(block.feed_forward(x)))
    weight = (~pad_mask).float()[..., None]
    return (x * weight).sum(1) / weight.sum(1)


def reference_forward(encoder, values, time_, log_wavelength, pad_mask):
    """Apply the reference implementation of the encoder: (B, 200, ...) to (B, output_dim)."""
    x = encoder.project(values) + sinusoid(time_, encoder.d_model, encoder.max_period)
    x = x + encoder.band(sinusoid(10.0 * log_wavelength, 16, 30.0))
    return encoder.head(reference_stack(encoder.stack, x, pad_mask))


def reference_spectra(encoder, flux, pad_mask, wavelength):
    """Apply the reference implementation to spectra: (B, C, L) to (B, output_dim)."""
    x = encoder.project(flux.transpose(1, 2))
    x = x + sinusoid(wavelength / 10.0, encoder.d_model, encoder.max_period)
    return encoder.head(reference_stack(encoder.stack, x, pad_mask))


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


def main(n=1024, rounds=5):
    torch.manual_seed(0)
    report, measured_on = Report("speed_contrastive"), {"longest": 100, "batch_size": BATCH}
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

    encoder_time = ratio_in_turn(
        report,
        "light-curve transformer, embedding",
        embed,
        embed_reference,
        n,
        rounds,
        **measured_on,
    )

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

    ratio_in_turn(
        report,
        "light-curve transformer, training (InfoNCE)",
        train,
        train_reference,
        n,
        rounds,
        **measured_on,
    )

    spectrum = SpectrumTransformer(
        d_model=32, n_heads=2, n_layers=13, patch=1, n_bins=BINS, dropout=0.0
    )
    spectra = spectrum.make_module(SimpleNamespace(n_channels=1, n_bins=BINS))
    masks = torch.arange(BINS) >= torch.from_numpy(rng.integers(BINS // 2, BINS + 1, n))[:, None]
    flux = torch.randn(n, 1, BINS) * ~masks[:, None]
    wavelength = torch.linspace(3600.0, 8200.0, BINS)
    with torch.inference_mode():
        few = flux[:BATCH], masks[:BATCH], wavelength
        difference = (spectra(*few) - reference_spectra(spectra, *few)).abs().max()
    print(f"largest difference between the outputs of spectra: {difference:.1e}")
    both_optimizer = torch.optim.RAdam([*encoder.parameters(), *spectra.parameters()], lr=1e-5)

    def contrast(z, forward, rows):
        both = torch.ones(len(rows), dtype=torch.bool)
        other = forward(flux[rows], masks[rows], wavelength)
        embeddings = {"light_curve": F.normalize(z, dim=-1), "spectrum": F.normalize(other, dim=-1)}
        both_optimizer.zero_grad()
        loss(embeddings, dict.fromkeys(embeddings, both), scale).backward()
        both_optimizer.step()

    def contrastive():
        for batch, positions in loader:
            contrast(encode(encoder, batch), spectra, positions)

    def contrastive_reference():
        for tensors, order in zip(padded, orders, strict=True):
            plain_spectra = partial(reference_spectra, spectra)
            contrast(reference_forward(encoder, *tensors), plain_spectra, order)

    ratio_in_turn(
        report,
        "contrastive step",
        contrastive,
        contrastive_reference,
        n,
        max(1, rounds // 2),
        bins=BINS,
        **measured_on,
    )

    def table_to_batches():
        checked = check_table(X)
        prepared = {"light_curve": preprocessor.prepare(checked)}
        for _ in BatchLoader(TableDataset({"light_curve": preprocessor}, prepared), BATCH):
            pass

    fraction = np.median([timed(table_to_batches) for _ in range(rounds)]) / encoder_time
    print(f"table -> Ragged -> batches, fraction of the encoder time: {fraction:.3f}")
    report.write()
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("n", type=int, nargs="?", default=1024, help="number of objects")
    parser.add_argument("rounds", type=int, nargs="?", default=5, help="number of rounds")
    arguments = parser.parse_args()
    main(arguments.n, arguments.rounds)
