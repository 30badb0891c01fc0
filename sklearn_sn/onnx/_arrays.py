"""Arrays that an exported network reads."""

from typing import Any

import numpy as np
import pandas as pd

from sklearn_sn.data import check_table
from sklearn_sn.onnx._network import exported


def onnx_arrays(
    model: Any, X: pd.DataFrame, modality: str | None = None
) -> tuple[dict[str, np.ndarray], np.ndarray]:
    """Return the arrays that the ONNX file of a model reads, for a table.

    Parameters
    ----------
    model : estimator
        Fitted estimator that :func:`export_onnx` supports.
    X : pandas.DataFrame of n_objects rows
        Table as in ``fit``.
    modality : str, default=None
        Modality of an embedder of several; None if the model has one.

    Returns
    -------
    arrays : dict of str to array
        Inputs of the network by name, with one row for each light curve, spectrum or row of
        metadata. Light curves are padded to the longest.
    object_index : array of int, shape (n_instances,)
        Row of `X` of each instance. Objects without the modality have none.

    Raises
    ------
    TypeError
        If the estimator or its encoder is not supported.
    ValueError
        If X cannot be repaired, or the model has several modalities and none is chosen.

    See Also
    --------
    export_onnx : Write the network.

    Examples
    --------
    >>> from sklearn_sn import LightCurveClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.onnx import onnx_arrays
    >>> X, y = make_supernovae(30, modalities=["light_curve"], random_state=0)
    >>> model = LightCurveClassifier(encoder="gru", max_epochs=1, random_state=0).fit(X, y)
    >>> arrays, object_index = onnx_arrays(model, X)
    >>> sorted(arrays), len(object_index)
    (['log_wavelength', 'pad_mask', 'time', 'values'], 30)
    """
    export = exported(model, modality)
    if export.modality == "metadata":
        columns = tuple(export.preprocessor.columns)
    else:
        # A redshift shifts spectra to the rest frame.
        columns = tuple(getattr(export.estimator, "_metadata_columns", ()))
    table = check_table(X, modalities=[export.modality], metadata_columns=columns)
    prepared = export.preprocessor.prepare(table)
    arrays, object_index = export.preprocessor.gather(prepared, np.arange(len(table)))
    return {one.name: arrays[one.name] for one in export.inputs}, object_index
