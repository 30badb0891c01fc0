"""Gradient boosting on hand-made features, on the sample and folds of applecider_photometry.py.

It is fitted anew on light curves cut at each number of days after the first detection.

    python benchmarks/applecider_features.py [--objects N] [--days 10 30] [--seed S]
"""

import argparse

import numpy as np
from _light_curve_features import light_curve_features
from applecider_photometry import load
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from sklearn_sn.preprocessing import LightCurveTruncator


def main():
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--objects", type=int, default=3000)
    options.add_argument("--days", type=float, nargs="+", default=(10.0, 30.0))
    options.add_argument("--seed", type=int, default=0)
    arguments = options.parse_args()
    X, y = load(arguments.objects, arguments.seed)
    folds = StratifiedKFold(5, shuffle=True, random_state=arguments.seed)
    for days in arguments.days:
        early = LightCurveTruncator(days, origin="detection").fit_transform(X[["light_curve"]])
        features = light_curve_features(early)
        features = features.loc[:, features.nunique() > 1].to_numpy()
        scores = []
        for train, test in folds.split(features, y):
            model = HistGradientBoostingClassifier(random_state=0).fit(features[train], y[train])
            proba = model.predict_proba(features[test])
            accuracy = np.mean(model.classes_[proba.argmax(axis=1)] == y[test])
            area = roc_auc_score(y[test], proba, multi_class="ovr", labels=model.classes_)
            scores.append((accuracy, area))
        mean, spread = np.mean(scores, axis=0), np.std(scores, axis=0)
        print(f"{days:g} days: accuracy {mean[0]:.3f} ± {spread[0]:.3f}, "
              f"macro AUC {mean[1]:.3f} ± {spread[1]:.3f}", flush=True)  # fmt: skip


if __name__ == "__main__":
    main()
