"""Distances, redshifts and positions of objects, and the dust of the Milky Way."""

from functools import lru_cache

import numpy as np

from sklearn_sn.datasets._rates import relative_rate

# North Galactic pole (ICRS) and Galactic longitude of the celestial pole: Hipparcos (ESA 1997,
# SP-1200).
_POLE = np.deg2rad([192.85948, 27.12825])
_POLE_LONGITUDE = np.deg2rad(122.93192)
_NEAREST, _MODULUS_STEP = 27.0, 0.05  # start (below z = 1e-4) and step of distance moduli, mag


@lru_cache
def cosmology_table():
    """Tabulate redshift, distance modulus (mag) and all-sky comoving volume (Mpc³) of Planck18."""
    from astropy.cosmology import Planck18  # late: readers do not need this long import

    redshift = np.geomspace(1e-4, 3.0, 1500)
    modulus = Planck18.distmod(redshift).value
    return redshift, modulus, Planck18.comoving_volume(redshift).value


def distance_modulus(redshift):
    """Return the distance modulus (mag) of Planck18, interpolated in ln z to 1e-4 mag."""
    grid, modulus, _ = cosmology_table()
    return np.interp(np.log(redshift), np.log(grid), modulus)


@lru_cache
def _event_table(name):
    """Tabulate the cumulative relative all-sky event rate below z, per observer-frame year."""
    grid, _, volume = cosmology_table()
    middle = 0.5 * (grid[1:] + grid[:-1])
    # Time dilation reduces the observed rate by 1 / (1 + z).
    events = np.diff(volume) * relative_rate(name, middle) / (1.0 + middle)
    return grid, np.concatenate([[0.0], np.cumsum(events)])


def events_per_year(name, redshift_range):
    """Return the all-sky number of events per observer-frame year in a redshift range.

    The number is relative to the local rate of the class.
    """
    low, high = np.interp(redshift_range, *_event_table(name))
    return high - low


def redshifts_at(name, redshift_range, share):
    """Return the redshifts below which given fractions of the events in a range occur.

    Parameters
    ----------
    name : str
        Class.
    redshift_range : (float, float)
        Lowest and highest redshift.
    share : array
        Fractions in [0, 1].

    Returns
    -------
    array of the shape of `share`
        Redshifts.
    """
    grid, events = _event_table(name)
    low, high = np.interp(redshift_range, grid, events)
    return np.interp(low + (high - low) * share, events, grid)


def draw_redshifts(name, redshift_range, n, rng):
    """Draw redshifts of events in proportion to the comoving volume and the class's rate."""
    return redshifts_at(name, redshift_range, rng.random(n))


def share_within(name, redshift_range, modulus):
    """Return the fraction of events in a redshift range below given distance moduli.

    The values are tabulated and err on the high side, by up to 0.05 mag in the moduli.

    Parameters
    ----------
    name : str
        Class.
    redshift_range : (float, float)
        Lowest and highest redshift.
    modulus : array
        Distance moduli in mag.

    Returns
    -------
    array of the shape of `modulus`
        Fractions in [0, 1].
    """
    table = _near_table(name, tuple(redshift_range))
    index = np.clip(np.ceil((modulus - _NEAREST) / _MODULUS_STEP), 0, len(table) - 1)
    return table[index.astype(np.int64)]


@lru_cache
def _near_table(name, redshift_range):
    grid, modulus, _ = cosmology_table()
    steps = _NEAREST + _MODULUS_STEP * np.arange(int((modulus[-1] - _NEAREST) / _MODULUS_STEP) + 2)
    _, events = _event_table(name)
    low, high = np.interp(redshift_range, grid, events)
    if high == low:
        return np.ones(len(steps))
    # The last entry represents all larger moduli.
    near = np.append(np.interp(steps[:-1], modulus, events, left=0.0), events[-1])
    return np.clip((near - low) / (high - low), 0.0, 1.0)


def galactic(ra, dec):
    """Convert ICRS positions to Galactic longitude and latitude, all in degrees."""
    ra, dec = np.deg2rad(ra), np.deg2rad(dec)
    east = ra - _POLE[0]
    sine = np.sin(dec) * np.sin(_POLE[1]) + np.cos(dec) * np.cos(_POLE[1]) * np.cos(east)
    y = np.cos(dec) * np.sin(east)
    x = np.sin(dec) * np.cos(_POLE[1]) - np.cos(dec) * np.sin(_POLE[1]) * np.cos(east)
    longitude = np.rad2deg(_POLE_LONGITUDE - np.arctan2(y, x)) % 360.0
    return longitude, np.rad2deg(np.arcsin(np.clip(sine, -1.0, 1.0)))


def draw_positions(declinations, ra, rng):
    """Draw declinations uniformly on the sky for objects with given right ascensions.

    Parameters
    ----------
    declinations : (float, float)
        Limits in degrees.
    ra : array of shape (n,)
        Right ascensions in degrees.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    dict of str to array of shape (n,)
        ra, dec, gal_l, gal_b (degrees).
    """
    dec = np.rad2deg(np.arcsin(rng.uniform(*np.sin(np.deg2rad(declinations)), len(ra))))
    longitude, latitude = galactic(ra, dec)
    return {"ra": ra, "dec": dec, "gal_l": longitude, "gal_b": latitude}


def _layer(gal_b):
    """Return the column through a plane-parallel layer around us, relative to that at the pole."""
    return 1.0 / np.maximum(np.abs(np.sin(np.deg2rad(gal_b))), 0.1)


def thin_to_disc(gal_b, n, rng):
    """Choose n of many uniform positions so that they follow the disc (a plane-parallel layer)."""
    weight = _layer(gal_b)
    return rng.choice(len(gal_b), n, replace=False, p=weight / weight.sum())


def draw_dust(gal_b, rng):
    """Draw the Milky Way's E(B-V) (mag) at Galactic latitudes (degrees)."""
    # A dusty plane, E(B-V) = 0.03 / |sin b|, with log-normal patches: a choice near the
    # high-latitude mean of Schlafly & Finkbeiner (2011, ApJ 737, 103). Transient surveys avoid
    # fields with more than 0.4 mag.
    patches = np.exp(0.4 * rng.standard_normal(len(gal_b)))
    return np.minimum(0.03 * patches * _layer(gal_b), 0.4)
