"""Populations of the supernova classes: what is drawn for an object, and its light curve."""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.interpolate import PchipInterpolator

from sklearn_sn.datasets._sed_models import SED_MODELS


class Population(NamedTuple):
    """Distribution of one class.

    Peak magnitudes and their scatter are AB, rest-frame B: the Vega values of Richardson et al.
    (2014, AJ 147, 118, table 1) less 0.09 (Blanton & Roweis 2007, AJ 133, 734), SN IIP with IIL
    and SN Ib with Ic taken together; SLSN-I near De Cia et al. (2018, ApJ 860, 100). All other
    numbers are choices near the papers named in `POPULATIONS`.
    """

    peak_mag: float
    peak_scatter: float
    band: str  # rest-frame band of the light curve below
    rise: float  # days from explosion to peak at stretch 1
    rise_scatter: float  # of ln(rise), beyond stretch
    stretch_scatter: float  # of ln(stretch)
    days: tuple  # after peak, at stretch 1
    decline: tuple  # magnitudes below peak at these days
    duration: float  # rest-frame days after peak that are worth observing
    colour_scatter: float  # intrinsic B-V, mag
    velocity_scatter: float  # of ln(velocity)
    line_scatter: float  # of ln(strength) of each ion
    host_reddening: float  # mean of the exponential E(B-V), mag
    r_v: float  # of the host


POPULATIONS = {
    # Rise: Ganeshalingam et al. (2011, MNRAS 416, 2607); B decline near Hsiao et al. (2007);
    # colour and dust: Brout & Scolnic (2021, ApJ 909, 26).
    "SN Ia": Population(
        *(-19.34, 0.1, "B", 18.0, 0.06, 0.0),
        (0, 5, 10, 15, 20, 25, 30, 40, 60, 100),
        (0, 0.14, 0.53, 1.1, 1.7, 2.22, 2.6, 3.0, 3.35, 3.95),
        *(80.0, 0.042, 0.07, 0.15, 0.1, 2.0),
    ),
    # Rise: Gonzalez-Gaitan et al. (2015, MNRAS 451, 2212); plateau: see draw_objects.
    "SN II": Population(
        *(-17.1, 1.0, "V", 9.0, 0.25, 0.12),
        *((0, 1), (0, 0)),
        *(150.0, 0.1, 0.15, 0.25, 0.15, 3.1),
    ),
    # Rise and V decline: Drout et al. (2011, ApJ 741, 97), Taddia et al. (2015, A&A 574, A60).
    "SN Ib/c": Population(
        *(-17.6, 1.1, "V", 18.0, 0.1, 0.2),
        (0, 5, 10, 15, 20, 30, 40, 60, 100),
        (0, 0.11, 0.38, 0.75, 1.1, 1.62, 1.95, 2.35, 3.05),
        *(90.0, 0.1, 0.12, 0.25, 0.2, 3.1),
    ),
    # Rise and decline: Nyholm et al. (2020, A&A 637, A73).
    "SN IIn": Population(
        *(-18.62, 1.36, "V", 22.0, 0.2, 0.4),
        (0, 10, 20, 50, 100, 200),
        (0, 0.1, 0.35, 1.1, 2.2, 3.8),
        *(150.0, 0.12, 0.2, 0.5, 0.1, 3.1),
    ),
    # Rise and decline: Nicholl et al. (2015, MNRAS 452, 3869).
    "SLSN-I": Population(
        *(-21.3, 0.6, "V", 32.0, 0.15, 0.35),
        (0, 10, 20, 30, 45, 60, 90, 150),
        (0, 0.12, 0.4, 0.75, 1.3, 1.8, 2.6, 3.9),
        *(150.0, 0.1, 0.15, 0.3, 0.05, 3.1),
    ),
}
# Of ln(strength) of what is not a line of one ion; a choice.
_CONTINUUM_SCATTER = 0.1
_CONTINUUM = {"UV", "blend", "red"}


def ions(name):
    """Names of the features of a class that vary together, in the order of the model."""
    return list(dict.fromkeys(feature.ion for feature in SED_MODELS[name].features))


def draw_objects(name, n, rng):
    """Draw the intrinsic parameters of n objects of a class.

    Parameters
    ----------
    name : str
        Class.
    n : int
    rng : numpy.random.Generator

    Returns
    -------
    dict of str to array of shape (n,)
    """
    population = POPULATIONS[name]
    drawn = {
        "peak_abs_mag": rng.normal(population.peak_mag, population.peak_scatter, n),
        "stretch": np.exp(population.stretch_scatter * rng.standard_normal(n)),
        "colour": rng.normal(0.0, population.colour_scatter, n),
        "velocity": np.exp(population.velocity_scatter * rng.standard_normal(n)),
        "ebv_host": np.minimum(rng.exponential(population.host_reddening, n), 1.5),
    }
    # One factor shared by all lines beside one of each ion, so that a spectrum has a character.
    shared = 0.5 * population.line_scatter * rng.standard_normal(n)
    for ion in ions(name):
        own = rng.standard_normal(n)
        continuum = ion in _CONTINUUM
        log_strength = _CONTINUUM_SCATTER * own if continuum else population.line_scatter * own
        drawn[f"strength_{ion}"] = np.exp(log_strength + (0.0 if continuum else shared))
    if name == "SN Ia":
        _draw_ia(drawn, n, rng)
    elif name == "SN II":
        _draw_ii(drawn, n, rng)
    elif name == "SN Ib/c":
        _draw_ibc(drawn, n, rng)
    scatter = np.exp(population.rise_scatter * rng.standard_normal(n))
    drawn["rise"] = population.rise * drawn["stretch"] * scatter
    return drawn


def _draw_ia(drawn, n, rng):
    # x1 of unit width (Betoule et al. 2014, A&A 568, A22), one in ten of a fast, faint tail (a
    # choice); stretch from x1 by Guy et al. (2007, A&A 466, 11); alpha = 0.14 and intrinsic
    # beta = 1.98 as Betoule et al. and Brout & Scolnic have them.
    x1 = np.where(rng.random(n) < 0.1, rng.normal(-2.5, 0.5, n), rng.standard_normal(n))
    x1 = np.clip(x1, -4.0, 3.0)
    drawn["stretch"] = 0.98 + 0.091 * x1 + 0.003 * x1**2
    drawn["peak_abs_mag"] += 1.98 * drawn["colour"] - 0.14 * x1
    # Fast decliners are cool (Nugent et al. 1995, ApJ 455, L147); the slope is a choice.
    drawn["colour"] = drawn["colour"] + 0.6 * np.clip(1.0 - drawn["stretch"], 0.0, None)


def _draw_ii(drawn, n, rng):
    # Anderson et al. (2014, ApJ 786, 67): V slopes s1, s2, s3 (mag / 100 d) and the length of the
    # thick phase; bright SNe II decline faster. Depth of the drop: Valenti et al. (2016, MNRAS
    # 459, 3939).
    bright = -(drawn["peak_abs_mag"] - POPULATIONS["SN II"].peak_mag)
    slope = 1.27 + 0.6 * bright + rng.normal(0.0, 0.7, n)
    drawn["plateau_slope"] = np.clip(slope, 0.0, 5.0)
    drawn["plateau_end"] = np.clip(rng.normal(84.0, 17.0, n), 40.0, 140.0)
    drawn["plateau_drop"] = np.clip(rng.normal(1.9, 0.4, n), 0.8, 3.0)


def _draw_ibc(drawn, n, rng):
    # Ib, Ic and broad-lined Ic, about as Shivvers et al. (2017, PASP 129, 054201) count them;
    # the strengths of helium and the speeds are choices.
    kind = rng.choice(3, size=n, p=[0.5, 0.42, 0.08])
    helium = np.where(kind == 0, rng.uniform(0.6, 1.4, n), rng.uniform(0.0, 0.12, n))
    drawn["strength_He I"] = drawn["strength_He I"] * helium
    drawn["strength_Si II"] = drawn["strength_Si II"] * np.where(kind == 0, 0.5, 1.5)
    drawn["velocity"] = drawn["velocity"] * np.where(kind == 2, 1.7, 1.0)


@lru_cache
def _decline_table(name):
    population = POPULATIONS[name]
    days = np.arange(0.0, population.days[-1] + 0.25, 0.25)
    return days, PchipInterpolator(population.days, population.decline)(days)


def reference_curve(name, objects, rows, phase):
    """Flux in the class's reference band relative to peak; 0 before the explosion.

    Parameters
    ----------
    name : str
    objects : dict of str to array of shape (n_objects,)
    rows : array of int, shape (n_points,)
        Object of each point.
    phase : array of shape (n_points,)
        Rest-frame days from peak.

    Returns
    -------
    array of shape (n_points,)
    """
    # (1 - u²)²: grows as the square of time after explosion (the fireball of Riess et al. 1999,
    # AJ 118, 2675) and is flat at peak.
    fraction = np.clip(-phase / objects["rise"][rows], 0.0, 1.0)
    rising = (1.0 - fraction**2) ** 2
    after = np.clip(phase, 0.0, None)
    if name == "SN II":
        slope, end, drop = (objects[f"plateau_{key}"][rows] for key in ("slope", "end", "drop"))
        end = end - objects["rise"][rows]
        steep = (2.65 - 1.27) * 20.0 * (1.0 - np.exp(-after / 20.0))
        linear = slope * np.minimum(after, end) + 1.2 * np.clip(after - end, 0.0, None)
        fermi = 1.0 / (1.0 + np.exp(-(after - end) / 5.0)) - 1.0 / (1.0 + np.exp(end / 5.0))
        mag = (linear + steep) / 100.0 + drop * fermi
    else:
        days, decline = _decline_table(name)
        scaled = after / objects["stretch"][rows]
        last = (decline[-1] - decline[-41]) / (days[-1] - days[-41])
        mag = np.interp(scaled, days, decline) + last * np.clip(scaled - days[-1], 0.0, None)
    return rising * 10.0 ** (-0.4 * mag)
