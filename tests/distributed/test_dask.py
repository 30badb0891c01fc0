"""Accepted catalogues, and Dask where it is not installed."""

import sys

import pandas as pd
import pytest

from sklearn_sn.distributed._dask import active_client, as_dask, dask_dataframe

pytest.importorskip("distributed")


class Catalog:
    """A catalogue with the interface of LSDB."""

    def __init__(self, frame):
        self.frame = frame

    def to_dask_dataframe(self):
        return self.frame


def test_accepts_dask_and_lsdb():
    dd = dask_dataframe("f")
    frame = dd.from_pandas(pd.DataFrame({"a": [1, 2]}), npartitions=1)
    assert as_dask(frame, dd) is frame
    assert as_dask(Catalog(frame), dd) is frame
    with pytest.raises(TypeError, match="Got an object of type list instead"):
        as_dask([1], dd)
    with pytest.raises(TypeError, match="Got an object of type list instead"):
        as_dask(Catalog([1]), dd)


@pytest.mark.parametrize("package", ["dask.dataframe", "distributed"])
def test_names_the_extra(package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=r"f needs dask .* pip install 'sklearn-sn\[distributed"):
        dask_dataframe("f")


def test_no_client_without_a_cluster(monkeypatch):
    def fail():
        raise ValueError("No global client found")

    monkeypatch.setattr("distributed.get_client", fail)
    assert active_client() is None
