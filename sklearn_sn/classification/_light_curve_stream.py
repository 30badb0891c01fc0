"""Class probabilities of light curves that grow, with one recurrent step for each new point."""

from collections import OrderedDict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import torch

from sklearn_sn.base import softmax
from sklearn_sn.data import (
    CheckedTable,
    QualityLog,
    Ragged,
    as_frame,
    as_python,
    as_ragged,
    check_light_curves,
    warn_user,
)

_TOLERANCE = 3e-6  # of the inputs of the network, which have a size of order 1
_RECENT = 101  # objects updated last, whose last points give the present
_PER_PASS = 64  # objects that a pass of the network reads together
_FIELDS = ("time", "band", "flux", "flux_err")


@dataclass(slots=True)
class _ObjectState:
    """What is kept of one object."""

    points: np.ndarray  # (n_given, 4), float64: all points as given, band as a number
    inputs: np.ndarray  # (n_read, n_inputs), float32: what the network has read
    states: np.ndarray  # (n_layers, d_model), float32: recurrent states after that
    last: float  # MJD of the last usable point


class LightCurveStream:
    """Probabilities of objects whose points arrive one after the other.

    Returned by :meth:`LightCurveClassifier.stream`. For every object, it keeps the points so far
    and the recurrent state of the network, so that the network reads new points only.

    Parameters
    ----------
    model : LightCurveClassifier
        Fitted classifier with a causal encoder ("gru").
    max_age : float
        Days after its last point at which an object is dropped; the present is the median of the
        last times of the 101 objects that were updated last.
    max_objects : int
        Largest number of objects; those that were updated longest ago are dropped first.

    Attributes
    ----------
    n_steps : int
        Number of points that the network has read.
    n_rebuilt : int
        Number of states that were built anew, those of new objects included.
    n_dropped : int
        Number of objects that were dropped, because of their age or their number.

    Notes
    -----
    The probabilities are those of ``predict_proba`` for all points given so far, to about 1e-6.
    All points of an object are checked and scaled in each update, at a cost much below that of the
    network. The state is used if the inputs of the points that it has read are unchanged. Otherwise
    it is built anew from all points, in these cases:

    - a point is given late or out of order;
    - the first significant detection changes, and with it the window of the event;
    - a stray point is confirmed by a later one, or ceases to belong to the event;
    - a point is dropped because a better measurement of the same exposure arrives;
    - the light curve exceeds ``max_points`` of the encoder and is thinned.

    A change of the flux scale needs no new state, because the encoder divides by the brightest
    detection so far.

    Examples
    --------
    >>> from sklearn_sn import LightCurveClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(60, modalities=["light_curve"], random_state=0)
    >>> model = LightCurveClassifier(encoder="gru", max_epochs=1, random_state=0).fit(X, y)
    >>> stream = model.stream(max_age=5000)  # the simulated objects are years apart
    >>> stream.update(X.iloc[:3]).shape, len(stream)
    ((3, 5), 3)
    """

    def __init__(self, model: Any, max_age: float, max_objects: int) -> None:
        self._model, self.max_age, self.max_objects = model, max_age, max_objects
        self._objects: OrderedDict[Any, _ObjectState] = OrderedDict()
        self._bands: dict[Any, int] = {}  # number of each name of a band
        self._recent: deque[float] = deque(maxlen=_RECENT)  # times of their last points
        self.n_steps = self.n_rebuilt = self.n_dropped = 0
        self._has_warned = False

    def __len__(self):
        return len(self._objects)

    def __contains__(self, name):
        return name in self._objects

    def update(self, X: pd.DataFrame) -> pd.DataFrame:
        """Add points to objects and return the probabilities of the objects.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with a column ``light_curve`` of new points only; the index names the objects.
            Objects that are not known are added.

        Returns
        -------
        pandas.DataFrame of shape (n_objects, n_classes)
            Probabilities, with the index of `X` and one column for each class. An object without a
            usable point gets ``class_prior_``.

        Raises
        ------
        ValueError
            If an object has several rows, or the column cannot be read.

        Warns
        -----
        UserWarning
            Once for each stream, if objects of `X` are dropped at once, because they are older than
            `max_age` or too many.
        """
        X = as_frame(X)
        _check_names(X)
        given = as_ragged(X["light_curve"], kind="light_curve")
        points, rows = self._numbered(given), given.offsets
        known = [self._objects.get(name) for name in X.index]
        histories = [
            points[start:stop]
            if state is None
            else np.concatenate([state.points, points[start:stop]])
            for state, start, stop in zip(known, rows[:-1], rows[1:], strict=True)
        ]
        model, table = self._model, self._checked(X.index, histories)
        prepared = model.preprocessor_.prepare(table)
        logits = np.zeros((len(X), len(model.classes_)))
        order = np.argsort(prepared.lengths, kind="stable")
        order = order[prepared.lengths[order] > 0]
        last = table.light_curve.reduce("last", "time", empty=np.nan)
        updated = dict.fromkeys(range(len(X)))
        for part in np.array_split(order, max(1, -(-len(order) // _PER_PASS))):
            if len(part):
                inputs, lengths = self._inputs(prepared, part)
                states = [known[row] for row in part]
                logits[part], read = self._advance(inputs, lengths, states)
                for row, one, length, state in zip(part, inputs, lengths, read, strict=True):
                    updated[row] = one[:length].numpy().copy(), state
        self._remember(X.index, histories, updated, last)
        proba = softmax(logits + model._prior_offsets())
        proba[prepared.lengths == 0] = model.class_prior_
        return pd.DataFrame(proba, index=X.index, columns=model.classes_)

    def history(self) -> pd.DataFrame:
        """Return all points of all objects, to be stored and passed to ``stream`` again.

        Returns
        -------
        pandas.DataFrame of n_objects rows
            Table with a nested column ``light_curve`` of the points as given, in µJy, and the names
            of the objects as index, those updated longest ago first.
        """
        curves = self._ragged([state.points for state in self._objects.values()])
        index = pd.Index(list(self._objects))
        return pd.DataFrame({"light_curve": curves.to_nested(index=index)})

    def _numbered(self, given):
        """Return points as an array (n_points, 4) with the numbers of their bands."""
        points = np.full((given.n_points, 4), np.nan)
        if given.n_points == 0:
            return points
        for column, name in enumerate(_FIELDS):
            if name == "band":
                bands = pd.Categorical(given[name])
                numbers = [self._bands.setdefault(b, len(self._bands)) for b in bands.categories]
                points[:, column] = np.array([*numbers, -1])[bands.codes]
            elif name in given:
                points[:, column] = given[name]
        return points

    def _ragged(self, histories):
        flat = np.concatenate(histories) if histories else np.empty((0, 4))
        offsets = np.concatenate([[0], np.cumsum([len(points) for points in histories])])
        bands = pd.Categorical.from_codes(flat[:, 1].astype(int), list(self._bands))
        fields = dict(zip(_FIELDS, (flat[:, 0], bands, flat[:, 2], flat[:, 3]), strict=True))
        return Ragged(fields, offsets.astype(np.int64))

    def _checked(self, index, histories):
        log = QualityLog(index)
        curves = check_light_curves(self._ragged(histories), log, training=False)
        log.warn()
        return CheckedTable(index=index, light_curve=curves, log=log)

    def _inputs(self, prepared, rows):
        """Return the inputs of the network, (B, L, n_inputs), and the numbers of points, (B,)."""
        arrays, _ = self._model.preprocessor_.gather(prepared, rows)
        pad_mask = arrays.pop("pad_mask")
        encoder = self._model.net_.module_.encoder
        with torch.inference_mode():
            inputs = encoder.inputs(**{k: torch.from_numpy(v) for k, v in arrays.items()})
        return inputs, (~pad_mask).sum(axis=1)

    def _advance(self, inputs, lengths, known):
        """Return logits (B, n_classes) and the states (n_layers, d_model) of every object."""
        module = self._model.net_.module_
        module.eval()
        device = next(module.parameters()).device
        start = np.zeros(len(lengths), dtype=np.int64)
        states = np.zeros((module.encoder.n_layers, len(lengths), module.encoder.d_model), "f4")
        for i, state in enumerate(known):
            if state is not None and _has_read(inputs[i], lengths[i], state.inputs):
                start[i], states[:, i] = len(state.inputs), state.states
        n_new = lengths - start
        self.n_steps += int(n_new.sum())
        self.n_rebuilt += int((start == 0).sum())
        logits = np.empty((len(lengths), module.n_outputs))
        # Objects with few new points are not padded to those whose state is built anew.
        for group in _by_length(n_new):
            longest = max(1, int(n_new[group].max()))
            at = (start[group, None] + np.arange(longest)).clip(max=inputs.shape[1] - 1)
            new = inputs[torch.from_numpy(group)[:, None], torch.from_numpy(at)]
            with torch.inference_mode():
                encoded, after = module.encoder.advance(
                    new.to(device),
                    torch.from_numpy(n_new[group]).to(device),
                    torch.from_numpy(states[:, group]).to(device),
                )
                logits[group] = module.outputs_of(encoded)[1].cpu().numpy()
            states[:, group] = after.cpu().numpy()
        return logits, states.swapaxes(0, 1).copy()

    def _remember(self, index, histories, updated, last):
        """Store the states of an update, and drop old objects."""
        encoder = self._model.net_.module_.encoder
        nothing = np.zeros((0, 0), "f4"), np.zeros((encoder.n_layers, encoder.d_model), "f4")
        self._recent.extend(last[np.isfinite(last)].tolist())
        # A median, because a single wrong date must not make all other objects old.
        times = sorted(self._recent)
        now = times[(len(times) - 1) // 2] if times else -np.inf
        for row, name in enumerate(index):
            inputs, states = updated[row] or nothing
            time = float(last[row]) if np.isfinite(last[row]) else now
            self._objects[name] = _ObjectState(histories[row], inputs, states, time)
            self._objects.move_to_end(name)
        dropped = list(_oldest(self._objects, now, self.max_age, self.max_objects))
        for name in dropped:
            del self._objects[name]
        self.n_dropped += len(dropped)
        self._warn_dropped([name for name in dropped if name in index], now)

    def _warn_dropped(self, names, now):
        """Warn, once for each stream, about objects that are dropped in their own update."""
        if names and not self._has_warned:
            self._has_warned = True
            warn_user(
                f"{len(names)} objects (first {as_python(names[0])!r}) were dropped in the update "
                f"that gave them: their last points are more than max_age={self.max_age:g} days "
                f"from the median of the latest objects, MJD {now:.1f}, or there are more than "
                f"max_objects={self.max_objects:,} objects. Their probabilities are complete, but "
                "later points of them begin a new light curve. Increase max_age or max_objects to "
                "keep them.",
                UserWarning,
            )


def _check_names(X):
    if "light_curve" not in X.columns:
        raise ValueError(f"X lacks the column 'light_curve'; it has {list(X.columns)[:10]}.")
    if not X.index.is_unique:
        name = as_python(X.index[X.index.duplicated()][0])
        raise ValueError(
            f"Object {name!r} has several rows; put its points into one row, or update one row "
            "after the other."
        )


def _has_read(inputs, length, read):
    """Return whether the first inputs of an object are those that its state has read."""
    n = len(read)
    return 0 < n <= length and bool(np.abs(inputs[:n].numpy() - read).max() <= _TOLERANCE)


def _by_length(n_new: np.ndarray) -> Iterator[np.ndarray]:
    """Yield groups of objects with at most one, at most eight, and more new points."""
    for low, high in ((0, 1), (2, 8), (9, np.inf)):
        group = np.flatnonzero((n_new >= low) & (n_new <= high))
        if len(group):
            yield group


def _oldest(objects: OrderedDict, now: float, max_age: float, max_objects: int) -> Iterator[Any]:
    """Yield the objects to drop: from the one that was updated longest ago on."""
    for n_dropped, (name, state) in enumerate(objects.items()):
        # An object with a wrong date, far in the future, must not keep all later ones.
        is_recent = not abs(now - state.last) > max_age
        if len(objects) - n_dropped <= max_objects and is_recent:
            return
        yield name
