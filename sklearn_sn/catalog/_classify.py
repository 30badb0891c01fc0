"""Classify objects with the models of the package."""

from collections.abc import Mapping
from numbers import Integral, Real
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from sklearn_sn.catalog._class_probabilities import ClassProbabilities, combine
from sklearn_sn.catalog._known_objects import known_objects, neighbour_columns
from sklearn_sn.catalog._modalities import MODALITIES, Objects
from sklearn_sn.catalog._ready_models import ReadyModels
from sklearn_sn.catalog._redshifts import redshifts_of
from sklearn_sn.data import read_redshifts

_TYPES = {"light_curve": "light-curve-types", "spectrum": "spectrum-types"}
_REDSHIFTS = {"light_curve": "light-curve-redshift", "spectrum": "spectrum-redshift"}
_CERTAIN = 0.5  # probability from which a class is more probable than the others together


@validate_params(
    {
        "coverage": [Interval(Real, 0, 1, closed="neither")],
        "n_neighbors": [Interval(Integral, 0, None, closed="left")],
        "redshift": [StrOptions({"predict", "keep"})],
        "models": [Mapping, None],
    },
    prefer_skip_nested_validation=True,
)
def classify(
    X: pd.DataFrame,
    *,
    coverage: float = 0.9,
    n_neighbors: int = 3,
    redshift: str = "predict",
    models: Mapping[str, Any] | None = None,
) -> pd.DataFrame:
    """Classify objects, without training, with the models of the package.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows
        Table with a column light_curve, spectrum or both, as
        :func:`~sklearn_sn.datasets.read_tables` returns it. Each object is classified from what it
        has.
    coverage : float, default=0.9
        Approximate probability with which the set of classes in ``class_set`` contains the true
        class, in (0, 1).
    n_neighbors : int, default=3
        Number of nearest known objects; 0 for none.
    redshift : {"predict", "keep"}, default="predict"
        Whether the column redshift of X is ignored, or kept where it has a value. The classes never
        depend on it.
    models : mapping of str to fitted estimator, optional
        Models to use instead of the packaged ones, by their names: "light-curve-types",
        "light-curve-redshift", "spectrum-types", "spectrum-redshift", "contrastive-sim". None as a
        value leaves a model out.

    Returns
    -------
    pandas.DataFrame of n_objects rows
        Indexed like X. Columns of a model that is left out are absent. ``attrs["coverage"]`` is
        `coverage`.

        - class, probability: most probable class; the subtypes SN Ia-91bg and SN Iax count as
          SN Ia. Missing for an object without usable data.
        - subtype: most probable one among the subtypes of that class.
        - class_set: classes and subtypes of the conformal set, the most probable first, joined by
          ``|``. Empty
          for an object without usable data, or if no model of its modalities has sets.
        - redshift, redshift_err, redshift_source: that of the spectrum, or else of the light curve;
          redshift_source is "given" for a value that is kept.
        - modalities: light_curve, spectrum, or both joined by ``|``.
        - anomaly_score: of the light curve, in scikit-learn's sense: the lower, the more abnormal.
        - quality_flags: those of :func:`~sklearn_sn.data.quality_report`, and UNCERTAIN for a class
          of probability below 0.5, also where it is alone in its set.
        - neighbor_1, neighbor_1_class, neighbor_1_distance and so on: the nearest of the known
          supernovae in the package, their classes and cosine distances in [0, 2].
        - p_SN Ia and so on: probability of each class and subtype; they sum to 1.

    Raises
    ------
    ValueError
        If X has neither column, cannot be repaired, or a parameter is invalid.

    Warns
    -----
    UserWarning
        If a model that is needed is not part of this version of the package.

    See Also
    --------
    report : The same as a page with figures.
    sklearn_sn.persistence.load_pretrained : The models; their cards state accuracy and limits.

    Notes
    -----
    An object with light curve and spectrum has the mean of the two probabilities. A class that one
    of the models does not have has probability 0 there, and the probability of SN Ia from the
    spectrum is divided among the subtypes as that from the light curve. The conformal set is that
    of the spectrum where there is one, with ``subtype`` added if it is not in it, because a union
    of two sets would be too large and an intersection too small for `coverage`.

    Known objects are compared in the space of "contrastive-sim": light curves with light curves,
    spectra with spectra, and an object that has both with known objects that have both.

    Examples
    --------
    >>> from sklearn.dummy import DummyClassifier
    >>> from sklearn_sn import classify
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(4, random_state=0)
    >>> models = {"light-curve-types": DummyClassifier().fit(X, y), "light-curve-redshift": None}
    >>> table = classify(X[["light_curve"]], models=models, n_neighbors=0)
    >>> table[["class", "modalities", "quality_flags"]].iloc[0].tolist()
    ['SN II', 'light_curve', 'UNCERTAIN']
    """
    ready = ReadyModels(models)
    objects = Objects(X)
    columns = _classes(objects, ready, coverage)
    probabilities = columns.pop("probabilities")
    columns |= _redshifts(objects, ready, redshift == "keep")
    columns["modalities"] = _joined(
        MODALITIES, np.column_stack([objects.present[name] for name in MODALITIES])
    )
    score = _anomaly_score(objects, ready)
    if score is not None:
        columns["anomaly_score"] = score
    columns["quality_flags"] = _flags(objects, columns.get("probability"))
    if n_neighbors:
        embedder = ready.get("contrastive-sim")
        if embedder is not None:
            columns |= neighbour_columns(objects, embedder, known_objects(), n_neighbors)
    if probabilities is not None:
        for name, values in zip(probabilities.classes, probabilities.values.T, strict=True):
            columns[f"p_{name}"] = values
    ready.warn_missing()
    table = pd.DataFrame(columns, index=objects.X.index)
    table.attrs["coverage"] = float(coverage)  # for the titles of summaries and pages
    return table


def _classes(objects, ready, coverage):
    """Return the columns about classes, and the probabilities."""
    parts, sets = {}, {}
    for modality in objects.given:
        model = ready.get(_TYPES[modality])
        if model is None:
            continue
        classes = [str(name) for name in model.classes_]
        values = objects.predict(modality, model.predict_proba, len(classes))
        parts[modality] = ClassProbabilities(classes, values)
        if hasattr(model, "predict_set"):
            chosen = objects.predict(
                modality, model.predict_set, len(classes), bool, coverage=coverage
            )
            sets[modality] = ClassProbabilities(classes, chosen)
    combined = combine(parts.get("light_curve"), parts.get("spectrum"))
    if combined is None:
        return {"probabilities": None}
    parents = combined.parents()
    best = parents.best()
    names = np.array([*parents.classes, None], dtype=object)[best]
    subtype = combined.best_subtype(names)
    probability = np.append(parents.values, np.full((len(best), 1), np.nan), axis=1)
    columns = {
        "class": pd.array(names, dtype="str"),
        "probability": probability[np.arange(len(best)), best],
        "subtype": pd.array(
            np.array([*combined.classes, None], dtype=object)[subtype], dtype="str"
        ),
    }
    if sets:
        columns["class_set"] = _class_sets(objects, sets, combined, subtype)
    return columns | {"probabilities": combined}


def _class_sets(objects, sets, combined, subtype):
    """Return the conformal sets as text: that of the spectrum, else of the light curve.

    The most probable class stands first. The subtype of the class of each object, a position in
    the classes of `combined`, is added. Objects that no model has a set for have none.
    """
    classes = list(combined.classes)
    chosen = np.zeros((len(objects.X), len(classes)), dtype=bool)
    known = np.zeros(len(objects.X), dtype=bool)
    for modality in ("light_curve", "spectrum"):
        if modality in sets:
            rows = objects.present[modality]
            places = [classes.index(name) for name in sets[modality].classes]
            chosen[rows] = False
            chosen[np.ix_(rows, places)] = sets[modality].values[rows]
            known |= rows
    known &= subtype >= 0
    chosen[known, subtype[known]] = True
    order = np.argsort(-combined.values, axis=1, kind="stable")
    ranked = np.asarray(classes, dtype=object)[order]
    return _joined(ranked.T, np.take_along_axis(chosen, order, axis=1))


def _flags(objects, probability):
    """Return the flags of the data, and of classes that are less probable than not."""
    uncertain = np.zeros(len(objects.X), dtype=bool)
    if probability is not None:
        uncertain = probability < _CERTAIN
    text = np.array(objects.flags, dtype=object)
    text[uncertain] += np.where(text[uncertain] == "", "", ",") + "UNCERTAIN"
    return text


def _joined(names, chosen):
    """Return the chosen names of each row as text.

    `names` has one name, or one array of names by row, for each column of `chosen`.
    """
    text = np.full(len(chosen), "", dtype=object)
    for name, mask in zip(names, np.asarray(chosen).T, strict=True):
        added = np.broadcast_to(np.asarray(name, dtype=object), text.shape)[mask]
        text[mask] = text[mask] + np.where(text[mask] == "", "", "|") + added
    return text


def _redshifts(objects, ready, keep):
    """Return the columns about redshifts; none without models and values."""
    estimates = redshifts_of(objects, ready)
    keep = keep and "redshift" in objects.X.columns
    if not keep and all(ready.get(_REDSHIFTS[name]) is None for name in objects.given):
        return {}
    if keep:
        given = read_redshifts(objects.X["redshift"], objects.X.index, "redshift")
        known = np.isfinite(given)
        estimates.loc[known, "redshift_err"] = np.nan
        estimates.loc[known, "redshift_source"] = "given"
        estimates.loc[known, "redshift"] = given[known]
    return {name: estimates[name].array for name in estimates}


def _anomaly_score(objects, ready):
    """Return the anomaly scores of the light curves, or None without a model of them."""
    if "light_curve" not in objects.given:
        return None
    model = ready.get(_TYPES["light_curve"])
    if not hasattr(model, "score_samples"):
        return None
    return objects.predict("light_curve", model.score_samples)[:, 0]
