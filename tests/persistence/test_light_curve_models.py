"""The packaged models of light curves: classes and redshifts."""

import numpy as np
import pytest
from sklearn.metrics import f1_score

from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.persistence import load_pretrained
from sklearn_sn.preprocessing import LightCurveTruncator

# Simulated follow-up has exposures twice.
pytestmark = pytest.mark.filterwarnings("ignore:Input was repaired")
REAL = ("SLSN-I", "SN II", "SN IIn", "SN Ia", "SN Ib/c")
SIMULATED = ("AGN", "CV", "SN Ia-91bg", "SN Iax", "TDE")
SUBTYPES = ("SN Ia-91bg", "SN Iax")


@pytest.fixture(scope="module")
def types():
    return load_pretrained("light-curve-types")


@pytest.fixture(scope="module")
def sample():
    return make_supernovae(
        120,
        classes=("SN Ia", "SN II", "SN Ib/c", "SLSN-I"),
        surveys=("followup", "ztf"),
        redshift_range={
            "SN Ia": (0.01, 0.08),
            "SN II": (0.005, 0.03),
            "SN Ib/c": (0.005, 0.03),
            "SLSN-I": (0.1, 0.3),
        },
        random_state=5,
    )


def test_names_classes_of_simulated_objects(types, sample):
    X, y = sample
    assert sorted(types.classes_) == sorted(REAL + SIMULATED)
    proba = types.predict_proba(X)
    np.testing.assert_allclose(proba.sum(axis=1), 1.0)
    predicted = types.predict(X).astype(object)
    predicted[np.isin(predicted, SUBTYPES)] = "SN Ia"
    assert f1_score(y, predicted, labels=np.unique(y), average="macro") > 0.6
    sets = types.predict_set(X)
    inside = sets[np.arange(len(y)), np.searchsorted(types.classes_, y)]
    assert inside.mean() > 0.6
    assert (types.predict_set(X, 0.99) >= sets).all()
    assert np.isfinite(types.score_samples(X)).all()


def test_one_point_is_enough(types, sample):
    first = LightCurveTruncator(n_points=1, origin="detection").fit_transform(sample[0][:20])
    detection = as_ragged(first["light_curve"])
    last = np.diff(detection.offsets) - 1
    one = detection.filter(detection.rank() == last[detection.rows])
    X = first.assign(light_curve=one.to_nested(index=first.index))
    assert (as_ragged(X["light_curve"]).lengths == 1).all()
    proba = types.predict_proba(X)
    assert np.isfinite(proba).all()
    # A point says little.
    assert proba.max(axis=1).mean() < types.predict_proba(sample[0][:20]).max(axis=1).mean()


def test_spectra_in_the_table_change_nothing(types, sample):
    X = sample[0][:10]
    np.testing.assert_array_equal(types.predict_proba(X), types.predict_proba(X[["light_curve"]]))


def test_redshifts_of_simulated_supernovae(sample):
    model = load_pretrained("light-curve-redshift")
    X, y = sample
    near = np.isin(y, ("SN Ia", "SN II"))
    redshift, std = model.predict(X[near], return_std=True)
    assert (std > 0).all()
    assert (redshift > 0).all()
    assert np.corrcoef(redshift, X["redshift"][near])[0, 1] > 0.6


@pytest.mark.parametrize("name", ["light-curve-types", "light-curve-redshift"])
def test_card_is_complete(name):
    card = load_pretrained(name, card=True)
    assert {"description", "data", "sources", "recipe", "metrics", "limits", "license"} <= set(card)
    if name == "light-curve-types":
        assert "calibration" in card
        assert "TDE" in " ".join(card["limits"])
