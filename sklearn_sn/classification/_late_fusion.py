"""Fuse the probabilities of one classifier per modality."""

from collections.abc import Mapping, Sequence
from numbers import Integral
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.utils import Bunch, check_consistent_length
from sklearn.utils._param_validation import HasMethods, StrOptions
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from sklearn_sn.base import CV_CONSTRAINTS, check_labels, remember_columns, require_two_classes
from sklearn_sn.classification._class_map import check_class_map, class_codes, coarse_labels
from sklearn_sn.classification._fusion_columns import find_columns
from sklearn_sn.classification._fusion_combiner import (
    AverageCombiner,
    fit_stacked,
    modality_contributions,
)
from sklearn_sn.classification._fusion_members import (
    Member,
    check_frozen_members,
    fit_members,
    member_probabilities,
    out_of_fold_probabilities,
)
from sklearn_sn.classification._fusion_weights import given_weights, learned_weights
from sklearn_sn.classification._modality_presence import member_presence
from sklearn_sn.classification._named_members import NamedMembers
from sklearn_sn.data import as_frame, as_python, warn_quality


class LateFusionClassifier(ClassifierMixin, NamedMembers):
    """Classify objects by the probabilities of one classifier per modality.

    Every member is trained on the objects that have its modality. A prediction uses the members
    whose modality the object has: the probabilities of fine classes are summed to those of coarse
    classes, averaged over these members, and renormalised. This is the fusion of AppleCiDEr [1]_.

    Parameters
    ----------
    estimators : list of (str, estimator, columns)
        Members, as in :class:`sklearn.compose.ColumnTransformer`: a name, any classifier with
        ``predict_proba``, and the columns that it gets, always as a table. Columns are a name, a
        list of names, or a function that returns names for a table, such as
        :class:`sklearn.compose.make_column_selector`. A member in a ``FrozenEstimator`` keeps its
        training. "drop" in place of an estimator leaves the member out.
    class_map : dict, default=None
        Coarse class of each fine class, such as ``{"SN IIn": "SN II"}``. Other classes stay as they
        are. Members may know different fine classes.
    combiner : {"average", "stacked"}, default="average"
        How to combine the members: by the average, or by `final_estimator`, which is trained on
        their out-of-fold log-probabilities and on indicators of missing modalities.
    weights : {"equal", "learned"} or array-like of shape (n_members,), default="equal"
        Weights of the members in the average. "learned" minimises the log loss of the average of
        out-of-fold probabilities. Not used by ``combiner="stacked"``.
    presence : dict, default=None
        Per member, the columns of which at least one must hold something usable for an object to
        have the modality; or a dict of columns and their least numbers of points or spectra, such
        as ``{"light_curve": 3}``, of which one must be reached; or a function that returns a
        boolean mask for a table and cannot be saved. By default, those are all columns of the
        member. Needed if a member reads a column that is not its modality, such as a light curve.
    final_estimator : estimator, default=None
        Classifier of the stacked combiner; by default a
        :class:`sklearn.linear_model.LogisticRegression`.
    cv : int, cross-validation generator or iterable, default=5
        Folds of the out-of-fold probabilities. With `groups` in `fit`, a number stands for
        :class:`sklearn.model_selection.StratifiedGroupKFold`.
    n_jobs : int, default=None
        Number of members to fit in parallel.

    Attributes
    ----------
    classes_ : array of shape (n_classes,)
        Coarse classes of the training objects.
    class_prior_ : array of shape (n_classes,)
        Weighted class frequencies in fit; the probabilities of an object without any modality.
    estimators_ : list of estimator
        Fitted members, without those that are dropped.
    columns_ : FusionColumns
        Columns of the members, and those that decide whether an object has their modality.
    combiner_ : object
        Fitted combiner: with ``weights``, or with the ``estimator`` that is stacked.
    n_features_in_ : int
        Number of columns of the table in fit.
    feature_names_in_ : array of str
        Columns of the table in fit.

    See Also
    --------
    sklearn_sn.preprocessing.NearestSpectrum : Keep the spectrum nearest to the first detection.
    sklearn_sn.alerts.score_alerts : Score a stream of alerts.
    sklearn_sn.alerts.suggest_follow_up : Find the objects that a spectrum would help most.

    Notes
    -----
    `y` may hold fine or coarse labels. Members are trained on `y` as given, so that they learn fine
    classes from fine labels; ``classes_``, `predict` and `score` use coarse classes.
    scikit-learn's ``cross_val_predict(method="predict_proba")`` replaces `y` by numbers, to which
    the `class_map` does not apply. Give it coarse `y`, or fine `y` as a parameter of fit:
    ``cross_val_predict(model, X, None, cv=folds, params={"y": y}, method="predict_proba")``.
    Calibrate with coarse `y`.

    A class that a member does not know gets the probability 0 from it. Probability that a member
    gives to classes outside ``classes_`` is dropped, and the rest renormalised.

    The stacked combiner is also trained on copies of the objects that lack one of their
    modalities, so that it can predict them. Alerts of one object must not be on both sides of a
    split: pass `groups` to `fit`, or ``set_fit_request(groups=True)`` and metadata routing in a
    pipeline or search.

    A column that is absent in prediction counts as missing for all objects, with a warning.

    References
    ----------
    .. [1] Junell, A., Sasli, A., Fontinele Nunes, F., Xu, M., Border, B., Rehemtulla, N. et al.
       (2025). "Applying multimodal learning to Classify transient Detections Early (AppleCiDEr) I:
       Data set, methods, and infrastructure".

    Examples
    --------
    >>> from sklearn.ensemble import HistGradientBoostingClassifier
    >>> from sklearn_sn import LightCurveClassifier
    >>> from sklearn_sn.classification import LateFusionClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(60, random_state=0)
    >>> X["light_curve"] = X["light_curve"].where(X.index != X.index[0])  # one without photometry
    >>> curves = LightCurveClassifier(encoder="deep_sets", max_epochs=1, random_state=0)
    >>> members = [("curves", curves, ["light_curve"])]
    >>> members += [("metadata", HistGradientBoostingClassifier(), ["redshift", "ra", "dec"])]
    >>> core_collapse = dict.fromkeys(["SN II", "SN IIn", "SN Ib/c"], "CC")
    >>> model = LateFusionClassifier(members, class_map=core_collapse).fit(X, y)
    >>> model.classes_
    array(['CC', 'SLSN-I', 'SN Ia'], dtype='<U6')
    >>> model.predict_proba_by_modality(X)["curves"].isna().all(axis=1).iloc[:2].tolist()
    [True, False]
    """

    _tables_only = True

    _parameter_constraints = {
        "estimators": [list],
        "class_map": [dict, None],
        "combiner": [StrOptions({"average", "stacked"})],
        "weights": [StrOptions({"equal", "learned"}), "array-like"],
        "presence": [dict, None],
        "final_estimator": [HasMethods(["fit", "predict_proba"]), None],
        "cv": CV_CONSTRAINTS["cv"],
        "n_jobs": [Integral, None],
    }

    def __init__(
        self,
        estimators: Sequence[tuple[str, BaseEstimator | str, Any]],
        *,
        class_map: Mapping[Any, Any] | None = None,
        combiner: str = "average",
        weights: str | ArrayLike = "equal",
        presence: Mapping[str, Any] | None = None,
        final_estimator: BaseEstimator | None = None,
        cv: Any = 5,
        n_jobs: int | None = None,
    ) -> None:
        self.estimators = estimators
        self.class_map = class_map
        self.combiner = combiner
        self.weights = weights
        self.presence = presence
        self.final_estimator = final_estimator
        self.cv = cv
        self.n_jobs = n_jobs

    @property
    def named_estimators_(self) -> Bunch:
        """Fitted members by name."""
        check_is_fitted(self, "estimators_")
        return Bunch(**dict(zip(self.columns_.members, self.estimators_, strict=True)))

    def fit(
        self,
        X: pd.DataFrame,
        y: ArrayLike,
        sample_weight: ArrayLike | None = None,
        groups: ArrayLike | None = None,
    ) -> Self:
        """Fit the members, then the weights or the combiner.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with the columns of the members. Cells may be missing.
        y : array-like of shape (n_objects,)
            Fine or coarse classes.
        sample_weight : array-like of shape (n_objects,), optional
            Weights of the objects; every member must accept them. A pipeline passes them to its
            last step or, with metadata routing, to the steps that request them.
        groups : array-like of shape (n_objects,), optional
            Groups, such as the object of each alert, for the folds of `cv`.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If a parameter is out of range, a column is missing, the objects with a modality are of
            one class, or the classes of a frozen member do not occur in `y`.
        """
        self._validate_params()
        X, y = as_frame(X), check_labels(y)
        check_consistent_length(X, y)
        weight = None
        if sample_weight is not None:
            weight = _check_sample_weight(sample_weight, y, ensure_non_negative=True)
        check_class_map(y, self.class_map)
        coarse = coarse_labels(y, self.class_map)
        classes, codes = np.unique(coarse, return_inverse=True)
        require_two_classes(classes)
        columns = find_columns(X, self.estimators, self.presence)
        estimators = dict(self._pairs)
        members = [Member(name, estimators[name], names) for name, names in columns.members.items()]
        check_frozen_members(members, self.class_map, classes)
        present = member_presence(X, columns.presence)
        counts = np.bincount(codes, weights=weight)
        prior = counts / counts.sum()
        fitted = fit_members(members, X, y, weight, present, self.n_jobs)
        groups = None if groups is None else np.asarray(groups)
        combiner = self._fit_combiner(members, X, y, weight, present, coarse, prior, groups)
        # Set attributes last, so that an error in fit leaves a fitted model unchanged.
        self.classes_, self.class_prior_ = classes, prior
        self.estimators_, self.columns_, self.combiner_ = fitted, columns, combiner
        remember_columns(self, X)
        return self

    def _fit_combiner(self, members, X, y, weight, present, coarse, prior, groups):
        if self.combiner == "average" and not isinstance(self.weights, str):
            return AverageCombiner(given_weights(self.weights, self._pairs), prior)
        if self.combiner == "average" and self.weights == "equal":
            return AverageCombiner(np.full(len(members), 1.0 / len(members)), prior)
        proba = out_of_fold_probabilities(
            members,
            X,
            y,
            weight,
            present,
            cv=self.cv,
            groups=groups,
            class_map=self.class_map,
            coarse=coarse,
            n_jobs=self.n_jobs,
        )
        if self.combiner == "stacked":
            return fit_stacked(self.final_estimator, proba, coarse, weight, prior)
        codes = np.unique(coarse, return_inverse=True)[1]
        return AverageCombiner(learned_weights(proba, codes, weight), prior)

    # Prediction -----------------------------------------------------------------

    def _probabilities(self, X):
        """Return the probabilities by member, (n_members, n_objects, n_classes), and the table."""
        check_is_fitted(self, "estimators_")
        X = self.columns_.completed(as_frame(X))
        present = member_presence(X, self.columns_.presence)
        members = [
            Member(name, estimator, self.columns_.members[name])
            for name, estimator in zip(self.columns_.members, self.estimators_, strict=True)
        ]
        proba = member_probabilities(members, X, present, self.class_map, self.classes_)
        return proba, X

    def predict_proba(self, X: pd.DataFrame) -> npt.NDArray[np.float64]:
        """Return the fused probabilities of the coarse classes.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table as in `fit`; cells and columns may be missing.

        Returns
        -------
        array of shape (n_objects, n_classes)
            Columns as in ``classes_``; rows add up to 1. An object without any modality gets
            ``class_prior_``.

        Warns
        -----
        DataQualityWarning
            If objects have no modality, or columns are missing.
        """
        proba, X = self._probabilities(X)
        empty = np.flatnonzero(~np.isfinite(proba[:, :, 0]).any(axis=0))
        if len(empty):
            warn_quality(
                f"{len(empty)} objects have no modality of LateFusionClassifier, first "
                f"{as_python(X.index[empty[0]])!r}; they get the class frequencies of fit."
            )
        return self.combiner_.combine(proba)

    def predict(self, X: pd.DataFrame) -> np.ndarray:
        """Return the most probable coarse class of every object.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table as in `fit`.

        Returns
        -------
        array of shape (n_objects,)
            Elements of ``classes_``.
        """
        check_is_fitted(self, "estimators_")
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def score(self, X: pd.DataFrame, y: ArrayLike, sample_weight: ArrayLike | None = None) -> float:
        """Return the accuracy of the coarse classes.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table as in `fit`.
        y : array-like of shape (n_objects,)
            Fine or coarse classes.
        sample_weight : array-like of shape (n_objects,), optional
            Weights of the objects.

        Returns
        -------
        float
        """
        return super().score(X, coarse_labels(check_labels(y), self.class_map), sample_weight)

    def predict_proba_by_modality(self, X: pd.DataFrame) -> pd.DataFrame:
        """Return the probabilities of the coarse classes by every member.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table as in `fit`.

        Returns
        -------
        pandas.DataFrame of shape (n_objects, n_members * n_classes)
            Columns are pairs (member, class), and the index is that of `X`. A row of a member is
            NaN where the object lacks its modality.
        """
        proba, X = self._probabilities(X)
        names = pd.MultiIndex.from_product(
            [[*self.columns_.members], self.classes_], names=["modality", "class"]
        )
        values = np.moveaxis(proba, 0, 1)  # (n_objects, n_members, n_classes)
        return pd.DataFrame(values.reshape(len(X), len(names)), index=X.index, columns=names)

    def contributions(self, X: pd.DataFrame, y: ArrayLike | None = None) -> pd.DataFrame:
        """Return how much each modality supports the predicted class of every object.

        The contribution of a modality is ln p(c) with all modalities of the object, minus ln p(c)
        without this one. Without its only modality, an object has the class prior.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table as in `fit`.
        y : array-like of shape (n_objects,), optional
            Fine or coarse class c of each object; by default the predicted one.

        Returns
        -------
        pandas.DataFrame of shape (n_objects, n_members)
            Natural logarithms of ratios of probabilities: positive if the modality speaks for the
            class, and NaN where the object lacks the modality. Contributions do not add up.

        Raises
        ------
        ValueError
            If `y` holds a class that is not in ``classes_``.
        """
        proba, X = self._probabilities(X)
        if y is None:
            codes = self.combiner_.combine(proba).argmax(axis=1)
        else:
            labels = coarse_labels(check_labels(y), self.class_map)
            codes = class_codes(labels, self.classes_, len(X))
        values = modality_contributions(self.combiner_, proba, codes)
        return pd.DataFrame(values, index=X.index, columns=[*self.columns_.members])
