"""Tables of the MMVAE benchmarks, from their result files.

python benchmarks/studies/table_mmvae.py
"""

import json
from pathlib import Path

import numpy as np

RESULTS = Path(__file__).parents[1] / "results"
MEAN = "mean per phase"


def read(folder):
    """Read the scores of each model."""
    return {
        path.stem.replace("_", " "): json.loads(path.read_text())
        for path in sorted((RESULTS / folder).glob("*.json"))
    }


def table(header, rows):
    lines = ["| " + " | ".join(header) + " |", "|---" * len(header) + "|"]
    return "\n".join([*lines, *("| " + " | ".join(row) + " |" for row in rows)]) + "\n"


def number(value, digits=4):
    return "" if value is None or np.isnan(value) else f"{value:.{digits}f}"


def simulated():
    found = read("mmvae_simulated")
    mean = found[MEAN]
    scored = {name: model for name, model in found.items() if "residual" in model}
    keys = (("coverage", 3), ("width", 3))
    print(
        table(
            ["", "residual", "relative to the mean", "coverage before", "after", "width after"],
            [
                [
                    name,
                    number(model["residual"]),
                    number(model["residual"] / mean["residual"], 2),
                    number(model["not calibrated"]["coverage"], 3),
                    *(number(model[key], digits) for key, digits in keys),
                ]
                for name, model in scored.items()
            ],
        )
    )
    for key, digits in (("residual", 4), *keys):
        rows = [
            [name, *(number(value, digits) for value in model[f"{key} by phase"])]
            for name, model in scored.items()
        ]
        print(table([key, *mean["phases"]], rows))
    masked = found["MMVAE"]["masked"]
    rows = [
        [key, *(number(part[key], 4 if key == "residual" else 3) for part in masked.values())]
        for key in ("residual", "coverage", "width")
    ]
    print(table(["points dropped", *masked], rows))
    parameters = {
        name: model["parameters"] for name, model in found.items() if "parameters" in model
    }
    rows = [
        [name, *(number(value, 2) for value in values.values())]
        for name, values in parameters.items()
    ]
    print(table(["R²", *parameters["MMVAE"]], rows))


def spread(values, digits):
    values = np.array([value for value in values if value is not None], dtype=float)
    return f"{np.nanmean(values):.{digits}f}±{np.nanstd(values):.{digits}f}"


def real():
    content = json.loads((RESULTS / "mmvae_real" / "scores.json").read_text())
    models = content["models"]
    mean = np.array([fold["residual"] for fold in models[MEAN]])
    rows = []
    for name, folds in models.items():
        ratio = np.array([fold["residual"] for fold in folds]) / mean
        before = [fold.get("not calibrated", {}).get("coverage") for fold in folds]
        rows.append(
            [
                name,
                spread([fold["residual"] for fold in folds], 4),
                spread(ratio, 2),
                "" if before[0] is None else spread(before, 3),
                spread([fold["coverage"] for fold in folds], 3),
                spread([fold["width"] for fold in folds], 2),
            ]
        )
    header = ["", "residual", "relative to the mean", "coverage before", "after", "width after"]
    print(table(header, rows))
    for key, digits in (("residual", 3), ("coverage", 2)):
        rows = [
            [name, *(spread(part, digits) for part in zip(*by_phase(folds, key), strict=True))]
            for name, folds in models.items()
        ]
        print(table([key, *content["phases"]], rows))


def by_phase(folds, key):
    return [fold[f"{key} by phase"] for fold in folds]


def decoder():
    folds = json.loads((RESULTS / "mmvae_decoder" / "scores.json").read_text())
    rows = [[name, spread([fold[name] for fold in folds], 3)] for name in folds[0]]
    print(table(["residual / mean per phase", f"{len(folds)} folds"], rows))


def main():
    for name, draw in (("simulated", simulated), ("real", real), ("decoder", decoder)):
        if (RESULTS / f"mmvae_{name}").exists():
            print(f"{name}\n")
            draw()


if __name__ == "__main__":
    main()
