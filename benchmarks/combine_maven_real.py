"""Averages of what different kinds of model answered on the test parts of maven_real.py.

Every kind has the same weight: networks trained end to end, boosting on hand-made features,
the same beside the packaged embedding, and neighbours in the supervised contrastive embedding
(pairs only; a ridge for redshifts).
Run after maven_real.py and contrastive_real.py, which keep their answers.

    python benchmarks/combine_maven_real.py
"""

import json
from pathlib import Path

import numpy as np
from _real_data import load_curves, load_pairs
from _settings import CACHE
from maven_real import figures, taking_part
from sklearn.model_selection import StratifiedKFold

FIGURES = Path("benchmarks/results/maven_real")
TREES = ("gradient_boosting_features_C", "gradient_boosting_features_C_packaged_embedding")
COMBINED = {
    "pairs": {
        "networks, both boostings": ("end-to-end_pretrained_average_of_3", *TREES),
        "networks, both boostings, supervised contrastive": (
            "end-to-end_pretrained_average_of_3",
            *TREES,
            "simulated_aux",
        ),
    },
    "curves": {"networks, both boostings": ("end-to-end_pretrained_average_of_2", *TREES)},
}


def main():
    for sample, models in COMBINED.items():
        X, y = load_pairs() if sample == "pairs" else load_curves()
        z = X["redshift"].to_numpy()
        folds = list(StratifiedKFold(5, shuffle=True, random_state=0).split(X, y))
        for name, parts in models.items():
            paths = [CACHE / "answers" / f"{sample}_{part}.npz" for part in parts]
            if not all(path.exists() for path in paths):
                print(f"{sample}, {name}: not all of its parts have been run.")
                continue
            answers = [np.load(path) for path in paths]
            found = [{} for _ in folds]
            for key in sorted(set.intersection(*(set(a.files) for a in answers))):
                number, task = key.split(" ", 1)
                train, test = folds[int(number)]
                kind = task.split(",")[0]
                part = taking_part(kind, y, z)
                truth = (z if kind == "redshift" else y)[test[part[test]]]
                classes = None if kind == "redshift" else np.unique(y[train[part[train]]])
                mean = np.mean([a[key] for a in answers], axis=0)
                found[int(number)][task] = figures(kind, classes, truth, mean)
            file = name.replace(",", "").replace(" ", "_")
            content = {"model": name, "folds": found}
            (FIGURES / f"{sample}_{file}.json").write_text(json.dumps(content, indent=1))


if __name__ == "__main__":
    main()
