"""Light-curve features for the classical baselines, and control features."""

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from sklearn_sn.data import band_wavelength, check_table
from sklearn_sn.preprocessing import LightCurveFeatures, LightCurveTruncator

GROUPS = ("UV", "U", "B", "V", "R", "I", "Z", "NIR")
GROUP_EDGES = (3000.0, 4000.0, 5050.0, 5850.0, 7000.0, 8300.0, 11000.0)  # Å, between the groups

_POGSON = 2.5 / np.log(10)


def light_curve_features(X, **parameters):
    """Return the features of LightCurveFeatures as a table, with NaN in columns that are empty."""
    model = LightCurveFeatures(**parameters).set_output(transform="pandas")
    features = model.fit_transform(X)
    features.loc[:, model.empty_features_] = np.nan
    return features


def boosting_scores(X, y, folds, days, scoring):
    """Score gradient boosting on features of light curves that are cut some days after detection.

    Parameters
    ----------
    X : DataFrame
        With a column ``light_curve``.
    y : array of shape (n_objects,)
        Classes.
    folds : list of pair of array
        Positions of the training and of the test objects.
    days : float
        Days after the first detection at which all light curves are cut.
    scoring : callable
        Function of a fitted classifier, features and classes.

    Returns
    -------
    list
        Result of `scoring` in each fold.
    """
    early = LightCurveTruncator(days, origin="detection").fit_transform(X[["light_curve"]])
    features = light_curve_features(early)
    results = []
    for train, test in folds:
        known = features.columns[features.iloc[train].nunique() > 1]
        values = features[known].to_numpy()
        model = HistGradientBoostingClassifier(random_state=0).fit(values[train], y[train])
        results.append(scoring(model, values[test], y[test]))
    return results


def observing_pattern(X, level):
    """Compute features of the observing pattern, a control without flux information.

    Parameters
    ----------
    X : DataFrame
        With a column ``light_curve``.
    level : {"K0", "K1"}
        K0 indicates which bands exist. K1 adds counts, time spans, cadence and magnitude errors
        (the last two depend partly on flux and duration).

    Returns
    -------
    DataFrame
        One row per object.
    """
    if level not in ("K0", "K1"):
        raise ValueError(f"level must be 'K0' or 'K1'. Got {level!r} instead.")
    curves = check_table(X[["light_curve"]]).light_curve
    bands = pd.get_dummies(pd.Series(curves["band"]), dtype=np.float64)
    exists = bands.groupby(curves.rows).max().reindex(range(len(X)), fill_value=0.0)
    exists.index = X.index
    exists.columns = [f"has {band}" for band in exists.columns]
    if level == "K0":
        return exists
    rows = [_pattern(*points) for points in _objects(curves)]
    return exists.join(pd.DataFrame(rows, index=X.index, dtype=np.float64))


def _objects(curves):
    """Yield time, flux, flux_err and wavelength of each object, sorted by time."""
    curves = curves.sort("time")
    wavelength = band_wavelength(curves["band"])
    known = np.isfinite(wavelength) & np.isfinite(curves["flux"]) & np.isfinite(curves["time"])
    columns = (curves["time"], curves["flux"], curves["flux_err"], wavelength)
    for start, stop in zip(curves.offsets[:-1], curves.offsets[1:], strict=True):
        keep = known[start:stop]
        yield tuple(values[start:stop][keep] for values in columns)


def _group(wavelength):
    return np.searchsorted(GROUP_EDGES, wavelength)


def _pattern(time, flux, error, wavelength):
    if len(time) == 0:
        return {"n": 0}
    # Magnitude errors are relative: they depend on flux only through the noise.
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(flux > 0, _POGSON * error / flux, np.nan)
    row = {"n": len(time), "nights": len(np.unique(np.floor(time))), "span": np.ptp(time)}
    row |= _cadence(time, "all") | _errors(relative, "all")
    group = _group(wavelength)
    for number, name in enumerate(GROUPS):
        in_group = group == number
        row[f"{name} n"] = in_group.sum()
        if in_group.any():
            row[f"{name} span"] = np.ptp(time[in_group])
            row[f"{name} start"] = time[in_group][0] - time[0]
            row |= _cadence(time[in_group], name) | _errors(relative[in_group], name)
    return row


def _cadence(time, name):
    gaps = np.diff(np.unique(time))
    if len(gaps) == 0:
        return {}
    return {f"{name} gap": np.median(gaps), f"{name} longest gap": gaps.max()}


def _errors(relative, name):
    relative = relative[np.isfinite(relative)]
    if len(relative) == 0:
        return {}
    return {f"{name} error": np.median(relative), f"{name} least error": relative.min()}
