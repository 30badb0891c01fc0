"""Populations of the exploding classes: distributions and mean light curves, as data."""

from typing import NamedTuple


class Population(NamedTuple):
    """Distribution of the parameters of one class.

    Peak magnitudes and their scatter are AB, in rest-frame B, before dust. For SN Ia they are from
    Richardson et al. (2014, AJ 147, 118, table 1), minus 0.09 (Blanton & Roweis 2007, AJ 133, 734).
    For core-collapse supernovae they are choices between Richardson et al. and the fainter,
    volume-limited samples of Li et al. (2011, MNRAS 412, 1441); with the rates of `_rates` they
    give nearly the class fractions of a flux-limited survey (Perley et al. 2020, ApJ 904, 35).
    For SLSN-I they are near De Cia et al. (2018, ApJ 860, 100). All other numbers are choices near
    the papers named in `POPULATIONS`.
    """

    peak_mag: float
    peak_scatter: float
    band: str  # rest-frame band of the light curve below
    rise: float  # days from explosion to peak at stretch 1
    rise_scatter: float  # standard deviation of ln(rise), in addition to that of stretch
    stretch_scatter: float  # standard deviation of ln(stretch)
    days: tuple  # days after peak, at stretch 1
    decline: tuple  # magnitudes below peak at these days
    duration: float  # rest-frame days after peak that are simulated
    colour_scatter: float  # standard deviation of the intrinsic B-V, mag
    velocity_scatter: float  # standard deviation of ln(velocity)
    line_scatter: float  # standard deviation of ln(strength) of each ion
    host_reddening: float  # mean of the exponential distribution of E(B-V), mag
    r_v: float  # total-to-selective extinction of the host


POPULATIONS = {
    # Rise: Ganeshalingam et al. (2011, MNRAS 416, 2607); B decline near Hsiao et al. (2007);
    # colour and dust: Brout & Scolnic (2021, ApJ 909, 26).
    "SN Ia": Population(
        *(-19.34, 0.1, "B", 18.0, 0.06, 0.0),
        (0, 5, 10, 15, 20, 25, 30, 40, 60, 100),
        (0, 0.14, 0.53, 1.1, 1.7, 2.22, 2.6, 3.0, 3.35, 3.95),
        *(120.0, 0.042, 0.07, 0.15, 0.1, 2.0),
    ),
    # Rise: Gonzalez-Gaitan et al. (2015, MNRAS 451, 2212); plateau: `_draw_ii`.
    "SN II": Population(
        *(-16.7, 0.95, "V", 10.0, 0.25, 0.12),
        *((0, 1), (0, 0)),
        *(220.0, 0.1, 0.15, 0.25, 0.15, 3.1),
    ),
    # Rise and V decline: Drout et al. (2011, ApJ 741, 97), Taddia et al. (2015, A&A 574, A60).
    "SN Ib/c": Population(
        *(-17.0, 0.8, "V", 18.0, 0.1, 0.2),
        (0, 5, 10, 15, 20, 30, 40, 60, 100),
        (0, 0.13, 0.47, 0.92, 1.27, 1.65, 1.9, 2.2, 2.8),
        *(150.0, 0.13, 0.12, 0.25, 0.27, 3.1),
    ),
    # Rise and decline: Nyholm et al. (2020, A&A 637, A73).
    "SN IIn": Population(
        *(-17.75, 0.9, "V", 22.0, 0.2, 0.4),
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
    # Taubenberger (2017, Handbook of Supernovae, 317): M_B near -17.5, decline rate 1.9 mag in 15
    # days, rise of 13 to 15 days, B-V near 0.55, hosts without dust.
    "SN Ia-91bg": Population(
        *(-17.4, 0.4, "B", 14.0, 0.06, 0.08),
        (0, 5, 10, 15, 20, 25, 30, 40, 60, 100),
        (0, 0.3, 1.05, 1.85, 2.35, 2.65, 2.85, 3.1, 3.55, 4.4),
        *(60.0, 0.08, 0.06, 0.15, 0.05, 3.1),
    ),
    # Foley et al. (2013, ApJ 767, 57): M_V from -14.2 to -18.9, decline rates of 1.2 to 2.4.
    "SN Iax": Population(
        *(-16.7, 1.1, "B", 14.0, 0.1, 0.18),
        (0, 5, 10, 15, 20, 25, 30, 40, 60, 100),
        (0, 0.25, 0.85, 1.6, 2.2, 2.6, 2.85, 3.15, 3.55, 4.2),
        *(70.0, 0.1, 0.2, 0.25, 0.1, 3.1),
    ),
    # van Velzen et al. (2021, ApJ 908, 4) and Yao et al. (2023, ApJ 955, L6): peaks, rises of a
    # month, declines that begin exponential (50 days) and end as t^(-5/3). The colour is that of
    # 1/T: 0.05 mag correspond to 25 % of T.
    "TDE": Population(
        *(-19.2, 0.7, "V", 32.0, 0.25, 0.35),
        (0, 10, 25, 50, 100, 200, 300),
        (0, 0.15, 0.45, 1.0, 1.95, 3.1, 3.8),
        *(200.0, 0.05, 0.25, 0.4, 0.05, 3.1),
    ),
    # Subtypes of SN II and SN Ib/c. Peaks and declines: near Anderson et al. (2014, ApJ 786, 67)
    # for SN IIP, Drout et al. (2011), Taddia et al. (2018, A&A 609, A136) and Pessi et al. (2019,
    # MNRAS 488, 4239) for the others; plateau: `_draw_iip`.
    "SN IIP": Population(
        *(-16.5, 0.8, "V", 10.0, 0.25, 0.12),
        *((0, 1), (0, 0)),
        *(220.0, 0.1, 0.15, 0.25, 0.15, 3.1),
    ),
    "SN IIb": Population(
        *(-17.0, 0.7, "V", 20.0, 0.1, 0.15),
        (0, 5, 10, 15, 20, 30, 40, 60, 100),
        (0, 0.14, 0.5, 0.98, 1.35, 1.72, 1.95, 2.25, 2.9),
        *(150.0, 0.12, 0.1, 0.25, 0.2, 3.1),
    ),
    "SN Ib": Population(
        *(-17.0, 0.75, "V", 19.0, 0.1, 0.18),
        (0, 5, 10, 15, 20, 30, 40, 60, 100),
        (0, 0.12, 0.45, 0.88, 1.25, 1.65, 1.9, 2.2, 2.8),
        *(150.0, 0.13, 0.1, 0.25, 0.25, 3.1),
    ),
    "SN Ic": Population(
        *(-17.1, 0.8, "V", 17.0, 0.12, 0.22),
        (0, 5, 10, 15, 20, 30, 40, 60, 100),
        (0, 0.14, 0.48, 0.94, 1.28, 1.65, 1.9, 2.2, 2.8),
        *(150.0, 0.13, 0.12, 0.25, 0.3, 3.1),
    ),
}
