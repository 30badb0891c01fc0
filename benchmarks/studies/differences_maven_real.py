"""Score differences per fold between the average of all model kinds and gradient boosting.

python benchmarks/studies/differences_maven_real.py
"""

import json
from pathlib import Path

import numpy as np

FIGURES = Path("benchmarks/results/maven_real")
MODEL, BASELINE = "networks_both_boostings", "gradient_boosting_features_C"
TASKS = ("three", "three, 10 points", "three, 2 bands", "five", "redshift")


def folds(sample, model):
    return json.loads((FIGURES / f"{sample}_{model}.json").read_text())["folds"]


def main():
    print("| sample | task | networks, both boostings | boosting | difference ± standard error |")
    print("|---|---|---|---|---|")
    for sample in ("pairs", "curves"):
        ours, theirs = folds(sample, MODEL), folds(sample, BASELINE)
        for task in TASKS:
            figure = "R2" if task == "redshift" else "macro-F1"
            a, b = (np.array([f[task][figure] for f in found]) for found in (ours, theirs))
            gain = a - b
            error = gain.std(ddof=1) / np.sqrt(len(gain))
            cells = [f"{v.mean():.3f}±{v.std():.3f}" for v in (a, b)]
            cells.append(f"{gain.mean():+.3f}±{error:.3f}")
            print(f"| {sample} | {task} | " + " | ".join(cells) + " |")


if __name__ == "__main__":
    main()
