"""Average the test-set predictions of different kinds of models of maven_real.py.

All kinds have equal weight: networks trained end to end, boosting on hand-crafted features,
boosting on these features and the packaged embedding, and nearest neighbours in the supervised
contrastive embedding (pairs only; ridge regression for redshifts).
Run after maven_real.py and contrastive_real.py, which save their predictions.

    python benchmarks/studies/combine_maven_real.py
"""

import json
from pathlib import Path

import numpy as np
from _real_data import load_curves, load_pairs
from _settings import PREDICTIONS
from maven_real import figures, task_mask
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
            paths = [PREDICTIONS / f"{sample}_{part}.npz" for part in parts]
            if not all(path.exists() for path in paths):
                print(f"{sample}, {name}: skipped because predictions of some models are missing.")
                continue
            predictions = [np.load(path) for path in paths]
            scores = [{} for _ in folds]
            for key in sorted(set.intersection(*(set(a.files) for a in predictions))):
                number, task = key.split(" ", 1)
                train, test = folds[int(number)]
                kind = task.split(",")[0]
                part = task_mask(kind, y, z)
                truth = (z if kind == "redshift" else y)[test[part[test]]]
                classes = None if kind == "redshift" else np.unique(y[train[part[train]]])
                mean = np.mean([a[key] for a in predictions], axis=0)
                scores[int(number)][task] = figures(kind, classes, truth, mean)
            file = name.replace(",", "").replace(" ", "_")
            content = {"model": name, "folds": scores}
            (FIGURES / f"{sample}_{file}.json").write_text(json.dumps(content, indent=1))


if __name__ == "__main__":
    main()
