"""Draw the correlated parameters of exploding objects."""

import numpy as np

from sklearn_sn.datasets._populations import POPULATIONS
from sklearn_sn.datasets._seds import SED_MODELS

# Scatter of ln(strength) of features that are not lines of one ion; a choice.
_CONTINUUM_SCATTER = 0.1
_CONTINUUM = {"UV", "blend", "red", "host"}
_SUN = (4.74, 3.828e33, 1.989e33)  # absolute magnitude, luminosity (erg/s), mass (g): IAU 2015
# M_bol - M_B (AB) at peak: near 0.2 for SN Ia (Contardo et al. 2000, A&A 359, 876), and a choice
# near -0.2 for the cooler classes (Lyman et al. 2014, MNRAS 437, 3848).
_BOLOMETRIC = {"SN Ia": 0.2, "SN Ia-91bg": -0.1, "SN Iax": 0.1, "SN Ib/c": -0.2}
_BOLOMETRIC |= dict.fromkeys(("SN IIb", "SN Ib", "SN Ic"), -0.2)


def ions(name):
    """Return the names of the groups of features of a class that vary together, in model order."""
    return list(dict.fromkeys(feature.ion for feature in SED_MODELS[name].features))


def draw_strengths(name, scatter, n, rng):
    """Draw factors of the feature strengths of n objects.

    Parameters
    ----------
    name : str
        Class.
    scatter : float
        Standard deviation of ln(strength) of the lines of one ion.
    n : int
        Number of objects.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    dict of str to array of shape (n,)
        Factors by ``"strength_…"``, one per ion.
    """
    # One factor shared by all lines and one per ion: strengths within a spectrum correlate.
    shared = 0.5 * scatter * rng.standard_normal(n)
    drawn = {}
    for ion in ions(name):
        deviate = rng.standard_normal(n)
        continuum = ion in _CONTINUUM
        log_strength = _CONTINUUM_SCATTER * deviate if continuum else scatter * deviate + shared
        drawn[f"strength_{ion}"] = np.exp(log_strength)
    return drawn


def draw_peaks(name, n, rng):
    """Draw the peak brightness of n objects of a class, and the parameters correlated with it.

    Parameters
    ----------
    name : str
        Class.
    n : int
        Number of objects.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    dict of str to array of shape (n,)
        peak_abs_mag, stretch, colour and ebv_host; for SN Ia also x1.
    """
    population = POPULATIONS[name]
    drawn = {
        "peak_abs_mag": rng.normal(population.peak_mag, population.peak_scatter, n),
        "stretch": np.exp(population.stretch_scatter * rng.standard_normal(n)),
        "colour": rng.normal(0.0, population.colour_scatter, n),
        "ebv_host": np.minimum(rng.exponential(population.host_reddening, n), 1.5),
    }
    if name == "SN Ia":
        _draw_ia_peaks(drawn, n, rng)
    elif name == "SN Ia-91bg":
        # Fast decliners are faint and red, along the same relation as SN Ia: Garnavich et al.
        # (2004, ApJ 613, 1120); the slopes are choices.
        slow = np.log(drawn["stretch"]) / population.stretch_scatter
        drawn["peak_abs_mag"] -= 0.3 * slow
        drawn["colour"] -= 0.04 * slow
    return drawn


def complete_explosions(name, drawn, rng):
    """Draw all other parameters of objects with known peaks, and add them to `drawn`.

    Parameters
    ----------
    name : str
        Class.
    drawn : dict of str to array of shape (n,)
        Parameters from `draw_peaks`. The others are added in place.
    rng : numpy.random.Generator
        Source of randomness.
    """
    population, n = POPULATIONS[name], len(drawn["peak_abs_mag"])
    drawn["velocity"] = np.exp(population.velocity_scatter * rng.standard_normal(n))
    drawn |= draw_strengths(name, population.line_scatter, n, rng)
    rise_scatter = np.exp(population.rise_scatter * rng.standard_normal(n))
    if name == "SN Ia":
        _complete_ia(drawn, n, rng)
    elif name == "SN Iax":
        # Faint SN Iax expand slowly: McClelland et al. (2010, ApJ 720, 704); the slope is a choice.
        bright = population.peak_mag - drawn["peak_abs_mag"]
        drawn["velocity"] *= np.exp(0.12 * bright)
        drawn["stretch"] = drawn["stretch"] * np.exp(0.06 * bright)
    elif name == "SN II":
        _draw_ii(drawn, n, rng)
    elif name == "SN Ib/c":
        _draw_ibc(drawn, n, rng)
    elif name in _SUBTYPES:
        _SUBTYPES[name](drawn, n, rng)
    drawn["rise"] = population.rise * drawn["stretch"] * rise_scatter
    if name in _BOLOMETRIC:
        _add_masses(name, drawn)
    if name == "SN Ia":
        _set_ia_velocity(drawn)


def _draw_ia_peaks(drawn, n, rng):
    # x1 of unit width (Betoule et al. 2014, A&A 568, A22), with one in ten objects in a fast,
    # faint tail (a choice); stretch from x1: Guy et al. (2007, A&A 466, 11); alpha = 0.14:
    # Betoule et al.; intrinsic beta = 1.98: Brout & Scolnic (2021).
    x1 = rng.standard_normal(n)
    drawn["x1"] = np.clip(np.where(rng.random(n) < 0.1, 0.5 * x1 - 2.5, x1), -4.0, 3.0)
    drawn["stretch"] = 0.98 + 0.091 * drawn["x1"] + 0.003 * drawn["x1"] ** 2
    drawn["peak_abs_mag"] += 1.98 * drawn["colour"] - 0.14 * drawn["x1"]
    # The intrinsic colour is bluer than the observed mean: Brout & Scolnic (2021), table 1.
    drawn["colour"] -= 0.084
    # Fast decliners are cool (Nugent et al. 1995, ApJ 455, L147); the slope is a choice.
    drawn["colour"] += 0.6 * np.clip(1.0 - drawn["stretch"], 0.0, None)


def _complete_ia(drawn, n, rng):
    # Cool SN Ia have strong Si II 5972, hot ones weak lines (Nugent et al. 1995); the slope is a
    # choice.
    drawn["strength_Si II"] *= np.exp(-0.05 * drawn["x1"])
    # Ejecta mass and stretch: Scalzo et al. (2014, MNRAS 440, 1498), with the scatter of their
    # figure 4.
    mass = 1.322 + 0.185 * drawn["x1"] + rng.normal(0.0, 0.08, n)
    drawn["ejecta_mass"] = np.clip(mass, 0.8, 2.0)


def _set_ia_velocity(drawn):
    """Set the kinetic energy of SN Ia: burning energy minus the white dwarf's binding energy."""
    mass, nickel = drawn["ejecta_mass"], drawn["nickel_mass"]
    nickel = drawn["nickel_mass"] = np.minimum(nickel, 0.8 * mass)
    # 1e51 erg: Maeda & Iwamoto (2009, MNRAS 394, 239), a tenth each of stable iron and of unburnt
    # carbon and oxygen; binding energy near Yoon & Langer (2005, A&A 435, 967).
    burnt = 1.74 * 0.1 * mass + 1.56 * nickel + 1.24 * (0.8 * mass - nickel)
    drawn["kinetic_energy"] = burnt - 0.5 * mass / 1.4
    typical = 1.29 / 1.322
    drawn["velocity"] = drawn["velocity"] * np.sqrt(drawn["kinetic_energy"] / mass / typical)


def _add_masses(name, drawn):
    """Add the nickel mass by Arnett's rule, and the ejecta mass and energy by the peak width."""
    sun_mag, sun_luminosity, sun_mass = _SUN
    bolometric = drawn["peak_abs_mag"] + _BOLOMETRIC[name]
    luminosity = sun_luminosity * 10.0 ** (-0.4 * (bolometric - sun_mag))
    # Decay of 56Ni and 56Co, erg/s per solar mass: Stritzinger & Leibundgut (2005, A&A 431, 423).
    power = 6.45e43 * np.exp(-drawn["rise"] / 8.8) + 1.45e43 * np.exp(-drawn["rise"] / 111.3)
    drawn["nickel_mass"] = luminosity / power
    if "ejecta_mass" in drawn:
        return
    # Arnett (1982, ApJ 253, 785): M = β c v τ² / 2κ with β = 13.8, κ = 0.07 cm²/g; τ = 0.8 rise is
    # a choice. E = 3/10 M v², a sphere of even density.
    model = SED_MODELS[name]
    speed = 1e5 * np.interp(0.0, model.phases, model.velocities) * drawn["velocity"]
    width = 0.8 * 86400.0 * drawn["rise"]
    mass = 13.8 * 2.99792458e10 * speed * width**2 / (2.0 * 0.07)
    drawn["ejecta_mass"] = mass / sun_mass
    drawn["kinetic_energy"] = 0.3 * mass * speed**2 / 1e51


def _draw_ii(drawn, n, rng):
    # Anderson et al. (2014, ApJ 786, 67): V slopes s1, s2, s3 (mag / 100 d) and the length of the
    # thick phase; bright SNe II decline faster. Middle and depth of the drop: Valenti et al. (2016,
    # MNRAS 459, 3939). The slope of the correlation is a choice.
    bright = -(drawn["peak_abs_mag"] - POPULATIONS["SN II"].peak_mag)
    slope = 0.9 + 0.4 * bright + rng.normal(0.0, 0.7, n)
    drawn["plateau_slope"] = np.clip(slope, 0.0, 5.0)
    drawn["plateau_end"] = np.clip(rng.normal(102.0, 16.0, n), 50.0, 150.0)
    drawn["plateau_drop"] = np.clip(rng.normal(1.9, 0.4, n), 0.8, 3.0)
    # Bright SN II are fast: v ~ L^0.3, near Hamuy & Pinto (2002, ApJ 566, L63).
    drawn["velocity"] = drawn["velocity"] * 10.0 ** (0.4 * 0.3 * 0.5 * bright)


def _draw_ibc(drawn, n, rng):
    # Shares of Ib, IIb, Ic and broad-lined Ic: near Shivvers et al. (2017, PASP 129, 054201);
    # the strengths of helium and hydrogen and the velocities are choices.
    kind = rng.choice(4, size=n, p=[0.33, 0.26, 0.33, 0.08])
    helium = np.where(kind < 2, rng.uniform(0.6, 1.4, n), rng.uniform(0.0, 0.12, n))
    drawn["strength_He I"] = drawn["strength_He I"] * helium
    drawn["strength_Si II"] = drawn["strength_Si II"] * np.where(kind < 2, 0.5, 1.5)
    drawn["strength_H I"] = drawn["strength_H I"] * (kind == 1)
    drawn["velocity"] = drawn["velocity"] * np.where(kind == 3, 1.7, 1.0)


def _draw_iip(drawn, n, rng):
    # Slow decline on a long plateau: Anderson et al. (2014), Faran et al. (2014, MNRAS 442, 844).
    bright = -(drawn["peak_abs_mag"] - POPULATIONS["SN IIP"].peak_mag)
    slope = 0.45 + 0.15 * bright + rng.normal(0.0, 0.3, n)
    drawn["plateau_slope"] = np.clip(slope, 0.0, 1.5)
    drawn["plateau_end"] = np.clip(rng.normal(108.0, 13.0, n), 80.0, 150.0)
    drawn["plateau_drop"] = np.clip(rng.normal(2.0, 0.35, n), 1.2, 3.0)
    drawn["velocity"] = drawn["velocity"] * 10.0 ** (0.4 * 0.3 * 0.5 * bright)


def _draw_iib(drawn, n, rng):
    # Cooling of the shocked envelope, a first peak as in SN 1993J and SN 2011dh (Richmond et al.
    # 1994, AJ 107, 1022; Arcavi et al. 2011, ApJ 742, L18). The distributions are choices.
    drawn["cooling"] = np.minimum(np.exp(rng.normal(np.log(0.25), 0.8, n)), 0.85)
    drawn["cooling_time"] = rng.uniform(1.5, 4.0, n)


def _draw_ic(drawn, n, rng):
    # One in five has broad lines: Shivvers et al. (2017); the factor is a choice.
    drawn["velocity"] = drawn["velocity"] * np.where(rng.random(n) < 0.2, 1.6, 1.0)


_SUBTYPES = {"SN IIP": _draw_iip, "SN IIb": _draw_iib, "SN Ic": _draw_ic}
