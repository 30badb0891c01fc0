"""The example of a HATS catalogue, which the gallery shows and does not run."""

from pathlib import Path

import numpy as np
import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "score_catalog.py"
# tests/distributed/test_cluster.py runs worker processes.
SMALLER = {
    "make_supernovae(300": "make_supernovae(60",
    "partition_rows=100": "partition_rows=30",
    "tempfile.mkdtemp()": "folder",
    "client = Client(n_workers=2, threads_per_worker=1)": "",
    "client.close()": "",
}


@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")  # of lsdb and nested-pandas
def test_the_catalogue_is_scored(tmp_path, capsys):
    pytest.importorskip("lsdb")
    source = EXAMPLE.read_text()
    for given, smaller in SMALLER.items():
        assert given in source
        source = source.replace(given, smaller)
    names = {"__name__": "__main__", "folder": tmp_path}
    exec(compile(source, str(EXAMPLE), "exec"), names)
    assert "1 row for each object" in capsys.readouterr().out
    model, X, catalog = names["model"], names["X"], names["catalog"]
    assert catalog.npartitions > 1
    lazy, scores = names["lazy"], names["scores"].compute()
    assert lazy.known_divisions
    assert lazy.npartitions == len(list((tmp_path / "scores").glob("*.parquet")))
    assert scores.index.name == "_healpix_29"
    assert sorted(scores["object_id"]) == sorted(X.index)
    assert scores.dtypes.tolist() == lazy.dtypes.tolist()
    proba = scores.set_index("object_id")[list(model.classes_)].loc[X.index]
    np.testing.assert_allclose(proba, model.predict_proba(X), atol=1e-6)
