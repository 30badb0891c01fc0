"""Transformers of tables that lack a column, alone and before an embedder."""

import warnings

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from sklearn_sn import ContrastiveEmbedder
from sklearn_sn.data import DataQualityWarning, as_ragged
from sklearn_sn.preprocessing import (
    ContinuumNormalizer,
    ExtinctionCorrector,
    FluxNormalizer,
    LightCurveBinner,
    LightCurveTruncator,
    MedianFilter,
    SpectrumResampler,
)
from tests.conftest import SMALL
from tests.preprocessing.test_transformer_laws import assert_same

BOTH = ["light_curve", "spectrum"]
OF_SPECTRA = [
    MedianFilter(),
    ContinuumNormalizer(),
    FluxNormalizer(column="spectrum"),
    SpectrumResampler(n_bins=64, output="nested"),
    SpectrumResampler(n_bins=64, output="nested", frame="rest"),
    ExtinctionCorrector(0.1, columns=["spectrum"]),
    ExtinctionCorrector(columns=["spectrum"]),
]
OF_LIGHT_CURVES = [
    LightCurveBinner(),
    LightCurveTruncator(n_days=30),
    FluxNormalizer(),
    ExtinctionCorrector(0.1, columns=["light_curve"]),
]
OF_BOTH = [ExtinctionCorrector(0.1, columns=BOTH), ExtinctionCorrector(0.1)]
each = pytest.mark.parametrize("step", OF_SPECTRA + OF_LIGHT_CURVES, ids=repr)


def absent_for(step):
    return "spectrum" if step in OF_SPECTRA else "light_curve"


@pytest.mark.parametrize("step", OF_SPECTRA[:5] + OF_BOTH, ids=repr)
def test_pipeline_predicts_from_light_curves_alone(step, supernovae):
    X, y = supernovae
    pipeline = make_pipeline(clone(step), ContrastiveEmbedder(**SMALL), KNeighborsClassifier())
    pipeline.fit(X, y)
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # the output of the embedder needs no spectra
        alone = pipeline.predict(X[["light_curve"]])
        together = pipeline.predict(X)
    np.testing.assert_array_equal(alone, together)


@pytest.mark.parametrize(
    ("step", "column"), [(MedianFilter(), BOTH[1]), (FluxNormalizer(), BOTH[0])]
)
def test_embedder_warns_once_about_missing_columns(step, column, supernovae):
    X, _ = supernovae
    pipeline = make_pipeline(clone(step), ContrastiveEmbedder(**SMALL, output="mean")).fit(X)
    with pytest.warns(DataQualityWarning) as record:
        out = pipeline.transform(X.drop(columns=column))
    assert [f"no column {column!r}" in str(warning.message) for warning in record] == [True]
    assert np.isfinite(out).all()


@each
@pytest.mark.parametrize("container", ["default", "pandas"])
def test_column_that_fit_saw_is_passed_over(step, container, X):
    step = clone(step).set_output(transform=container).fit(X)
    column = absent_for(step_of(step))
    rest = X.drop(columns=[column, "redshift", "ebv"])
    out = step.transform(rest)
    assert_same(out, rest)
    assert out is not rest
    # A table may hold metadata only.
    assert_same(step.transform(X[["redshift"]]), X[["redshift"]])


def step_of(step):
    return next(one for one in OF_SPECTRA + OF_LIGHT_CURVES if repr(one) == repr(step))


@each
def test_column_that_fit_never_saw_is_required(step, X):
    column = absent_for(step)
    rest = X.drop(columns=column)
    match = f"{type(step).__name__} needs the column '{column}'"
    for call in (clone(step).fit, clone(step).transform, clone(step).fit_transform):
        with pytest.raises(ValueError, match=match):
            call(rest)
    # A second fit forgets the first.
    with pytest.raises(ValueError, match=match):
        clone(step).fit(X).fit(rest)


def test_correction_of_what_is_there(X):
    corrector = ExtinctionCorrector(columns=BOTH).fit(X)
    out = corrector.transform(X[["light_curve", "ebv"]])
    assert_same(out, corrector.transform(X)[["light_curve", "ebv"]])
    with pytest.raises(ValueError, match="ExtinctionCorrector needs the column 'ebv'"):
        corrector.transform(X[["light_curve"]])
    with pytest.raises(ValueError, match="needs the column 'spectrum'"):
        ExtinctionCorrector(columns=BOTH).fit(X[["light_curve", "ebv"]])


def test_array_of_spectra_needs_spectra(X):
    resampler = SpectrumResampler(n_bins=64).fit(X)
    with pytest.raises(ValueError, match=r"needs the column 'spectrum'.*null cell"):
        resampler.transform(X[["light_curve"]])


def test_array_is_no_table(X):
    """2-D arrays with column names are not treated as tables."""
    flux = pd.DataFrame(np.ones((2, 3)), columns=["a", "b", "c"])
    with pytest.raises(ValueError, match="feature names should match"):
        MedianFilter().fit(flux).transform(flux[["a", "b"]])
    assert list(MedianFilter().set_output(transform="pandas").fit(flux).transform(flux)) == [*"abc"]


@pytest.mark.parametrize("step", [MedianFilter(), OF_SPECTRA[3]], ids=repr)
def test_columns_in_another_order_keep_their_names(step, X):
    step = clone(step).set_output(transform="pandas").fit(X)
    backwards = X[X.columns[::-1]]
    out = step.transform(backwards)
    assert list(out.columns) == list(backwards.columns)
    assert_same(out, step.transform(X)[X.columns[::-1]])


def test_column_given_twice_is_rejected(X):
    twice = pd.concat([X, X[["light_curve"]]], axis=1)
    with pytest.raises(ValueError, match="X has 2 columns named 'light_curve'; keep one"):
        LightCurveBinner().fit(twice)


@pytest.mark.parametrize("step", [*OF_LIGHT_CURVES, *OF_BOTH], ids=repr)
def test_negative_error_is_rejected_by_fit_and_dropped_by_transform(step, X):
    curves = as_ragged(X["light_curve"])
    errors = curves["flux_err"].copy()
    errors[3] = -1.0
    bad = X.assign(light_curve=curves.with_fields(flux_err=errors).to_nested(index=X.index))
    for call in (clone(step).fit, clone(step).fit_transform):
        with pytest.raises(ValueError, match=r"'SN2000a': flux_err is -1; errors must be positive"):
            call(bad)
    with pytest.warns(DataQualityWarning, match="1 in 1 objects") as record:
        out = clone(step).fit(X).transform(bad)
    assert len(record) == 1
    assert (as_ragged(out["light_curve"])["flux_err"] > 0).all()


def test_pipeline_rejects_negative_errors_like_the_embedder(supernovae):
    X, _ = supernovae
    curves = as_ragged(X["light_curve"])
    errors = curves["flux_err"].copy()
    errors[0] = -2.0
    bad = X.assign(light_curve=curves.with_fields(flux_err=errors).to_nested(index=X.index))
    messages = []
    for steps in ([], [LightCurveBinner()], [MedianFilter(), LightCurveTruncator(30)]):
        with pytest.raises(ValueError, match="flux_err is -2") as error:
            make_pipeline(*steps, ContrastiveEmbedder(**SMALL)).fit(bad)
        messages.append(str(error.value))
    assert len(set(messages)) == 1


def test_object_without_a_light_curve_may_be_fitted(X):
    assert as_ragged(X["light_curve"]).lengths[2] == 0
    LightCurveBinner().fit(X)
