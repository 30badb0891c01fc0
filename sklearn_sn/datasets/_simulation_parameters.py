"""Validate the parameters of make_supernovae beyond their types."""

from numbers import Real

import numpy as np

from sklearn_sn.datasets._grid_seds import grid_seds
from sklearn_sn.datasets._photosphere import Photosphere
from sklearn_sn.datasets._populations import POPULATIONS
from sklearn_sn.datasets._spectrographs import SPECTROGRAPHS, Spectrograph
from sklearn_sn.datasets._survey_table import SURVEY_TABLE
from sklearn_sn.datasets._surveys import Survey, get_survey
from sklearn_sn.datasets._variables import ActiveNucleus, DwarfNova

CLASSES = (*POPULATIONS, "AGN", "CV")
_GALACTIC = ("CV",)
_BUILT_IN = {"AGN": ActiveNucleus, "CV": DwarfNova}


def count_per_class(n_samples, shares):
    """Return integer counts in proportion to shares, with sum n_samples (largest remainder)."""
    exact = n_samples * np.asarray(shares, dtype=float) / np.sum(shares)
    counts = np.floor(exact).astype(int)
    order = np.argsort(counts - exact, kind="stable")
    counts[order[: n_samples - counts.sum()]] += 1
    return counts


def class_shares(classes):
    """Validate the classes and return a dict of name to share."""
    names = known_names("classes", classes, CLASSES)
    shares = dict(classes) if isinstance(classes, dict) else dict.fromkeys(names, 1.0)
    if not all(isinstance(s, Real) and np.isfinite(s) and s > 0 for s in shares.values()):
        raise ValueError(
            "The 'classes' parameter of make_supernovae must give a positive proportion to each "
            f"class. Got {classes!r} instead."
        )
    return shares


def known_names(parameter, values, allowed, caller="make_supernovae"):
    """Validate that values are distinct and allowed names, and return them as a list."""
    values = [values] if isinstance(values, str) else list(values)
    if not values or len(set(values)) < len(values) or not set(values) <= set(allowed):
        raise ValueError(
            f"The {parameter!r} parameter of {caller} must hold distinct names from "
            f"{allowed}. Got {values!r} instead."
        )
    return values


def redshift_ranges(redshift_range, names):
    """Validate the redshifts and return a pair for each class; Galactic classes have (0, 0)."""
    far = [name for name in names if name not in _GALACTIC]
    if not isinstance(redshift_range, dict):
        redshift_range = dict.fromkeys(far, redshift_range)
    absent = [name for name in far if name not in redshift_range]
    if absent:
        raise ValueError(
            "The 'redshift_range' parameter of make_supernovae must have a pair for each class. "
            f"It has none for {absent!r}."
        )
    ranges = {name: number_pair("redshift_range", redshift_range[name], 1e-4, 3.0) for name in far}
    return ranges | {name: (0.0, 0.0) for name in names if name in _GALACTIC}


def number_pair(parameter, value, lowest, highest, kind=Real, caller="make_supernovae"):
    """Validate a number or a pair (low, high) within bounds, and return the pair.

    Parameters
    ----------
    parameter : str
        Name of the parameter, for messages.
    value : number or pair of numbers
        Value to validate; a number stands for both ends.
    lowest, highest : float
        Bounds.
    kind : type, default=Real
        Required type of the numbers.
    caller : str, default="make_supernovae"
        Name of the function, for messages.

    Returns
    -------
    tuple
        The pair (low, high).

    Raises
    ------
    ValueError
        If the value is not a number or a pair of increasing numbers within the bounds.
    """
    pair = tuple(value) if isinstance(value, list | tuple) else (value, value)
    good = len(pair) == 2 and all(isinstance(v, kind) and np.isfinite(v) for v in pair)
    if not good or not lowest <= pair[0] <= pair[1] <= highest:
        raise ValueError(
            f"The {parameter!r} parameter of {caller} must be numbers (low, high) with "
            f"{lowest} <= low <= high <= {highest}. Got {value!r} instead."
        )
    return pair


def resolve_surveys(surveys):
    """Validate surveys, given as built-in names or Survey objects with distinct names."""
    return _resolve("surveys", surveys, Survey, {name: name for name in SURVEY_TABLE}, get_survey)


def resolve_spectrographs(spectrographs):
    """Validate spectrographs, given as built-in names or Spectrograph objects."""
    return _resolve(
        "spectrographs", spectrographs, Spectrograph, SPECTROGRAPHS, SPECTROGRAPHS.__getitem__
    )


def _resolve(parameter, values, kind, available, get):
    values = [values] if isinstance(values, str | kind) else list(values)
    names = [value.name if isinstance(value, kind) else value for value in values]
    unknown = [v for v in values if not isinstance(v, kind) and v not in available]
    if not names or len(set(names)) < len(names) or unknown:
        raise ValueError(
            f"The {parameter!r} parameter of make_supernovae must hold distinct names from "
            f"{tuple(available)}, or {kind.__name__} objects. Got {values!r} instead."
        )
    return [value if isinstance(value, kind) else get(value) for value in values]


def resolve_seds(seds, names):
    """Return the SEDs of each class: the built-in ones, replaced or joined by the user's."""
    resolved = {name: [_BUILT_IN.get(name, Photosphere)()] for name in names if name in _BUILT_IN}
    resolved |= {name: [Photosphere(name)] for name in names if name not in _BUILT_IN}
    for name, given in (seds or {}).items():
        if name not in POPULATIONS:
            raise ValueError(
                "The 'seds' parameter of make_supernovae must map classes out of "
                f"{tuple(POPULATIONS)} to SEDs. Got {name!r}."
            )
        given = list(given) if isinstance(given, list) else [given]
        if name not in resolved:
            raise ValueError(
                f"The 'seds' parameter of make_supernovae has an SED of class {name!r}, which is "
                f"not among the classes to simulate: {list(resolved)!r}."
            )
        if not given:
            continue
        default, resolved[name] = resolved[name], []
        for one in given:
            built_in = isinstance(one, str) and one == "built-in"
            resolved[name] += default if built_in else grid_seds(name, one)
    return resolved


def stream_entropy(random_state):
    """Return the integers that seed all streams of a simulation, as a tuple."""
    if isinstance(random_state, np.random.RandomState):
        return tuple(random_state.randint(2**32, size=4, dtype=np.uint32).tolist())
    if isinstance(random_state, np.random.Generator):
        return tuple(random_state.integers(2**32, size=4).tolist())
    if random_state is None:
        return (np.random.SeedSequence().entropy,)
    return (int(random_state),)
