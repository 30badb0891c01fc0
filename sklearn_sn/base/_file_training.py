"""Training on files: preprocessors from a sample, batches from all row groups."""

import copy
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from sklearn_sn.base._learning_task import LearningTask
from sklearn_sn.base._training import TrainingPlan
from sklearn_sn.nets import StreamedDataset, TableDataset

if TYPE_CHECKING:
    from sklearn_sn.datasets import ObjectFiles

SAMPLE_OBJECTS = 10_000  # objects from which preprocessors, sizes and means are computed
BUFFER_OBJECTS = 8192  # objects that are shuffled together
MIXED_GROUPS = 8  # row groups that contribute to a buffer


class FileTraining:
    """A fit on files of more objects than fit into memory.

    `fit` runs on a sample of the objects, which determines encoders, scales and fitted attributes.
    Where it would train on the sample, it trains on all objects, part by part. A part becomes a
    dataset by the same code as a table: the fit of a copy of the estimator, up to the training.

    Parameters
    ----------
    files : ObjectFiles
        The objects.
    sample_rows : ndarray of int
        Rows of the sample.
    arguments : dict of str to array of shape (n_objects,) or None
        Arguments of fit besides X.
    fit : callable
        The method fit of the estimator, for tables.

    Attributes
    ----------
    classes : ClassSummary or None
        Summary of all labels, for classifiers.
    """

    def __init__(
        self,
        files: "ObjectFiles",
        sample_rows: np.ndarray,
        arguments: dict[str, Any],
        fit: Callable[..., Any],
    ) -> None:
        self.files, self.n_objects, self.sample_rows = files, files.n_objects, sample_rows
        self.arguments, self.fit = arguments, fit
        self.classes = None

    def arguments_of(self, rows: np.ndarray) -> dict[str, Any]:
        """Return the arguments of fit for some of the objects."""
        return {
            name: None if value is None else value[rows] for name, value in self.arguments.items()
        }

    def dataset(self, estimator: Any, plan: TrainingPlan, train: TableDataset) -> StreamedDataset:
        """Return the dataset of all objects without those that are held out of the sample.

        Parameters
        ----------
        estimator : TorchEstimator
            The estimator, with fitted preprocessors.
        plan : TrainingPlan
            Plan of its fit on the sample.
        train : TableDataset
            The part of the sample that is not held out.

        Returns
        -------
        StreamedDataset
        """
        held_out = np.setdiff1d(plan.dataset.rows, train.rows)
        held_out = self.sample_rows[held_out]
        builder = _builder(estimator, plan)

        def prepare(rows, X, chosen):
            if chosen is not None:
                rows, X = rows[chosen], X.iloc[chosen]
            weight = self.arguments.get("sample_weight")
            if weight is not None and not np.any(weight[rows] > 0):
                return (), rows[:0]
            part = self._part(builder, rows, X)
            part_rows = rows[part.rows]
            kept = np.flatnonzero(~np.isin(part_rows, held_out))
            return part.subset(kept), part_rows[kept]

        n_objects = self.files.n_objects
        sizes = np.full(-(-n_objects // BUFFER_OBJECTS), BUFFER_OBJECTS)
        sizes[-1] = n_objects - BUFFER_OBJECTS * (len(sizes) - 1)
        copies = 1.0 if train.copies is None else float(train.copies[train.rows].mean())
        return StreamedDataset(self._read, prepare, sizes, copies)

    def _read(self, rng):
        return self.files.shuffled(BUFFER_OBJECTS, MIXED_GROUPS, rng)

    def _part(self, builder, rows, X: pd.DataFrame):
        """Return the dataset that fit makes of a part."""
        try:
            self.fit(copy.copy(builder), X, **self.arguments_of(rows))
        except _DatasetMadeError as made:
            return made.dataset
        raise AssertionError("A fit ended without training.")


def weighted_rows(estimator: Any, task: LearningTask, n_objects: int) -> np.ndarray:
    """Add the weights of a task to its targets; return the rows of objects of positive weight.

    Parameters
    ----------
    estimator : estimator
        The estimator that is fitted.
    task : LearningTask
        Task whose ``sample_weight`` becomes the target "weight", if it has weights.
    n_objects : int
        Number of objects.

    Returns
    -------
    array of int
        Rows, all of them without weights.
    """
    weight = task.sample_weight
    if weight is None:
        return np.arange(n_objects)
    # Only ratios of weights matter. Dividing by the mean keeps the loss at its scale.
    task.targets["weight"] = (weight / _mean_weight(estimator, weight)).astype(np.float32)
    return np.flatnonzero(weight > 0)


def _mean_weight(estimator, weight):
    """Return the mean of the positive weights; in a fit on files, of those of all objects."""
    if estimator._file_training is not None:
        weight = np.asarray(estimator._file_training.arguments["sample_weight"], dtype=np.float64)
    return float(weight[weight > 0].mean())


class _DatasetMadeError(Exception):
    """End the fit of a builder where training would begin."""

    def __init__(self, dataset):
        self.dataset = dataset


def _builder(estimator, plan):
    """Return a copy of an estimator whose fit continues, and raises the dataset of a table."""
    builder = copy.copy(estimator)
    vars(builder).update(plan.attributes)
    vars(builder).setdefault("net_", None)
    builder.warm_start = builder._is_part = True

    def stop(plan):
        raise _DatasetMadeError(plan.dataset)

    builder._train = stop
    return builder
