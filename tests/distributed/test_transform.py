"""Lazy results of a model for a catalogue."""

import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from sklearn_sn import LightCurveClassifier
from sklearn_sn.distributed import transform_catalog

dd = pytest.importorskip("dask.dataframe")
pytest.importorskip("distributed")


def computed(lazy):
    return lazy.compute(scheduler="synchronous")


def by_partition(model, method, catalog):
    """What one process computes, partition by partition."""
    parts = [computed(catalog.partitions[i]) for i in range(catalog.npartitions)]
    return np.concatenate([getattr(model, method)(part) for part in parts if len(part)])


@pytest.mark.parametrize("method", ["predict_proba", "transform", "predict"])
def test_equals_the_model(classifier, catalog, light_curves, method):
    lazy = transform_catalog(classifier, catalog, method)
    result = computed(lazy)
    expected = by_partition(classifier, method, catalog)
    np.testing.assert_array_equal(result.to_numpy().reshape(expected.shape), expected)
    pd.testing.assert_index_equal(result.index, computed(catalog).index, exact=False)
    assert result.index.tolist() == light_curves[0].index.tolist()
    whole = getattr(classifier, method)(light_curves[0])
    if method == "predict":
        assert result["predict"].tolist() == whole.tolist()
    else:
        np.testing.assert_allclose(result, whole, atol=1e-6)


@pytest.mark.parametrize("method", ["predict_proba", "transform", "predict"])
def test_states_its_metadata(classifier, catalog, method):
    lazy = transform_catalog(classifier, catalog, method)
    names = {
        "predict_proba": list(classifier.classes_),
        "transform": list(classifier.get_feature_names_out()),
        "predict": ["predict"],
    }
    assert list(lazy.columns) == names[method]
    assert lazy.npartitions == catalog.npartitions
    for i in range(lazy.npartitions):
        part = computed(lazy.partitions[i])
        pd.testing.assert_series_equal(part.dtypes, lazy.dtypes)
        assert part.index.dtype == lazy._meta.index.dtype
        assert part.index.name == lazy._meta.index.name == "object_id"
        assert len(part) == len(computed(catalog.partitions[i]))
    kinds = {"predict_proba": ["float64"] * 5, "transform": ["float32"] * 8}
    if method in kinds:
        assert [str(kind) for kind in lazy.dtypes] == kinds[method]


def test_keeps_known_divisions(classifier, light_curves):
    X = light_curves[0].reset_index(drop=True)
    catalog = dd.from_pandas(X, npartitions=3)
    lazy = transform_catalog(classifier, catalog)
    assert lazy.divisions == catalog.divisions
    assert lazy.known_divisions
    np.testing.assert_array_equal(computed(lazy.loc[10:14]), computed(lazy).loc[10:14])


def test_a_table_of_one_empty_partition(classifier, light_curves):
    catalog = dd.from_pandas(light_curves[0].iloc[:0], npartitions=1)
    result = computed(transform_catalog(classifier, catalog))
    assert result.shape == (0, 5)
    assert list(result.columns) == list(classifier.classes_)


def test_models_that_reject_tables_without_rows(classifier, catalog, light_curves):
    pipeline = make_pipeline(classifier, PCA(2)).fit(*light_curves)
    lazy = transform_catalog(pipeline, catalog, "transform")
    assert list(lazy.columns) == ["pca0", "pca1"]
    result = computed(lazy)
    np.testing.assert_allclose(result, pipeline.transform(light_curves[0]), atol=1e-5)


def test_passes_and_keeps_columns(classifier, catalog, light_curves):
    X = light_curves[0]
    lazy = transform_catalog(classifier, catalog, columns=["light_curve"], keep=["redshift"])
    result = computed(lazy)
    assert list(result.columns) == ["redshift", *classifier.classes_]
    pd.testing.assert_series_equal(result.dtypes, lazy.dtypes)
    np.testing.assert_array_equal(result["redshift"], X["redshift"])
    np.testing.assert_array_equal(
        result[list(classifier.classes_)], computed(transform_catalog(classifier, catalog))
    )


def test_keeps_categories_that_dask_does_not_know(classifier, light_curves, tmp_path):
    X = light_curves[0].assign(field=pd.Categorical(["north", "south", "east"] * 10))
    catalog = dd.from_pandas(X, npartitions=2)
    catalog["field"] = catalog["field"].cat.as_unknown()
    for _ in range(2):  # computed, then read
        result = computed(transform_catalog(classifier, catalog, keep=["field"], output=tmp_path))
        assert result["field"].tolist() == X["field"].tolist()


def test_a_finished_run_is_read_again(classifier, catalog, tmp_path, monkeypatch):
    folder = tmp_path / "scores"
    lazy = transform_catalog(classifier, catalog, output=folder, keep=["redshift"])
    assert not list(folder.glob("*.parquet"))
    first = computed(lazy)
    assert len(list(folder.glob("*.parquet"))) == catalog.npartitions
    monkeypatch.setattr(LightCurveClassifier, "_predict", None)  # another computation would fail
    pd.testing.assert_frame_equal(computed(lazy), first)
    files = pd.read_parquet(folder)
    pd.testing.assert_frame_equal(files, first, check_index_type=False)


def test_an_interrupted_run_continues(classifier, catalog, tmp_path):
    lazy = transform_catalog(classifier, catalog, output=tmp_path)
    computed(lazy.partitions[3])
    assert [path.name for path in tmp_path.glob("*.parquet")] == ["part-000003.parquet"]
    written = (tmp_path / "part-000003.parquet").stat().st_mtime_ns
    result = computed(lazy)
    assert (tmp_path / "part-000003.parquet").stat().st_mtime_ns == written
    pd.testing.assert_frame_equal(result, computed(transform_catalog(classifier, catalog)))


def test_another_run_is_not_mixed_in(classifier, catalog, light_curves, tmp_path):
    transform_catalog(classifier, catalog, output=tmp_path)
    transform_catalog(classifier, catalog, output=tmp_path)
    with pytest.raises(ValueError, match="belongs to another run: its method is 'predict_proba'"):
        transform_catalog(classifier, catalog, "predict", output=tmp_path)
    with pytest.raises(ValueError, match="its n_partitions is 6, and that of this run is 1"):
        transform_catalog(classifier, catalog.repartition(npartitions=1), output=tmp_path)
    other = LightCurveClassifier(encoder="deep_sets", max_epochs=1, random_state=0)
    with pytest.raises(ValueError, match="its model is '"):
        transform_catalog(other.fit(*light_curves), catalog, output=tmp_path)


def test_a_changed_catalogue_is_noticed(classifier, light_curves, tmp_path):
    X = light_curves[0].reset_index(drop=True)
    computed(transform_catalog(classifier, dd.from_pandas(X, npartitions=2), output=tmp_path))
    changed = X.assign(redshift=X["redshift"] + 0.1)
    lazy = transform_catalog(classifier, dd.from_pandas(changed, npartitions=2), output=tmp_path)
    with pytest.raises(ValueError, match=r"partition [01] has changed since"):
        computed(lazy)


def test_errors_name_the_remedy(classifier, catalog, light_curves, tmp_path):
    with pytest.raises(TypeError, match=r"type DataFrame instead. dask.dataframe.from_pandas"):
        transform_catalog(classifier, light_curves[0])
    with pytest.raises(NotFittedError):
        transform_catalog(LightCurveClassifier(), catalog)
    with pytest.raises(ValueError, match=r"of LightCurveClassifier, such as .*. Got 'embed'"):
        transform_catalog(classifier, catalog, "embed")
    with pytest.raises(
        ValueError, match=r"'keep' parameter .* names 'candid', which the catalogue"
    ):
        transform_catalog(classifier, catalog, keep=["candid"])
    with pytest.raises(ValueError, match="names 'light_curve', which is nested"):
        transform_catalog(classifier, catalog, keep=["light_curve"])
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ValueError, match=r"no results of this run, such as 'notes.txt'"):
        transform_catalog(classifier, catalog, output=tmp_path)


def test_without_dask_the_error_names_the_extra(classifier, monkeypatch):
    monkeypatch.setitem(sys.modules, "dask.dataframe", None)
    with pytest.raises(ImportError, match=r"pip install 'sklearn-sn\[distributed\]'"):
        transform_catalog(classifier, None)
