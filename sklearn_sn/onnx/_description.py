"""The description in an ONNX file, as JSON."""

import json
from dataclasses import asdict
from typing import Any

import numpy as np

from sklearn_sn import __version__
from sklearn_sn.onnx._network import Export

KEY = "sklearn_sn"  # key of the description in the metadata of the file


def description(export: Export) -> str:
    """Return what a program that reads the file must know, as JSON.

    The object has the entries "sklearn_sn" (version), "estimator", "encoder", "modality", "inputs"
    (with "axes", "dtype" and "meaning"), "outputs", "classes" or null, and "scaling": the
    parameters and fitted numbers of the preprocessor.
    """
    classes = getattr(export.estimator, "classes_", None)
    return json.dumps(
        {
            "sklearn_sn": __version__,
            "estimator": type(export.estimator).__name__,
            "encoder": {
                "class": type(export.encoder).__name__,
                **_plain(export.encoder.get_params(deep=False)),
            },
            "modality": export.modality,
            "inputs": [asdict(one) for one in export.inputs],
            "outputs": list(export.network.outputs),
            "classes": None if classes is None else np.asarray(classes).tolist(),
            "scaling": {
                "class": type(export.preprocessor).__name__,
                **_plain(vars(export.preprocessor)),
            },
        },
        ensure_ascii=False,
    )


def _plain(value: Any) -> Any:
    """Return a value of plain numbers, text, lists and dicts; others as text."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray | np.generic):
        return _plain(value.tolist())
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
