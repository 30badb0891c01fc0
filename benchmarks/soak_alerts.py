"""Long run of scoring alerts in micro-batches: memory, and whether an alert is lost.

Alerts of ZTF size, each with a name of its own, are scored by a GRU as decoded packets
(score_alerts), or point by point with a recurrent state for each object (--stream). The names of
scored alerts are counted in a file, so that an interrupted or killed run continues where it ended
when it is started again with the same folder. Printed are the counts by name, the alerts per second
of CPU time, and the resident memory in the first and the last tenth of this run.

    python benchmarks/soak_alerts.py FOLDER [--alerts N] [--batch-size B] [--stream]
"""

import argparse
import resource
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from speed_alerts import make_packets

from sklearn_sn import LightCurveClassifier
from sklearn_sn.alerts import score_alerts
from sklearn_sn.data import DataQualityWarning, Ragged
from sklearn_sn.datasets import make_supernovae

N_PACKETS = 2000  # different packets, repeated under new names
POINTS, PER_NIGHT = 24, 2000  # alerts of an object, and of a night


class Counts:
    """Number of scores of every alert, in a file."""

    def __init__(self, path, n_alerts):
        mode = "r+" if path.exists() else "w+"
        self.counts = np.memmap(path, dtype=np.uint8, mode=mode, shape=n_alerts)

    @property
    def start(self):
        """First alert that was not scored."""
        missing = np.flatnonzero(self.counts == 0)
        return int(missing[0]) if len(missing) else len(self.counts)

    def report(self):
        self.counts.flush()
        lost, repeated = int((self.counts == 0).sum()), int((self.counts > 1).sum())
        return f"{len(self.counts)} alerts: {lost} lost, {repeated} scored more than once"


def packets_from(start, stop):
    """Yield packets with the names `start` to `stop` - 1."""
    known = make_packets(N_PACKETS)
    for name in range(start, stop):
        packet = known[name % N_PACKETS]
        yield packet | {"candid": name, "objectId": f"ZTF{name // POINTS:09d}"}


def tables_from(start, stop, batch_size):
    """Yield names of alerts and a table of their new points, of a sky where objects come and go."""
    for first in range(start, stop, batch_size):
        names = np.arange(first, min(first + batch_size, stop))
        # Object k has its alerts in as many nights as it has points: one in each.
        night, place = np.divmod(names, PER_NIGHT)
        group = place % POINTS
        objects = (night + POINTS - group) // POINTS * PER_NIGHT + place
        rng = np.random.default_rng(first)
        phase = (night + POINTS - group) % POINTS
        flux = (
            80.0 + 400.0 * np.exp(-0.5 * ((phase - 8.0) / 5.0) ** 2) + rng.normal(0, 5, len(names))
        )
        fields = {
            "time": 59000.0 + 2.0 * night + rng.uniform(0, 0.4, len(names)),
            "band": pd.Categorical.from_codes(phase % 2, ["ztfg", "ztfr"]),
            "flux": flux,
            "flux_err": np.full(len(names), 5.0),
        }
        curves = Ragged(fields, np.arange(len(names) + 1))
        yield names, pd.DataFrame({"light_curve": curves.to_nested(index=objects)})


def resident():
    """Return the resident memory of this process in MB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 2**20


def score_packets(model, counts, start, arguments):
    """Score packets, and yield after every micro-batch."""
    stream = score_alerts(
        model,
        packets_from(start, arguments.alerts),
        batch_size=arguments.batch_size,
        checkpoint=Path(arguments.folder) / "scored.txt",
    )
    for number, score in enumerate(stream):
        # Counted before the next score is requested, which writes the checkpoint.
        counts.counts[score.candid] += 1
        if number % arguments.batch_size == 0:
            yield
    print(f"{stream.report.n_skipped} skipped, {stream.report.n_duplicates} known already")


def score_points(model, counts, start, arguments):
    """Score new points with a recurrent state per object, and yield after every micro-batch."""
    # States are rebuilt from the nights that the objects of the next alert may have had.
    start -= start % arguments.batch_size
    earlier = max(0, start - 2 * POINTS * PER_NIGHT)
    earlier -= earlier % arguments.batch_size
    stream = model.stream(max_age=20.0)
    for _, X in tables_from(earlier, start, arguments.batch_size):
        stream.update(X)
    n_steps, n_read = stream.n_steps, 0
    for names, X in tables_from(start, arguments.alerts, arguments.batch_size):
        proba = stream.update(X)
        counts.counts[names[counts.counts[names] == 0]] += 1
        n_read += len(names)
        yield
    expected = model.predict_proba(stream.history().loc[proba.index])
    largest = np.abs(proba.to_numpy() - expected).max()
    print(f"{(stream.n_steps - n_steps) / max(1, n_read):.2f} recurrent steps per alert")
    print(f"{len(stream)} objects in memory")
    print(f"largest difference from predict_proba of whole light curves: {largest:.1e}")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder")
    parser.add_argument("--alerts", type=int, default=1_000_000)
    parser.add_argument("--batch-size", type=int, default=256)
    parser.add_argument("--stream", action="store_true")
    arguments = parser.parse_args()
    torch.set_num_threads(1)
    warnings.simplefilter("ignore", DataQualityWarning)
    Path(arguments.folder).mkdir(parents=True, exist_ok=True)
    X, y = make_supernovae(100, modalities=["light_curve"], random_state=0)
    model = LightCurveClassifier(encoder="gru", max_epochs=1, random_state=0).fit(X, y)
    kind = "points" if arguments.stream else "packets"
    counts = Counts(Path(arguments.folder) / f"{kind}.counts", arguments.alerts)
    start, score = counts.start, score_points if arguments.stream else score_packets
    print(f"{kind}: start at alert {start} of {arguments.alerts}")
    memory, begin = [], time.process_time()
    for _ in score(model, counts, start, arguments):
        memory.append(resident())
    seconds = time.process_time() - begin
    print(counts.report())
    few = max(1, len(memory) // 10)
    if memory:
        rate = (arguments.alerts - start) / seconds
        print(f"{rate:.0f} alerts per second of CPU time, {seconds:.0f} s")
        print(
            f"resident: {max(memory[few : 2 * few] or memory):.0f} MB in the second tenth, ", end=""
        )
        print(f"{max(memory[-few:]):.0f} MB in the last")


if __name__ == "__main__":
    main()
