"""One table per object: classes, sets, redshifts, flags and neighbours."""

import warnings
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

import sklearn_sn
from sklearn_sn.catalog import classify
from sklearn_sn.catalog._class_probabilities import ClassProbabilities
from sklearn_sn.catalog._classify import _class_sets
from sklearn_sn.data import quality_report
from tests.catalog.stand_ins import simulated


@pytest.fixture(scope="module")
def table(objects, models):
    return classify(objects, models=models | {"contrastive-sim": None})


def test_each_object_is_classified_from_what_it_has(table, objects):
    assert table.index.equals(objects.index)
    both = "light_curve|spectrum"
    expected = [both] * 3 + ["light_curve"] * 2 + ["spectrum", ""] + [both] * 5
    assert table["modalities"].tolist() == expected
    usable = table["modalities"] != ""
    assert table.loc[usable, ["class", "probability", "redshift"]].notna().all(axis=None)
    nothing = table.iloc[6]
    assert nothing[["class", "subtype", "probability", "redshift"]].isna().all()
    assert nothing["class_set"] == "" and "NOTHING" in nothing["quality_flags"]


def test_probabilities_sum_to_one_and_the_class_is_right(table, objects):
    chances = table.filter(like="p_")
    np.testing.assert_allclose(chances.drop(index=objects.index[6]).sum(axis=1), 1.0)
    truth = pd.Series(simulated()[1][100:112], index=objects.index).replace("SN Ia-91bg", "SN Ia")
    assert (table["class"] == truth).sum() >= 8
    is_ia = table["class"] == "SN Ia"
    total = chances["p_SN Ia"] + chances["p_SN Ia-91bg"]
    np.testing.assert_allclose(table["probability"][is_ia], total[is_ia])
    assert (table.loc[~is_ia, "class"] == table.loc[~is_ia, "subtype"]).sum() == (~is_ia).sum() - 1


def test_the_set_is_that_of_the_spectrum_with_the_best_class(objects, models):
    wide = classify(objects, models=models, n_neighbors=0, coverage=0.999999)
    # The classes of the spectrum, and the best class.
    sets = wide["class_set"].str.split("|")
    assert {"SN II", "SN Ia"} <= set(sets.iloc[0])
    assert len(sets.iloc[3]) > len(sets.iloc[5])
    narrow = classify(objects, models=models, n_neighbors=0, coverage=0.01)["class_set"]
    assert (narrow.drop(index=objects.index[6]) != "").all()


class Given:
    """Classifier with given probabilities and sets, the same for every object."""

    def __init__(self, chances, chosen=None):
        self.classes_ = np.array(list(chances))
        self.chances = [*chances.values()]
        if chosen is not None:
            self.predict_set = lambda X, coverage: np.tile(
                np.isin(self.classes_, chosen), (len(X), 1)
            )

    def predict_proba(self, X):
        return np.tile(self.chances, (len(X), 1))


def test_the_set_contains_the_class_and_not_another_column(objects):
    chances = {"SN II": 0.4, "SN Ia": 0.35, "SN Ia-91bg": 0.25}
    models = {"light-curve-types": Given(chances, []), "light-curve-redshift": None}
    row = classify(objects[["light_curve"]], models=models, n_neighbors=0).iloc[0]
    assert (row["class"], row["subtype"], row["class_set"]) == ("SN Ia", "SN Ia", "SN Ia")


@pytest.mark.parametrize(
    ("chances", "uncertain"),
    [
        ({"SN II": 0.36, "SN Ia": 0.34, "TDE": 0.3}, True),
        ({"SN II": 0.4, "SN Ia": 0.35, "SN Ia-91bg": 0.25}, False),  # SN Ia has 0.6
        ({"SN II": 0.5, "SN Ia": 0.3, "TDE": 0.2}, False),
    ],
)
def test_a_class_that_is_less_probable_than_not_is_uncertain(objects, chances, uncertain):
    # The set is one class, and looks sure.
    models = {"light-curve-types": Given(chances, ["SN II"]), "light-curve-redshift": None}
    flags = classify(objects[["light_curve"]], models=models, n_neighbors=0)["quality_flags"]
    expected = quality_report(objects[["light_curve"]])["flag"]
    classified = ~expected.str.contains("NOTHING")
    assert classified.any() and not classified.all()
    added = expected.where(expected == "", expected + ",") + "UNCERTAIN"
    np.testing.assert_array_equal(flags[classified] == added[classified], uncertain)
    np.testing.assert_array_equal(flags[classified] == expected[classified], not uncertain)
    assert not flags[~classified].str.contains("UNCERTAIN").any()


def test_without_sets_of_its_modality_an_object_has_none(objects):
    chances = {"SN II": 0.8, "SN Ia": 0.2}
    models = {
        "light-curve-types": Given(chances),
        "spectrum-types": Given(chances, ["SN Ia"]),
        "light-curve-redshift": None,
        "spectrum-redshift": None,
    }
    table = classify(objects, models=models, n_neighbors=0)
    sets = table.groupby("modalities")["class_set"].unique().map(list).to_dict()
    with_spectrum = ["SN II|SN Ia"]
    assert sets == {
        "": [""],
        "light_curve": [""],
        "spectrum": with_spectrum,
        "light_curve|spectrum": with_spectrum,
    }


def test_the_packaged_models_classify_both_modalities(objects):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        table = classify(objects.iloc[2:6])
    both = "light_curve|spectrum"
    assert table["modalities"].tolist() == [both, "light_curve", "light_curve", "spectrum"]
    columns = ["class", "subtype", "probability", "redshift", "redshift_err", "neighbor_3"]
    assert table[columns].notna().all(axis=None)
    assert (table["redshift_err"] > 0).all() and (table["class_set"] != "").all()
    assert table["anomaly_score"].notna().tolist() == [True, True, True, False]
    np.testing.assert_allclose(table.filter(like="p_").sum(axis=1), 1.0, atol=1e-6)
    for _, row in table.iterrows():
        assert row["subtype"] in row["class_set"].split("|")


def test_the_redshift_of_the_spectrum_wins_and_a_given_one_is_kept(table, objects, models):
    assert table["redshift_source"].tolist()[2:6] == ["spectrum"] + ["light_curve"] * 2 + [
        "spectrum"
    ]
    given = objects.assign(redshift=[0.5] + [np.nan] * 11)
    kept = classify(given, models=models, n_neighbors=0, redshift="keep")
    assert kept["redshift"].iloc[0] == 0.5 and kept["redshift_source"].iloc[0] == "given"
    assert np.isnan(kept["redshift_err"].iloc[0])
    pd.testing.assert_series_equal(kept["redshift"].iloc[1:], table["redshift"].iloc[1:])


def test_one_row_alone_equals_the_row_in_the_table(table, objects, models):
    alone = classify(objects.iloc[[1]], models=models | {"contrastive-sim": None})
    pd.testing.assert_frame_equal(alone, table.iloc[[1]], rtol=1e-6)


def test_neighbours_are_known_objects_with_the_same_modalities(objects, models, with_known):
    table = classify(objects, models=models, n_neighbors=2)
    distance = table[["neighbor_1_distance", "neighbor_2_distance"]].to_numpy()
    usable = (table["modalities"] != "").to_numpy()
    assert (distance[usable, 0] <= distance[usable, 1]).all() and np.isnan(distance[~usable]).all()
    known = pd.Series(with_known.classes, index=with_known.names)
    found = table["neighbor_1"][usable]
    assert (known[found].to_numpy() == table["neighbor_1_class"][usable]).all()
    with_spectrum = table["modalities"].str.contains("spectrum").to_numpy()
    assert set(table["neighbor_1"][with_spectrum]) <= set(with_known.names[20:])


def test_a_missing_model_is_named_and_its_columns_are_absent(objects, models, monkeypatch):
    monkeypatch.setattr("sklearn_sn.catalog._ready_models.list_pretrained", lambda: [])
    curves = objects[["light_curve"]]
    with pytest.warns(UserWarning, match="does not contain 'light-curve-types', 'light-curve-r"):
        table = classify(curves, n_neighbors=0)
    assert list(table.columns) == ["modalities", "quality_flags"]
    # A model that the user leaves out is not worth a warning.
    table = classify(curves, models=dict.fromkeys(models), n_neighbors=0)
    assert list(table.columns) == ["modalities", "quality_flags"]


def test_columns_depend_on_the_models_and_not_on_the_rows(table, objects, models):
    lone = classify(objects.iloc[[6]], models=models | {"contrastive-sim": None})
    assert list(lone.columns) == list(table.columns)
    empty = classify(objects.iloc[:0], models=models | {"contrastive-sim": None})
    assert list(empty.columns) == list(table.columns) and len(empty) == 0


def test_wrong_input_is_named(models, objects):
    with pytest.raises(ValueError, match="neither a column 'light_curve' nor"):
        classify(pd.DataFrame({"redshift": [0.1]}))
    with pytest.raises(ValueError, match="'coverage' parameter of classify"):
        classify(objects, coverage=1.5)
    with pytest.raises(ValueError, match="'types'"):
        classify(objects, models={"types": None})


def test_the_input_is_not_changed(objects, models):
    before = objects.copy()
    classify(objects, models=models, n_neighbors=0, redshift="keep")
    pd.testing.assert_frame_equal(objects, before)


def test_the_top_level_offers_classify():
    assert sklearn_sn.classify is classify


def test_the_most_probable_class_of_a_set_stands_first():
    classes = ["SN Ia", "SN II", "SN IIn"]
    combined = ClassProbabilities(classes, np.array([[0.1, 0.6, 0.3], [0.5, 0.1, 0.4]]))
    values = np.array([[True, True, True], [True, False, True]])
    sets = {"light_curve": ClassProbabilities(classes, values)}
    objects = SimpleNamespace(
        X=range(2), present={"light_curve": np.ones(2, bool), "spectrum": np.zeros(2, bool)}
    )
    text = _class_sets(objects, sets, combined, np.array([1, 0]))
    assert text.tolist() == ["SN II|SN IIn|SN Ia", "SN Ia|SN IIn"]


def test_columns_are_attributes_and_the_coverage_is_kept(objects, models):
    table = classify(objects.iloc[:2], models=models, n_neighbors=0, coverage=0.8)
    assert [name for name in table.columns if hasattr(pd.DataFrame, name)] == []
    assert table.quality_flags.tolist() == table["quality_flags"].tolist() == ["", ""]
    assert table.attrs["coverage"] == 0.8
