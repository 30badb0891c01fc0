"""Speed and memory of MMVAE training, embedding and generation compared with a padded reference.

The reference follows the paper and its code: decoder queries attend to each other, attention
weights are materialised, all layers are computed for each sample, and every object is padded to the
longest. The decoder of the library has no self-attention among queries, so the two functions
differ; the benchmark compares the cost of a step with the same sizes. They run alternately. Printed
are objects per second, their ratio, and the peak memory, measured in separate processes.

    python benchmarks/speed_mmvae.py
"""

import argparse
import math
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from _speed import Report, ratio_in_turn
from torch import nn
from torch.nn import functional as F

from sklearn_sn.encoders import LightCurveTransceiver, SpectrumTransceiver, TransceiverDecoder
from sklearn_sn.losses import MMVAELoss, laplace_log_likelihood
from sklearn_sn.modules import MMVAEModule

BATCH, SAMPLES, PIXELS, POINTS, ROUNDS = 16, 2, 982, 60, 5
WIDTH, HEADS, LAYERS, TOKENS, DIM = 32, 4, 4, 4, 4
SPAN = 130.0  # days of phase
GENERATED = 8  # samples
MEASURED_ON = {"points": POINTS, "pixels": PIXELS, "samples": SAMPLES}


def materialised_attention(x, context, mask, layer):
    """Apply attention with materialised weights to x (B, L, d) and context (B, C, d)."""
    split = [layer.query(x), *layer.key_value(context).chunk(2, -1)]
    query, key, value = (t.view(len(t), -1, HEADS, WIDTH // HEADS).transpose(1, 2) for t in split)
    scores = query @ key.transpose(-1, -2) / math.sqrt(WIDTH // HEADS)
    if mask is not None:
        scores = scores.masked_fill(mask[:, None, None, :], -torch.inf)
    weights = F.softmax(scores, dim=-1)
    return layer.out((weights @ value).transpose(1, 2).flatten(2))


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.query = nn.Linear(WIDTH, WIDTH)
        self.key_value = nn.Linear(WIDTH, 2 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)

    def forward(self, x, context, mask=None):
        return materialised_attention(x, context, mask, self)


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.among, self.across = Attention(), Attention()
        self.norms = nn.ModuleList(nn.LayerNorm(WIDTH) for _ in range(3))
        self.feed_forward = nn.Sequential(
            nn.Linear(WIDTH, WIDTH), nn.GELU(), nn.Linear(WIDTH, WIDTH)
        )

    def forward(self, x, context, mask=None):
        x = self.norms[0](x + self.among(x, x))
        x = self.norms[1](x + self.across(x, context, mask))
        return self.norms[2](x + self.feed_forward(x))


class Reference(nn.Module):
    """One expert and one decoder per modality, as in the paper."""

    def __init__(self):
        super().__init__()
        self.coordinates = nn.ModuleList(nn.Linear(2, WIDTH) for _ in range(2))
        self.values = nn.ModuleList(nn.Linear(1, WIDTH) for _ in range(2))
        self.queries = nn.ParameterList(torch.randn(2 * TOKENS, WIDTH) for _ in range(2))
        self.encoders = nn.ModuleList(
            nn.ModuleList(Block() for _ in range(LAYERS)) for _ in range(2)
        )
        self.decoders = nn.ModuleList(
            nn.ModuleList(Block() for _ in range(LAYERS)) for _ in range(2)
        )
        self.latents = nn.ModuleList(nn.Linear(WIDTH, DIM) for _ in range(2))
        self.tokens = nn.Linear(DIM, WIDTH)
        self.heads = nn.ModuleList(nn.Linear(WIDTH, 2) for _ in range(2))

    def encode(self, i, values, coordinates, mask):
        context = self.values[i](values) + self.coordinates[i](coordinates)
        x = self.queries[i].expand(len(values), -1, -1)
        for block in self.encoders[i]:
            x = block(x, context, mask)
        mean, scale = x.chunk(2, dim=1)
        return self.latents[i](mean), F.softplus(self.latents[i](scale)) + 1e-3

    def decode(self, i, z, coordinates):
        """Decode z (S, B, T, D); all layers are computed separately for every sample."""
        x = self.coordinates[i](coordinates).repeat(len(z), 1, 1)
        tokens = self.tokens(z.flatten(0, 1))
        for block in self.decoders[i]:
            x = block(x, tokens)
        mean, scale = self.heads[i](x).unflatten(0, z.shape[:2]).unbind(-1)
        return mean, F.softplus(scale) + 0.01


def batch(n_objects):
    """Return padded light curves and spectra, the input of both implementations."""
    rng = np.random.default_rng(0)
    found = {}
    for name, longest in (("light_curve", POINTS), ("spectrum", PIXELS)):
        lengths = rng.integers(longest // 3, longest + 1, n_objects)
        lengths[0] = longest
        mask = np.arange(longest) >= lengths[:, None]
        shape = (n_objects, longest)
        values = rng.normal(size=(*shape, 2)).astype(np.float32)
        arrays = {
            "values": values,
            "log_wavelength": rng.uniform(-0.3, 0.3, shape).astype(np.float32),
            "phase": rng.uniform(-10.0, 30.0, shape).astype(np.float32),
            "target": values[..., 0].copy(),
            "error": np.full(shape, 0.1, dtype=np.float32),
            "pad_mask": mask,
            "hidden": mask,
        }
        found[name] = {key: torch.from_numpy(value) for key, value in arrays.items()}
    return found


def library(n_objects=BATCH):
    """Return functions for a training step, embedding and generation with the library."""
    torch.manual_seed(0)
    tensors = batch(n_objects)
    points = SimpleNamespace(n_values=2)
    parts = {"light_curve": LightCurveTransceiver, "spectrum": SpectrumTransceiver}
    experts = {
        n: part(dropout=0.0).make_expert(points, TOKENS, DIM, SPAN) for n, part in parts.items()
    }
    decoders = {name: TransceiverDecoder().make_module(TOKENS, DIM, SPAN) for name in parts}
    model = MMVAEModule(experts, decoders, latent_tokens=TOKENS, latent_dim=DIM)
    object_index = dict.fromkeys(tensors, torch.arange(n_objects))
    loss, optimizer = MMVAELoss("iwae"), torch.optim.AdamW(model.parameters())

    def train():
        output = model({n: [t] for n, t in tensors.items()}, object_index, n_objects, SAMPLES)
        total = 0.0
        for name, chunks in output["decoded"].items():
            given = tensors[name]
            for mean, scale in chunks:
                total = total + laplace_log_likelihood(
                    given["target"], mean, scale, given["pad_mask"], given["error"]
                )
        parts = (output[key].flatten(-2) for key in ("z", "mean", "scale"))
        optimizer.zero_grad()
        loss(*parts, output["present"], total).mean().backward()
        optimizer.step()

    def generate():
        given = tensors["light_curve"]
        keys = ("values", "log_wavelength", "phase", "hidden")
        with torch.inference_mode():
            mean, scale = model.encoders["light_curve"](*(given[key] for key in keys))
            z = mean + scale * torch.randn(GENERATED, *mean.shape)
            coordinates = tensors["spectrum"]
            model.decode("spectrum", z, coordinates["log_wavelength"], coordinates["phase"])

    def embed():
        keys = ("values", "log_wavelength", "phase", "hidden")
        with torch.inference_mode():
            for name, given in tensors.items():
                model.encoders[name](*(given[key] for key in keys))

    return train, embed, generate


def reference(n_objects=BATCH):
    """Return the same functions with the reference implementation."""
    torch.manual_seed(0)
    tensors = list(batch(n_objects).values())
    model = Reference()
    loss, optimizer = MMVAELoss("iwae"), torch.optim.AdamW(model.parameters())
    present = torch.ones(2, n_objects, dtype=torch.bool)
    coordinates = [torch.stack([t["log_wavelength"], t["phase"]], dim=-1) for t in tensors]

    def train():
        found = [
            model.encode(i, t["values"][..., :1], coordinates[i], t["pad_mask"])
            for i, t in enumerate(tensors)
        ]
        mean, scale = (torch.stack(part) for part in zip(*found, strict=True))
        noise = torch.empty(2, 2, SAMPLES, *mean.shape[1:]).exponential_()
        z = mean.unsqueeze(1) + scale.unsqueeze(1) * (noise[0] - noise[1])
        total = 0.0
        for i, given in enumerate(tensors):
            decoded = [
                part.unflatten(0, (2, SAMPLES))
                for part in model.decode(i, z.flatten(0, 1), coordinates[i])
            ]
            total = total + laplace_log_likelihood(
                given["target"], *decoded, given["pad_mask"], given["error"]
            )
        optimizer.zero_grad()
        loss(z.flatten(-2), mean.flatten(-2), scale.flatten(-2), present, total).mean().backward()
        optimizer.step()

    def generate():
        given = tensors[0]
        with torch.inference_mode():
            mean, scale = model.encode(
                0, given["values"][..., :1], coordinates[0], given["pad_mask"]
            )
            model.decode(1, mean + scale * torch.randn(GENERATED, *mean.shape), coordinates[1])

    def embed():
        with torch.inference_mode():
            for i, given in enumerate(tensors):
                model.encode(i, given["values"][..., :1], coordinates[i], given["pad_mask"])

    return train, embed, generate


def peak_memory(name, n_objects):
    """Return GB of a separate process before and after the first step (Linux only)."""
    torch.set_num_threads(1)
    before = highest_memory()
    train, *_ = {"library": library, "reference": reference}[name](n_objects)
    train()
    return before, highest_memory()


def highest_memory():
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1e6


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("threads", type=int, nargs="?", default=1, help="number of threads")
    torch.set_num_threads(parser.parse_args().threads)
    steps = zip(("training", "embedding", "generation"), library(), reference(), strict=True)
    report = Report("speed_mmvae")
    for what, ours, theirs in steps:
        ratio_in_turn(report, f"MMVAE, {what}", ours, theirs, BATCH, ROUNDS, **MEASURED_ON)
    report.write()
    # The full batch of the reference exceeds the memory of many machines.
    for name, n_objects in (("library", BATCH), ("library", BATCH // 4), ("reference", BATCH // 4)):
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
            before, peak = pool.submit(peak_memory, name, n_objects).result()
        added = f"{peak - before:.2f} GB in addition to {before:.2f} GB of torch"
        print(f"{name}, batch of {n_objects}: {added}")


if __name__ == "__main__":
    main()
