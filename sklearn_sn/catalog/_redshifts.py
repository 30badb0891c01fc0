"""Estimate redshifts with the models of the package."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from sklearn_sn.catalog._modalities import Objects
from sklearn_sn.catalog._ready_models import ReadyModels


def estimate_redshifts(X: pd.DataFrame, *, models: Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Estimate the redshift of every object, from its spectrum or else its light curve.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows
        Table with a column light_curve, spectrum or both, as
        :func:`~sklearn_sn.datasets.read_tables` returns it.
    models : mapping of str to fitted estimator, optional
        Models to use instead of the packaged ones: "light-curve-redshift", with
        ``predict(X, return_std=True)``, and "spectrum-redshift", with
        ``predict_redshift(X, return_std=True)``. None as a value leaves a model out.

    Returns
    -------
    pandas.DataFrame of n_objects rows
        redshift, redshift_err (standard deviation) and redshift_source: "spectrum", "light_curve"
        or missing. The redshift of an object without usable data is NaN.

    Raises
    ------
    ValueError
        If X has neither column, or cannot be repaired.

    Warns
    -----
    UserWarning
        If a model that is needed is not part of this version of the package.

    See Also
    --------
    classify : Classes, redshifts and neighbours in one table.

    Examples
    --------
    >>> from sklearn_sn.catalog import estimate_redshifts
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(3, random_state=0)
    >>> class Host:
    ...     def predict(self, X, return_std=False):
    ...         return X["light_curve"].map(len) * 0.0 + 0.1, X["light_curve"].map(len) * 0.0 + 0.02
    >>> models = {"light-curve-redshift": Host(), "spectrum-redshift": None}
    >>> estimate_redshifts(X, models=models).round(2).head(1)
                redshift  redshift_err redshift_source
    object_id
    sim-000000       0.1          0.02     light_curve
    """
    ready = ReadyModels(models)
    estimates = redshifts_of(Objects(X), ready)
    ready.warn_missing()
    return estimates


def redshifts_of(objects, ready):
    """Return the table of estimate_redshifts for checked objects."""
    values = np.full((len(objects.X), 2), np.nan)
    source = np.full(len(objects.X), None, dtype=object)
    # The spectrum comes last, because its redshift replaces that of the light curve.
    for modality, name, method in (
        ("light_curve", "light-curve-redshift", "predict"),
        ("spectrum", "spectrum-redshift", "predict_redshift"),
    ):
        model = ready.get(name) if modality in objects.given else None
        if model is not None:
            found = objects.predict(modality, getattr(model, method), 2, return_std=True)
            present = objects.present[modality]
            values[present] = found[present]
            source[present] = modality
    return pd.DataFrame(
        {
            "redshift": values[:, 0],
            "redshift_err": values[:, 1],
            "redshift_source": pd.array(source, dtype="str"),
        },
        index=objects.X.index,
    )
