"""Write the output of a model for a catalogue, without collecting it."""

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils._param_validation import validate_params

from sklearn_sn.distributed._dask import active_client, dask_dataframe
from sklearn_sn.distributed._output_folder import OutputFolder
from sklearn_sn.distributed._transform import CATALOG_CONSTRAINTS, lazy_output

if TYPE_CHECKING:
    import dask.dataframe as dd


@validate_params(
    {**CATALOG_CONSTRAINTS, "output": [str, os.PathLike], "verbose": ["boolean"]},
    prefer_skip_nested_validation=True,
)
def write_catalog(
    model: BaseEstimator,
    catalog: Any,
    output: str | os.PathLike[str],
    method: str = "predict_proba",
    *,
    columns: Sequence[str] | None = None,
    keep: Sequence[str] = (),
    retries: int = 2,
    verbose: bool = True,
) -> "dd.DataFrame":
    """Apply a method of a fitted model to a catalogue and write the result to a folder.

    Unlike :func:`transform_catalog`, this computes at once, and the results never leave the
    workers. A run that was interrupted continues when the same call is repeated: finished
    partitions are not computed again.

    Parameters
    ----------
    model : estimator
        Fitted estimator or Pipeline.
    catalog : dask.dataframe.DataFrame or lsdb.Catalog
        Catalogue of one row for each object.
    output : path-like
        Folder on a file system that all workers share. Each partition becomes a Parquet file, so
        that ``pandas.read_parquet`` reads the folder.
    method : str, default="predict_proba"
        Method of the model.
    columns : sequence of str, default=None
        Columns that the model receives; None passes all columns.
    keep : sequence of str, default=()
        Plain columns of the catalogue that the result repeats.
    retries : int, default=2
        Further attempts for a partition after an error. With a cluster, also after an error of
        reading, on any worker.
    verbose : bool, default=True
        Whether to print a progress bar: that of the active client of ``distributed``, if there is
        one.

    Returns
    -------
    dask.dataframe.DataFrame
        The result, read from the folder when it is needed.

    Raises
    ------
    ValueError, TypeError, ImportError
        As :func:`transform_catalog`.

    See Also
    --------
    transform_catalog : Return the result as a lazy Dask DataFrame.

    Examples
    --------
    >>> import tempfile
    >>> import dask.dataframe as dd
    >>> from sklearn_sn import LightCurveClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.distributed import write_catalog
    >>> X, y = make_supernovae(60, modalities=["light_curve"], random_state=0)
    >>> model = LightCurveClassifier(encoder="deep_sets", max_epochs=1, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     catalog = dd.from_pandas(X, npartitions=3)
    ...     scores = write_catalog(model, catalog, folder, keep=["redshift"], verbose=False)
    ...     scores.compute().columns[0], len(scores)
    ('redshift', 60)
    """
    dd = dask_dataframe("write_catalog")
    client = active_client()
    # A cluster repeats the task on any of its workers.
    attempts = retries if client is None else 0
    lazy = lazy_output(
        model, catalog, method, columns, keep, attempts, output, caller="write_catalog"
    )
    counts = lazy.map_partitions(_n_objects, meta=pd.Series([], dtype="int64"))
    _compute(counts, client, retries, verbose)
    import dask

    # The types are those of `lazy`, where Dask has converted text already if it should.
    with dask.config.set({"dataframe.convert-string": False}):
        return dd.from_map(
            OutputFolder(os.path.abspath(output)).read_finished,
            range(lazy.npartitions),
            frame_meta=lazy._meta,
            meta=lazy._meta,
            divisions=lazy.divisions,
        )


def _compute(lazy, client, retries, verbose):
    """Compute a small collection, on a cluster or in this process."""
    if client is not None:
        future = client.compute(lazy, retries=retries)
        if verbose:
            from distributed import progress

            progress(future, notebook=False)
        future.result()
    elif verbose:
        from dask.diagnostics import ProgressBar

        with ProgressBar():
            lazy.compute()
    else:
        lazy.compute()


def _n_objects(output):
    return pd.Series([len(output)], dtype="int64")
