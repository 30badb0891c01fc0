"""Volumetric event rates of the classes and their evolution with redshift."""

import numpy as np

# Local rate (1e-6 / yr / Mpc³) and evolution: the exponent of 1 + z, or "stars" for the cosmic star
# formation history of Madau & Dickinson (2014, ARA&A 52, 415, eq. 15).
_CORE_COLLAPSE = 101.0  # Perley et al. (2020, ApJ 904, 35)
RATES = {
    # Frohmaier et al. (2019, MNRAS 486, 2308); evolution: Dilday et al. (2010, ApJ 713, 1026).
    # The share of 91bg-likes is that of Li et al. (2011, MNRAS 412, 1441).
    "SN Ia": (24.3 * 0.85, 1.5),
    "SN Ia-91bg": (24.3 * 0.15, 1.5),
    # A third of SN Ia: Foley et al. (2013, ApJ 767, 57).
    "SN Iax": (24.3 * 0.31, "stars"),
    # Shares of core-collapse supernovae: Shivvers et al. (2017, PASP 129, 054201); IIb count as
    # stripped.
    "SN Ib/c": (_CORE_COLLAPSE * 0.30, "stars"),
    "SN II": (_CORE_COLLAPSE * 0.65, "stars"),
    "SN IIn": (_CORE_COLLAPSE * 0.05, "stars"),
    # Frohmaier et al. (2021, MNRAS 500, 5142).
    "SLSN-I": (0.035, "stars"),
    # Yao et al. (2023, ApJ 955, L6); evolution: Kochanek (2016, MNRAS 461, 371).
    "TDE": (0.31, -4.0),
    # Subtypes, already counted above: shares near Shivvers et al. (2017).
    "SN IIP": (_CORE_COLLAPSE * 0.50, "stars"),
    "SN IIb": (_CORE_COLLAPSE * 0.10, "stars"),
    "SN Ib": (_CORE_COLLAPSE * 0.10, "stars"),
    "SN Ic": (_CORE_COLLAPSE * 0.10, "stars"),
}
SUBTYPES = ("SN IIP", "SN IIb", "SN Ib", "SN Ic")  # not in a mixture of classes by rate


def relative_rate(name, redshift):
    """Return the rate of a class at a redshift over its local rate; 1 for unknown classes."""
    _, evolution = RATES.get(name, (np.nan, 0.0))
    if evolution == "stars":
        return _star_formation(redshift) / _star_formation(0.0)
    return (1.0 + np.asarray(redshift)) ** evolution


def _star_formation(redshift):
    return (1.0 + redshift) ** 2.7 / (1.0 + ((1.0 + redshift) / 2.9) ** 5.6)
