"""Alerts as a table: columns, classes, prefixes and reproducibility."""

import warnings

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.data import as_ragged, check_table
from sklearn_sn.datasets import (
    iter_supernovae,
    make_alerts,
    make_supernovae,
    read_alerts,
)

CLASSES = ["SN Ia", "SN IIP", "CV", "AGN", "TDE"]


@pytest.fixture(scope="module")
def sample():
    return make_alerts(60, proportions=CLASSES, labels="fine", return_truth=True, random_state=0)


def test_columns_are_those_of_read_alerts(sample):
    X, y, truth = sample
    packet = {"objectId": "ZTF99aaaaaad", "candid": 2}
    packet["candidate"] = {"jd": 2458802.5, "fid": 1, "magpsf": 18.9, "sigmapsf": 0.1}
    packet["candidate"] |= {"isdiffpos": "t", "ra": 289.9, "dec": 61.8}
    read = read_alerts([packet], per="alert")
    assert X.columns.tolist() == [name for name in read.columns if name not in ("rb", "drb")]
    assert X["light_curve"].dtype == read["light_curve"].dtype
    assert set(X["light_curve"].iloc[0]["band"]) <= {"ztfg", "ztfr"}
    assert X.index.name == read.index.name == "candid" and X.index.dtype == read.index.dtype
    assert len(X) == len(y) == len(truth) and X.index.is_unique
    assert truth.index.equals(X.index) and (truth["class"] == y).all()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_table(X)


def test_light_curves_end_with_their_alert(sample):
    X, y, _ = sample
    curves = as_ragged(X["light_curve"], kind="light_curve")
    last = curves.offsets[1:] - 1
    np.testing.assert_array_equal(curves["time"][last], X["mjd"])
    np.testing.assert_allclose(
        23.9 - 2.5 * np.log10(np.abs(curves["flux"][last])), X["magpsf"], atol=1e-9
    )
    assert (np.abs(curves["flux"][last]) >= 5 * curves["flux_err"][last]).all()
    negative = curves["flux"][last] < 0
    assert set(y[negative]) == {"AGN"}
    # Later alerts of an object extend the light curve of earlier ones.
    counts = pd.Series(curves.lengths).groupby(X["object_id"].to_numpy())
    assert counts.is_monotonic_increasing.all()
    assert (X.groupby("object_id")["mjd"].max() - X.groupby("object_id")["mjd"].min()).max() <= 30
    assert X.groupby("object_id").size().max() == 5


def test_classes_have_their_surroundings(sample):
    X, y, _ = sample
    near = X.groupby(y)[["distpsnr1", "sgscore1", "age"]].median()
    assert near.loc["CV", "sgscore1"] > 0.7 > 0.3 > near.loc["SN Ia", "sgscore1"]
    assert near.loc["TDE", "distpsnr1"] < 0.6 < near.loc["SN IIP", "distpsnr1"]
    assert near.loc["AGN", "age"] > 200 > near.loc["TDE", "age"]
    assert X["age"].min() == 0.0


def test_counts_are_exact_and_labels_coarse():
    parameters = {"modalities": "metadata", "random_state": 0}
    X, y = make_alerts(33, proportions={"SN I": 30, "TDE": 3}, **parameters)
    assert X.columns[0] == "object_id" and "image" not in X
    objects = pd.Series(y).groupby(X["object_id"].to_numpy()).first().value_counts()
    assert objects.to_dict() == {"SN I": 30, "TDE": 3}
    X, y = make_alerts(7, proportions=["TDE"], max_alerts=1, **parameters)
    assert y.tolist() == ["TDE"] * 7


def test_the_alerts_do_not_depend_on_modalities():
    parameters = {"proportions": CLASSES, "random_state": 4, "missing_fraction": 0.5}
    names = ("light_curve", "image", "metadata", "spectrum")
    X, y = make_alerts(8, modalities=names, **parameters)
    again, same = make_alerts(8, modalities=names, **parameters)
    plain, labels = make_alerts(8, modalities=["metadata"], **parameters)
    np.testing.assert_array_equal(np.stack(X["image"]), np.stack(again["image"]))
    pd.testing.assert_frame_equal(X[plain.columns], plain, check_exact=True)
    assert (y == same).all() and (y == labels).all()
    empty = as_ragged(X["spectrum"]).lengths == 0
    assert 0 < empty.mean() < 1 and (X["redshift"].isna() == empty).all()


def test_spectra_are_near_the_first_detection():
    X, _ = make_alerts(
        *(20,),
        proportions=["SN Ia"],
        modalities=["light_curve", "spectrum"],
        future_spectra=True,
        random_state=0,
    )
    first = X.groupby("object_id")["mjd"].transform("min").to_numpy()
    time = as_ragged(X["spectrum"]).reduce("first", "time")
    assert np.abs(time - first).max() < 60


def test_an_alert_has_no_spectrum_of_later_dates():
    parameters = {"proportions": ["SN Ia", "CV"], "modalities": ["spectrum"], "random_state": 0}
    X, _ = make_alerts(20, **parameters)
    every, _ = make_alerts(20, future_spectra=True, **parameters)
    spectra, all_spectra = (as_ragged(table["spectrum"]) for table in (X, every))
    taken = all_spectra.reduce("first", "time")
    has = taken <= X["mjd"].to_numpy()
    assert 0.1 < has.mean() < 0.9
    np.testing.assert_array_equal(spectra.lengths > 0, has)
    np.testing.assert_array_equal(X["redshift"].notna(), has)
    np.testing.assert_array_equal(spectra["flux"], all_spectra.take(has)["flux"])
    assert every["redshift"].notna().all()


def test_names_of_two_tables_can_differ():
    parameters = {"proportions": ["CV"], "modalities": ["light_curve"], "random_state": 0}
    X, _ = make_alerts(5, **parameters)
    other, _, truth = make_alerts(5, object_prefix="other-", return_truth=True, **parameters)
    assert X["object_id"].iloc[0] == "sim-000000"
    assert set(other["object_id"]) == {f"other-{number:06d}" for number in range(5)}
    assert (truth["object_id"] == other["object_id"]).all()
    pd.testing.assert_frame_equal(X.drop(columns="object_id"), other.drop(columns="object_id"))


def test_without_forced_photometry_only_detections_are_left():
    X, _ = make_alerts(
        *(10,), proportions=["SN Ia"], modalities="light_curve", forced=False, random_state=0
    )
    curves = as_ragged(X["light_curve"])
    assert (np.abs(curves["flux"]) >= 5 * curves["flux_err"]).all()


def test_make_supernovae_returns_the_last_alert():
    parameters = {"surveys": "ztf", "random_state": 0}
    names = ("light_curve", "image", "metadata")
    X, y = make_supernovae(12, modalities=names, **parameters)
    plain, same = make_supernovae(12, modalities="light_curve", **parameters)
    assert (y == same).all() and X["ra"].equals(plain["ra"])
    assert np.stack(X["image"]).shape == (12, 3, 63, 63)
    curves = as_ragged(X["light_curve"])
    detected = curves["flux"] >= 5 * curves["flux_err"]
    last = curves.reduce("max", np.where(detected, curves["time"], 0.0))
    np.testing.assert_array_equal(X["mjd"], last)
    assert {"magpsf", "age", "nnondet", "sgscore1"} <= set(X.columns)


def test_chunks_hold_the_same_alerts():
    parameters = {"modalities": ["image", "metadata"], "surveys": "ztf", "random_state": 1}
    X, _ = make_supernovae(9, **parameters)
    chunks = pd.concat([part for part, _ in iter_supernovae(9, chunk_size=4, **parameters)])
    pd.testing.assert_frame_equal(
        X.drop(columns="image"), chunks.drop(columns="image"), check_exact=True
    )
    np.testing.assert_array_equal(np.stack(X["image"]), np.stack(chunks["image"]))


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"n_objects": 0}, "n_objects"),
        ({"proportions": "all"}, "proportions"),
        ({"labels": "both"}, "labels"),
        ({"max_alerts": 0}, "max_alerts"),
        ({"modalities": ["sound"]}, "modalities"),
        ({"max_days": -1}, "max_days"),
    ],
)
def test_bad_parameters_are_named(changes, named):
    with pytest.raises(ValueError, match=f"'{named}' parameter of make_alerts"):
        make_alerts(**{"n_objects": 3} | changes)
