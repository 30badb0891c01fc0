"""Laws that every transformer obeys."""

import pickle
import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.utils import get_tags
from sklearn.utils.estimator_checks import parametrize_with_checks

from sklearn_sn.data import Ragged, as_ragged
from sklearn_sn.preprocessing import (
    ContinuumNormalizer,
    ExtinctionCorrector,
    FluxNormalizer,
    LightCurveBinner,
    LightCurveFeatures,
    LightCurveTruncator,
    MedianFilter,
    NearestSpectrum,
    SpectrumResampler,
)

TRANSFORMERS = [
    LightCurveTruncator(n_days=20),
    LightCurveTruncator(n_points=5, origin="detection"),
    LightCurveBinner(width=2.0),
    LightCurveFeatures(),
    LightCurveFeatures(magnitudes=False, statistics=False, max_points=8),
    FluxNormalizer(),
    FluxNormalizer("std", per="band"),
    FluxNormalizer("median", column="spectrum"),
    SpectrumResampler(n_bins=64),
    SpectrumResampler(n_bins=64, frame="rest", combine="mean", output="nested"),
    SpectrumResampler(n_bins=64, combine=None, output="nested"),
    ContinuumNormalizer(),
    ContinuumNormalizer("polynomial"),
    MedianFilter(),
    NearestSpectrum(),
    ExtinctionCorrector(),
    ExtinctionCorrector(0.1, model="G23", columns=["spectrum"]),
]
# One change that no transformer of its class allows.
BAD = [
    (LightCurveTruncator, {"n_days": -1}),
    (LightCurveTruncator, {"n_points": 0}),
    (LightCurveTruncator, {"origin": "peak"}),
    (NearestSpectrum, {"origin": "peak"}),
    (LightCurveBinner, {"width": -0.5}),
    (LightCurveFeatures, {"max_points": 7}),
    (LightCurveFeatures, {"max_error": 0.0}),
    (LightCurveFeatures, {"magnitudes": "yes"}),
    (LightCurveFeatures, {"statistics": "yes"}),
    (FluxNormalizer, {"method": "max"}),
    (FluxNormalizer, {"per": "survey"}),
    (FluxNormalizer, {"column": "image"}),
    (FluxNormalizer, {"column": "spectrum", "per": "band"}),
    (SpectrumResampler, {"wavelength_range": (9000, 3500)}),
    (SpectrumResampler, {"wavelength_range": 3500}),
    (SpectrumResampler, {"n_bins": 1}),
    (SpectrumResampler, {"spacing": "sqrt"}),
    (SpectrumResampler, {"frame": "lab"}),
    (SpectrumResampler, {"combine": None}),
    (SpectrumResampler, {"output": "list"}),
    (ContinuumNormalizer, {"method": "loess"}),
    (ContinuumNormalizer, {"n_knots": 1}),
    (ContinuumNormalizer, {"degree": -1}),
    (ContinuumNormalizer, {"clip": 0}),
    (MedianFilter, {"size": 4}),
    (MedianFilter, {"size": 0}),
    (ExtinctionCorrector, {"ebv": -0.1}),
    (ExtinctionCorrector, {"r_v": 1.0}),
    (ExtinctionCorrector, {"r_v": 2.1, "model": "G23"}),
    (ExtinctionCorrector, {"model": "F98"}),
    (ExtinctionCorrector, {"columns": ["image"]}),
]

every = pytest.mark.parametrize("transformer", TRANSFORMERS, ids=repr)


def assert_same(a, b):
    """Equal values in arrays or tables."""
    if isinstance(a, np.ndarray):
        np.testing.assert_array_equal(a, b)
        return
    assert list(a.columns) == list(b.columns)
    pd.testing.assert_index_equal(a.index, b.index)
    for column in a.columns:
        if column in ("light_curve", "spectrum"):
            left, right = as_ragged(a[column], kind=column), as_ragged(b[column], kind=column)
            np.testing.assert_array_equal(left.offsets, right.offsets)
            assert set(left.fields) == set(right.fields)
            for name in left.fields:
                np.testing.assert_array_equal(np.asarray(left[name]), np.asarray(right[name]))
        else:
            pd.testing.assert_series_equal(a[column], b[column])


def columns_of(transformer):
    """The columns that a transformer reads."""
    name = type(transformer).__name__
    if name == "ExtinctionCorrector":
        return transformer.columns or ["light_curve", "spectrum"]
    if name == "FluxNormalizer":
        return [transformer.column]
    return ["light_curve" if name.startswith("LightCurve") else "spectrum"]


def reversed_points(X, columns):
    """The same table with the points of every object in reverse order, in Python containers."""
    out = X.copy()
    for column in columns:
        points = as_ragged(X[column])
        cells = pd.Series([None] * len(X), index=X.index, dtype=object)
        for row, name in enumerate(X.index):
            one = points.take([row])
            cells[name] = {k: np.asarray(v)[::-1] for k, v in one.fields.items()}
        out[column] = cells
    return out


@every
def test_fit_returns_self_and_changes_nothing(transformer, X):
    transformer = clone(transformer)
    params, untouched = transformer.get_params(), X.copy(deep=True)
    before = pickle.dumps([as_ragged(X[c]).fields for c in X.columns[:2]])
    assert transformer.fit(X) is transformer
    transformer.transform(X)
    assert transformer.get_params() == params
    assert_same(X, untouched)
    assert pickle.dumps([as_ragged(X[c]).fields for c in X.columns[:2]]) == before


@every
def test_order_of_points_does_not_matter(transformer, X):
    expected = clone(transformer).fit(X).transform(X)
    backwards = reversed_points(X, columns_of(transformer))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # "unsorted points sorted"
        assert_same(clone(transformer).fit(X).transform(backwards), expected)


@every
def test_one_row_alone_equals_the_row_in_a_batch(transformer, X):
    transformer = clone(transformer).fit(X)
    together = transformer.transform(X)
    for row in range(len(X)):
        alone = transformer.transform(X.iloc[[row]])
        expected = together[[row]] if isinstance(together, np.ndarray) else together.iloc[[row]]
        assert_same(alone, expected)


@every
def test_order_of_rows_does_not_matter(transformer, X):
    order = np.random.default_rng(0).permutation(len(X))
    transformer = clone(transformer).fit(X)
    together = transformer.transform(X)
    expected = together[order] if isinstance(together, np.ndarray) else together.iloc[order]
    assert_same(transformer.transform(X.iloc[order]), expected)


@pytest.mark.parametrize(
    "transformer", [t for t in TRANSFORMERS if not get_tags(t).requires_fit], ids=repr
)
def test_fit_is_not_needed(transformer, X):
    assert_same(clone(transformer).transform(X), clone(transformer).fit_transform(X))


@every
def test_pickle(transformer, X):
    fitted = clone(transformer).fit(X)
    assert_same(pickle.loads(pickle.dumps(fitted)).transform(X), fitted.transform(X))


@every
def test_no_rows(transformer, X):
    transformer = clone(transformer).fit(X)
    out = transformer.transform(X[:0])
    expected = transformer.transform(X)
    assert out.shape == (0, expected.shape[1])


@every
def test_objects_without_anything(transformer, X):
    nothing = X.iloc[[2, 3]].copy()
    for column in ("light_curve", "spectrum"):
        nothing[column] = pd.Series([None, None], index=nothing.index, dtype=object)
    out = clone(transformer).fit_transform(nothing)
    if isinstance(out, np.ndarray):
        assert np.isnan(out).all()
    else:
        for column in transformer.fit(X).get_feature_names_out():
            assert column in out.columns
        for column in ("light_curve", "spectrum"):
            assert as_ragged(out[column]).n_points == 0


@every
def test_output_is_a_table_with_the_names_of_the_objects(transformer, X):
    transformer = clone(transformer).set_output(transform="pandas")
    out = transformer.fit_transform(X)
    assert isinstance(out, pd.DataFrame)
    pd.testing.assert_index_equal(out.index, X.index)
    np.testing.assert_array_equal(out.columns, transformer.get_feature_names_out())


@every
def test_nested_frame_stays_one(transformer, X):
    nested_pandas = pytest.importorskip("nested_pandas")
    frame = nested_pandas.NestedFrame(X)
    out = clone(transformer).fit_transform(frame)
    assert_same(
        out if isinstance(out, np.ndarray) else pd.DataFrame(out),
        clone(transformer).fit_transform(X),
    )
    assert isinstance(out, np.ndarray | nested_pandas.NestedFrame)


@every
def test_arrow_table(transformer, X):
    import pyarrow as pa

    nested = {name: X[name].array.struct_array for name in ("light_curve", "spectrum")}
    columns = {name: nested.get(name, X[name]) for name in X}
    out = clone(transformer).fit_transform(pa.table(columns))
    expected = clone(transformer).fit_transform(X.reset_index(drop=True))
    if isinstance(out, np.ndarray):
        assert_same(out, expected)
    else:
        for column in ("light_curve", "spectrum"):
            assert_same(out[[column]], expected[[column]])


@every
def test_repeated_names_of_objects(transformer, X):
    twice = pd.concat([X.iloc[[0, 1]], X.iloc[[0, 1]]])
    out = clone(transformer).fit_transform(twice)
    if isinstance(out, np.ndarray):
        np.testing.assert_array_equal(out[:2], out[2:])
    else:
        assert_same(out.iloc[:2], out.iloc[2:])


@pytest.mark.parametrize(("kind", "parameters"), BAD, ids=str)
def test_error_of_a_bad_parameter_names_it(kind, parameters, X):
    name = "per" if "per" in parameters else next(iter(parameters))
    for method in ("fit", "transform"):
        with pytest.raises(ValueError, match=f"'{name}' parameter of {kind.__name__}"):
            getattr(kind(**parameters), method)(X).transform(X)


@every
def test_missing_column_is_named(transformer, X):
    with pytest.raises(ValueError, match="column"):
        clone(transformer).fit(X[["redshift", "ebv"]].assign(image=None))


def test_all_in_one_pipeline(X):
    pipeline = make_pipeline(
        ExtinctionCorrector(),
        LightCurveBinner(),
        LightCurveTruncator(n_days=30),
        FluxNormalizer(),
        MedianFilter(),
        ContinuumNormalizer(),
        SpectrumResampler(n_bins=100),
    ).set_output(transform="pandas")
    out = clone(pipeline).fit(X).transform(X)
    assert out.shape == (9, 100)
    assert np.isfinite(out.drop(index="SN2003a")).to_numpy().mean() > 0.8
    # Spectra on one grid become a 2-D array.
    flat = make_pipeline(SpectrumResampler(n_bins=100), MedianFilter(), ContinuumNormalizer())
    assert flat.fit_transform(X).shape == (9, 100)
    named = flat.set_output(transform="pandas").fit_transform(X)
    assert list(named) == list(flat[0].get_feature_names_out())
    assert list(named.index) == list(X.index)


def test_transforming_twice_warns_of_nothing(X):
    points = as_ragged(X["light_curve"])
    X = X.assign(light_curve=Ragged(points.fields, points.offsets).to_nested(index=X.index))
    X.iloc[:, 3] = np.nan
    with pytest.warns(UserWarning, match="without 'ebv'"):
        ExtinctionCorrector().fit_transform(X)


@parametrize_with_checks([ContinuumNormalizer(), MedianFilter(), ContinuumNormalizer("polynomial")])
def test_scikit_learn_checks(estimator, check):
    check(estimator)
