"""Small tables of alerts for tests: cutouts, packet columns, classes."""

import numpy as np
import pandas as pd

from sklearn_sn.classification import AstroMiNNClassifier
from sklearn_sn.encoders import ConvNeXtImage, MetadataTowers

CLASSES = np.array(["AGN", "CV", "SN"])
COLUMNS = ["age", "sgscore1", "magpsf"]
IMAGE = ConvNeXtImage(depths=(1, 1), widths=(8, 12), latent_dim=8)
METADATA = MetadataTowers(d_model=4)
TINY = {
    "image": IMAGE,
    "metadata": METADATA,
    "expert_width": 16,
    "max_epochs": 2,
    "batch_size": 16,
    "random_state": 0,
}


def alerts(n=60, seed=0):
    """X, y: AGN are old, CVs lie on stars; the brightness of the centre tells all classes."""
    rng = np.random.default_rng(seed)
    code = np.arange(n) % 3
    images = rng.normal(size=(n, 3, 15, 15)).astype(np.float32)
    images[np.arange(n), code, 6:9, 6:9] += 12.0
    X = pd.DataFrame(
        {
            "age": np.exp(rng.normal(2.0, 0.5, n) + 3.0 * (code == 0)),
            "sgscore1": np.clip(rng.normal(0.2, 0.1, n) + 0.7 * (code == 1), 0, 1),
            "magpsf": rng.normal(18.0, 1.0, n),
            "ra": rng.uniform(0, 360, n),
            "dec": rng.uniform(-30, 90, n),
        },
        index=[f"ZTF{i}" for i in range(n)],
    )
    X["image"] = pd.Series(list(images), index=X.index, dtype=object)
    return X, CLASSES[code]


def tiny(**params):
    return AstroMiNNClassifier(**{**TINY, **params})


def without(X, rows, image=False, metadata=False):
    """A copy of X in which some objects lack modalities."""
    X = X.copy()
    if image:
        X.loc[X.index[rows], "image"] = None
    if metadata:
        names = [name for name in X.columns if name != "image"]
        X.loc[X.index[rows], names] = np.nan
    return X
