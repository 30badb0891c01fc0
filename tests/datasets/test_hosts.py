"""Transients are where their class occurs."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.datasets._hosts import INVISIBLE, draw_hosts
from sklearn_sn.datasets._sky import distance_modulus


def hosts_of(name, n=2000, redshift=0.05):
    z = np.full(n, 0.0 if name == "CV" else redshift)
    objects = pd.DataFrame({"class": np.full(n, name), "redshift": z})
    objects["distance_modulus"] = 10.0 if name == "CV" else distance_modulus(z)
    objects["ebv"], objects["peak_abs_mag"] = 0.0, 4.5 if name == "CV" else -21.0
    objects["outburst_amplitude"] = 4.0 if name == "CV" else np.nan
    return draw_hosts(objects, np.random.default_rng(0))


def test_supernovae_follow_the_light_of_their_host():
    hosts = hosts_of("SN II")
    offset = np.hypot(hosts["x"], hosts["y"]) / hosts["radius"]
    # Half of an exponential disc is within its effective radius; inclined discs look narrower.
    assert 0.4 < np.median(offset) < 1.0
    assert (hosts["point_r"] == INVISIBLE).all()


@pytest.mark.parametrize("name", ["TDE", "AGN"])
def test_nuclear_transients_are_in_the_centre(name):
    hosts = hosts_of(name)
    assert np.hypot(hosts["x"], hosts["y"]).max() < 1.0
    assert ((hosts["point_r"] < 20) == (name == "AGN")).all()


def test_cv_are_on_a_star_without_galaxy():
    hosts = hosts_of("CV")
    assert (hosts["mag_r"] == INVISIBLE).all()
    np.testing.assert_allclose(hosts["point_r"], 18.5)


def test_hosts_are_smaller_and_fainter_at_larger_distance():
    near, far = hosts_of("SN Ia", redshift=0.02), hosts_of("SN Ia", redshift=0.1)
    assert np.median(near["radius"]) > 3 * np.median(far["radius"])
    assert np.median(far["mag_r"] - near["mag_r"]) == pytest.approx(3.65, abs=0.25)
    assert np.median(near["mag_g"] - near["mag_r"]) == pytest.approx(0.6, abs=0.2)
    # A few kpc: Shen et al. (2003).
    kpc = near["radius"] * 0.42  # per arcsec at redshift 0.02
    assert 2.5 < np.median(kpc) < 7.0
