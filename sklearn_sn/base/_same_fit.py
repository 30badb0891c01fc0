"""Check that the processes of a data-parallel training call fit alike."""

from numbers import Number
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator

from sklearn_sn.nets import current_processes, from_all_processes

# Parameters that may differ: their results are taken from the first process, or are its own.
_FREE = {"random_state", "device", "verbose", "callbacks"}
_PLAIN = (str, bytes, bool, Number, list, tuple, dict, np.ndarray, type(None))


def check_same_fit(estimator: BaseEstimator, attributes: dict[str, Any]) -> None:
    """Raise a ValueError if an estimator is fitted differently by the processes.

    Parameters
    ----------
    estimator : BaseEstimator
        The estimator, with its parameters.
    attributes : dict
        Its fitted attributes, of which the classes are compared.
    """
    if current_processes() is None:
        return
    own = {
        name: repr(value) if isinstance(value, _PLAIN) else type(value).__qualname__
        for name, value in estimator.get_params().items()
        # The parts of a pretrained model are compared by their weights.
        if name.split("__")[-1] not in _FREE and not name.startswith("pretrained__")
    }
    own["classes of y"] = repr(np.asarray(attributes.get("classes_", ())).tolist())
    everyone = from_all_processes(own)
    for rank, other in enumerate(everyone):
        for name in sorted(everyone[0].keys() | other.keys()):
            first, found = everyone[0].get(name), other.get(name)
            if first != found:
                raise ValueError(
                    "The processes of data_parallel call fit with different parameters or labels: "
                    f"{name} is {first} in process 0 and {found} in process {rank}. Use the same "
                    "script and objects in every process."
                )
