"""Peak memory and time of training, embedding, reading and classifying files of many light curves.

OMP_NUM_THREADS=1 python benchmarks/larger_than_memory.py --objects 100000 1000000

Each measurement is a process of its own, so that its peak memory is its own. Files are written to
--folder (0.6 GB per million objects, and 1.4 GB with one row per point) and kept for the next run.
--objects 10000000 needs 6 GB there with --steps train embed, and 20 GB with all steps.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from _large_files import write_objects, write_points

STEPS = ("train", "embed", "read", "pandas", "whole", "classify", "classify_points")
AT_ONCE = 10**7  # points that pandas and read_tables read at once


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--objects", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--classify", type=int, nargs="*", default=[10_000, 100_000])
    parser.add_argument("--batches", type=int, default=1000, help="of training, of 64 objects")
    parser.add_argument("--steps", nargs="+", choices=STEPS, default=STEPS)
    parser.add_argument("--folder", default=str(Path(tempfile.gettempdir()) / "sklearn_sn_large"))
    parser.add_argument("--worker", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.worker:
        step, path, n_batches = arguments.worker
        print(json.dumps(measured(step, path, int(n_batches))))
        return
    folder = Path(arguments.folder)
    folder.mkdir(parents=True, exist_ok=True)
    rows = []
    for step in arguments.steps:
        classifies = step.startswith("classify")
        for n_objects in arguments.classify if classifies else arguments.objects:
            of_points = step in ("read", "pandas", "whole", "classify_points")
            path = folder / f"{'points' if of_points else 'objects'}_{n_objects}.parquet"
            if not path.exists():
                (write_points if of_points else write_objects)(path, n_objects)
            if step in ("pandas", "whole") and n_points(path) > AT_ONCE:
                continue
            row = run(step, path, arguments.batches)
            rows.append({"step": step, "objects": n_objects, **row})
            print(rows[-1], flush=True)
    print(table(rows, folder))


def run(step, path, n_batches):
    """Run a measurement in a process of its own."""
    command = [sys.executable, __file__, "--worker", step, str(path), str(n_batches)]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout.splitlines()[-1])


def measured(step, path, n_batches):
    """Return seconds of CPU and MB of memory of a step in this process."""
    import pyarrow as pa

    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)
    work = {
        "train": train,
        "embed": embed,
        "read": read,
        "pandas": read_pandas,
        "whole": read_whole,
        "classify": classify,
        "classify_points": classify,
    }[step](path, n_batches)
    start = time.process_time()
    result = work()
    seconds = time.process_time() - start
    who = resource.RUSAGE_CHILDREN if step.startswith("classify") else resource.RUSAGE_SELF
    usage = resource.getrusage(who)
    if step.startswith("classify"):
        seconds = usage.ru_utime + usage.ru_stime
    return {"seconds": seconds, "peak": usage.ru_maxrss / 1024, **(result or {})}


def network(n_batches):
    from sklearn_sn.classification import LightCurveClassifier
    from sklearn_sn.nets import MaxSteps

    return LightCurveClassifier(
        encoder="deep_sets", batch_size=64, callbacks=[MaxSteps(n_batches)], random_state=0
    )


def train(path, n_batches):
    model = network(n_batches)
    return lambda: {"loss": model.fit(path, "type").history_[-1]["train_loss"]}


def embed(path, n_batches):
    from sklearn_sn.datasets import ObjectFiles

    files = ObjectFiles(path)
    head = next(files.tables(1000))
    model = network(20).fit(head, head["type"])

    def work():
        Z = model.transform(path)
        return {"result": Z.nbytes / 2**20}

    return work


def read(path, n_batches):
    from sklearn_sn.datasets import iter_tables

    return lambda: {
        "points": n_points(path),
        "n": sum(map(len, iter_tables(path, batch_size=5000))),
    }


def read_whole(path, n_batches):
    from sklearn_sn.datasets import read_tables

    return lambda: {"points": n_points(path), "n": len(read_tables(path))}


def read_pandas(path, n_batches):
    import pandas as pd

    def work():
        points = pd.read_parquet(path)
        return {"points": n_points(path), "n": points.groupby("object_id", sort=False).ngroups}

    return work


def classify(path, n_batches):
    def work():
        with tempfile.TemporaryDirectory() as folder:
            output = os.path.join(folder, "classes.parquet")
            command = [sys.executable, "-m", "sklearn_sn", "classify", path, "-o", output]
            subprocess.run(command, check=True, capture_output=True)

    return work


def n_points(path):
    import pyarrow.parquet as pq

    return pq.read_metadata(path).num_rows


def table(rows, folder):
    """Return the results as a Markdown table."""
    lines = ["| step | objects | CPU s | peak MB | further |", "|---|---:|---:|---:|---|"]
    for row in rows:
        further = ""
        if "points" in row:
            rate = row["points"] / row["seconds"] / 1e6
            further = f"{row['points']:,} points, {rate:.2f} million points/s"
        elif "result" in row:
            rate = row["objects"] / row["seconds"]
            further = f"{rate:,.0f} objects/s; the result alone is {row['result']:.0f} MB"
        elif row["step"] != "train":
            further = f"{row['objects'] / row['seconds']:.0f} objects/s"
        lines.append(
            f"| {row['step']} | {row['objects']:,} | {row['seconds']:.1f} | {row['peak']:.0f} | "
            f"{further} |"
        )
    sizes = [
        f"{path.name} {path.stat().st_size / 1e9:.2f} GB"
        for path in sorted(folder.glob("*.parquet"))
    ]
    return "\n".join([*lines, "", f"Files: {', '.join(sizes)}"])


if __name__ == "__main__":
    main()
