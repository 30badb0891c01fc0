"""Mixin of network classifiers: labels, loss and probabilities."""

from collections.abc import Iterable
from numbers import Real
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch
from numpy.typing import ArrayLike
from sklearn.base import ClassifierMixin
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base._class_summary import summarize_classes
from sklearn_sn.base._domains import balance_groups, domain_codes
from sklearn_sn.base._labels import check_labels
from sklearn_sn.base._learning_task import LearningTask
from sklearn_sn.base._parameters import CLASS_WEIGHT, unit_interval, weight
from sklearn_sn.data import Ragged, as_frame
from sklearn_sn.losses import ClassificationLoss, FocalLoss, effective_number_weights
from sklearn_sn.nets import TableDataset

FOCAL_CONSTRAINTS = {
    "loss": [StrOptions({"cross_entropy", "focal", "balanced_focal"})],
    "focal_gamma": weight(),
    "balance_beta": unit_interval(),
    "class_weight": CLASS_WEIGHT,
}
OVERSAMPLING_CONSTRAINTS = {"oversample": [Interval(Real, 0, 1, closed="both")]}
DOMAIN_CONSTRAINTS = {
    "batch_balance": [StrOptions({"class", "domain", "both"}), None],
    "domain": [str],
}


def is_causal(estimator: Any) -> bool:
    """Return whether an estimator reads light curves point by point, once its encoder is known."""
    if not hasattr(estimator, "encoder"):  # estimators of several modalities
        return False
    return not hasattr(estimator, "encoder_") or estimator.encoder_.is_causal


class NetworkClassifierMixin(ClassifierMixin):
    """Mixin with fit, predict_proba and predict for network classifiers."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = self._poor_score
        return tags

    def fit(
        self, X: pd.DataFrame | ArrayLike, y: ArrayLike, sample_weight: ArrayLike | None = None
    ) -> Self:
        """Train the network.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with a column of the modality; see :func:`sklearn_sn.data.check_table`. For light
            curves and spectra also an array with one object in each row.
            Also files, as :ref:`large_files` describes.
        y : array-like of shape (n_objects,)
            Classes of the objects.
        sample_weight : array-like of shape (n_objects,), optional
            Weights of the objects in the loss. Objects of weight 0 are left out.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            If a parameter is out of range, the input cannot be repaired, a label is missing, or
            there is only one class.

        Warns
        -----
        ConvergenceWarning
            If training diverged or was interrupted; the model then has the best weights so far.
        """
        return self._fit(X, y, sample_weight)

    def _label_task(self, y, sample_weight):
        y = check_labels(y)
        sample_weight = self._weights(sample_weight, y)
        summary = self._class_summary(y, sample_weight)
        if self._is_warm_start and not np.array_equal(summary.classes, self.classes_):
            raise ValueError(
                f"y holds the classes {summary.classes.tolist()}, the first fit had "
                f"{self.classes_.tolist()}; set warm_start=False."
            )
        codes, counts = summary.codes(y), summary.counts
        class_weight = None
        if summary.class_weight is not None:
            class_weight = torch.tensor(summary.class_weight, dtype=torch.float32)
        prior = counts / counts.sum()
        if self._partial is not None and self._is_warm_start:  # that of all calls
            n_seen = getattr(self, "n_samples_seen_", 0)
            prior = (n_seen * self.class_prior_ + len(y) * prior) / (n_seen + len(y))
        attributes = {"classes_": summary.classes, "class_prior_": prior}
        if hasattr(self, "prior"):
            attributes["class_log_weights_"] = summary.log_weights
        return LearningTask(
            targets={"targets": codes},
            n_outputs=len(summary.classes),
            strata=codes,
            sample_weight=sample_weight,
            copies=None if summary.copies is None else summary.copies[codes],
            net_params=self._criterion(class_weight, counts),
            attributes=attributes,
        )

    def _class_summary(self, y, sample_weight):
        """Return the classes of labels; of files, those of all objects instead of a part."""
        options = {
            "class_weight": self.class_weight,
            "oversample": getattr(self, "oversample", 0.0),
            "balanced_batches": getattr(self, "batch_balance", None) == "class",
        }
        training = self._file_training
        if training is None:
            if self._partial is not None:
                options["classes"] = self._partial.known_classes(self, y)
            return summarize_classes(y, sample_weight, **options)
        if training.classes is None:  # once, and not for each part of the files
            y = check_labels(training.arguments["y"])
            sample_weight = self._weights(training.arguments.get("sample_weight"), y)
            if self._partial is not None:
                options["classes"] = self._partial.known_classes(self, y)
            training.classes = summarize_classes(y, sample_weight, **options)
        return training.classes

    def _prior_offsets(self):
        """Return what to add to the logits of the classes, (n_classes,), for the class prior."""
        prior = getattr(self, "prior", "weighted")
        if prior == "auto":
            # Weights that a user sets express costs, and scikit-learn's checks expect their effect.
            prior = "weighted" if isinstance(self.class_weight, dict) else "frequencies"
        is_proper = getattr(self, "loss", "cross_entropy") == "cross_entropy"
        # Models that were saved before the attribute existed predict as they were trained.
        weights = getattr(self, "class_log_weights_", np.zeros(len(self.classes_)))
        if prior == "weighted" or not is_proper:
            return np.zeros_like(weights)
        return -weights

    def _criterion(self, class_weight, counts):
        """Return parameters of the net for its loss.

        `class_weight` is a tensor of shape (n_classes,) or None, `counts` an array of the weighted
        numbers of objects.
        """
        loss = getattr(self, "loss", "cross_entropy")
        if loss == "cross_entropy":
            return {"criterion": ClassificationLoss, "criterion__class_weight": class_weight}
        if loss == "balanced_focal":
            balance = effective_number_weights(torch.from_numpy(counts), self.balance_beta)
            class_weight = balance if class_weight is None else balance * class_weight
        return {
            "criterion": FocalLoss,
            "criterion__gamma": self.focal_gamma,
            "criterion__class_weight": class_weight,
        }

    def _extend_task(self, task, X, table):
        if getattr(self, "batch_balance", None) is not None:
            if task.copies is not None:
                raise ValueError(
                    f"'batch_balance' ({self.batch_balance!r}) and 'oversample' "
                    f"({self.oversample!r}) of {type(self).__name__} both draw rare objects "
                    "several times; set one of them."
                )
            domains = None
            if self.batch_balance != "class":
                domains, _ = self._domains(X, len(table))
            task.groups = balance_groups(self.batch_balance, task.targets["targets"], domains)

    def _domains(self, X, n_objects):
        """Return the domain of each object as a code, and the names of the domains."""
        return domain_codes(None if self._on_array else as_frame(X), self.domain, n_objects)

    def predict_proba(self, X: pd.DataFrame | ArrayLike) -> npt.NDArray[np.float64]:
        """Return probabilities of the classes.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table or array as in `fit`.

        Returns
        -------
        array of shape (n_objects, n_classes), float64
            Columns as in ``classes_``; rows add up to 1. An object without the modality gets
            ``class_prior_``.
        """
        _, logits, present = self._predict(X)
        proba = softmax(logits + self._prior_offsets())
        proba[~present] = self.class_prior_
        return proba

    def predict(self, X: pd.DataFrame | ArrayLike) -> np.ndarray:
        """Return the most probable class of every object.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table or array as in `fit`.

        Returns
        -------
        array of shape (n_objects,)
            Elements of ``classes_``.
        """
        check_is_fitted(self, "net_")
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    @available_if(is_causal)
    def predict_proba_history(self, X: pd.DataFrame | ArrayLike) -> pd.Series:
        """Return probabilities of the classes after each point, in one pass.

        Available for encoders that read light curves point by point ("gru").

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table or array as in `fit`.

        Returns
        -------
        pandas.Series of nested dtype, shape (n_objects,)
            Nested column with the index of `X`. An object has one row for each usable point, in the
            order of time, with the field ``time`` (MJD) and one field for each class. A row equals
            the output of `predict_proba` for the light curve up to this point. An object without a
            light curve has no rows. :func:`sklearn_sn.data.as_ragged` converts the column to flat
            arrays and offsets.

        Raises
        ------
        ValueError
            If a class is named "time".

        Notes
        -----
        `predict_proba` thins light curves of more than `max_points` points, and the history does
        not, because a row must not depend on the number of later points.
        """
        check_is_fitted(self, "net_")
        check_class_names(self.classes_)
        name = self.encoder_.modality
        table = self._read(X, self.encoder_)
        history = self.preprocessor_.prepare_history(table)
        prepared, points = history.prepared, history.curves
        logits = np.empty((points.n_points, len(self.classes_)))
        dataset = TableDataset({name: self.preprocessor_}, {name: prepared})
        for module, batch, positions in self._run(dataset):
            if name not in batch.tensors:
                continue
            rows = positions[batch.object_index[name].cpu().numpy()]
            for chunk in batch.tensors[name]:
                chunk_rows, rows = np.split(rows, [len(chunk["pad_mask"])])
                _, outputs = module.after_each_point(chunk)  # (B, L, n_classes)
                outputs = outputs[~chunk["pad_mask"]].cpu().numpy()
                point = history.point[prepared.ragged.points_of(chunk_rows)[0]]
                logits[point[point >= 0]] = outputs[point >= 0]
        return nested_probabilities(
            softmax(logits + self._prior_offsets()),
            self.classes_,
            points["time"],
            points.offsets,
            table.index,
        )

    def _explained_outputs(self, X, y):
        """Return the code of the class to explain for each object, (n_objects,)."""
        if y is None:
            return self.predict_proba(X).argmax(axis=1)
        labels = np.broadcast_to(np.asarray(y), len(X))
        codes = np.searchsorted(self.classes_, labels).clip(max=len(self.classes_) - 1)
        wrong = self.classes_[codes] != labels
        if wrong.any():
            raise ValueError(
                f"y of explain must hold classes of fit, {self.classes_.tolist()}. Got "
                f"{labels[wrong].tolist()[0]!r} instead."
            )
        return codes

    def _explained_values(self, outputs, chosen):
        """Return the log-odds (N,) of chosen classes from outputs (N, n_outputs), as tensors."""
        return log_odds(outputs, chosen[:, None])


def log_odds(logits: torch.Tensor, chosen: torch.Tensor) -> torch.Tensor:
    """Return the log-odds, ln p / (1 - p), of the sum of some cells of a softmax.

    Unlike ln p, the log-odds still change where p rounds to 1. Shapes: logits (N, n_cells), chosen
    (N, n_chosen), the positions of the cells; result (N,).
    """
    inside = torch.zeros_like(logits, dtype=torch.bool).scatter(1, chosen, True)
    low = torch.finfo(logits.dtype).min
    log_chosen = logits.masked_fill(~inside, low).logsumexp(dim=1)
    return log_chosen - logits.masked_fill(inside, low).logsumexp(dim=1)


def softmax(logits: np.ndarray) -> np.ndarray:
    """Return probabilities in float64; rows add up to 1."""
    # Subtracting the maximum keeps the exponentials finite.
    logits = logits.astype(np.float64)
    proba = np.exp(logits - logits.max(axis=1, keepdims=True))
    return proba / proba.sum(axis=1, keepdims=True)


def check_class_names(classes: Iterable[Any]) -> None:
    """Raise a ValueError if a class is named "time", like the field of the times."""
    if "time" in map(str, classes):
        raise ValueError(
            "A class is called 'time', which is the name of the field of times; rename the class."
        )


def nested_probabilities(
    proba: np.ndarray,
    classes: Iterable[Any],
    time: np.ndarray,
    offsets: np.ndarray,
    index: pd.Index,
) -> pd.Series:
    """Return probabilities as a nested column with the fields ``time`` and one for each class."""
    fields = {str(name): proba[:, i] for i, name in enumerate(classes)}
    return Ragged({"time": time, **fields}, offsets).to_nested(index=index, name="proba")
