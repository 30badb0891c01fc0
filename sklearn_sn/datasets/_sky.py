"""Where objects are: distance, redshift, position, dust of the Milky Way."""

from functools import lru_cache

import numpy as np
from astropy.cosmology import Planck18

from sklearn_sn.datasets._rates import relative_rate

# North Galactic pole (ICRS) and longitude of the celestial pole: Hipparcos (ESA 1997, SP-1200).
_POLE = np.deg2rad([192.85948, 27.12825])
_POLE_LONGITUDE = np.deg2rad(122.93192)
_NEAREST, _MODULUS_STEP = 27.0, 0.05  # of a table of distance moduli; nearer than z = 1e-4


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


def redshifts_at(name, redshift_range, share):
    """Redshifts of the range nearer than which a share of the events of a class is."""
    grid, events = _event_table(name)
    low, high = np.interp(redshift_range, grid, events)
    return np.interp(low + (high - low) * share, events, grid)


def draw_redshifts(name, redshift_range, n, rng):
    """Redshifts of events: comoving volume times the rate of the class there and then."""
    return redshifts_at(name, redshift_range, rng.random(n))


def share_within(name, redshift_range, modulus):
    """Share of the events in a range of redshifts that are nearer than distance moduli.

    From a table: too high rather than too low, as if the moduli were up to 0.05 mag larger.
    """
    table = _near_table(name, tuple(redshift_range))
    place = np.clip(np.ceil((modulus - _NEAREST) / _MODULUS_STEP), 0, len(table) - 1)
    return table[place.astype(np.int64)]


@lru_cache
def _near_table(name, redshift_range):
    grid, modulus, _ = cosmology_table()
    steps = _NEAREST + _MODULUS_STEP * np.arange(int((modulus[-1] - _NEAREST) / _MODULUS_STEP) + 2)
    _, events = _event_table(name)
    low, high = np.interp(redshift_range, grid, events)
    if high == low:
        return np.ones(len(steps))
    # The last entry stands for whatever is farther.
    near = np.append(np.interp(steps[:-1], modulus, events, left=0.0), events[-1])
    return np.clip((near - low) / (high - low), 0.0, 1.0)


def galactic(ra, dec):
    """Galactic longitude and latitude (degrees) of ICRS positions (degrees)."""
    ra, dec = np.deg2rad(ra), np.deg2rad(dec)
    east = ra - _POLE[0]
    sine = np.sin(dec) * np.sin(_POLE[1]) + np.cos(dec) * np.cos(_POLE[1]) * np.cos(east)
    y = np.cos(dec) * np.sin(east)
    x = np.sin(dec) * np.cos(_POLE[1]) - np.cos(dec) * np.sin(_POLE[1]) * np.cos(east)
    longitude = np.rad2deg(_POLE_LONGITUDE - np.arctan2(y, x)) % 360.0
    return longitude, np.rad2deg(np.arcsin(np.clip(sine, -1.0, 1.0)))


def draw_positions(declinations, ra, rng):
    """Place objects of given right ascensions evenly between two declinations.

    Parameters
    ----------
    declinations : (float, float)
        Degrees.
    ra : array of shape (n,)
        Degrees.
    rng : numpy.random.Generator

    Returns
    -------
    dict of str to array of shape (n,)
        ra, dec, gal_l, gal_b (degrees).
    """
    dec = np.rad2deg(np.arcsin(rng.uniform(*np.sin(np.deg2rad(declinations)), len(ra))))
    longitude, latitude = galactic(ra, dec)
    return {"ra": ra, "dec": dec, "gal_l": longitude, "gal_b": latitude}


def _layer(gal_b):
    """Column through an even layer in which we are, relative to that at the pole."""
    return 1.0 / np.maximum(np.abs(np.sin(np.deg2rad(gal_b))), 0.1)


def thin_to_disc(gal_b, n, rng):
    """Choose n of many even positions so that they lie as members of the disc do: an even layer."""
    weight = _layer(gal_b)
    return rng.choice(len(gal_b), n, replace=False, p=weight / weight.sum())


def draw_dust(gal_b, rng):
    """E(B-V) of the Milky Way (mag) at Galactic latitudes (degrees)."""
    # A dusty plane, E(B-V) = 0.03 / |sin b|, and log-normal patches: a choice near the
    # high-latitude mean of Schlafly & Finkbeiner (2011, ApJ 737, 103). Nobody looks for
    # transients behind more than 0.4 mag.
    patches = np.exp(0.4 * rng.standard_normal(len(gal_b)))
    return np.minimum(0.03 * patches * _layer(gal_b), 0.4)
