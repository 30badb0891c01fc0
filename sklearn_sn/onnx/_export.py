"""Write the network of a fitted estimator as an ONNX file."""

import contextlib
import logging
import os
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch

from sklearn_sn.onnx._description import KEY, description
from sklearn_sn.onnx._inputs import BATCH, LENGTH
from sklearn_sn.onnx._network import Export, exported

_OPSET = 20  # has GELU as one operation; onnxruntime reads it since 1.17
_TOLERANCE = 1e-4
# Sizes of the check: a batch of one, and lengths that differ from those of the export.
_CHECKED = ((1, 2), (5, 11), (2, 40))


def export_onnx(
    model: Any, path: str | os.PathLike[str], modality: str | None = None
) -> dict[str, Any]:
    """Write the network of a fitted estimator as an ONNX file.

    The file runs on onnxruntime and other engines, without torch and this library. The sizes of the
    batch and, for light curves, the number of points may vary. Before the function returns, it
    compares the file with torch on random arrays of several sizes.

    Parameters
    ----------
    model : estimator
        Fitted :class:`~sklearn_sn.embedding.ContrastiveEmbedder`, or classifier or regressor of one
        modality. Its encoder must have ``exports_to_onnx``, as GRU, LightCurveTransformer,
        SpectrumCNN, SpectraNet and MetadataMLP have.
    path : path-like
        File to write; an existing file is replaced.
    modality : str, default=None
        Modality of an embedder of several; None if the model has one.

    Returns
    -------
    dict
        The description that the file contains as JSON under the metadata key "sklearn_sn": inputs,
        outputs, classes, and the numbers of the scaling.

    Raises
    ------
    TypeError
        If the estimator or its encoder is not supported. The message names those that are.
    ValueError
        If the model has several modalities and none is chosen, or was fitted on an array.
    RuntimeError
        If the file gives other numbers than torch.
    ImportError
        If onnx, onnxruntime or onnxscript is not installed
        (``pip install 'sklearn-sn[onnx]'``).

    See Also
    --------
    onnx_arrays : Make the inputs from a table.

    Notes
    -----
    A row is one light curve, one spectrum or the metadata of one object. The outputs are
    "embedding" (unit vectors or flat latent sequences); or "latent" and "probabilities"; or
    "latent", "mean" and, for ``loss="gaussian"``, "std". They equal ``transform``,
    ``predict_proba`` and ``predict`` of objects with one instance, up to rounding. For an object of
    several spectra, combine the rows as the estimator does. Objects without the modality have no
    row.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> from sklearn_sn import LightCurveClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.encoders import GRU
    >>> from sklearn_sn.onnx import export_onnx
    >>> X, y = make_supernovae(30, modalities=["light_curve"], random_state=0)
    >>> encoder = GRU(d_model=8, n_layers=1)
    >>> model = LightCurveClassifier(encoder=encoder, max_epochs=1, random_state=0).fit(X, y)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     written = export_onnx(model, Path(folder) / "classifier.onnx")
    >>> written["outputs"], written["classes"][0]
    (['latent', 'probabilities'], 'SLSN-I')
    """
    try:
        import onnx
        import onnxruntime
        import onnxscript  # noqa: F401
    except ImportError as error:
        raise ImportError(
            "export_onnx needs onnx, onnxruntime and onnxscript. Install them with pip install "
            "'sklearn-sn[onnx]'."
        ) from error
    import json

    export = exported(model, modality)
    proto = _traced(export)
    _name_axes(proto, export)
    text = description(export)
    onnx.helper.set_model_props(proto, {KEY: text})
    onnx.checker.check_model(proto)
    data = proto.SerializeToString()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    _compare(export, session)
    temporary = Path(f"{os.fspath(path)}.tmp")
    temporary.write_bytes(data)
    os.replace(temporary, path)
    return json.loads(text)


def _traced(export: Export) -> Any:
    """Return the network as an ONNX model."""
    # An earlier export leaves the decomposition of recurrent layers in torch's cache. The next one
    # would then unroll them to the length of the example.
    getattr(torch.ops.aten.gru.input, "_dispatch_cache", {}).clear()
    rng = np.random.default_rng(0)
    arrays = [torch.from_numpy(one.example(3, 7, rng)) for one in export.inputs]
    varying = tuple(
        {i: torch.export.Dim.DYNAMIC for i, axis in enumerate(one.axes) if axis in (BATCH, LENGTH)}
        for one in export.inputs
    )
    with warnings.catch_warnings(), _quiet("torch.onnx"), torch.no_grad():
        # torch warns of its own internals, which the comparison below covers.
        warnings.simplefilter("ignore")
        program = torch.onnx.export(
            export.network,
            tuple(arrays),
            dynamo=True,
            dynamic_shapes=(varying,),
            input_names=[one.name for one in export.inputs],
            output_names=list(export.network.outputs),
            opset_version=_OPSET,
            verbose=False,
        )
    return program.model_proto


@contextlib.contextmanager
def _quiet(name):
    """Silence a logger below errors: that of torch reports each optional package it lacks."""
    logger = logging.getLogger(name)
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(level)


def _name_axes(proto, export):
    """Name the axes of inputs and outputs "batch" and "length"."""
    axes = {one.name: one.axes for one in export.inputs}
    for value in [*proto.graph.input, *proto.graph.output]:
        for i, size in enumerate(value.type.tensor_type.shape.dim):
            name = axes.get(value.name, (BATCH,))[i : i + 1]
            if name and isinstance(name[0], str):
                size.dim_param = name[0]


def _compare(export, session):
    """Raise a RuntimeError if the file and torch differ."""
    rng = np.random.default_rng(1)
    for batch, length in _CHECKED:
        arrays = {one.name: one.example(batch, length, rng) for one in export.inputs}
        with torch.inference_mode():
            expected = export.network(*map(torch.from_numpy, arrays.values()))
        expected = expected if isinstance(expected, tuple) else (expected,)
        for name, got, want in zip(
            export.network.outputs, session.run(None, arrays), expected, strict=True
        ):
            difference = float(np.abs(got - want.numpy()).max())
            if not difference <= _TOLERANCE * max(1.0, float(want.abs().max())):
                raise RuntimeError(
                    f"The exported network of {type(export.estimator).__name__} differs from torch "
                    f"by {difference:.2g} in {name!r} for {batch} rows. Nothing was written. "
                    "Another version of torch or onnxscript may export it correctly."
                )
