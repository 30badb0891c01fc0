"""Curves of speed: rates by number of objects, points per object, batch size and threads.

Models are fitted for one epoch, because the weights do not matter. One quantity varies at a time;
the others are those of `PLAIN`. Rates are objects per second of process time; those by threads are
of elapsed time, which needs free cores: beside another process, without the first variable, two
threads were ninety times slower than one.

    OMP_WAIT_POLICY=passive OMP_NUM_THREADS=1 python benchmarks/speed_curves.py [--objects N]
        [--rounds R]
"""

import argparse
import time
import warnings
from collections import defaultdict
from itertools import product
from pathlib import Path

import matplotlib
import numpy as np
import torch
from _speed import Report, timed
from speed_contrastive import make_table

from sklearn_sn.classification import LightCurveClassifier
from sklearn_sn.data import DataQualityWarning
from sklearn_sn.encoders import GRU, LightCurveTransformer
from sklearn_sn.persistence import PretrainedHint

matplotlib.use("Agg")
import matplotlib.pyplot as plt

ENCODERS = {"GRU": GRU, "transformer": LightCurveTransformer}
PLAIN = {"points": 40, "batch_size": 128}
CURVES = {
    "objects": (100, 500, 2000),
    "points": (10, 40, 160),
    "batch_size": (16, 64, 256),
    "threads": (1, 2),
}
PICTURE = Path(__file__).parent / "results" / "speed_curves.png"


def curves_of(n_objects, n_points):
    """Return light curves of about the same number of points, and classes."""
    low = max(1, n_points // 2)
    X = make_table(n_objects, low=low, high=n_points + low)
    return X, np.arange(n_objects) % 3


def elapsed(work):
    """Return the elapsed seconds of a call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def rates(name, varied, value, n_objects, rounds):
    """Return objects per second of prediction and of training, medians of the rounds."""
    settings = {"objects": n_objects, "threads": 1, **PLAIN, varied: value}
    torch.set_num_threads(settings["threads"])
    X, y = curves_of(settings["objects"], settings["points"])
    longest = int(1.5 * settings["points"]) + 1
    model = LightCurveClassifier(
        encoder=ENCODERS[name](max_points=longest),
        batch_size=settings["batch_size"],
        max_epochs=1,
        random_state=0,
    ).fit(X, y)
    timer = elapsed if varied == "threads" else timed
    predict = np.median([timer(lambda: model.predict_proba(X)) for _ in range(rounds)])
    train = np.median([timer(lambda: model.fit(X, y)) for _ in range(rounds)])
    torch.set_num_threads(1)
    return len(X) / predict, len(X) / train


def draw(curves):
    """Draw one panel for each varied quantity, of {varied: {quantity: [(value, rate), ...]}}."""
    figure, axes = plt.subplots(1, len(curves), figsize=(13, 3.4), sharey=True)
    for ax, (varied, lines) in zip(axes, curves.items(), strict=True):
        for quantity, points in lines.items():
            ax.plot(*zip(*points, strict=True), marker="o", label=quantity)
        ax.set(xscale="log", yscale="log", xlabel=varied.replace("_", " "))
        ax.set_xticks(CURVES[varied], labels=map(str, CURVES[varied]))
        ax.minorticks_off()
    axes[0].set_ylabel("objects per second")
    axes[-1].legend(fontsize=8)
    figure.savefig(PICTURE, dpi=110, bbox_inches="tight")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--objects", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    for category in (DataQualityWarning, PretrainedHint):
        warnings.simplefilter("ignore", category)
    report, curves = Report("speed_curves"), {}
    for varied, values in CURVES.items():
        lines = curves.setdefault(varied, defaultdict(list))
        for name, value in product(ENCODERS, values):
            conditions = {"objects": arguments.objects, **PLAIN, varied: value}
            found = rates(name, varied, value, arguments.objects, arguments.rounds)
            for what, rate in zip(("prediction", "training"), found, strict=True):
                report.add(f"{name}, {what}", rate, "objects/s", **conditions)
                lines[f"{name}, {what}"].append((value, rate))
            print(varied, value, name, *(f"{rate:.0f}" for rate in found), flush=True)
    report.write()
    draw(curves)


if __name__ == "__main__":
    main()
