"""What the benchmarks of spectra count."""

import numpy as np
import pandas as pd
import pytest

CLASSES = np.array(["a", "b", "c"])


def test_calibration_error_is_the_mean_gap_of_ten_bins(load):
    proba = np.array([[0.95, 0.05]] * 4 + [[0.35, 0.65]] * 6)
    truth = np.array(["a", "a", "a", "b"] + ["b"] * 6)
    found = load("_spectra").calibration_error(truth, proba, ["a", "b"])
    assert found == pytest.approx(0.4 * 0.20 + 0.6 * 0.35)


def test_among_some_classes_probabilities_add_up_to_one(load):
    truth = np.array(["a", "b", "c"])
    proba = np.array([[0.5, 0.1, 0.4], [0.2, 0.2, 0.6], [0.0, 0.0, 1.0]])
    part, shares, classes = load("_spectra").part_of_classes(truth, proba, CLASSES, ("a", "b"))
    assert part.tolist() == ["a", "b"] and classes == ["a", "b"]
    np.testing.assert_allclose(shares, [[5 / 6, 1 / 6], [0.5, 0.5]])


def test_redshifts_that_are_off(load):
    truth = np.array([0.05, 0.05, 0.05, 0.3, 0.3, 1.5])
    predicted = np.add(truth, [0, 0.02, 0, 0.02, 0.3, 9])
    found = load("_spectra").redshift_figures(truth, predicted)
    assert found["beyond 0.01"] == 0.6 and found["beyond 0.15"] == 0.2
    assert found["of z < 0.1"] == pytest.approx(1 / 3) and found["of z > 0.2"] == 1.0


def test_copies_of_spectra_form_groups_and_similar_spectra_do_not(load):
    spectra = load("_spectra")
    rng = np.random.default_rng(0)
    wavelength = np.arange(3800.0, 7300.0, 5.0)
    lines = [np.sin(wavelength / 40.0 + 2.0 * np.sin(wavelength / 300.0)), rng.normal(size=700)]

    def cell(flux):
        return pd.DataFrame({"wavelength": wavelength, "flux": flux, "time": 0.0})

    similar = 5.0 + lines[0] + 0.3 * lines[1]
    cells = [5.0 + lines[0], 2.0 * (5.0 + lines[0]), similar, 5.0 + lines[1]]
    X = pd.DataFrame({"spectrum": [cell(flux) for flux in cells]})
    high_pass = spectra.lines(spectra.validate_table(X).spectrum)
    assert 0.9 < high_pass[0] @ high_pass[2] < 0.98
    assert spectra.duplicate_groups(X).tolist() == [0, 0, 1, 2]


def folds():
    """Two folds of ten objects: "a" is frequent, "b" rare, and all predictions are equal."""
    rows = np.arange(20)
    truth = np.where(rows % 5 == 0, "b", "a")
    proba = np.tile([2 / 3, 1 / 3], (20, 1))
    return [
        {"rows": rows[part], "truth": truth[part], "proba": proba[part], "classes": CLASSES[:2]}
        for part in (slice(0, 10), slice(10, 20))
    ]


def test_leaning_and_weights_are_of_the_other_folds(load):
    pytest.importorskip("lightgbm")
    table = load("table_spectra")
    given = folds()
    rows, truth = table.other_folds(given, 0)
    assert rows.tolist() == list(range(10, 20)) and (truth == given[1]["truth"]).all()
    lean = table.upweight_rare_classes(given)[0]["proba"]
    odds = 2.0 * (0.2 / 0.8) ** 0.3
    np.testing.assert_allclose(lean[:, 0] / lean[:, 1], odds)
    z = np.where(np.concatenate([a["truth"] for a in given]) == "b", 0.5, 0.02)
    weighed = table.weight_by_redshift(given, z)[0]
    right = weighed["classes"][weighed["proba"].argmax(axis=1)] == weighed["truth"]
    assert right.all()
    np.testing.assert_allclose(weighed["proba"].sum(axis=1), 1.0)
    unequal = [given[0], {**given[1], "rows": given[1]["rows"] + 1}]
    with pytest.raises(AssertionError):
        table.average_predictions([given, unequal])


def test_ranks_within_objects(load):
    pytest.importorskip("lightgbm")
    found = load("table_spectra").rank_within(np.array([3, 3, 3, 5, 8, 8]))
    assert found.tolist() == [0, 1, 2, 0, 0, 1]
