"""Draw what a transient is seen on: host galaxies, active nuclei and quiescent stars."""

from typing import NamedTuple

import numpy as np

BANDS = ("g", "r")
_KPC_PER_ARCSEC = 1e-2 / 206264.806  # at 10 pc
_R = {"g": 3.3, "r": 2.3}  # A / E(B-V): Schlafly & Finkbeiner (2011, ApJ 737, 103), rounded
INVISIBLE = 30.0  # magnitude of what does not exist


class HostPopulation(NamedTuple):
    """Hosts of a class: absolute r magnitude, its scatter, share of early types, at the centre.

    Magnitudes are choices near Schulze et al. (2021, ApJS 255, 29) for core-collapse supernovae,
    Kelly et al. (2010, ApJ 715, 743) for SN Ia, and Hammerstein et al. (2021, ApJ 908, L20) for
    TDE, whose hosts are quiescent. All other numbers are choices.
    """

    magnitude: float
    scatter: float
    early: float
    nuclear: bool = False


_CORE_COLLAPSE = HostPopulation(-19.9, 1.2, 0.03)
HOSTS = {
    "SN Ia": HostPopulation(-20.9, 1.0, 0.35),
    "SN Ia-91bg": HostPopulation(-21.4, 0.8, 0.85),
    "SN Iax": HostPopulation(-20.0, 1.0, 0.03),
    "SLSN-I": HostPopulation(-17.5, 1.3, 0.0),
    "TDE": HostPopulation(-20.2, 0.8, 0.8, nuclear=True),
    "AGN": HostPopulation(-21.6, 0.7, 0.5, nuclear=True),
}


def draw_hosts(objects, rng):
    """Draw the host or counterpart of each object.

    Parameters
    ----------
    objects : DataFrame of n rows
        class, redshift, distance_modulus, ebv, peak_abs_mag, and for CV outburst_amplitude.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    dict of str to ndarray of shape (n,)
        x, y (arcsec from the transient), radius (effective, arcsec), bulge (share of the light),
        axis_ratio, angle (radians), mag_g, mag_r; and of the point source at the position of the
        transient point_g, point_r. `INVISIBLE` magnitudes stand for no galaxy or no source.
    """
    n = len(objects)
    names = objects["class"].to_numpy(dtype=str)
    redshift = objects["redshift"].to_numpy()
    modulus = objects["distance_modulus"].to_numpy()
    reddening = objects["ebv"].to_numpy()
    population = [HOSTS.get(name, _CORE_COLLAPSE) for name in names]
    magnitude, scatter, share, nuclear = np.array(population, dtype=float).T.reshape(4, n)
    magnitude = magnitude + scatter * rng.standard_normal(n)
    early = rng.random(n) < share
    radius = _sizes(magnitude, early, redshift, modulus, rng)
    axis_ratio = np.where(early, rng.uniform(0.55, 1.0, n), rng.uniform(0.2, 1.0, n))
    angle = rng.uniform(0.0, np.pi, n)
    bulge = np.where(early, rng.uniform(0.6, 1.0, n), rng.beta(1.2, 5.0, n))
    x, y = _offsets(radius, axis_ratio, angle, nuclear > 0, rng)
    hosts = {"x": x, "y": y, "radius": radius, "bulge": bulge}
    hosts |= {"axis_ratio": axis_ratio, "angle": angle}
    colour = np.where(early, 0.75, 0.45) + 0.08 * rng.standard_normal(n)
    galactic = names == "CV"
    for band in BANDS:
        # Redshifted spectra are redder, those of early types more: a linear choice.
        slope = np.where(early, *((3.3, 1.3) if band == "g" else (1.3, 0.6)))
        mag = magnitude + modulus + slope * redshift + _R[band] * reddening
        mag += colour if band == "g" else 0.0
        hosts[f"mag_{band}"] = np.where(galactic, INVISIBLE, mag)
        hosts[f"point_{band}"] = _point_sources(objects, names, band)
    return hosts


def _sizes(magnitude, early, redshift, modulus, rng):
    """Return effective radii in arcsec."""
    # Near Shen et al. (2003, MNRAS 343, 978), figures 2 and 6.
    late_kpc = 4.8 * 10.0 ** (-0.1 * (magnitude + 20.5))
    early_kpc = 4.2 * 10.0 ** (-0.24 * (magnitude + 21.3))
    kpc = np.where(early, early_kpc, late_kpc) * np.exp(0.3 * rng.standard_normal(len(magnitude)))
    angular = 10.0 ** (0.2 * modulus) / (1.0 + redshift) ** 2  # distance in units of 10 pc
    return np.clip(kpc / (angular * _KPC_PER_ARCSEC), 0.2, 40.0)


def _offsets(radius, axis_ratio, angle, nuclear, rng):
    """Return the position of the host relative to the transient, arcsec."""
    n = len(radius)
    # Supernovae follow an exponential disc, near Kelly, Kirshner & Pahre (2008, ApJ 687, 1201).
    distance = np.minimum(rng.gamma(2.0, radius / 1.68), 4.0 * radius)
    azimuth = rng.uniform(0.0, 2.0 * np.pi, n)
    along, across = distance * np.cos(azimuth), distance * axis_ratio * np.sin(azimuth)
    x = along * np.cos(angle) - across * np.sin(angle)
    y = along * np.sin(angle) + across * np.cos(angle)
    # Positions are measured to 0.15 arcsec: a choice.
    scatter = 0.15 * rng.standard_normal((2, n))
    return np.where(nuclear, 0.0, x) + scatter[0], np.where(nuclear, 0.0, y) + scatter[1]


def _point_sources(objects, names, band):
    mag = (objects["peak_abs_mag"] + objects["distance_modulus"]).to_numpy()
    mag = mag + _R[band] * objects["ebv"].to_numpy()
    nucleus = mag - 2.5 * np.log10(1.0 + objects["redshift"].to_numpy())
    nucleus -= 0.2 * (band == "r")
    point = np.where(names == "AGN", nucleus, INVISIBLE)
    if "outburst_amplitude" in objects:
        star = mag + objects["outburst_amplitude"].to_numpy()
        point = np.where(names == "CV", star, point)
    return point
