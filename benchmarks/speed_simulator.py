"""Speed of the simulator: light curves and spectra per second, with one and two processes.

Measured for the default surveys and for each built-in one, with equal class proportions and the
default redshifts. CPU seconds are summed over all processes; with two idle cores, the rate per
second is twice the rate per CPU second. Processes are started before the measurement. The optional
argument is the number of objects (default 20480, ten blocks).
"""

import argparse
import os
import time
from pathlib import Path

from _speed import Report

from sklearn_sn.datasets import make_supernovae
from sklearn_sn.datasets._survey_table import SURVEY_TABLE

ROUNDS = 3
WARM_UP = 4200  # objects: more than two blocks, so that processes are started


def cpu_seconds():
    """Return CPU time of this process and its running child processes (Linux only)."""
    ticks = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # a process that has just ended
            continue
        if str(os.getpid()) in (stat.parent.name, fields[1]):
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(n, surveys, n_jobs):
    """Return objects per second and per CPU second of the fastest round."""
    options = {"surveys": surveys, "n_jobs": n_jobs}
    make_supernovae(WARM_UP, random_state=0, **options)
    rounds = []
    for seed in range(1, ROUNDS + 1):
        wall, cpu = time.perf_counter(), cpu_seconds()
        make_supernovae(n, random_state=seed, **options)
        rounds.append((time.perf_counter() - wall, cpu_seconds() - cpu))
    wall, cpu = (min(times) for times in zip(*rounds, strict=True))
    return n / wall, n / cpu


def main(n=20480):
    print(f"{n} objects with light curve and spectrum, fastest of {ROUNDS} rounds\n")
    print("| surveys | processes | objects per second | objects per CPU second |")
    print("| --- | ---: | ---: | ---: |")
    report = Report("speed_simulator")
    for surveys in (("ztf", "lsst"), *SURVEY_TABLE):
        name = surveys if isinstance(surveys, str) else ", ".join(surveys) + " (default)"
        for n_jobs in (1, 2):
            per_second, per_cpu_second = measure(n, surveys, n_jobs)
            print(f"| {name} | {n_jobs} | {per_second:.0f} | {per_cpu_second:.0f} |", flush=True)
            conditions = {"surveys": name, "processes": n_jobs, "n": n}
            report.add("objects with light curve and spectrum", per_second, "per s", **conditions)
    report.write()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("n", type=int, nargs="?", default=20480, help="number of objects")
    main(parser.parse_args().n)
