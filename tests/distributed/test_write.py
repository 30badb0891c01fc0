"""Results written to a folder."""

import pandas as pd
import pytest

from sklearn_sn.distributed import transform_catalog, write_catalog

pytest.importorskip("distributed")


@pytest.fixture(autouse=True)
def without_cluster(monkeypatch):
    monkeypatch.setattr("sklearn_sn.distributed._write.active_client", lambda: None)


def test_writes_and_reads_lazily(classifier, catalog, tmp_path, capsys):
    lazy = write_catalog(classifier, catalog, tmp_path)
    assert "100%" in capsys.readouterr().out
    assert len(list(tmp_path.glob("*.parquet"))) == catalog.npartitions
    expected = transform_catalog(classifier, catalog).compute(scheduler="synchronous")
    pd.testing.assert_frame_equal(lazy.compute(scheduler="synchronous"), expected)
    pd.testing.assert_series_equal(lazy.dtypes, expected.dtypes)


def test_is_silent_on_request(classifier, catalog, tmp_path, capsys):
    write_catalog(classifier, catalog, tmp_path, verbose=False)
    assert capsys.readouterr().out == ""
