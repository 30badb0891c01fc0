"""Faults of images and metadata (columns that are missing, renamed or not numbers) in a fusion."""

from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.ensemble import HistGradientBoostingClassifier

from sklearn_sn import LateFusionClassifier
from sklearn_sn.data import DataQualityWarning, check_table

COLUMNS = ["magpsf", "sky", "scorr"]


class Brightness(ClassifierMixin, BaseEstimator):
    """Classify cutouts by their mean, with the check of input of all estimators."""

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        return self

    def predict_proba(self, X):
        table = check_table(X, modalities=["image"])
        assert table.present("image").all()
        mean = np.array([np.nanmean(image) for image in table.image])
        first = 1 / (1 + np.exp(np.clip(mean, -50, 50)))
        return np.column_stack([first, 1 - first])


def table(n=40, seed=0):
    rng = np.random.default_rng(seed)
    y = np.array(["AGN", "CV"])[np.arange(n) % 2]
    sign = np.where(y == "CV", 1.0, -1.0)
    images = [s + rng.normal(0, 0.3, (3, 9, 9)).astype(np.float32) for s in sign]
    X = pd.DataFrame(rng.normal(0, 1, (n, 3)) + sign[:, None], columns=COLUMNS)
    return X.assign(image=pd.Series(images, dtype=object)), y


@pytest.fixture(scope="module")
def model():
    members = [("image", Brightness(), "image")]
    members += [("metadata", HistGradientBoostingClassifier(max_iter=10), COLUMNS)]
    return LateFusionClassifier(members).fit(*table())


def with_image(X, image):
    return X.assign(image=pd.Series([image, *X["image"][1:]], dtype=object))


IMAGES = {
    "edge": np.ones((3, 9, 4)),
    "grey": np.ones((9, 9)),
    "channels last": np.ones((9, 9, 3)),
    "two channels": np.stack([np.ones((9, 9)), np.full((9, 9), np.nan), np.ones((9, 9))]),
    "nan pixels": np.where(np.arange(243).reshape(3, 9, 9) % 2, np.nan, 1.0),
    "saturated": np.full((3, 9, 9), 65535.0),
    "constant": np.zeros((3, 9, 9)),
    "uint8": np.ones((3, 9, 9), dtype=np.uint8),
    "int16": np.ones((3, 9, 9), dtype=np.int16),
    "big-endian": np.ones((3, 9, 9), dtype=">f4"),
}
EMPTY = {"none": None, "no pixels": np.zeros((0, 0)), "all nan": np.full((3, 9, 9), np.nan)}


@pytest.mark.parametrize("kind", IMAGES)
def test_odd_cutouts_are_used(model, kind):
    X = with_image(table()[0], IMAGES[kind])
    by_modality = model.predict_proba_by_modality(X)
    assert np.isfinite(by_modality["image"].iloc[0]).all()
    assert np.isfinite(model.predict_proba(X)).all()


@pytest.mark.parametrize("kind", EMPTY)
def test_empty_cutouts_are_missing(model, kind):
    X = with_image(table()[0], EMPTY[kind])
    by_modality = model.predict_proba_by_modality(X)
    assert by_modality["image"].isna().all(axis=1).tolist() == [True] + [False] * 39
    np.testing.assert_allclose(model.predict_proba(X)[0], by_modality["metadata"].iloc[0])


def test_columns_are_matched_by_name(model):
    X = table()[0]
    expected = model.predict_proba(X)
    other_order = X[["image", "scorr", "magpsf", "sky"]].assign(note="x", rb=3)
    np.testing.assert_array_equal(model.predict_proba(other_order), expected)


def test_a_renamed_column_is_missing_with_a_warning(model):
    X = table()[0]
    with pytest.warns(DataQualityWarning, match=r"lacks the columns \['sky'\]"):
        renamed = model.predict_proba(X.rename(columns={"sky": "background"}))
    np.testing.assert_array_equal(renamed, model.predict_proba(X.assign(sky=np.nan)))


@pytest.mark.parametrize("value", [np.nan, -999.0, -99.0, None, pd.NA])
def test_metadata_without_a_value_are_missing(model, value):
    X = table()[0]
    X[COLUMNS] = X[COLUMNS].astype(object)
    X.loc[0, COLUMNS] = value
    absent = model.predict_proba_by_modality(X.iloc[:1])["metadata"]
    assert absent.isna().all(axis=None)


@pytest.mark.parametrize("value", [np.inf, -np.inf])
def test_infinite_metadata_are_missing(model, value):
    X = table()[0].iloc[:2].copy()
    X.loc[0, COLUMNS] = value
    absent = model.predict_proba_by_modality(X)["metadata"].isna().all(axis=1)
    assert absent.tolist() == [True, False]


def test_numbers_of_other_types_are_numbers(model):
    X = table()[0]
    numbers = X.assign(magpsf=[Decimal(repr(float(v))) for v in X["magpsf"]])
    np.testing.assert_allclose(model.predict_proba(numbers), model.predict_proba(X))
    numbers = X.assign(sky=X["sky"] > 0)
    assert np.isfinite(model.predict_proba(numbers)).all()


def test_text_and_dates_among_numbers_are_rejected_with_column_and_value(model):
    X = table()[0].astype({"sky": object})
    X.loc[3, "sky"] = "bright"
    with pytest.raises(ValueError, match=r"Object 3: sky is 'bright' among numbers"):
        model.predict_proba(X)
    with pytest.raises(ValueError, match="'sky' holds dates"):
        model.predict_proba(X.assign(sky=pd.Timestamp("2020-01-01")))


def test_a_cell_that_is_no_image_is_rejected(model):
    with pytest.raises(ValueError, match="Object 0: image"):
        model.predict_proba(with_image(table()[0], np.array(["a"])))


def test_all_modalities_missing(model):
    X = table()[0].iloc[:3].assign(**dict.fromkeys(COLUMNS, np.nan))
    X["image"] = pd.Series([None] * 3, dtype=object)
    with pytest.warns(DataQualityWarning, match="3 objects have no modality"):
        np.testing.assert_allclose(model.predict_proba(X), [[0.5, 0.5]] * 3)
    with pytest.raises(ValueError, match="none of the columns"):
        model.predict_proba(pd.DataFrame({"other": [1.0]}))


def test_input_is_not_changed(model):
    X = table()[0]
    before = X.copy(deep=True)
    model.predict_proba(X)
    pd.testing.assert_frame_equal(X.drop(columns="image"), before.drop(columns="image"))
