"""Averages of the probabilities of light curves and spectra."""

import numpy as np
import pytest

from sklearn_sn.catalog._class_probabilities import ClassProbabilities, combine

CURVE = ClassProbabilities(
    ["SN II", "SN Ia", "SN Ia-91bg", "TDE"],
    np.array([[0.2, 0.3, 0.1, 0.4], [0.1, 0.0, 0.0, 0.9], [np.nan] * 4]),
)
SPECTRUM = ClassProbabilities(
    ["SLSN-I", "SN II", "SN Ia"], np.array([[0.1, 0.1, 0.8], [0.2, 0.2, 0.6], [0.7, 0.3, 0.0]])
)


def test_an_object_with_both_has_the_mean_and_subtypes_share_the_spectral_class():
    both = combine(CURVE, SPECTRUM)
    assert both.classes == ["SN II", "SN Ia", "SN Ia-91bg", "TDE", "SLSN-I"]
    np.testing.assert_allclose(both.values[0], [0.15, 0.45, 0.15, 0.2, 0.05])
    # The light curve does not divide what it excludes: all is the class itself.
    np.testing.assert_allclose(both.values[1], [0.15, 0.3, 0.0, 0.45, 0.1])
    np.testing.assert_allclose(both.values[2], [0.3, 0.0, 0.0, 0.0, 0.7])


def test_one_modality_alone_stays_as_it_is():
    assert combine(CURVE, None) is CURVE
    assert combine(None, SPECTRUM) is SPECTRUM
    assert combine(None, None) is None
    nothing = ClassProbabilities(SPECTRUM.classes, np.full((3, 3), np.nan))
    both = combine(CURVE, nothing)
    np.testing.assert_allclose(both.values[:2, :4], CURVE.values[:2])
    assert np.isnan(both.values[2]).all()


def test_spectral_subtypes_are_not_divided_by_the_light_curve():
    spectrum = ClassProbabilities(["SN II", "SN Ia", "SN Ia-91bg"], np.array([[0.0, 0.1, 0.9]]))
    curve = ClassProbabilities(CURVE.classes, CURVE.values[:1])
    values = combine(curve, spectrum).values[0]
    np.testing.assert_allclose(values, [0.1, 0.2, 0.5, 0.2])


def test_the_best_class_counts_its_subtypes():
    values = ClassProbabilities(
        ["SN II", "SN Ia", "SN Ia-91bg", "SN Iax"],
        np.array([[0.4, 0.2, 0.3, 0.1], [0.5, 0.3, 0.1, 0.1], [np.nan] * 4]),
    )
    parents = values.parents()
    assert parents.classes == ["SN II", "SN Ia"]
    np.testing.assert_allclose(parents.values[:2], [[0.4, 0.6], [0.5, 0.5]])
    assert parents.best().tolist() == [1, 0, -1]
    subtype = values.best_subtype(np.array(["SN Ia", "SN II", None], dtype=object))
    assert subtype.tolist() == [2, 0, -1]


@pytest.mark.parametrize("swap", [False, True])
def test_rows_do_not_depend_on_each_other(swap):
    order = [1, 0, 2] if swap else [0, 1, 2]
    moved = combine(
        ClassProbabilities(CURVE.classes, CURVE.values[order]),
        ClassProbabilities(SPECTRUM.classes, SPECTRUM.values[order]),
    )
    np.testing.assert_array_equal(moved.values, combine(CURVE, SPECTRUM).values[order])
