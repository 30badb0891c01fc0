"""Results written to a folder."""

import numpy as np
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


@pytest.mark.parametrize(
    ("params", "match"),
    [
        ({"method": "fit_predict"}, "method of LightCurveClassifier, such as 'predict_proba', "),
        ({"columns": ["flux"]}, "names 'flux', which the catalogue lacks"),
        ({"columns": []}, "must name a column of the catalogue, such as 'light_curve'"),
        ({"keep": ["light_curve"]}, "names 'light_curve', which is nested"),
    ],
)
@pytest.mark.parametrize("function", [transform_catalog, write_catalog])
def test_errors_name_the_function(function, params, match, classifier, catalog, tmp_path):
    output = {"output": tmp_path} if function is write_catalog else {}
    with pytest.raises(ValueError, match=match) as caught:
        function(classifier, catalog, **output, **params)
    assert f"of {function.__name__} " in str(caught.value)


def test_a_model_that_cannot_be_recognised_is_rejected(catalog, tmp_path):
    from sklearn.cluster import KMeans

    model = KMeans(2, n_init=1, random_state=0).fit([[0.0], [1.0]])
    match = "'output' parameter of write_catalog needs a model that"
    with pytest.raises(TypeError, match=match) as caught:
        write_catalog(model, catalog, tmp_path, "predict", columns=["redshift"])
    assert "because a later run must recognise it" in str(caught.value)


def test_columns_may_be_arrays(classifier, catalog, tmp_path):
    columns, keep = np.array(["light_curve"]), np.array(["redshift"])
    lazy = write_catalog(classifier, catalog, tmp_path, columns=columns, keep=keep, verbose=False)
    assert lazy.columns[0] == "redshift"
    assert len(lazy) == 30
