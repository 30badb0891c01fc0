"""Where objects are: distance, redshift, position, dust of the Milky Way."""

from functools import lru_cache

import numpy as np
from astropy.cosmology import Planck18

from sklearn_sn.datasets._rates import relative_rate

# North Galactic pole (ICRS) and longitude of the celestial pole: Hipparcos (ESA 1997, SP-1200).
_POLE = np.deg2rad([192.85948, 27.12825])
_POLE_LONGITUDE = np.deg2rad(122.93192)


@lru_cache
def cosmology_table():
    """Redshift, distance modulus (mag) and comoving volume (Mpc³, whole sky) of Planck18."""
    redshift = np.geomspace(1e-4, 3.0, 1500)
    modulus = Planck18.distmod(redshift).value
    return redshift, modulus, Planck18.comoving_volume(redshift).value


def distance_modulus(redshift):
    """Distance modulus (mag) of Planck18, interpolated in ln z to better than 1e-4 mag."""
    grid, modulus, _ = cosmology_table()
    return np.interp(np.log(redshift), np.log(grid), modulus)


@lru_cache
def _event_table(name):
    """Redshift and the events nearer than it: a year of the observer's, whole sky, relative."""
    grid, _, volume = cosmology_table()
    middle = 0.5 * (grid[1:] + grid[:-1])
    # Clocks of distant objects run slow: a factor 1 / (1 + z).
    events = np.diff(volume) * relative_rate(name, middle) / (1.0 + middle)
    return grid, np.concatenate([[0.0], np.cumsum(events)])


def events_per_year(name, redshift_range):
    """Events of a class a year on the whole sky between two redshifts, per unit local rate."""
    low, high = np.interp(redshift_range, *_event_table(name))
    return high - low


def draw_redshifts(name, redshift_range, n, rng):
    """Redshifts of events: comoving volume times the rate of the class there and then."""
    grid, events = _event_table(name)
    low, high = np.interp(redshift_range, grid, events)
    return np.interp(rng.uniform(low, high, n), events, grid)


def galactic(ra, dec):
    """Galactic longitude and latitude (degrees) of ICRS positions (degrees)."""
    ra, dec = np.deg2rad(ra), np.deg2rad(dec)
    east = ra - _POLE[0]
    sine = np.sin(dec) * np.sin(_POLE[1]) + np.cos(dec) * np.cos(_POLE[1]) * np.cos(east)
    y = np.cos(dec) * np.sin(east)
    x = np.sin(dec) * np.cos(_POLE[1]) - np.cos(dec) * np.sin(_POLE[1]) * np.cos(east)
    longitude = np.rad2deg(_POLE_LONGITUDE - np.arctan2(y, x)) % 360.0
    return longitude, np.rad2deg(np.arcsin(np.clip(sine, -1.0, 1.0)))


def draw_positions(declinations, n, rng, in_disc=False):
    """Place n objects evenly on the sky between two declinations.

    Parameters
    ----------
    declinations : (float, float)
        Degrees.
    n : int
    rng : numpy.random.Generator
    in_disc : bool, default=False
        Members of the Milky Way's disc: an even layer, of which the share 1 / |sin b| is seen.

    Returns
    -------
    dict of str to array of shape (n,)
        ra, dec, gal_l, gal_b (degrees) and ebv, of the Milky Way (mag).
    """
    m = 8 * n + 8 if in_disc else n
    ra = rng.uniform(0.0, 360.0, m)
    dec = np.rad2deg(np.arcsin(rng.uniform(*np.sin(np.deg2rad(declinations)), m)))
    longitude, latitude = galactic(ra, dec)
    if in_disc:
        weight = 1.0 / np.maximum(np.abs(np.sin(np.deg2rad(latitude))), 0.1)
        chosen = rng.choice(m, n, replace=False, p=weight / weight.sum())
        ra, dec, longitude, latitude = (v[chosen] for v in (ra, dec, longitude, latitude))
    # A dusty plane, E(B-V) = 0.03 / |sin b|, and log-normal patches: a choice near the
    # high-latitude mean of Schlafly & Finkbeiner (2011, ApJ 737, 103). Nobody looks for
    # transients behind more than 0.4 mag.
    patches = np.exp(0.4 * rng.standard_normal(n))
    ebv = 0.03 * patches / np.maximum(np.abs(np.sin(np.deg2rad(latitude))), 0.1)
    ebv = np.minimum(ebv, 0.4)
    return {"ra": ra, "dec": dec, "gal_l": longitude, "gal_b": latitude, "ebv": ebv}
