"""Volumetric rates and their evolution."""

import numpy as np
import pytest

from sklearn_sn.datasets._rates import RATES, relative_rate


@pytest.mark.parametrize("name", list(RATES))
def test_relative_rate_is_one_locally(name):
    assert RATES[name][0] > 0
    assert relative_rate(name, 0.0) == pytest.approx(1.0)


def test_powers_of_one_plus_z():
    z = np.array([0.1, 0.5, 1.0])
    np.testing.assert_allclose(relative_rate("SN Ia", z), (1 + z) ** 1.5)
    np.testing.assert_allclose(relative_rate("TDE", z), (1 + z) ** -4.0)


def test_star_formation_peaks_near_redshift_two():
    # Madau & Dickinson (2014): the maximum is at z = 1.86, at about nine times the local rate.
    z = np.linspace(0.0, 5.0, 5001)
    rate = relative_rate("SN II", z)
    assert z[np.argmax(rate)] == pytest.approx(1.86, abs=0.02)
    assert rate.max() == pytest.approx(8.9, abs=0.2)


def test_classes_with_the_same_history_evolve_alike():
    z = np.linspace(0.0, 2.0, 9)
    for name in ("SN Ib/c", "SN IIn", "SLSN-I", "SN Iax"):
        np.testing.assert_array_equal(relative_rate(name, z), relative_rate("SN II", z))


def test_unknown_classes_do_not_evolve():
    np.testing.assert_array_equal(relative_rate("AGN", np.array([0.0, 1.0])), [1.0, 1.0])


def test_shares_add_up_to_the_total_rates():
    core_collapse = sum(RATES[name][0] for name in ("SN II", "SN Ib/c", "SN IIn"))
    assert core_collapse == pytest.approx(101.0)
    assert RATES["SN Ia"][0] + RATES["SN Ia-91bg"][0] == pytest.approx(24.3)
    assert RATES["SLSN-I"][0] < 0.001 * core_collapse
