"""Estimators of several modalities: columns, missing parts, pretraining, warm starts."""

import numpy as np
import pandas as pd
import pytest
import torch
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_sn.classification import SupConClassifier
from sklearn_sn.data import DataQualityWarning, quality_report
from sklearn_sn.encoders import ConvNeXtImage
from tests.classification.alerts import COLUMNS, IMAGE, alerts, tiny, without

AUTO = {"image": "auto", "metadata": "auto"}


@pytest.fixture(scope="module")
def table():
    return alerts()


@pytest.fixture(scope="module")
def model(table):
    return tiny().fit(*table)


def test_columns_are_those_of_the_towers_that_the_table_has(model, table):
    assert sorted(model.metadata_columns_) == sorted([*COLUMNS, "ra", "dec"])
    assert model.sky_columns_ == ["ra", "dec"]
    own = tiny(metadata_columns=["magpsf"]).fit(*table)
    assert own.metadata_columns_ == ["magpsf"]
    mlp = tiny(metadata="mlp").fit(*table)
    assert sorted(mlp.metadata_columns_) == sorted(model.metadata_columns_)


def test_auto_takes_the_modalities_of_the_table(table):
    X, y = table
    assert tiny(**AUTO).fit(X.drop(columns="image"), y).modalities_ == ["metadata"]
    assert tiny(**AUTO).fit(X[["image"]], y).modalities_ == ["image"]
    empty = without(X, np.arange(len(X)), image=True)
    assert tiny(**AUTO).fit(empty, y).modalities_ == ["metadata"]
    with pytest.raises(ValueError, match="X has nothing for image or metadata"):
        tiny(**AUTO).fit(X[["image"]].rename(columns={"image": "picture"}), y)


def test_an_explicit_encoder_needs_its_modality(table):
    X, y = table
    with pytest.raises(ValueError, match="X lacks the column 'image'"):
        tiny().fit(X.drop(columns="image"), y)
    with pytest.raises(ValueError, match=r"'metadata' parameter .* none of its columns"):
        tiny().fit(X[["image"]], y)
    with pytest.raises(ValueError, match=r"'image' parameter .* no object of X has image"):
        tiny().fit(without(X, np.arange(len(X)), image=True), y)
    with pytest.raises(ValueError, match="X lacks the column 'fwhm'"):
        tiny(metadata_columns=["fwhm"]).fit(X, y)


def test_a_column_absent_from_predict_counts_as_missing(model, table):
    X, _ = table
    for name in ("age", "ra", "image"):
        with pytest.warns(DataQualityWarning, match=f"no columns \\['{name}'\\]"):
            found = model.predict_proba(X.drop(columns=name))
        expected = model.predict_proba(X.assign(**{name: None if name == "image" else np.nan}))
        np.testing.assert_array_equal(found, expected)
    with pytest.warns(DataQualityWarning, match="no columns"):
        alone = model.predict_proba(X[["image"]])
    expected = model.predict_proba(without(X, np.arange(len(X)), metadata=True))
    np.testing.assert_array_equal(alone, expected)
    with pytest.raises(ValueError, match="X lacks the column 'image'"):
        model.predict_proba(pd.DataFrame({"other": [1.0]}))


def test_a_missing_value_is_not_a_number_of_the_column(model, table):
    X, _ = table
    missing = model.predict_proba(X.assign(magpsf=np.nan))
    for value in (0.0, X["magpsf"].median(), X["magpsf"].mean()):
        assert np.abs(model.predict_proba(X.assign(magpsf=value)) - missing).max() > 1e-4


def test_fill_values_count_as_missing(model, table):
    X, _ = table
    with pytest.warns(DataQualityWarning, match="unknown values of 'sgscore1'"):
        found = model.predict_proba(X.assign(sgscore1=-999.0))
    np.testing.assert_array_equal(found, model.predict_proba(X.assign(sgscore1=np.nan)))


def test_the_position_alone_is_no_modality(table):
    X, y = table
    model = tiny(metadata_columns=["age"]).fit(X, y)
    nothing = without(X, [2], image=True)
    nothing.loc[nothing.index[2], "age"] = np.nan
    with pytest.warns(DataQualityWarning, match="1 objects have nothing usable .*'ZTF2'"):
        proba = model.predict_proba(nothing)
    np.testing.assert_array_equal(proba[2], model.class_prior_)


def test_the_position_changes_an_image_alone(table):
    X, y = table
    model = tiny(metadata=None).fit(X, y)
    assert np.abs(model.predict_proba(X.assign(ra=3.0)) - model.predict_proba(X)).max() > 1e-5
    blind = tiny(metadata=None, image=clone(IMAGE).set_params(sky_position=False)).fit(X, y)
    np.testing.assert_array_equal(blind.predict_proba(X.assign(ra=3.0)), blind.predict_proba(X))
    single = SupConClassifier(encoder=IMAGE, max_epochs=1, random_state=0).fit(X, y)
    assert np.abs(single.transform(X.assign(ra=3.0)) - single.transform(X)).max() > 1e-5
    assert np.isfinite(single.transform(X[["image"]])).all()


def test_rows_without_anything_are_rejected_in_fit(table):
    X, y = table
    with pytest.raises(ValueError, match="image and metadata hold nothing usable"):
        tiny().fit(without(X, [5], image=True, metadata=True), y)


def test_numbers_of_labels_and_wrong_parameters(table):
    X, y = table
    with pytest.raises(ValueError, match="X has 60 objects but y has 59 labels"):
        tiny().fit(X, y[:-1])
    with pytest.raises(ValueError, match=r"'metadata_columns' parameter .* must be an array-like"):
        tiny(metadata_columns="age").fit(X, y)
    with pytest.raises(ValueError, match="'trainable' parameter is 'head'"):
        tiny(trainable="head").fit(X, y)


def test_pretrained_encoders_are_kept_frozen(table):
    X, y = table
    pretrained = SupConClassifier(encoder=IMAGE, max_epochs=1, random_state=0).fit(X, y)
    frozen = FrozenEstimator(pretrained)
    model = clone(tiny(image="auto", pretrained=frozen, trainable="none")).fit(X, y)
    trained = pretrained.net_.module_.encoder.state_dict()
    for name, value in model.net_.module_.encoders["image"].state_dict().items():
        assert torch.equal(value, trained[name])
    free = tiny(image="auto", pretrained=frozen, pretrained_lr_factor=0.5).fit(X, y)
    first = "trunk.stem.linear.weight"
    assert not torch.equal(free.net_.module_.encoders["image"].state_dict()[first], trained[first])


def test_its_encoders_pretrain_other_estimators(model, table):
    X, y = table
    other = SupConClassifier(
        encoder=ConvNeXtImage(), pretrained=FrozenEstimator(model), trainable="head", max_epochs=1
    ).fit(X, y)
    assert other.encoder_.latent_dim == IMAGE.latent_dim


def test_warm_start_continues(table):
    X, y = table
    model = tiny(warm_start=True).fit(X, y)
    before = model.history_[-1]["train_loss"]
    model.set_params(max_epochs=3).fit(X, y)
    assert model.n_iter_ == 5 and model.history_[-1]["train_loss"] < before
    with pytest.raises(ValueError, match="n_experts"):
        model.set_params(n_experts=2).fit(X, y)


def test_early_stopping_and_output_names(table):
    X, y = table
    model = tiny(early_stopping=True, max_epochs=3).set_output(transform="pandas").fit(X, y)
    assert "valid_loss" in model.history_[0]
    out = model.transform(X)
    assert out.columns[0] == "astrominnclassifier0" and out.index.equals(X.index)
    pipe = make_pipeline(tiny(), StandardScaler()).fit(X, y)
    assert pipe.transform(X).shape == out.shape


def test_objects_unlike_the_training_data_are_flagged(model, table):
    X = table[0].iloc[:6].copy()
    X["magpsf"] = [1e4, *X["magpsf"].iloc[1:]]
    flags = quality_report(X, estimator=model)["flag"]
    assert flags.str.contains("UNLIKE_TRAINING").tolist() == [True] + [False] * 5
    with pytest.warns(DataQualityWarning, match="1 objects are unlike the training data"):
        model.predict_proba(X)
