"""Overhead of transform_catalog over the model alone, and its speed on two worker processes.

OMP_NUM_THREADS=1 python benchmarks/speed_distributed.py [--rows 5000] [--partitions 4]

Writes a catalogue of simulated light curves as Parquet files, one for each partition. Seconds are
process time (user and system), because other jobs share the cores. The speed-up on two processes
is the process time of one process over that of the busier worker: the ratio of elapsed times where
each worker has a core of its own. That of elapsed times is printed too, which needs two free cores,
beside that of two processes without Dask, which is what the machine permits.
"""

import argparse
import shutil
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import dask
import dask.dataframe as dd
import nested_pandas as npd
import numpy as np
import pandas as pd
from _speed import Report
from distributed import Client, LocalCluster, wait

from sklearn_sn import LightCurveClassifier
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.distributed import transform_catalog


def write_parts(X, n_rows, n_parts, folder):
    """Write partitions of `n_rows` objects, which repeat those of X in a random order."""
    rng = np.random.default_rng(0)
    for part in range(n_parts):
        rows = X.iloc[rng.integers(0, len(X), n_rows)]
        rows = rows.set_axis(pd.RangeIndex(part * n_rows, (part + 1) * n_rows, name="object_id"))
        npd.NestedFrame(rows).to_parquet(folder / f"{part}.parquet")


def read(part, folder):
    """Return a partition."""
    return npd.read_parquet(folder / f"{part}.parquet")


def both_times(function):
    """Return the process time and the elapsed time of a call in seconds."""
    start = time.process_time(), time.perf_counter()
    function()
    return time.process_time() - start[0], time.perf_counter() - start[1]


def overheads(model, catalog, folder, n_parts, repeats, report, measured_on):
    """Print ratios of process times over the model alone; return both times of the model alone."""

    def alone():
        for part in range(n_parts):
            model.predict_proba(read(part, folder))

    def lazy():
        transform_catalog(model, catalog).compute(scheduler="synchronous")

    def resumable():
        output = tempfile.mkdtemp()
        transform_catalog(model, catalog, output=output).compute(scheduler="synchronous")
        shutil.rmtree(output)

    ways = {"read and predict_proba": alone, "transform_catalog": lazy, "with output": resumable}
    alone()
    seconds = {name: [] for name in ways}
    for _ in range(repeats):
        for name, way in ways.items():
            seconds[name].append(both_times(way))
    base = np.array(seconds["read and predict_proba"])[:, 0]
    for name, values in seconds.items():
        process = np.array(values)[:, 0]
        ratio = np.median(process / base)
        print(f"| {name} | {np.median(process):.2f} | {ratio:.3f} |", flush=True)
        if name != "read and predict_proba":
            report.add(f"overhead of {name}", ratio - 1.0, "", **measured_on)
    return np.median(seconds["read and predict_proba"], axis=0)


def on_two_processes(model, catalog):
    """Return the process times of the two workers, without imports, and the elapsed time."""
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(**options) as cluster, Client(cluster) as client:
        # Import and unpack everything first, on both workers.
        lazy = transform_catalog(model, catalog)
        for part, worker in enumerate(client.scheduler_info()["workers"]):
            wait(client.compute(lazy.partitions[part], workers=[worker]))
        before, start = client.run(time.process_time), time.perf_counter()
        client.compute(lazy.map_partitions(len, meta=(None, "int64"))).result()
        elapsed = time.perf_counter() - start
        after = client.run(time.process_time)
    return [after[name] - before[name] for name in after], elapsed


def predict_parts(model, folder, parts):
    """Read and predict partitions."""
    for part in parts:
        model.predict_proba(read(part, folder))


def on_plain_processes(model, folder, n_parts):
    """Return the elapsed time of two processes without Dask, each with half of the partitions."""
    halves = range(0, n_parts, 2), range(1, n_parts, 2)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        for _ in range(2):  # the first time with imports
            start = time.perf_counter()
            list(pool.map(partial(predict_parts, model, folder), halves))
            elapsed = time.perf_counter() - start
    return elapsed


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--partitions", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    X, y = make_supernovae(1000, modalities=["light_curve"], random_state=0)
    model = LightCurveClassifier(encoder="gru", max_epochs=1, random_state=0).fit(X, y)
    folder = Path(tempfile.mkdtemp())
    write_parts(X, arguments.rows, arguments.partitions, folder)
    dask.config.set({"dataframe.convert-string": False})
    # The profiler of a worker samples elapsed time, so that its cost grows with the load of others.
    dask.config.set({"distributed.worker.profile.enabled": False})
    catalog = dd.from_map(
        read, range(arguments.partitions), folder=folder, meta=read(0, folder).iloc[:0]
    )
    longest = max(map(len, X["light_curve"]))
    print(
        f"{arguments.partitions} partitions of {arguments.rows} objects, longest {longest} points"
    )
    print("| way, one process | seconds | ratio |\n|---|---:|---:|")
    report = Report("speed_distributed")
    measured_on = {"rows": arguments.rows, "partitions": arguments.partitions, "longest": longest}
    alone, alone_elapsed = overheads(
        model, catalog, folder, arguments.partitions, arguments.repeats, report, measured_on
    )
    workers, elapsed = on_two_processes(model, catalog)
    plain = on_plain_processes(model, folder, arguments.partitions)
    listed = " and ".join(f"{seconds:.2f}" for seconds in workers)
    print(f"two workers: {listed} s, process time; elapsed {elapsed:.2f} after {alone_elapsed:.2f}")
    speed_ups = {
        "process time of the busier worker": alone / max(workers),
        "even share of the partitions": 2.0 * alone / sum(workers),
        "elapsed time": alone_elapsed / elapsed,
    }
    for name, value in speed_ups.items():
        print(f"speed-up over read and predict_proba, {name}: {value:.2f}")
        report.add("speed-up of two processes", value, "ratio", by=name, **measured_on)
    print(f"two processes without Dask, elapsed time: {alone_elapsed / plain:.2f}")
    report.add("two processes without Dask", alone_elapsed / plain, "ratio", **measured_on)
    report.write()
    shutil.rmtree(folder)


if __name__ == "__main__":
    main()
