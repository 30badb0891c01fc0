"""Print all scores of the simfm benchmarks as Markdown tables.

python benchmarks/studies/table_simfm.py [FOLDER]
"""

import json
import sys
from pathlib import Path

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


def main():
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else RESULTS
    for name, title in TITLES.items():
        path = folder / f"{name}.json"
        if path.exists():
            print(f"## {title}\n\n{markdown(json.loads(path.read_text()))}\n")


if __name__ == "__main__":
    main()
