"""Figures saved by the demo."""

import matplotlib

matplotlib.use("Agg")  # no display needed

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay

from sklearn_sn.data import as_ragged
from sklearn_sn.plotting import (
    EmbeddingDisplay,
    LightCurveDisplay,
    RedshiftDisplay,
    SpectrumDisplay,
)


def save_pictures(folder, X, y, test, Z, held_out):
    """Draw the results of the demo and save them as PNG files.

    Parameters
    ----------
    folder : pathlib.Path
        Created if missing.
    X : pandas.DataFrame of n_objects rows
    y : array of str, shape (n_objects,)
    test : array of int
        Row numbers of the test set of the last fold.
    Z : array of shape (len(test), n_features)
        Embedding of the objects in `test`.
    held_out : dict of (task, method) to array of shape (n_objects,)
        Out-of-fold predictions for every object.
    """
    folder.mkdir(parents=True, exist_ok=True)
    z = X["redshift"].to_numpy()
    points = EmbeddingDisplay.from_embeddings(Z, random_state=0).coordinates
    _save(EmbeddingDisplay(points, y[test]).plot(), folder / "embedding_by_class.png")
    _save(EmbeddingDisplay(points, z[test]).plot(), folder / "embedding_by_redshift.png")
    _save(draw_embedding(points, y[test], z[test]), folder / "embedding.png")

    confusion = ConfusionMatrixDisplay.from_predictions(
        y,
        held_out["class", "packaged embedder, kNN"],
        normalize="true",
        cmap="Blues",
        values_format=".2f",
    )
    confusion.ax_.set_title("Class from the light curve, packaged embedder and kNN")
    _save(confusion, folder / "confusion_matrix.png")
    redshift = RedshiftDisplay.from_predictions(
        z, held_out["redshift", "packaged embedder, kNN"], y
    )
    _save(redshift.plot(), folder / "redshift.png")
    _save(draw_object(X, y), folder / "light_curve_and_spectrum.png")


def draw_embedding(coordinates, y, z):
    """Draw the two-dimensional embedding twice, coloured by class and by redshift."""
    _, axes = plt.subplots(1, 2, figsize=(12.5, 4.8), layout="constrained")
    EmbeddingDisplay(coordinates, y).plot(axes[0], title="Simulated supernovae by class")
    return EmbeddingDisplay(coordinates, z).plot(axes[1], title="Simulated supernovae by redshift")


def draw_object(X, y):
    """Draw the light curve and spectrum of the nearby SN Ia with the most points."""
    near = (y == "SN Ia") & (X["redshift"] < 0.1)
    row = int(np.where(near, as_ragged(X["light_curve"]).lengths, 0).argmax())
    figure, axes = plt.subplots(1, 2, figsize=(13, 4.4), layout="constrained")
    LightCurveDisplay.from_object(X, X.index[row]).plot(axes[0])
    display = SpectrumDisplay.from_object(X, X.index[row], X["redshift"].iloc[row]).plot(axes[1])
    figure.suptitle(y[row])
    return display


def _save(display, path):
    display.figure_.savefig(path, dpi=110)
    plt.close(display.figure_)
