"""Speed of LightCurveClassifier from tables: one row, micro-batches, streams, batches, cold start.

All times are CPU times of one thread and include all checks of the input. Printed are, by encoder:

- row: median and least time of `predict_proba` for a table of one light curve of 31 points;
- micro: light curves of 31 points per second in tables of 16, 256 and 1000 rows;
- stream: one new point of each object, 34 to 39 points: `stream().update` with the new points
  and `predict_proba` of the whole light curves, in turn, alerts per second (GRU only);
- batches: objects per second from a table of 10 to 100 points an object to tensors, by step, with
  the padding factor of training batches, sorted by exact and by noisy length, of light curves as
  given and as augmented in training;
- cold: a new process that loads "contrastive-sim" and embeds one object, one that imports torch,
  scikit-learn and pandas, and the command line on a file that does not exist.

    python benchmarks/speed_tables.py [--parts PART ...] [--encoders NAME ...] [--rows N]
        [--objects N] [--rounds R]
"""

import argparse
import os
import resource
import subprocess
import sys
import time
import warnings

import numpy as np
import pandas as pd
import torch
from _speed import Report
from speed_contrastive import make_table

from sklearn_sn import LightCurveClassifier
from sklearn_sn.data import DataQualityWarning, Ragged, check_table
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.nets import BatchLoader, TableDataset
from sklearn_sn.persistence import PretrainedHint

PARTS = ("row", "micro", "stream", "batches", "cold")
POINTS = 31  # of the light curve of an alert, as in speed_alerts.py
FIRST, LAST = 34, 39  # numbers of points of growing light curves
IMPORTS = "import torch, sklearn.base, pandas"
LOAD = """
import numpy as np, pandas as pd
from sklearn_sn import load_pretrained
from sklearn_sn.data import Ragged
fields = {"time": 59000.0 + np.arange(31.0), "band": np.array(["ztfg", "ztfr"])[np.arange(31) % 2],
          "flux": np.full(31, 100.0), "flux_err": np.full(31, 5.0)}
curves = Ragged(fields, np.array([0, 31])).to_nested()
load_pretrained("contrastive-sim").transform(pd.DataFrame({"light_curve": curves}))
"""


def cpu(work):
    start = time.process_time()
    work()
    return time.process_time() - start


def single_rows(model, n_rows, report, encoder):
    X = make_table(n_rows, POINTS, POINTS)
    rows = [X.iloc[[i]] for i in range(n_rows)]
    for row in rows[:20]:
        model.predict_proba(row)
    times = 1e3 * np.array([cpu(lambda row=row: model.predict_proba(row)) for row in rows])
    print(f"one row: median {np.median(times):.2f} ms, least {times.min():.2f} ms")
    for name, value in (("median", np.median(times)), ("least", times.min())):
        report.add(f"one row, {name}", value, "ms", encoder=encoder, points=POINTS, rows=n_rows)


def micro_batches(model, rounds, report, encoder):
    for n in (16, 256, 1000):
        X = make_table(n, POINTS, POINTS)
        model.predict_proba(X)
        times = [cpu(lambda X=X: model.predict_proba(X)) for _ in range(rounds * max(1, 256 // n))]
        print(
            f"tables of {n:4d}: median {n / np.median(times):6.0f}, "
            f"best {n / np.min(times):6.0f} light curves per second"
        )
        rate = n / np.median(times)
        report.add("tables of light curves", rate, "objects/s", encoder=encoder, rows=n)


def growing(n, seed=0):
    """Return a function of first point, last point and objects that returns a table."""
    rng = np.random.default_rng(seed)
    days = np.arange(LAST) * 1.5 + rng.uniform(0, 1, (n, LAST))
    flux = 50 + 400 * np.exp(-0.5 * ((days - 20) / 10) ** 2) + rng.normal(0, 5, (n, LAST))

    def table(start, stop, rows):
        shape = len(rows), stop - start
        bands = np.broadcast_to(np.arange(start, stop) % 2, shape).ravel()
        fields = {
            "time": 59000 + days[rows, start:stop].ravel(),
            "band": pd.Categorical.from_codes(bands, ["ztfg", "ztfr"]),
            "flux": flux[rows, start:stop].ravel(),
            "flux_err": np.full(bands.size, 5.0),
        }
        curves = Ragged(fields, np.arange(len(rows) + 1) * shape[1])
        return pd.DataFrame({"light_curve": curves.to_nested(index=rows)})

    return table


def streams(model, report, n=256):
    table = growing(n)
    for batch_size in (1, 16, 256):
        n_read = 32 if batch_size == 1 else n
        stream, times, difference = model.stream(), [], 0.0
        stream.update(table(0, FIRST - 1, np.arange(n_read)))
        for n_points in range(FIRST, LAST + 1):
            for start in range(0, n_read, batch_size):
                rows = np.arange(start, start + batch_size)
                new, whole = table(n_points - 1, n_points, rows), table(0, n_points, rows)
                results = []
                pair = (
                    cpu(lambda new=new, kept=results, s=stream: kept.append(s.update(new))),
                    cpu(lambda whole=whole, kept=results: kept.append(model.predict_proba(whole))),
                )
                times.append(pair)
                difference = max(difference, np.abs(results[0].to_numpy() - results[1]).max())
        update, full = np.sum(times, axis=0)
        rates = n_read * (LAST - FIRST + 1) / np.array([update, full])
        print(
            f"batches of {batch_size:3d}: stream {rates[0]:6.0f}, predict_proba {rates[1]:6.0f} "
            f"alerts per second; ratio {full / update:.2f}; difference {difference:.1e}"
        )
        report.add("stream over predict_proba", full / update, "ratio", objects=batch_size)


def batches(model, n_objects, rounds, report, encoder, batch_size=128):
    X = make_table(n_objects)
    preprocessor = model.preprocessor_
    table = check_table(X)
    prepared = preprocessor.prepare(table)
    dataset = TableDataset({"light_curve": preprocessor}, {"light_curve": prepared})
    loaders = {
        "batches of prediction": BatchLoader(dataset, batch_size),
        "batches of training": BatchLoader(dataset, batch_size, training=True, noisy=False),
    }
    # Tables of their own, because a table keeps what a first call computes of it.
    tables = [check_table(X) for _ in range(rounds)]
    steps = {
        "check": lambda: check_table(X),
        "prepare": lambda: preprocessor.prepare(tables.pop()),
        **{name: lambda one=one: [None for _ in one] for name, one in loaders.items()},
    }
    seconds = {name: np.median([cpu(step) for _ in range(rounds)]) for name, step in steps.items()}
    for name in steps:
        print(f"{name:22s} {n_objects / seconds[name]:8.0f} objects per second")
    prepared_once = seconds["check"] + seconds["prepare"]
    for name in loaders:
        total = n_objects / (prepared_once + seconds[name])
        print(f"table to {name:22s} {total:8.0f} objects per second")
        report.add(f"table to {name}", total, "objects/s", encoder=encoder, n=n_objects)
    for noisy in (False, True):
        plan = BatchLoader(dataset, batch_size, training=True, noisy=noisy).plan(
            np.random.default_rng(0)
        )
        name = "noisy" if noisy else "exact"
        for rng in (None, np.random.default_rng(1)):
            what = "as given" if rng is None else "augmented"
            factor = padding(dataset, plan, rng)
            print(f"padding factor, {name} length, {what}: {factor:.3f}")
            conditions = {"encoder": encoder, "length": name, "light_curves": what}
            report.add("padding of batches of training", factor, "places/point", **conditions)


def padding(dataset, plan, rng):
    """Return the number of places in the tensors of planned batches over that of points."""
    n_places = n_points = 0
    for positions in plan:
        for chunk in dataset.gather(positions, "cpu", rng).tensors["light_curve"]:
            n_places += chunk["pad_mask"].numel()
            n_points += int((~chunk["pad_mask"]).sum())
    return n_places / n_points


def cold_starts(rounds, report):
    commands = {
        "load a model, embed one object": [sys.executable, "-c", LOAD],
        "import torch, sklearn.base, pandas": [sys.executable, "-c", IMPORTS],
        "import sklearn_sn": [sys.executable, "-c", "import sklearn_sn"],
        "classify a missing file": [
            *(sys.executable, "-c", "from sklearn_sn.cli import main; main()"),
            *("classify", "no-such-file.txt"),
        ],
    }
    for name, command in commands.items():
        times = []
        for _ in range(rounds):
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            subprocess.run(command, capture_output=True, check=False)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            times.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
        print(f"{name:32s} median {np.median(times):.2f} s, least {np.min(times):.2f} s of CPU")
        report.add(f"new process, {name}", np.median(times), "CPU s")


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--parts", nargs="+", choices=PARTS, default=PARTS)
    options.add_argument("--encoders", nargs="+", default=["gru", "transformer"])
    options.add_argument("--rows", type=int, default=400)
    options.add_argument("--objects", type=int, default=20_000)
    options.add_argument("--rounds", type=int, default=3)
    arguments = options.parse_args()
    torch.set_num_threads(1)
    for category in (DataQualityWarning, PretrainedHint):
        warnings.simplefilter("ignore", category)
    report = Report("speed_tables")
    print(f"load of the machine {os.getloadavg()[0]:.1f}, {os.cpu_count()} cores")
    X, y = make_supernovae(100, modalities=["light_curve"], random_state=0)
    for encoder in arguments.encoders if set(arguments.parts) - {"cold"} else ():
        print(f"\n{encoder}")
        model = LightCurveClassifier(encoder=encoder, max_epochs=1, random_state=0).fit(X, y)
        if "row" in arguments.parts:
            single_rows(model, arguments.rows, report, encoder)
        if "micro" in arguments.parts:
            micro_batches(model, arguments.rounds, report, encoder)
        if "stream" in arguments.parts and hasattr(model, "stream"):
            streams(model, report)
        if "batches" in arguments.parts:
            batches(model, arguments.objects, arguments.rounds, report, encoder)
    if "cold" in arguments.parts:
        print("\nnew processes")
        cold_starts(arguments.rounds, report)
    report.write()
    print(f"\nload of the machine {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
