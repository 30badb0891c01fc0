"""Page of all values that the benchmarks of speed wrote, and a check of ratios for regressions.

The page is benchmarks/results/speed.md, made from the files in benchmarks/results/speed. The check
compares each ratio with that of the same quantity, under the same conditions, in a commit; it fails
if one is more than a quarter lower. Ratios of library and reference are measured in turn in one
run, and are compared across machines and loads with less error than rates.

    python benchmarks/speed_page.py
    python benchmarks/speed_page.py --check [COMMIT]
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from _speed import FOLDER, key_of, read_values

PAGE = FOLDER.with_suffix(".md")
TOLERANCE = 0.75
# Least values of quantities, whatever the conditions; a target that is largest has "<=".
TARGETS = {
    "light-curve transformer, embedding, over the reference": ">= 20",
    "light-curve transformer, training (InfoNCE), over the reference": ">= 20",
    "contrastive step, over the reference": ">= 8",
    "GRU, embedding, over the reference": ">= 15",
    "GRU, training, over the reference": ">= 25",
    "MMVAE, training, over the reference": ">= 24",
    "MMVAE, embedding, over the reference": ">= 3",
    "MMVAE, generation, over the reference": ">= 60",
    "SpectraNet, training, over the reference": ">= 4",
    "SpectraNet, embedding, over the reference": ">= 5",
    "objects with light curve and spectrum": ">= 4000",
    "one row, median": "<= 2.5",
    "one packet, median": "<= 2.5",
    "new process, load a model, embed one object": "<= 3",
    "table to batches of prediction": ">= 150000",
    "table to batches of training": ">= 150000",
    "speed-up of two processes": ">= 1.8",
    "overhead of transform_catalog": "<= 0.1",
}
HEAD = """# Speed

Made by `python benchmarks/speed_page.py` from the values in `speed/`, which the scripts write;
nothing here is written by hand. A ratio, ×, is the process time of a reference, which each script
describes, over that of the library, in turn in one run. Rates are objects per second of process
time of one thread, unless the conditions say otherwise. The load is that of the machine at the end
of the run: where it is above the number of cores, other jobs ran beside, and rates are up to two
times lower than on a free machine.
"""


def conditions_of(value):
    """Return the conditions of a value as text."""
    return ", ".join(f"{name.replace('_', ' ')} {x}" for name, x in value["conditions"].items())


def page(files):
    """Return the page of the values by file."""
    parts = [HEAD]
    for name, values in files.items():
        rows = [
            "| quantity | conditions | value | target | run |",
            "| --- | --- | ---: | --- | --- |",
        ]
        runs = []
        for value in values.values():
            if value["run"] not in runs:
                runs.append(value["run"])
            number = f"{value['value']:.4g}" if value["value"] < 100 else f"{value['value']:,.0f}"
            unit = "×" + number if value["unit"] == "ratio" else f"{number} {value['unit']}"
            target = TARGETS.get(value["quantity"], "").replace(">=", "≥").replace("<=", "≤")
            cells = [value["quantity"], conditions_of(value), unit, target]
            rows.append("| " + " | ".join([*cells, str(runs.index(value["run"]) + 1)]) + " |")
        listed = [
            f"{i}. {run['date']}, commit {run['commit']}, load {run['load']} on {run['cores']} "
            f"cores: `{run['command']}`"
            for i, run in enumerate(runs, 1)
        ]
        parts.append(f"## {name}\n\n" + "\n".join(rows) + "\n\n" + "\n".join(listed) + "\n")
    return "\n".join(parts)


def regressions(old, new):
    """Return a line for each ratio that fell by more than a quarter."""
    return [
        f"{value['quantity']} ({conditions_of(value)}): {value['value']:.3g} after "
        f"{old[key]['value']:.3g}"
        for key, value in new.items()
        if value["unit"] == "ratio"
        and key in old
        and value["value"] < TOLERANCE * old[key]["value"]
    ]


def committed(path, commit):
    """Return the values of a file in a commit, none if it is not there."""
    relative = f"{commit}:./{path.name}"
    run = subprocess.run(
        ["git", "show", relative], cwd=path.parent, capture_output=True, text=True, check=False
    )
    return {} if run.returncode else {key_of(value): value for value in json.loads(run.stdout)}


def read_files(folder=FOLDER):
    """Return the values of all files by the names of the files."""
    return {path.stem: read_values(path) for path in sorted(Path(folder).glob("*.json"))}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--check", nargs="?", const="HEAD", metavar="COMMIT")
    arguments = parser.parse_args()
    files = read_files()
    PAGE.write_text(page(files))
    if arguments.check:
        lines = [
            line
            for name, values in files.items()
            for line in regressions(committed(FOLDER / f"{name}.json", arguments.check), values)
        ]
        sys.exit("\n".join(["Ratios that fell by more than a quarter:", *lines]) if lines else 0)


if __name__ == "__main__":
    main()
