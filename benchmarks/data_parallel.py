"""What a training by two processes of torchrun costs in CPU time, against one process.

A process should need half the CPU time of a step. The rest is work that is not divided: the loss of
the whole batch, the optimizer, and sending and averaging. Times are CPU times of the process,
because other work shares the cores; waiting is not counted. Differences of a long and a short fit
leave out what surrounds the training.

    python benchmarks/data_parallel.py [--repeats 3] [--models ContrastiveEmbedder ...]
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import torch

from sklearn_sn import (
    ContrastiveEmbedder,
    LightCurveClassifier,
    MMVAEEmbedder,
    SpectraNetClassifier,
    data_parallel,
)
from sklearn_sn.datasets import make_supernovae

N_OBJECTS, BATCH_SIZE, SHORT, LONG = 256, 128, 1, 3
PAGE = Path(__file__).parent / "results" / "data_parallel.md"


def models():
    """Return estimators by name."""
    training = {"batch_size": BATCH_SIZE, "random_state": 0, "device": "cpu"}
    return {
        "ContrastiveEmbedder": ContrastiveEmbedder(**training),
        "LightCurveClassifier": LightCurveClassifier(**training),
        "SpectraNetClassifier": SpectraNetClassifier(ema_decay=None, **training),
        "MMVAEEmbedder": MMVAEEmbedder(**training),
    }


def cpu_time(model, X, y, n_epochs):
    model.set_params(max_epochs=n_epochs)
    start = time.process_time()
    model.fit(X, y)
    return time.process_time() - start


def measure(repeats, names, path):
    """Write CPU seconds of a step and number of parameters of every model, and the processes."""
    torch.set_num_threads(1)
    X, y = make_supernovae(N_OBJECTS, random_state=0)
    steps = (LONG - SHORT) * (N_OBJECTS // BATCH_SIZE)
    rows = {}
    with data_parallel() as processes:
        for name, model in models().items():
            if name not in names:
                continue
            labels = y if hasattr(model, "predict_proba") else None
            table = X.drop(columns="light_curve") if name.startswith("SpectraNet") else X
            cpu_time(model, table, labels, SHORT)
            times = [
                [cpu_time(model, table, labels, n) for n in (SHORT, LONG)] for _ in range(repeats)
            ]
            short, long = np.min(times, axis=0)
            weights = sum(p.numel() for p in model.net_.module_.parameters())
            rows[name] = {"seconds": (long - short) / steps, "weights": weights}
    if processes.is_first:
        Path(path).write_text(json.dumps(rows))


def started(command, repeats, names):
    """Return what a measurement by a command writes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "rows.json"
        script = [__file__, "--repeats", str(repeats), "--write", str(path), "--models"]
        subprocess.run([sys.executable, *command, *script, *names], check=True)
        return json.loads(path.read_text())


def page(one, two, command):
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=True
    ).stdout.strip()
    lines = [
        "# Training by two processes",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}, commit {commit}, `{command}`.",
        "",
        f"CPU time of one training step of {BATCH_SIZE} simulated objects, by one process and by",
        "each of two on the same machine (gloo, one thread each), default sizes. Without overhead,",
        "each of two needs half the time. The last column is the speed-up that the CPU times",
        "permit if every process has a core to itself. The cores were shared with other work, so",
        "that elapsed times were not measured. Waiting for the other process is not counted.",
        "",
        "| estimator | weights | one process, ms | each of two, ms | speed-up by CPU time |",
        "|---|---|---|---|---|",
    ]
    for name, row in one.items():
        before, after = row["seconds"], two[name]["seconds"]
        lines.append(
            f"| {name} | {row['weights']:,} | {1e3 * before:.0f} | {1e3 * after:.0f} | "
            f"×{before / after:.2f} |"
        )
    return "\n".join([*lines, ""])


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=3)
    options.add_argument("--models", nargs="+", choices=list(models()), default=list(models()))
    options.add_argument("--write", help=argparse.SUPPRESS)
    options = options.parse_args()
    if options.write:
        measure(options.repeats, options.models, options.write)
        return
    torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    one, two = (started(c, options.repeats, options.models) for c in ([], torchrun))
    command = " ".join(["python", "benchmarks/data_parallel.py", *sys.argv[1:]])
    PAGE.write_text(page(one, two, command))
    print(PAGE.read_text())


if __name__ == "__main__":
    main()
