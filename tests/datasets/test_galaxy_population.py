"""Properties of galaxies follow the published relations."""

import numpy as np
import pytest

from sklearn_sn.datasets._galaxy_population import TYPES, draw_galaxies


@pytest.fixture(scope="module")
def galaxies():
    return draw_galaxies(20000, (0.01, 0.6), 19.5, np.random.default_rng(0))


def test_massive_galaxies_are_quiescent_metal_rich_and_early(galaxies):
    mass, quiescent = galaxies["log_stellar_mass"], galaxies["quiescent"]
    assert quiescent[mass > 11.2].mean() > 0.7 > 0.25 > quiescent[mass < 9.8].mean()
    early = galaxies["type"] <= TYPES.index("lenticular")
    assert early[mass > 11.2].mean() > early[mass < 9.8].mean() + 0.3
    forming = ~quiescent
    assert np.corrcoef(mass[forming], galaxies["metallicity"][forming])[0, 1] > 0.5
    main = np.abs(mass - 10.5) < 0.1
    sfr = galaxies["log_sfr"]
    assert np.median(sfr[main & forming]) == pytest.approx(0.5, abs=0.25)
    assert np.median(sfr[main & forming]) > np.median(sfr[main & quiescent]) + 1.2


def test_sizes_are_those_of_van_der_wel(galaxies):
    from astropy.cosmology import Planck18

    z = galaxies["redshift"]
    kpc = galaxies["size"] / Planck18.arcsec_per_kpc_proper(z).value
    near = (np.abs(galaxies["log_stellar_mass"] - 10.7) < 0.1) & (np.abs(z - 0.25) < 0.05)
    late, early = near & ~galaxies["quiescent"], near & galaxies["quiescent"]
    assert np.median(kpc[late]) == pytest.approx(10**0.86, rel=0.1)
    assert np.median(kpc[early]) == pytest.approx(10**0.60, rel=0.1)


def test_inclined_discs_are_flat_and_dusty(galaxies):
    spiral = (galaxies["type"] == TYPES.index("spiral")) & ~galaxies["quiescent"]
    edge_on = galaxies["inclination"] > 75
    assert galaxies["axis_ratio"][spiral & edge_on].max() < 0.35
    face_on = galaxies["inclination"] < 30
    assert galaxies["axis_ratio"][spiral & face_on].min() > 0.85
    ratio = np.median(galaxies["av"][spiral & edge_on]) / np.median(
        galaxies["av"][spiral & face_on]
    )
    assert ratio > 1.4


def test_redshifts_stay_in_their_range():
    galaxies = draw_galaxies(500, (0.2, 0.21), 19.5, np.random.default_rng(0))
    assert galaxies["redshift"].min() >= 0.2 and galaxies["redshift"].max() <= 0.21


def test_an_empty_volume_is_named():
    with pytest.raises(ValueError, match="brighter than r = 12"):
        draw_galaxies(5, (0.55, 0.6), 12.0, np.random.default_rng(0))
