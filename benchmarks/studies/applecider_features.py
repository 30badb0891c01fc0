"""Gradient boosting on hand-made features, on the sample and folds of applecider_photometry.py.

It is fitted anew on light curves cut at each number of days after the first detection.

    python benchmarks/studies/applecider_features.py [--objects N] [--days 10 30] [--seed S]
"""

import argparse

import numpy as np
from _light_curve_features import boosting_scores
from applecider_photometry import load, scores_of
from sklearn.model_selection import StratifiedKFold


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--objects", type=int, default=3000)
    options.add_argument("--days", type=float, nargs="+", default=(10.0, 30.0))
    options.add_argument("--seed", type=int, default=0)
    arguments = options.parse_args()
    X, y = load(arguments.objects, arguments.seed)
    folds = StratifiedKFold(5, shuffle=True, random_state=arguments.seed)
    folds = list(folds.split(X, y))
    for days in arguments.days:
        scores = boosting_scores(X, y, folds, days, scores_of)
        for metric in scores[0]:
            values = np.array([fold[metric] for fold in scores])
            print(f"{days:g} days: {metric} {values.mean():.3f} ± {values.std():.3f}", flush=True)


if __name__ == "__main__":
    main()
