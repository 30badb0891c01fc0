"""Tables of benchmarks/results/maven_real.md, from the scores of all folds.

python benchmarks/studies/table_maven_real.py
"""

import json
from pathlib import Path

from table_contrastive_real import CLASS, REDSHIFT, cell, header

FIGURES = Path("benchmarks/results/maven_real")
SAMPLES = {"pairs": "721 pairs", "curves": "All labelled light curves (2,320)"}
TASKS = {
    "three": ("class, three", CLASS),
    "three, 10 points": ("class, three, test light curves cut to 10 points", CLASS),
    "three, 2 bands": ("class, three, test light curves cut to 2 bands", CLASS),
    "five": ("class, five", CLASS),
    "redshift": ("redshift, z < 0.15", REDSHIFT),
}


def main():
    for sample, title in SAMPLES.items():
        files = sorted(FIGURES.glob(f"{sample}_*.json"))
        found = {}
        for path in files:
            content = json.loads(path.read_text())
            found[content["model"]] = content["folds"]
        for task, (text, figures) in TASKS.items():
            rows = {name: [f[task] for f in folds if task in f] for name, folds in found.items()}
            rows = {name: folds for name, folds in rows.items() if folds}
            if not rows:
                continue
            print(f"### {title}: {text}\n")
            print(header("model", *figures))
            for name, folds in rows.items():
                print(f"| {name} | " + " | ".join(cell(folds, f) for f in figures) + " |")
            print()


if __name__ == "__main__":
    main()
