"""Tables of benchmarks/results/contrastive_real.md, from the scores of all folds.

"chosen" is the head with the better validation score, selected separately in each fold.

    python benchmarks/studies/table_contrastive_real.py [--settings NAME ...]
"""

import argparse
import json
from pathlib import Path

import numpy as np

FIGURES = Path("benchmarks/results/contrastive_real")
NAMES = {
    "scratch": "from scratch, InfoNCE only",
    "infonce_frozen": "InfoNCE alone, pretrained on simulations, frozen",
    "infonce": "InfoNCE alone, pretrained on simulations, fine-tuned",
    "scratch_metadata": "light curve-metadata, from scratch",
    "scratch_three": "three-way, from scratch",
    "infonce_metadata": "light curve-metadata, pretrained",
    "infonce_three": "three-way, pretrained",
    "simulated_frozen": "supervised contrastive, pretrained on simulations, frozen",
    "scratch_no_amplitude": "the same, without apparent brightness",
    "scratch_aux": "supervised contrastive, from scratch",
    "simulated_aux": "supervised contrastive, pretrained on simulations",
    "simulated_aux_first_block": "the same, only first blocks and projections fine-tuned",
    "pretrained_aux": "supervised contrastive, pretrained on PLAsTiCC and other real objects",
    "pretrained_aux_ensemble": "the same, ensemble of four seeds",
}
CLASS = ("macro-F1", "micro-F1", "precision", "recall", "AUROC")
REDSHIFT = ("R2", "MAE", "RMSE", "NMAD", "outliers")
THINNED = (", 10 points", ", 2 bands")
TASKS = {
    "three": ("Class, three (SN Ia, II, Ib/c; 679 objects)", CLASS, ("kNN", "SVC")),
    "five": ("Class, five (with IIn, SLSN-I; 721 objects)", CLASS, ("kNN", "SVC")),
    "redshift": ("Redshift, z < 0.15", REDSHIFT, ("kNN", "Ridge", "linear")),
}


def chosen(folds, task, heads):
    """Return the test scores of the head with the better validation score, by fold."""
    best = [max(heads, key=lambda head: fold["validation"][f"{task} {head}"]) for fold in folds]
    return [fold[f"{task} {head}"] for fold, head in zip(folds, best, strict=True)]


def cell(folds, figure):
    values = np.array([fold[figure] for fold in folds], dtype=float)
    if np.isnan(values).any():
        return "–"
    digits = 4 if figure in ("MAE", "RMSE", "NMAD") else 3
    return f"{values.mean():.{digits}f}±{values.std():.{digits}f}"


def line(*start, folds, figures):
    return "| " + " | ".join([*start, *(cell(folds, figure) for figure in figures)]) + " |"


def header(*columns):
    return "| " + " | ".join(columns) + " |\n|" + "---|" * len(columns)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--settings", nargs="+", choices=NAMES, default=list(NAMES))
    arguments = parser.parse_args()
    found = {
        text: json.loads((FIGURES / f"{name}.json").read_text())
        for name, text in NAMES.items()
        if name in arguments.settings and (FIGURES / f"{name}.json").exists()
    }
    baselines = json.loads((FIGURES / "baselines.json").read_text())
    for task, (title, figures, heads) in TASKS.items():
        print(f"## {title}\n")
        print(header("embedding or features", "head", *figures))
        for text, folds in found.items():
            # Linear regression was added after the first settings had been run.
            scored = [head for head in heads if f"{task} {head}" in folds[0]]
            for head in scored:
                parts = [fold[f"{task} {head}"] for fold in folds]
                print(line(text, head, folds=parts, figures=figures))
            best = chosen(folds, task, scored)
            print(line(text, f"**chosen** ({len(folds)} folds)", folds=best, figures=figures))
        for name, folds in baselines.items():
            print(line(name, "", folds=[fold[task] for fold in folds], figures=figures))
        print()
    print("## Retrieval, spectrum → light curve, about 144 candidates (chance 0.007 and 0.069)\n")
    print(header("embedding", "recall@1", "recall@10"))
    for text, folds in found.items():
        parts = [fold["retrieval"] for fold in folds]
        print(line(text, folds=parts, figures=("recall@1", "recall@10")))
    print("\n## Thinned test light curves, three classes, macro-F1\n")
    print(header("embedding", "head", "all points", "10 points", "2 bands"))
    for text, folds in found.items():
        for head in ("kNN", "SVC"):
            parts = [
                {what: fold[f"three {head}{what}"]["macro-F1"] for what in ("", *THINNED)}
                for fold in folds
            ]
            print(line(text, head, folds=parts, figures=("", *THINNED)))


if __name__ == "__main__":
    main()
