"""Scores of the benchmarks on real data, and their table."""

import numpy as np
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    mean_absolute_error,
    precision_score,
    r2_score,
    recall_score,
    roc_auc_score,
    root_mean_squared_error,
)

from sklearn_sn.metrics import nmad, outlier_fraction


def classification_figures(truth, predicted, scores, classes):
    """Return macro and micro F1 (micro equals accuracy), macro precision, recall and AUROC."""
    macro = {"average": "macro", "labels": list(classes), "zero_division": 0}
    area = [
        roc_auc_score(truth == name, scores[:, i])
        for i, name in enumerate(classes)
        if 0 < np.sum(truth == name) < len(truth)
    ]
    return {
        "macro-F1": f1_score(truth, predicted, **macro),
        "micro-F1": accuracy_score(truth, predicted),
        "precision": precision_score(truth, predicted, **macro),
        "recall": recall_score(truth, predicted, **macro),
        "AUROC": float(np.mean(area)),
    }


def redshift_figures(truth, predicted):
    """Return R², MAE, RMSE, NMAD and the outlier fraction."""
    return {
        "R2": r2_score(truth, predicted),
        "MAE": mean_absolute_error(truth, predicted),
        "RMSE": root_mean_squared_error(truth, predicted),
        "NMAD": nmad(truth, predicted),
        "outliers": outlier_fraction(truth, predicted),
    }


def table(results):
    """Return a Markdown table: one line per setting and task, mean ± standard deviation over folds.

    `results` maps each setting to a list with one dict per fold, {task: {metric: value}}.
    """
    lines = []
    for name, folds in results.items():
        for task in folds[0]:
            cells = []
            for figure in folds[0][task]:
                values = np.array([fold[task][figure] for fold in folds], dtype=float)
                digits = 4 if figure in ("MAE", "RMSE", "NMAD") else 3
                cells.append(f"{figure} {values.mean():.{digits}f}±{values.std():.{digits}f}")
            lines.append(f"| {name} | {task} | {' / '.join(cells)} |")
    return "\n".join(
        ["| setting | task | mean ± standard deviation over folds |", "|---|---|---|", *lines]
    )
