"""The quality report of a table."""

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sklearn_sn.data._check import as_frame, check_table
from sklearn_sn.data._quality import DataQualityWarning
from sklearn_sn.data._training_range import column_name


def quality_report(
    X: pd.DataFrame | pa.Table | dict[str, Any],
    *,
    metadata_columns: Sequence[str] = (),
    estimator: Any = None,
) -> pd.DataFrame:
    """Report for every object how much of it is usable and what is suspect.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows
        Table of objects, as for :func:`check_table`.
    metadata_columns : sequence of str, default=()
        Plain columns to check as well.
    estimator : fitted estimator, optional
        Estimator of this package, or a pipeline, search or FrozenEstimator that contains one.
        Objects far from its training data are then flagged.

    Returns
    -------
    pandas.DataFrame of n_objects rows
        Numbers of points and pixels given, dropped because they are not measured (fill values,
        absurd fluxes and times) and kept, number of spectra, and ``flag``, a comma-separated list
        of EMPTY (no usable photometry), LOWDATA (fewer than three points), NOERROR (no errors),
        RANGE (fluxes outside 1e-15 … 1e9 µJy), JD (times that were Julian dates), MAGNITUDES (the
        fluxes of the table look like magnitudes), NANOMETRES (wavelengths look like nm),
        SPECTRUM_DATE (a spectrum 365 days before or 730 days after the light curve),
        EMPTY_SPECTRUM, EMPTY_IMAGE, NOTHING (no modality is usable), UNLIKE_TRAINING (far outside
        the range of the training data of `estimator`).

    Raises
    ------
    ValueError
        If input cannot be repaired, or `estimator` contains no fitted estimator of this package.

    Examples
    --------
    >>> from sklearn_sn.data import quality_report
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(3, random_state=0)
    >>> list(quality_report(X)["flag"])
    ['', '', '']
    """
    report = check_table(X, metadata_columns=metadata_columns, warn=False).report
    if estimator is not None:
        unlike = _is_unlike_training(as_frame(X), estimator)
        flags = report["flag"] + np.where(report["flag"] == "", "", ",") + "UNLIKE_TRAINING"
        report["flag"] = report["flag"].where(~unlike, flags)
    return report


def _is_unlike_training(X, estimator):
    """Return a mask of the objects far from the training data of a fitted estimator."""
    if hasattr(estimator, "steps"):
        for _, step in estimator.steps:
            if hasattr(step, "modalities_") or not hasattr(step, "transform"):
                return _is_unlike_training(X, step)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", DataQualityWarning)
                X = as_frame(step.transform(X))
    for name in ("best_estimator_", "estimator"):
        if hasattr(estimator, name):
            return _is_unlike_training(X, getattr(estimator, name))
    if not hasattr(estimator, "modalities_"):
        raise ValueError(
            "The 'estimator' parameter must be a fitted estimator of sklearn_sn, or a pipeline or "
            f"search with one. Got {estimator!r} instead."
        )
    # A model of an earlier version does not know its training data.
    ranges = getattr(estimator, "training_range_", {})
    report = check_table(
        X,
        modalities=[name for name in estimator.modalities_ if name in X.columns] or None,
        metadata_columns=[name for name in X.columns if column_name(name) in ranges],
        warn=False,
        training_range=ranges,
    ).report
    return report["flag"].str.contains("UNLIKE_TRAINING").to_numpy()
