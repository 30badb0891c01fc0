"""Find the fitted models behind a catalogue."""

import inspect
from functools import lru_cache

from sklearn_sn.data import warn_user
from sklearn_sn.persistence import list_pretrained, load_pretrained

# What each model provides, for the sentence about a model that is missing.
PURPOSES = {
    "light-curve-types": "classes and anomaly scores from light curves",
    "light-curve-redshift": "redshifts from light curves",
    "spectrum-types": "classes from spectra",
    "spectrum-redshift": "redshifts from spectra",
    "contrastive-sim": "nearest known objects",
}

# What each model must have, and the parameters of its methods.
_INTERFACES = {
    "light-curve-types": {"predict_proba": None, "classes_": None},
    "light-curve-redshift": {"predict": "return_std"},
    "spectrum-types": {"predict_proba": None, "classes_": None},
    "spectrum-redshift": {"predict_redshift": "return_std"},
    "contrastive-sim": {"encode": None},
}


class ReadyModels:
    """Models by name: those that the user passes, and the packaged ones.

    Parameters
    ----------
    models : mapping of str to fitted estimator, optional
        Models that replace the packaged ones of the same name; None leaves a model out.

    Raises
    ------
    ValueError
        If a name is not one of `PURPOSES`, or a model lacks a method for its purpose.
    """

    def __init__(self, models=None):
        self._models = dict(models or {})
        unknown = [name for name in self._models if name not in PURPOSES]
        if unknown:
            raise ValueError(
                f"The 'models' parameter must have names among {[*PURPOSES]}. Got {unknown[0]!r} "
                "instead."
            )
        for name, model in self._models.items():
            if model is not None:
                _check_interface(name, model)
        self._missing = []

    def get(self, name):
        """Return a fitted model, or None if it is left out or not part of the package."""
        if name in self._models:
            return self._models[name]
        if name not in list_pretrained():
            self._missing.append(name)
            return None
        return _load(name)

    def warn_missing(self):
        """Warn in one sentence about models that were needed and are not part of the package."""
        if self._missing:
            names = list(dict.fromkeys(self._missing))
            purposes = [PURPOSES[name] for name in names]
            warn_user(
                f"This version of sklearn-sn does not contain {', '.join(map(repr, names))}; "
                f"without, there are no {', '.join(purposes)}.",
                UserWarning,
            )


def _check_interface(name, model):
    """Raise if a model cannot serve its purpose."""
    for member, parameter in _INTERFACES[name].items():
        where = f"The model {name!r}, which provides {PURPOSES[name]}"
        if not hasattr(model, member):
            raise ValueError(
                f"{where}, must be a fitted model with {member}. Got "
                f"{type(model).__name__}, which has none."
            )
        if parameter is None:
            continue
        known = inspect.signature(getattr(model, member)).parameters
        if parameter not in known and all(p.kind != p.VAR_KEYWORD for p in known.values()):
            raise ValueError(
                f"{where}, must have {member} with the parameter {parameter}, for standard "
                f"deviations. Got {type(model).__name__}, whose {member} has none."
            )


@lru_cache(maxsize=len(PURPOSES))
def _load(name):
    return load_pretrained(name)
