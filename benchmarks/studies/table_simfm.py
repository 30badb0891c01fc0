"""Print all scores of the simfm benchmarks as Markdown tables.

python benchmarks/studies/table_simfm.py [FOLDER]
"""

import json
import sys
from pathlib import Path

import numpy as np
from _simfm import RESULTS, markdown

TITLES = {
    "pretrain": "Held-out simulated objects of ZTF and LSST",
    "mixing": "Survey, class and redshift predicted from the latent",
    "zero_shot_redshift": "Redshifts of LSST, trained on ZTF and on LSST",
    "plasticc_eight": "PLAsTiCC, eight classes",
    "plasticc_fourteen": "PLAsTiCC, fourteen classes",
    "plasticc_redshift": "PLAsTiCC, redshift",
    "real_three_limited": "Real light curves, three classes, 128 labels",
    "real_three_full": "Real light curves, three classes, all labels",
    "real_five_limited": "Real light curves, five classes, 128 labels",
    "real_five_full": "Real light curves, five classes, all labels",
    "anomaly": "Anomalies among real light curves",
    "horizon": "Real light curves, days since the first detection",
}

REDSHIFTS = {
    "redshift_near": "Redshifts of real light curves, z < 0.15",
    "redshift_wide": "Redshifts of real light curves, three classes, z < 1",
}
FIRST = ("mean", "boosting on features C", "without pretraining")


def redshifts(contents):
    """Return a Markdown table of redshifts: mean ± standard deviation over folds and draws."""
    rank = {name: i for i, name in enumerate(FIRST)}
    order = sorted(contents, key=lambda c: (rank.get(c["model"], len(FIRST)), c["model"]))
    lines = [
        "| model | MSE × 10², 128 labels | R², 128 labels | MSE × 10², all | R², all | fits |",
        "|---|---|---|---|---|---|",
    ]
    for content in order:
        cells = [content["model"]]
        for budget in ("limited", "full"):
            for figure, factor in (("MSE", 100.0), ("R2", 1.0)):
                values = factor * np.array([fit[figure] for fit in content[budget]])
                cells.append(f"{values.mean():.3f}±{values.std():.3f}")
        cells.append(f"{len(content['limited'])}, {len(content['full'])}")
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS
    for name, title in TITLES.items():
        path = folder / f"{name}.json"
        if path.exists():
            print(f"## {title}\n\n{markdown(json.loads(path.read_text()))}\n")
    for name, title in REDSHIFTS.items():
        contents = [json.loads(path.read_text()) for path in (folder / name).glob("*.json")]
        if contents:
            print(f"## {title}\n\n{redshifts(contents)}\n")


if __name__ == "__main__":
    main()
