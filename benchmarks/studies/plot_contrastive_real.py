"""Figures of one fold of benchmarks/studies/contrastive_real.py, with its final setting.

python benchmarks/studies/plot_contrastive_real.py [SETTING]
"""

import sys
import warnings
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import torch
from _baselines import MAIN_CLASSES, Z_MAX
from _real_data import load_pairs
from _settings import build
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsRegressor
from sklearn.svm import SVC

from sklearn_sn.data import DataQualityWarning
from sklearn_sn.plotting import EmbeddingDisplay, RedshiftDisplay

OUT = Path("benchmarks/results")


def main(name="simulated_aux"):
    warnings.simplefilter("ignore", DataQualityWarning)
    torch.set_num_threads(2)
    X, y = load_pairs()
    z = X["redshift"].to_numpy()
    train, test = next(iter(StratifiedKFold(5, shuffle=True, random_state=0).split(X, y)))
    embedder = build(name, 0).fit(X.iloc[train], y[train])
    Z = embedder.encode(X, "light_curve")

    part = np.full(len(y), "training objects", dtype=object)
    part[test] = "test objects"
    figure, axes = plt.subplots(1, 2, figsize=(13, 5.5), layout="constrained")
    EmbeddingDisplay.from_embeddings(Z, y, domain=part).plot(axes[0])
    EmbeddingDisplay.from_embeddings(Z[test], np.log10(np.clip(z[test], 1e-3, None))).plot(
        axes[1], label="log10 redshift"
    )
    figure.savefig(OUT / "contrastive_real_embedding.png", dpi=70)

    figure, axes = plt.subplots(1, 3, figsize=(16, 5), layout="constrained")
    main_class = np.isin(y, MAIN_CLASSES)
    a, b = train[main_class[train]], test[main_class[test]]
    head = SVC(C=3.0, class_weight="balanced").fit(Z[a], y[a])
    for ax, normalize in zip(axes, ("true", "pred"), strict=False):
        ConfusionMatrixDisplay.from_estimator(
            head, Z[b], y[b], ax=ax, normalize=normalize, cmap="Blues", colorbar=False
        )
        ax.set_title(f"normalised by {'truth' if normalize == 'true' else 'prediction'}")
    near = (z > 0) & (z < Z_MAX)
    a, b = train[near[train]], test[near[test]]
    regressor = KNeighborsRegressor(10, weights="distance").fit(Z[a], np.log1p(z[a]))
    RedshiftDisplay.from_predictions(z[b], np.expm1(regressor.predict(Z[b])), y[b]).plot(axes[2])
    figure.savefig(OUT / "contrastive_real_heads.png", dpi=70)


if __name__ == "__main__":
    main(*sys.argv[1:])
