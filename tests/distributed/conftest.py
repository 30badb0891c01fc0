"""A small classifier and a table of thirty light curves in six partitions, one of them empty."""

from itertools import pairwise

import pytest

from sklearn_sn import LightCurveClassifier
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import GRU


@pytest.fixture(scope="session")
def light_curves():
    """Table and classes of 30 objects."""
    X, y = make_supernovae(30, modalities=["light_curve"], random_state=0)
    return X.rename_axis("object_id"), y


@pytest.fixture(scope="session")
def classifier(light_curves):
    """A fitted recurrent classifier; not to be changed."""
    encoder = GRU(d_model=8, n_layers=1, latent_dim=8)
    return LightCurveClassifier(encoder=encoder, max_epochs=1, random_state=0).fit(*light_curves)


@pytest.fixture(scope="session")
def catalog(light_curves):
    """The table as a Dask DataFrame whose third partition is empty."""
    dd = pytest.importorskip("dask.dataframe")
    X = light_curves[0]
    bounds = [0, 5, 12, 12, 20, 26, 30]
    parts = [X.iloc[low:high] for low, high in pairwise(bounds)]
    return dd.from_map(_part, range(len(parts)), parts=parts, meta=X.iloc[:0])


def _part(number, parts):
    return parts[number]
