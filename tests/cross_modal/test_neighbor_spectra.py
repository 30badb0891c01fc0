"""Spectra of a gallery by phase."""

import numpy as np

from sklearn_sn.cross_modal._neighbor_spectra import NeighborSpectra

FLUX = np.array([[1.0, 1.0], [2.0, 2.0], [3.0, np.nan], [4.0, 4.0]])


def spectra():
    """Object 1 has spectra at 20 and 0 days, object 0 an undated one, object 2 one at 5."""
    phase = np.array([20.0, np.nan, 0.0, 5.0])
    return NeighborSpectra.from_spectra(np.array([1, 0, 1, 2]), phase, FLUX, np.full((4, 2), 9.0))


def test_the_nearest_in_phase_of_the_same_object():
    some = spectra()
    object_index = np.array([1, 1, 1, 0, 2, 2])
    nearest = some.nearest(object_index, np.array([-50.0, 9.0, 11.0, 3.0, -200.0, 300.0]))
    np.testing.assert_array_equal(some.flux[nearest, 0], [3.0, 3.0, 1.0, 2.0, 4.0, 4.0])
    # Extreme phases do not select another object.
    far = some.nearest(np.array([0, 1]), np.array([59000.0, -59000.0]))
    np.testing.assert_array_equal(some.flux[far, 0], [2.0, 3.0])


def test_means_are_of_what_was_observed():
    some = spectra()
    mean = some.mean(np.array([[1, 2], [1, 1]]), np.array([[1.0, 3.0], [1.0, 1.0]]), np.zeros(2))
    np.testing.assert_allclose(mean[0], [(3 + 3 * 4) / 4, 4.0], atol=1e-5)
    np.testing.assert_allclose(mean[1], [3.0, 9.0])  # without observations: the fill values
