"""Apply a fitted model to a catalogue, partition by partition."""

import os
from collections.abc import Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any

import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import Interval, validate_params
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.distributed._dask import as_dask, dask_dataframe
from sklearn_sn.distributed._output_columns import empty_output
from sklearn_sn.distributed._output_folder import OutputFolder
from sklearn_sn.distributed._packed_model import PackedModel
from sklearn_sn.distributed._partition import PartitionTask, transform_partition
from sklearn_sn.persistence import model_digest

if TYPE_CHECKING:
    import dask.dataframe as dd

_METHODS = ("predict_proba", "predict", "transform", "decision_function", "score_samples")
CATALOG_CONSTRAINTS = {
    "model": "no_validation",
    "catalog": "no_validation",
    "method": [str],
    "columns": ["array-like", None],
    "keep": ["array-like"],
    "retries": [Interval(Integral, 0, None, closed="left")],
    "output": [str, os.PathLike, None],
}


@validate_params(CATALOG_CONSTRAINTS, prefer_skip_nested_validation=True)
def transform_catalog(
    model: BaseEstimator,
    catalog: Any,
    method: str = "predict_proba",
    *,
    columns: Sequence[str] | None = None,
    keep: Sequence[str] = (),
    retries: int = 2,
    output: str | os.PathLike[str] | None = None,
) -> "dd.DataFrame":
    """Apply a method of a fitted model to every partition of a catalogue.

    The result is lazy: nothing is read before ``compute``, ``persist`` or ``to_parquet``. Each
    worker receives the model once. A result for an object does not depend on the partitions.

    Parameters
    ----------
    model : estimator
        Fitted estimator or Pipeline.
    catalog : dask.dataframe.DataFrame or lsdb.Catalog
        Catalogue of one row for each object, with columns as in ``fit``: nested columns such as
        ``light_curve``, and plain columns.
    method : str, default="predict_proba"
        Method of the model that takes a table and returns one row for each object, such as
        "predict_proba", "predict", "transform", "decision_function" or "score_samples".
    columns : sequence of str, default=None
        Columns that the model receives. Only these and `keep` are read. None passes all columns.
    keep : sequence of str, default=()
        Plain columns of the catalogue that the result repeats, such as the name of the object: the
        index of a HATS catalogue is the position in the sky.
    retries : int, default=2
        Further attempts for a partition after an error of the model or of writing. A ValueError or
        TypeError, which describes the input, is raised at once. Dask itself repeats the partitions
        of a worker that is lost.
    output : path-like, default=None
        Folder for a resumable run, on a file system that all workers share. The result of each
        partition is written to it as a Parquet file as soon as it is computed. A partition whose
        file exists is read again instead of computed.

    Returns
    -------
    dask.dataframe.DataFrame
        Index, partitions and divisions are those of the catalogue. Columns are `keep` and
        ``classes_`` for probabilities, ``get_feature_names_out`` for "transform", or the name of
        the method.

    Raises
    ------
    sklearn.exceptions.NotFittedError
        If the model is not fitted.
    ValueError
        If the model lacks the method, the catalogue lacks a column, or `output` is a file, is
        damaged, or holds the result of another model, method or catalogue.
    TypeError
        If the catalogue is not a Dask DataFrame or LSDB catalogue, or `output` is set and
        :func:`~sklearn_sn.persistence.save_model` cannot store the model.
    ImportError
        If Dask is not installed (``pip install 'sklearn-sn[distributed]'``).

    See Also
    --------
    write_catalog : Write the result to a folder without collecting it, with a progress bar.

    Notes
    -----
    A run with `output` reads and compares the input of finished partitions: an error is raised if
    it has changed. Data-quality warnings appear in the logs of the workers.

    Progress is that of Dask: ``dask.diagnostics.ProgressBar``, or ``distributed.progress`` and the
    dashboard of a cluster. Workers of ``distributed`` use one thread for matrix products unless
    they are told otherwise, so start one process for each core.

    Examples
    --------
    >>> import dask.dataframe as dd
    >>> from sklearn_sn import LightCurveClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.distributed import transform_catalog
    >>> X, y = make_supernovae(60, modalities=["light_curve"], random_state=0)
    >>> model = LightCurveClassifier(encoder="deep_sets", max_epochs=1, random_state=0).fit(X, y)
    >>> scores = transform_catalog(model, dd.from_pandas(X, npartitions=3))
    >>> scores.npartitions, list(scores.columns) == list(model.classes_)
    (3, True)
    >>> scores.compute().shape
    (60, 5)
    """
    return lazy_output(
        model, catalog, method, columns, keep, retries, output, caller="transform_catalog"
    )


def lazy_output(model, catalog, method, columns, keep, retries, output, caller):
    """Return the result of :func:`transform_catalog`; errors name the function `caller`."""
    dd = dask_dataframe(caller)
    from dask import delayed

    catalog = as_dask(catalog, dd)
    task = _task(model, catalog, method, columns, keep, retries, caller)
    if task.columns is not None:
        catalog = catalog[list(dict.fromkeys([*task.columns, *task.keep]))]
    if output is not None:
        folder = OutputFolder(os.path.abspath(output))
        folder.open(_description(model, catalog, task, caller))
        task = PartitionTask(**{**vars(task), "folder": folder})
    packed = PackedModel.pack(model)
    # The numbers are a part of the graph, because a selection of partitions counts from 0 again.
    numbers = dd.from_map(
        _number, range(catalog.npartitions), meta=pd.Series([], dtype="int64"), label="number"
    )
    return dd.map_partitions(
        transform_partition,
        catalog,
        numbers,
        delayed(packed, name=f"model-{packed.digest}", traverse=False),
        task=task,
        meta=task.meta,
        enforce_metadata=False,
        align_dataframes=False,
    )


def _task(model, catalog, method, columns, keep, retries, caller):
    """Return the checked :class:`PartitionTask`."""
    check_is_fitted(model)
    if not callable(getattr(model, method, None)):
        others = [name for name in _METHODS if callable(getattr(model, name, None))]
        raise ValueError(
            f"The 'method' parameter of {caller} must be a method of {type(model).__name__}, such "
            f"as {', '.join(map(repr, others))}. Got {method!r} instead."
        )
    rows = catalog._meta
    columns = None if columns is None else tuple(columns)
    if columns == ():
        raise ValueError(
            f"The 'columns' parameter of {caller} must name a column of the catalogue, such as "
            f"{rows.columns[0]!r}, or be None. Got an empty list."
        )
    keep = tuple(keep)
    for name, wanted in (("columns", columns), ("keep", keep)):
        absent = [column for column in wanted or () if column not in rows.columns]
        if absent:
            raise ValueError(
                f"The {name!r} parameter of {caller} names {absent[0]!r}, which the "
                f"catalogue lacks; it has {list(rows.columns)[:10]}."
            )
    meta = empty_output(model, method, rows if columns is None else rows[list(columns)])
    for name in keep:
        if name in meta.columns or str(rows[name].dtype).startswith("nested"):
            reason = "is a column of the result" if name in meta.columns else "is nested"
            raise ValueError(
                f"The 'keep' parameter of {caller} names {name!r}, which {reason}. Name "
                "other plain columns."
            )
    kept = pd.DataFrame({name: rows[name] for name in keep}, index=meta.index)
    meta = pd.concat([kept, meta], axis=1) if keep else meta
    return PartitionTask(method, columns, keep, meta, int(retries))


def _description(model, catalog, task, caller):
    """Return what determines the output, for the folder."""
    try:
        digest = model_digest(model)
    except TypeError as error:
        raise TypeError(
            f"The 'output' parameter of {caller} needs a model that save_model can store, because "
            f"a later run must recognise it. {error}"
        ) from error
    return {
        "model": digest,
        "method": task.method,
        "columns": {str(name): str(dtype) for name, dtype in task.meta.dtypes.items()},
        "catalogue": {str(name): str(dtype) for name, dtype in catalog._meta.dtypes.items()},
        "n_partitions": catalog.npartitions,
    }


def _number(number):
    return pd.Series([number], dtype="int64")
