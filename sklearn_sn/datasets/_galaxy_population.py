"""Draw the physical properties of galaxies: masses, star formation, sizes, dust."""

from functools import lru_cache

import numpy as np

from sklearn_sn.datasets._sky import cosmology_table, distance_modulus

MAX_REDSHIFT = 0.6
MIN_REDSHIFT = 0.005
TYPES = ("elliptical", "lenticular", "spiral", "irregular")
_MASS_RANGE = (7.5, 12.0)  # logarithm, solar masses
_ARCSEC = 206264.806  # per radian
# Double Schechter function: Baldry et al. (2012, MNRAS 421, 621).
_KNEE, _SCHECHTER = 10.66, ((3.96e-3, -0.35), (0.79e-3, -1.47))
# Candidates up to this much fainter than the limit for their mean colours: a choice.
_MARGIN = 0.8  # mag
# Mean absolute r magnitude at 1e10 solar masses, and its change with log mass and redshift, of
# simulated star-forming and quiescent galaxies.
_ABSOLUTE = ((-20.4, -1.75, 0.7), (-20.05, -2.28, 1.3))


def _quiescent_share(mass, redshift):
    """Return the share of quiescent galaxies; near Moustakas et al. (2013, ApJ 767, 50)."""
    return 1.0 / (1.0 + np.exp(-(mass - 10.45 - 0.5 * redshift) / 0.33))


@lru_cache
def _number_table(redshift_range, magnitude_limit):
    """Return edges of redshift and mass, and the cumulative number of galaxies of each cell.

    Cells are ordered by quiescence (no, yes), redshift and mass; those of galaxies that are too
    faint are empty.
    """
    low, high = np.log(redshift_range)
    redshift = np.exp(np.linspace(low, high, 161))
    mass = np.linspace(*_MASS_RANGE, 181)
    volume = np.diff(np.interp(redshift, *(cosmology_table()[i] for i in (0, 2))))[:, None]
    centre = np.sqrt(redshift[1:] * redshift[:-1])[:, None]
    middle = 0.5 * (mass[1:] + mass[:-1])
    relative = 10.0 ** (middle - _KNEE)
    number = sum(phi * relative ** (alpha + 1.0) for phi, alpha in _SCHECHTER)
    # Surveys lose dwarfs of low surface brightness: Baldry et al. (2012), figure 11, as a choice.
    complete = 1.0 / (1.0 + np.exp(-(middle - 9.2) / 0.25))
    number = number * np.exp(-relative) * complete * volume
    share = _quiescent_share(middle, centre)
    cells = []
    for part, terms in zip((1.0 - share, share), _ABSOLUTE, strict=True):
        absolute = terms[0] + terms[1] * (middle - 10.0) + terms[2] * centre
        apparent = absolute + distance_modulus(centre)
        cells.append(number * part * (apparent < magnitude_limit + _MARGIN))
    total = np.sum(cells)
    if not total:
        raise ValueError(
            f"No galaxy of redshifts {redshift_range} is brighter than r = {magnitude_limit:g}. "
            "Lower 'redshift_range' or raise 'magnitude_limit'."
        )
    return redshift, mass, np.cumsum(cells) / total


def draw_galaxies(n, redshift_range, magnitude_limit, rng):
    """Draw galaxies before selection by magnitude.

    Parameters
    ----------
    n : int
        Number of galaxies.
    redshift_range : (float, float)
        Lowest and highest redshift.
    magnitude_limit : float
        Galaxies that are certainly fainter than this r magnitude are not drawn.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    dict of str to ndarray of shape (n,)
        redshift; log_stellar_mass (solar masses); log_sfr (solar masses per year); quiescent
        (bool); type (index into `TYPES`); age (of the old stars, mass-weighted, Gyr); metallicity
        (12 + log(O/H)); av (mag, of the stars); velocity_dispersion (of stars) and line_width (of
        gas, standard deviation), km/s; inclination (degrees); bulge (share of the light in r);
        size (effective radius, arcsec) and bulge_extent (that of the bulge, in sizes);
        axis_ratio of the disc and bulge_axis_ratio; angle (of the major axis from the x axis,
        radians); shocked (Hα luminosity of LINERs, erg/s); excitation and mass_to_light (relative
        to the mean, dex).

    Raises
    ------
    ValueError
        If no galaxy in the redshift range is brighter than the limit.
    """
    edges, masses, cumulative = _number_table(redshift_range, magnitude_limit)
    cell = np.searchsorted(cumulative, rng.random(n), side="right")
    cell = np.minimum(cell, len(cumulative) - 1)
    quiescent, i, j = np.unravel_index(cell, (2, len(edges) - 1, len(masses) - 1))
    u, v = rng.random((2, n))
    redshift = edges[i] * (edges[i + 1] / edges[i]) ** u
    mass = masses[j] + v * (masses[1] - masses[0])
    quiescent = quiescent == 1
    galaxies = {"redshift": redshift, "log_stellar_mass": mass, "quiescent": quiescent}
    galaxies |= _shapes(mass, redshift, quiescent, rng)
    galaxies |= _stars_and_gas(mass, redshift, quiescent, galaxies, rng)
    return galaxies


def _shapes(mass, redshift, quiescent, rng):
    """Draw types, bulges, inclinations and sizes."""
    n = len(mass)
    u = rng.random(n)
    # Shares of types, near Kelvin et al. (2014, MNRAS 444, 1647).
    elliptical = np.where(quiescent, np.clip(0.45 + 0.25 * (mass - 10.5), 0.1, 0.9), 0.02)
    lenticular = np.where(quiescent, 0.85 * (1.0 - elliptical), 0.05)
    irregular = np.where(quiescent, 0.0, np.clip(0.5 - 0.45 * (mass - 8.8), 0.02, 0.9))
    kind = np.full(n, TYPES.index("spiral"))
    kind[u < elliptical + lenticular] = TYPES.index("lenticular")
    kind[u < elliptical] = TYPES.index("elliptical")
    kind[1.0 - u < irregular] = TYPES.index("irregular")
    spiral_bulge = np.clip(0.20 + 0.18 * (mass - 10.5), 0.0, 0.5) * rng.gamma(4.0, 0.25, n)
    choices = [np.ones(n), rng.uniform(0.35, 0.75, n), np.minimum(spiral_bulge, 0.7), np.zeros(n)]
    bulge = np.choose(kind, choices)
    cos_inclination = rng.random(n)
    # Thin discs (Unterborn & Ryden 2008, ApJ 687, 976) and oblate spheroids.
    flattening = np.where(kind == TYPES.index("irregular"), 0.35, 0.18)
    spheroid = np.clip(0.72 + 0.14 * rng.standard_normal(n), 0.4, 1.0)
    axis_ratio, bulge_axis_ratio = (
        np.sqrt(q**2 + (1.0 - q**2) * cos_inclination**2) for q in (flattening, spheroid)
    )
    # Sizes at 0 < z < 0.5: van der Wel et al. (2014, ApJ 788, 28), with their evolution.
    late = 0.86 + 0.25 * (mass - 10.7) - 0.75 * np.log10((1.0 + redshift) / 1.25)
    early = 0.60 + 0.70 * np.maximum(mass - 10.7, -0.8) - 1.48 * np.log10((1 + redshift) / 1.25)
    scatter = rng.standard_normal(n)
    kpc = 10.0 ** np.where(quiescent, early + 0.13 * scatter, late + 0.17 * scatter)
    mpc = 10.0 ** (0.2 * distance_modulus(redshift) - 5.0) / (1.0 + redshift) ** 2
    return {
        "type": kind,
        "bulge": bulge,
        "bulge_extent": np.choose(kind, [1.0, 0.5, 0.3, 0.3]),
        "inclination": np.degrees(np.arccos(cos_inclination)),
        "axis_ratio": axis_ratio,
        "bulge_axis_ratio": bulge_axis_ratio,
        "angle": rng.uniform(0.0, np.pi, n),
        "size": np.clip(1e-3 * kpc / mpc * _ARCSEC, 0.15, 60.0),
    }


def _stars_and_gas(mass, redshift, quiescent, shapes, rng):
    """Draw star formation, ages, metallicities, dust and velocities."""
    n = len(mass)
    normal = rng.standard_normal((9, n))
    cosmic_age = np.interp(redshift, *_cosmic_ages())
    # Main sequence: Renzini & Peng (2015, ApJ 801, L29), rising with redshift and bending at high
    # masses as in Whitaker et al. (2014, ApJ 795, 104).
    main = 0.76 * mass - 7.64 + 3.0 * np.log10(1.0 + redshift) - 0.4 * np.maximum(mass - 10.7, 0.0)
    residual = 0.25 * normal[0]
    log_sfr = np.where(quiescent, mass - 12.0 + 0.35 * normal[0], main + residual)
    residual = np.where(quiescent, 0.0, residual)
    # Massive and quiescent galaxies are older: near Gallazzi et al. (2005, MNRAS 362, 41).
    age = np.where(quiescent, 7.0 + 1.3 * (mass - 10.7), 5.6 + 0.8 * (mass - 10.2) - 1.0 * residual)
    age = np.clip(age * np.exp(0.18 * normal[1]), 1.7, 0.85 * cosmic_age)
    # Oxygen: Tremonti et al. (2004, ApJ 613, 898), on the scale of Pettini & Pagel (-0.25 dex),
    # lower at high star-formation rate: Mannucci et al. (2010, MNRAS 408, 2115).
    bounded = np.clip(mass, 8.0, 11.3)
    metallicity = -1.492 + 1.847 * bounded - 0.08026 * bounded**2 - 0.25 - 0.25 * residual
    metallicity += 0.10 * normal[2]
    # Dust grows with mass and metallicity, and with the path through the disc: near Garn & Best
    # (2010, MNRAS 409, 421) for gas, less half for stars.
    av = 0.55 * np.exp(0.65 * np.clip(mass - 10.0, -2.0, 1.0) + 0.22 * normal[3] + 0.5 * residual)
    av = av * np.minimum(shapes["axis_ratio"] ** -0.5, 2.5)
    av = np.where(quiescent, 0.12 * np.exp(0.6 * normal[3]), av)
    # Faber & Jackson (1976, ApJ 204, 668), Tully & Fisher (1977, A&A 54, 661), in projection.
    dispersion = 10.0 ** (2.26 + 0.28 * (mass - 10.8) + 0.07 * normal[4])
    rotation = 10.0 ** (2.15 + 0.29 * (mass - 10.2) + 0.06 * normal[5])
    rotation = 0.45 * rotation * np.sin(np.radians(shapes["inclination"]))
    disc_width = np.hypot(rotation, 40.0)
    star_width = np.where(quiescent, dispersion, np.hypot(disc_width, 0.4 * dispersion))
    shocked = 10.0 ** (mass + 28.6 + 0.35 * normal[6])  # equivalent widths near 1 Å
    shocked = shocked * np.where(mass > 10.0, 1.0, 0.1)
    return {
        "log_sfr": log_sfr,
        "age": age,
        "metallicity": metallicity,
        "av": av,
        "velocity_dispersion": np.clip(star_width, 40.0, 350.0),
        "line_width": np.where(quiescent, 0.8 * dispersion, disc_width),
        "shocked": shocked,
        # The initial mass function differs, most among early types: Cappellari et al. (2013, MNRAS
        # 432, 1862), Conroy (2013, ARA&A 51, 393); dex.
        "mass_to_light": np.where(quiescent, 0.32, 0.18) * normal[8],
        "excitation": 0.10 * normal[7] + 0.15 * residual,
    }


@lru_cache
def _cosmic_ages():
    from astropy.cosmology import Planck18  # late: readers do not need this long import

    redshift = np.linspace(0.0, 1.0, 101)
    return redshift, Planck18.age(redshift).value
