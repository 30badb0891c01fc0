"""Speed of LightCurveFeatures in objects per second of CPU, on simulated and on real light curves.

OMP_NUM_THREADS=1 python benchmarks/speed_features.py [--objects 2000]
"""

import argparse
import time
import warnings

from studies._real_data import load_curves, load_pairs

from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.preprocessing import LightCurveFeatures


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--objects", type=int, default=2000)
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", DataQualityWarning)
    simulated, _ = make_supernovae(arguments.objects, modalities=["light_curve"], random_state=0)
    samples = {"simulated": simulated, "real pairs": load_pairs()[0], "real": load_curves()[0]}
    for name, X in samples.items():
        X = X[["light_curve"]]
        n_points = sum(map(len, X["light_curve"]))
        start = time.process_time()
        LightCurveFeatures().fit_transform(X)
        seconds = time.process_time() - start
        print(f"{name}: {len(X)} objects, {n_points} points, {len(X) / seconds:.0f} objects/s")


if __name__ == "__main__":
    main()
