"""Memory of the kinds of defects that were reported, so that no warning is repeated."""

import os
import re
import sys
import threading
import warnings
from collections import OrderedDict
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import joblib
import numpy as np
import pandas as pd
import sklearn

from sklearn_sn.data._ragged import Ragged

_PACKAGE = str(Path(__file__).parents[1])
# Pipelines and searches also stand between the user's line and the check. joblib's own frames
# last as long as a worker, and hence are no calls of the user.
_CALLERS = tuple(f"{folder}{os.sep}" for folder in (_PACKAGE, Path(sklearn.__file__).parent))
_INTERMEDIATE = (*_CALLERS, f"{Path(joblib.__file__).parent}{os.sep}")
_NAME = "reported kinds of sklearn_sn"  # no identifier, so that no variable has this name
_MOST_OBJECTS = 200_000  # digests that are kept; each takes about 100 bytes
_MOST_QUIET = 50_000  # names of a kind that are kept in one call, which may read any number
_MOST_SINKS = 4
_DIGESTED = ("time", "wavelength", "band", "flux", "flux_err")
_MIX = tuple(map(np.uint64, (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)))


@dataclass(frozen=True)
class Defect:
    """A kind of defect, and the objects that have it.

    Attributes
    ----------
    kind : str
        Name of the kind, without numbers.
    names : ndarray of uint64, shape (n_defective,)
        Digests of the names of the objects.
    contents : ndarray of uint64, shape (n_defective,)
        Digests of names and data of the objects.
    """

    kind: str
    names: np.ndarray
    contents: np.ndarray

    def digests(self) -> set[int]:
        """Return one number for each object, which depends on kind, name and data."""
        return set((self.contents ^ np.uint64(hash(self.kind) % 2**64)).tolist())


def digest_names(index: pd.Index) -> np.ndarray:
    """Return one number for each name of an object.

    Parameters
    ----------
    index : pandas.Index of shape (n_objects,)
        Names of the objects.

    Returns
    -------
    ndarray of uint64, shape (n_objects,)
    """
    return np.asarray(pd.util.hash_pandas_object(index, index=False), dtype=np.uint64)


def digest_points(points: Ragged) -> np.ndarray:
    """Return one number for the points of each object.

    Parameters
    ----------
    points : Ragged of n_objects rows
        Points or pixels.

    Returns
    -------
    ndarray of uint64, shape (n_objects,)
    """
    total = np.zeros(len(points), dtype=np.uint64)
    rank = points.rank().astype(np.uint64)
    for name in _DIGESTED:
        if name not in points:
            continue
        if name == "band":
            bits = pd.util.hash_array(pd.Categorical(points[name]))
        else:
            bits = np.array(points[name], dtype=np.float64).view(np.uint64)
        # The steps of splitmix64, so that the sum depends on all bits and on their order.
        bits = (bits + (rank + np.uint64(1)) * _MIX[0]) * _MIX[1]
        bits = (bits ^ (bits >> np.uint64(29))) * _MIX[2]
        total = total * _MIX[0] + points.reduce("sum", bits ^ (bits >> np.uint64(32)))
    return total


@dataclass
class CallMemory:
    """What one call of the user has reported already.

    Attributes
    ----------
    reported : set of str
        Kinds with a warning in this call.
    quiet : dict of str to set of int
        For kinds without one, digests of the names of objects that an earlier call reported.
    """

    reported: set[str] = field(default_factory=set)
    quiet: dict[str, set[int]] = field(default_factory=dict)


class _Memory:
    """Objects that were reported, for each place where warnings go."""

    def __init__(self):
        self.lock = threading.Lock()
        self.sinks = OrderedDict()

    def known(self, sink):
        """Return the set of digests of a sink; only the latest sinks are kept."""
        known = self.sinks.setdefault(sink, set())
        self.sinks.move_to_end(sink)
        if len(self.sinks) > _MOST_SINKS:
            self.sinks.popitem(last=False)
        if len(known) > _MOST_OBJECTS:
            known.clear()
        return known


_memory = _Memory()


def kind_of(message: str) -> str:
    """Return a message without the numbers and the object in it.

    Parameters
    ----------
    message : str
        Text of a warning.

    Returns
    -------
    str
    """
    return re.sub(r"\(first[^)]*\)|\d[\d,.]*", "", message)


def unreported(defects: list[Defect], category: type[Warning]) -> list[bool]:
    """Return which defects still have to be reported.

    A kind is reported once per call of the user. Another call does not repeat it for objects of
    the same names and data.

    Parameters
    ----------
    defects : list of Defect
        What a check has found.
    category : type
        Class of the warning.

    Returns
    -------
    list of bool
    """
    sink = _sink(category)
    call = _call_memory(sink)
    with _memory.lock:
        known = _memory.known(sink)
        return [not _is_reported(defect, call, known) for defect in defects]


def _is_reported(defect, call, known):
    if defect.kind in call.reported:
        return True
    if set(defect.names.tolist()) <= call.quiet.get(defect.kind, set()):
        return len(defect.names) > 0
    return len(defect.names) > 0 and defect.digests() <= known


def remember(defects: list[Defect], category: type[Warning], reported: list[bool]) -> None:
    """Store that defects were reported, now or before.

    Parameters
    ----------
    defects : list of Defect
        What a check has found.
    category : type
        Class of the warning.
    reported : list of bool
        Whether a warning was emitted now.
    """
    sink = _sink(category)
    call = _call_memory(sink)
    with _memory.lock:
        known = _memory.known(sink)
        for defect, now in zip(defects, reported, strict=True):
            if now:
                call.reported.add(defect.kind)
            else:
                # A later step of the call sees the objects again, after it has changed them.
                quiet = call.quiet.setdefault(defect.kind, set())
                if len(quiet) > _MOST_QUIET:  # of earlier batches of files
                    quiet.clear()
                quiet.update(defect.names.tolist())
            known |= defect.digests()


def user_stacklevel() -> int:
    """Return the stacklevel, seen from the caller, of the first frame of the user."""
    return _walk()[0] - 2


def _walk() -> tuple[int, FrameType | None]:
    """Return the level of the user's frame, and the frame of the function that the user called."""
    # `outside` is the first frame of scikit-learn, used if the user has no frame at all.
    frame, level, outside, call = sys._getframe(), 1, None, None
    while frame is not None:
        name = frame.f_code.co_filename
        if not name.startswith(_INTERMEDIATE):
            return level, call
        if name.startswith(_CALLERS):
            call = frame
        if not name.startswith(_CALLERS[0]):
            outside = outside or level
        frame, level = frame.f_back, level + 1
    return outside or 4, call  # a worker process has no line of the user


def _call_memory(sink):
    """Return the memory of the user's call, which ends with its frame."""
    call = _walk()[1]
    memories = call.f_locals.get(_NAME)
    if memories is None:
        memories = call.f_locals[_NAME] = {}
    return memories.setdefault(sink, CallMemory())


def _sink(category):
    """Return where warnings of a class go, and how: who replaces it has not seen any yet."""
    actions = [
        action
        for action, message, parent, module, _ in warnings.filters
        if issubclass(category, parent) and message is None and module is None
    ]
    # catch_warnings(record=True) replaces only the second.
    return (
        warnings.showwarning,
        getattr(warnings, "_showwarnmsg_impl", None),
        actions[0] if actions else "default",
    )
