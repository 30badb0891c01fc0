"""Speed of SpectraNet with 25 million weights compared with a direct implementation.

The size is that of the public code of the paper. The reference is a direct implementation of the
paper with one-dimensional convolutions in single precision, on the same weights and spectra.
Library and reference run alternately. Printed are spectra per second of both, the median of the
paired ratios, and the largest difference between the outputs. Then simulated spectra are written to
a Parquet file, whose row groups are classified one by one. Printed are the run time and the
resident memory at the first and last groups.

    python benchmarks/speed_spectra.py [--batches N] [--batch-size B] [--rounds R] [--stream N]
"""

import argparse
import resource
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import torch
from _speed import Report, ratio_in_turn
from torch.nn import functional as F

from sklearn_sn.classification import SpectraNetClassifier
from sklearn_sn.datasets import iter_supernovae, make_supernovae
from sklearn_sn.encoders import SpectraNet

N_BINS = 4096


def plain_block(block, x):
    """Apply a block of SpectraNet to x (B, C, P) by its definition."""
    parts = [F.conv1d(x, b.weight[:, :, 0], padding=b.kernel // 2) for b in block.branches]
    y = F.gelu(block.batch_norm(block.layer_norm(torch.cat(parts, dim=1))))
    size = getattr(block.pool, "size", 1)
    if size > 1:
        y = torch.cat(
            [F.max_pool1d(y, size), F.avg_pool1d(y, size), -F.max_pool1d(-y, size)], dim=1
        )
    gate = torch.sigmoid(block.gate.excite(F.gelu(block.gate.squeeze(y.mean(2)))))
    y = F.conv1d(y * gate[..., None], block.project.weight[:, :, 0], block.project.bias)
    skip = F.avg_pool1d(x, size) if size > 1 else x
    return y + F.conv1d(skip, block.skip.weight[:, :, 0], block.skip.bias)


def plain(net, flux, pad_mask):
    """Apply the whole network by its definition."""
    covered = (~pad_mask).to(flux.dtype).unsqueeze(1)
    x = torch.cat([flux * covered, covered], dim=1)
    for block in net.blocks:
        x = plain_block(block, x)
    return net.dense(F.adaptive_avg_pool1d(x, net.positions.output_size[1]).flatten(1))


def timed(work):
    """Return the seconds of a call: process time, or elapsed time on a GPU."""
    cuda = torch.cuda.is_available()
    clock = time.perf_counter if cuda else time.process_time
    start = clock()
    work()
    if cuda:
        torch.cuda.synchronize()
    return clock() - start


def compare(arguments):
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(0)
    precision = "bfloat16" if arguments.bfloat16 else "float32"
    shape = SimpleNamespace(n_channels=2, n_bins=N_BINS)
    net = SpectraNet(size="base", precision=precision).make_module(shape).to(device)
    weights = sum(p.numel() for p in net.parameters())
    print(f"{weights / 1e6:.1f} million weights on {device}, {precision}")
    size = (arguments.batches, arguments.batch_size)
    flux = torch.randn(*size, 2, N_BINS, device=device)
    mask = torch.zeros(*size, N_BINS, dtype=torch.bool, device=device)
    mask[..., :200] = True
    n = size[0] * size[1]
    report, measured_on = Report("speed_spectra"), {"bins": N_BINS, "batch_size": size[1]}
    measured_on |= {"precision": precision, "device": device, "timer": timed}
    with torch.inference_mode():
        net.eval()
        ours, theirs = net(flux[0], mask[0]), plain(net, flux[0], mask[0])
        scale = theirs.std()
        print(
            f"largest difference between the outputs: {(ours - theirs).abs().max() / scale:.1e} std"
        )

        def infer(forward):
            return lambda: [forward(f, m) for f, m in zip(flux, mask, strict=True)]

        forwards = infer(net), infer(lambda f, m: plain(net, f, m))
        ratio_in_turn(
            report, "SpectraNet, embedding", *forwards, n, arguments.rounds, **measured_on
        )
    net.train()
    optimizer = torch.optim.AdamW(net.parameters(), lr=1e-4)

    def training(forward):
        def work():
            for f, m in zip(flux, mask, strict=True):
                optimizer.zero_grad()
                forward(f, m).square().mean().backward()
                optimizer.step()

        return work

    steps = training(net), training(lambda f, m: plain(net, f, m))
    ratio_in_turn(report, "SpectraNet, training", *steps, n, arguments.rounds, **measured_on)
    report.write()


def resident():
    """Return the resident memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def stream(arguments):
    """Classify a file of spectra without loading it completely into memory."""
    X, y = make_supernovae(300, modalities=["spectrum"], random_state=0)
    model = SpectraNetClassifier(max_epochs=1, random_state=0).fit(X, y)
    simulated = {"chunk_size": arguments.chunk, "modalities": ["spectrum"], "random_state": 1}
    with tempfile.TemporaryDirectory() as folder:
        path, writer = Path(folder) / "spectra.parquet", None
        for part, _ in iter_supernovae(arguments.stream, **simulated):
            part[["spectrum"]].to_parquet(Path(folder) / "part.parquet")
            rows = pq.read_table(Path(folder) / "part.parquet")
            writer = writer or pq.ParquetWriter(path, rows.schema)
            writer.write_table(rows)
        writer.close()
        print(f"file size: {path.stat().st_size / 2**20:.0f} MB")
        memory, start, counts = [], time.perf_counter(), np.zeros(len(model.classes_), int)
        for rows in pq.ParquetFile(path, pre_buffer=False).iter_batches(arguments.chunk):
            proba = model.predict_proba(rows.to_pandas(types_mapper=pd.ArrowDtype))
            counts += np.bincount(proba.argmax(axis=1), minlength=len(counts))
            memory.append(resident())
        seconds = time.perf_counter() - start
    print(f"{counts.sum()} spectra in {seconds:.0f} s, {counts.sum() / seconds:.0f}/s")
    few = max(1, len(memory) // 10)
    first, last = np.max(memory[:few]), np.max(memory[-few:])
    print(f"resident memory: {first:.0f} MB in the first tenth, {last:.0f} MB in the last")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--batches", type=int, default=2)
    options.add_argument("--batch-size", type=int, default=16)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--bfloat16", action="store_true")
    options.add_argument(
        "--stream", type=int, default=100_000, help="number of streamed spectra; 0: skip"
    )
    options.add_argument("--chunk", type=int, default=2_000)
    arguments = options.parse_args()
    torch.set_num_threads(1)
    compare(arguments)
    if arguments.stream:
        stream(arguments)


if __name__ == "__main__":
    main()
