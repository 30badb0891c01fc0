"""Ratios of process times, and the file of values that a benchmark of speed writes."""

import json
import os
import shlex
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

FOLDER = Path(__file__).parent / "results" / "speed"


class Report:
    """Values of one run.

    Parameters
    ----------
    name : str
        Name of the file of values, for example that of the script.
    """

    def __init__(self, name):
        self.name = name
        self.values = []

    def add(self, quantity, value, unit, **conditions):
        """Keep a value and what it was measured on, for example ``objects=1024``."""
        self.values.append(
            {"quantity": quantity, "conditions": conditions, "value": float(value), "unit": unit}
        )

    def write(self, folder=FOLDER):
        """Write the values with date, commit, command and load of the machine.

        Earlier values of the same quantities under the same conditions are replaced; others stay.
        """
        run = {
            "date": datetime.now(UTC).date().isoformat(),
            "commit": commit(),
            "command": shlex.join(
                ["python", f"benchmarks/{Path(sys.argv[0]).name}", *sys.argv[1:]]
            ),
            "cores": os.cpu_count(),
            "load": round(os.getloadavg()[0], 1),
        }
        path = folder / f"{self.name}.json"
        earlier = read_values(path) if path.exists() else {}
        values = earlier | {key_of(value): value | {"run": run} for value in self.values}
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(list(values.values()), indent=1) + "\n")


def key_of(value):
    """Return the quantity of a value and its conditions, as text."""
    return json.dumps([value["quantity"], value["conditions"]], sort_keys=True)


def read_values(path):
    """Return the values of a file by their keys."""
    return {key_of(value): value for value in json.loads(path.read_text())}


def commit():
    """Return the short name of the commit, with "-dirty" where files were changed since."""
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    run = subprocess.run(
        command, cwd=Path(__file__).parent, capture_output=True, text=True, check=False
    )
    return run.stdout.strip()


def timed(work):
    """Return the process time of a call in seconds."""
    start = time.process_time()
    work()
    return time.process_time() - start


def ratio_in_turn(report, name, ours, reference, n, rounds, timer=timed, **conditions):
    """Run library and reference alternately; print and keep rates, and the median ratio.

    Returns the median seconds of `ours`.
    """
    ours(), reference()
    pairs = [(timer(ours), timer(reference)) for _ in range(rounds)]
    ratio = np.median([b / a for a, b in pairs])
    a, b = np.median(pairs, axis=0)
    print(f"{name:34s} ours {n / a:9.1f}/s   reference {n / b:9.1f}/s   ratio {ratio:6.1f}")
    report.add(f"{name}, over the reference", ratio, "ratio", n=n, **conditions)
    report.add(name, n / a, "objects/s", n=n, **conditions)
    return a
