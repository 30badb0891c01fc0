import numpy as np
import pytest
from astropy import units as u
from astropy.coordinates import SkyCoord
from astropy.cosmology import Planck18
from scipy.stats import kstest

from sklearn_sn.datasets._sky import (
    distance_modulus,
    draw_dust,
    draw_positions,
    draw_redshifts,
    events_per_year,
    galactic,
    share_within,
    thin_to_disc,
)


def test_distance_modulus_is_planck18():
    redshift = np.array([0.0123, 0.1, 0.77, 2.5])
    np.testing.assert_allclose(
        distance_modulus(redshift), Planck18.distmod(redshift).value, atol=1e-3
    )


def test_galactic_coordinates_are_those_of_astropy():
    rng = np.random.default_rng(0)
    ra, dec = rng.uniform(0, 360, 200), rng.uniform(-89, 89, 200)
    theirs = SkyCoord(ra * u.deg, dec * u.deg).galactic
    ours = galactic(ra, dec)
    apart = SkyCoord(ours[0] * u.deg, ours[1] * u.deg, frame="galactic").separation(theirs)
    assert apart.arcsec.max() < 1.0


@pytest.mark.parametrize(("name", "power"), [("SN Ia", 1.5), ("TDE", -4.0)])
def test_redshifts_follow_volume_rate_and_clocks(name, power):
    drawn = draw_redshifts(name, (0.05, 0.9), 4000, np.random.default_rng(1))
    grid = np.linspace(0.05, 0.9, 400)
    density = Planck18.differential_comoving_volume(grid).value * (1 + grid) ** (power - 1)
    cumulative = np.concatenate([[0], np.cumsum(0.5 * (density[1:] + density[:-1]))])
    cumulative /= cumulative[-1]
    assert kstest(drawn, lambda z: np.interp(z, grid, cumulative)).pvalue > 1e-3


def test_events_per_year_are_volume_times_rate_nearby():
    volume = (Planck18.comoving_volume(0.011) - Planck18.comoving_volume(0.01)).value
    assert events_per_year("SN II", (0.01, 0.011)) == pytest.approx(volume, rel=0.03)


@pytest.mark.parametrize("redshift_range", [(1e-4, 3.0), (0.02, 0.3), (0.1, 0.1)])
def test_share_within_a_distance_is_that_of_drawn_redshifts(redshift_range):
    drawn = distance_modulus(
        draw_redshifts("SN II", redshift_range, 4000, np.random.default_rng(0))
    )
    for reach in (20.0, 36.0, 38.7, 41.0, 44.0, 60.0, np.inf):
        share = share_within("SN II", redshift_range, np.array([reach]))[0]
        least = np.mean(drawn < reach)
        most = np.mean(drawn < reach + 0.05)
        if redshift_range[0] < redshift_range[1]:
            assert least - 0.02 <= share <= most + 0.02
        else:
            assert share == 1.0


def test_positions_keep_to_the_survey_and_dust_to_the_plane():
    rng = np.random.default_rng(2)
    places = draw_positions((-28.0, 80.0), rng.uniform(0.0, 360.0, 5000), rng)
    places["ebv"] = draw_dust(places["gal_b"], rng)
    assert places["dec"].min() > -28 and places["dec"].max() < 80
    # Uniform on the sphere: half of the area lies above the middle of the sines.
    assert np.mean(np.sin(np.deg2rad(places["dec"])) > 0.258) == pytest.approx(0.5, abs=0.03)
    low, high = (
        np.median(places["ebv"][mask])
        for mask in (np.abs(places["gal_b"]) < 10, np.abs(places["gal_b"]) > 50)
    )
    assert low > 4 * high
    disc = places["gal_b"][thin_to_disc(places["gal_b"], 600, rng)]
    assert np.median(np.abs(disc)) < 25 < np.median(np.abs(places["gal_b"]))
