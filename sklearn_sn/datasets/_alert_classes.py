"""Classes of simulated alerts and their proportions in published samples."""

from numbers import Real

import numpy as np

from sklearn_sn.datasets._simulation_parameters import count_per_class

# Junell et al. (2025, arXiv:2507.16088), tables 1 and 8: objects.
_MEMBERS = {
    "SN Ia": 6322,
    "SN Ib": 145,
    "SN Ic": 153,
    "SN II": 695,
    "SN IIP": 627,
    "SN IIb": 126,
    "SN IIn": 234,
    "CV": 963,
    "AGN": 8905,
    "TDE": 75,
}
_FUSION = {"SN I": 4830, "SN II": 1014, "CV": 279, "AGN": 1251, "TDE": 36}
PROPORTIONS = {"members": _MEMBERS, "fusion": _FUSION}
COARSE = {name: name for name in ("CV", "AGN", "TDE")}
COARSE |= dict.fromkeys(("SN Ia", "SN Ib", "SN Ic"), "SN I")
COARSE |= dict.fromkeys(("SN II", "SN IIP", "SN IIb", "SN IIn"), "SN II")


def class_counts(n_objects, proportions):
    """Return the number of objects of each fine class.

    "SN II" is the fine class of supernovae without a subtype if a subtype of supernovae is named
    too, and the coarse class otherwise.

    Parameters
    ----------
    n_objects : int
        Number of objects.
    proportions : str, sequence of str or dict of str to float
        As for :func:`~sklearn_sn.datasets.make_alerts`.

    Returns
    -------
    dict of str to int
        Counts that are not 0, in the order of the classes.

    Raises
    ------
    ValueError
        If a name is unknown or occurs twice, or if a frequency is not positive.

    Examples
    --------
    >>> from sklearn_sn.datasets._alert_classes import class_counts
    >>> class_counts(12, {"SN Ia": 10, "TDE": 2})
    {'SN Ia': 10, 'TDE': 2}
    """
    if isinstance(proportions, str):
        proportions = PROPORTIONS[proportions]
    given = proportions if isinstance(proportions, dict) else dict.fromkeys(proportions, 1.0)
    good = bool(given) and set(given) <= {*_MEMBERS, *_FUSION} and len(given) == len(proportions)
    shares = list(given.values())
    if not good or not all(isinstance(s, Real) and np.isfinite(s) and s > 0 for s in shares):
        raise ValueError(
            "The 'proportions' parameter of make_alerts must be one of "
            f"{sorted(PROPORTIONS)}, or distinct names from {(*_MEMBERS, 'SN I')}, optionally with "
            f"positive frequencies. Got {proportions!r} instead."
        )
    is_coarse = not set(given) & (set(_MEMBERS) - set(_FUSION))
    counts = dict.fromkeys(_MEMBERS, 0)
    for name, count in zip(given, count_per_class(n_objects, shares), strict=True):
        fine = [name]
        if name == "SN I" or (name == "SN II" and is_coarse):
            fine = [key for key in _MEMBERS if COARSE[key] == name]
        parts = count_per_class(int(count), [_MEMBERS[key] for key in fine])
        for key, part in zip(fine, parts, strict=True):
            counts[key] += int(part)
    return {key: count for key, count in counts.items() if count}
