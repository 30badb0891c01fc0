"""Score a stream of alerts."""

import os
import warnings
from collections.abc import Container, Iterator
from dataclasses import dataclass
from numbers import Integral
from typing import Any, Self

import numpy as np
from sklearn.utils._param_validation import HasMethods, Interval, validate_params
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.alerts._report import AlertReport
from sklearn_sn.alerts._seen import SeenAlerts
from sklearn_sn.data import DataQualityWarning, warn_quality
from sklearn_sn.datasets import AlertBatch, iter_alerts

_FEW_POINTS = 3  # as the flag LOWDATA of quality_report
_PLAIN = ("redshift", "t_peak")  # what networks may read beside their modalities
_MAX_FAILURES = 20  # consecutive alerts that a model cannot score before its error is raised
AT_LEAST_ONE = [Interval(Integral, 1, None, closed="left")]


@dataclass(frozen=True, slots=True)
class AlertScore:
    """Class probabilities of one alert.

    Parameters
    ----------
    object_id : int, str or None
        Object as published; None if the packet has none, as of asteroids.
    candid : int or str
        Alert as published.
    mjd : float
        Time of the alert, MJD.
    probabilities : dict of object to float
        Probability of each class.
    quality : str
        Comma-separated flags, as in :func:`~sklearn_sn.data.quality_report`: EMPTY (no photometry),
        LOWDATA (fewer than three points), EMPTY_IMAGE (no cutouts) and BAD_CUTOUT (a cutout is
        damaged), the last two if the model uses images. Empty if nothing is wrong.

    Examples
    --------
    >>> from sklearn_sn.alerts import AlertScore
    >>> score = AlertScore("ZTF99a", 7, 59000.0, {"SN Ia": 0.8, "SN II": 0.2}, "LOWDATA")
    >>> score.most_probable
    'SN Ia'
    """

    object_id: int | str | None
    candid: int | str
    mjd: float
    probabilities: dict[Any, float]
    quality: str

    @property
    def most_probable(self) -> Any:
        """Most probable class."""
        return max(self.probabilities, key=self.probabilities.get)


class AlertScores:
    """Iterator of :class:`AlertScore`, as returned by :func:`score_alerts`.

    Parameters
    ----------
    batches : iterator of AlertBatch
        The alerts.
    model : estimator
        Fitted classifier.
    seen : SeenAlerts
        What has been scored.
    done : container
        Further alerts not to score.

    Attributes
    ----------
    report : AlertReport
        Counts of packets, scores and failures so far.

    Examples
    --------
    >>> from sklearn_sn.alerts import AlertScores
    >>> hasattr(AlertScores, "__next__")
    True
    """

    def __init__(
        self,
        batches: Iterator[AlertBatch],
        model: Any,
        seen: SeenAlerts,
        done: Container[Any],
    ) -> None:
        self.report = AlertReport()
        self._model, self._seen, self._done = model, seen, done
        self._classes = np.asarray(model.classes_).tolist()
        self._n_failures = 0
        self._scores = self._iterate(batches)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> AlertScore:
        return next(self._scores)

    def close(self) -> None:
        """Write the checkpoint and end the iteration; ``break`` alone does not."""
        self._scores.close()

    def _iterate(self, batches):
        for batch in batches:
            self._count(batch)
            rows = self._new_rows(batch)
            used = []
            try:
                for key, score in self._score(batch, rows):
                    yield score
                    # The caller has come back: it has used the score.
                    used.append(key)
            finally:
                self._seen.write(used)
        if self.report.n_skipped:
            location, reason = self.report.skipped[-1]
            warn_quality(
                f"score_alerts skipped {self.report.n_skipped} of {self.report.n_packets} packets, "
                f"last {location}: {reason}. See the report."
            )

    def _count(self, batch):
        self.report.n_packets += batch.n_packets
        for location, reason in batch.skipped:
            self.report.skip(location, reason, n_packets=0)
        self.report.n_skipped += batch.n_lost

    def _new_rows(self, batch):
        """Return the rows that have not been scored, and remember them."""
        rows = []
        for row, alert_id in enumerate(batch.alert_ids):
            key = _key(batch, row)
            if key in self._seen or alert_id in self._done:
                self.report.n_duplicates += 1
            else:
                self._seen.add(key)
                rows.append(row)
        return rows

    def _score(self, batch, rows):
        """Yield (key, AlertScore) for some rows of a batch."""
        if not rows:
            return
        X = batch.table if len(rows) == len(batch.table) else batch.table.iloc[rows]
        proba, reasons = self._probabilities(X)
        quality = _quality(batch)
        for i, row in enumerate(rows):
            if i in reasons:
                self.report.skip(f"alert {batch.alert_ids[row]}", reasons[i])
                continue
            self.report.n_scored += 1
            yield (
                _key(batch, row),
                AlertScore(
                    batch.object_ids[row],
                    batch.alert_ids[row],
                    float(batch.mjd[row]),
                    dict(zip(self._classes, proba[i].tolist(), strict=True)),
                    quality[row],
                ),
            )

    def _probabilities(self, X):
        """Return the probabilities, and the reason for each row that has none."""
        try:
            proba = self._predict(X)
        except Exception as error:  # any error of any model
            if len(X) == 1:
                self._n_failures += 1
                if self._n_failures >= _MAX_FAILURES:
                    raise
                return np.full((1, len(self._classes)), np.nan), {0: str(error)}
        else:
            self._n_failures = 0
            return proba, {}
        # One bad alert must not cost the others of its batch.
        proba, reasons = np.full((len(X), len(self._classes)), np.nan), {}
        for row in range(len(X)):
            own, failed = self._probabilities(X.iloc[[row]])
            proba[row] = own[0]
            if failed:
                reasons[row] = failed[0]
        return proba, reasons

    def _predict(self, X):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", DataQualityWarning)
            proba = np.asarray(self._model.predict_proba(X))
        messages = []
        for item in caught:
            if issubclass(item.category, DataQualityWarning):
                messages.append(str(item.message))
            else:
                warnings.warn_explicit(item.message, item.category, item.filename, item.lineno)
        self.report.warned(messages)
        if proba.shape != (len(X), len(self._classes)) or not np.isfinite(proba).all():
            raise ValueError(
                f"predict_proba of {type(self._model).__name__} must return finite numbers of "
                f"shape ({len(X)}, {len(self._classes)}). Got shape {proba.shape}."
            )
        return proba


@validate_params(
    {
        "model": [HasMethods("predict_proba")],
        "packets": "no_validation",
        "batch_size": AT_LEAST_ONE,
        "forced": ["boolean"],
        "schema": [dict, str, None],
        "done": "no_validation",
        "checkpoint": [str, os.PathLike, None],
        "n_remembered": AT_LEAST_ONE,
    },
    prefer_skip_nested_validation=True,
)
def score_alerts(
    model: Any,
    packets: Any,
    *,
    batch_size: int = 256,
    forced: bool = True,
    schema: dict | str | None = None,
    done: Container[Any] = (),
    checkpoint: str | os.PathLike | None = None,
    n_remembered: int = 100_000,
) -> AlertScores:
    """Score a stream of alert packets, each by what its packet contains.

    Memory is bounded: one batch of packets, and the names of the last alerts. A score does not
    depend on other alerts of the stream or on `batch_size`.

    Parameters
    ----------
    model : estimator
        Fitted classifier with ``predict_proba``. It gets the table of
        ``read_alerts(per="alert")``, restricted to the columns of its training table. Columns that
        alerts do not have, such as ``spectrum``, are missing for all of them. Cutouts are decoded
        only if there was a column ``image``.
    packets : iterable, path, bytes, file handle or dict
        Packets of ZTF, Rubin or ELAsTiCC: dicts as fastavro decodes them, Avro or JSON as bytes, or
        anything that :func:`~sklearn_sn.datasets.read_alerts` reads. None in an iterable stands for
        "no packet at the moment", as consumers of Kafka return it: what has arrived is then scored
        without waiting for a complete batch.
    batch_size : int, default=256
        Largest number of alerts to score at once. Large batches are faster, and small ones sooner
        have a result.
    forced : bool, default=True
        Use forced photometry.
    schema : dict or str, optional
        Avro schema of messages that do not contain theirs, as those of Rubin's stream.
    done : container, default=()
        Names of alerts (candid) not to score, such as a set of those in a database.
    checkpoint : path-like, default=None
        File of the names of scored alerts, for restarts: alerts in it are not scored. A name is
        written after the next score has been requested, so that a killed process loses no score and
        may repeat those of its last batch.
    n_remembered : int, default=100_000
        Number of alerts to remember in memory and in `checkpoint`. An alert that is received again
        within so many others is not scored twice.

    Returns
    -------
    AlertScores
        Iterator of :class:`AlertScore`, in the order of arrival. Its attribute ``report`` counts
        packets, scores, repetitions and failures.

    Raises
    ------
    sklearn.exceptions.NotFittedError
        If the model is not fitted.
    ImportError
        If fastavro is needed and not installed.

    Warns
    -----
    DataQualityWarning
        At the end of the stream, if packets were skipped.

    See Also
    --------
    suggest_follow_up : Find the objects that a spectrum would help most.
    sklearn_sn.datasets.iter_alerts : Read the same packets as tables.

    Notes
    -----
    A packet that cannot be read or scored is skipped, counted in the report, and logged with its
    number and offset. If the model fails for 20 alerts in a row, its error is raised.

    Examples
    --------
    >>> from sklearn_sn import LightCurveClassifier
    >>> from sklearn_sn.alerts import score_alerts
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(60, modalities=["light_curve"], random_state=0)
    >>> model = LightCurveClassifier(encoder="deep_sets", max_epochs=1, random_state=0).fit(X, y)
    >>> candidate = {"jd": 2458802.5, "fid": 1, "magpsf": 18.9, "sigmapsf": 0.1, "isdiffpos": "t"}
    >>> packets = [{"objectId": "ZTF99a", "candid": n, "candidate": candidate} for n in (1, 2, 1)]
    >>> scores = score_alerts(model, packets)
    >>> for score in scores:
    ...     print(score.object_id, score.candid, score.quality, len(score.probabilities))
    ZTF99a 1 LOWDATA 5
    ZTF99a 2 LOWDATA 5
    >>> scores.report.n_packets, scores.report.n_duplicates
    (3, 1)
    """
    check_is_fitted(model)
    batches = iter_alerts(
        packets,
        batch_size=batch_size,
        forced=forced,
        columns=_used_columns(model),
        schema=schema,
    )
    return AlertScores(batches, model, SeenAlerts(n_remembered, checkpoint), done)


def _key(batch, row):
    """Return the name of an alert, on one line."""
    return f"{batch.surveys[row]} {batch.alert_ids[row]}".replace("\n", " ")


def _used_columns(model):
    """Return the columns that a model needs, or those of its training table; None if unknown."""
    names = getattr(model, "feature_names_in_", None)
    used = getattr(model, "modalities_", None)
    if used is not None and "metadata" not in used and names is not None:
        # Estimators of networks read no other columns of their table.
        used = (*used, *getattr(model, "sky_columns_", ()), *_PLAIN)
        return [name for name in names if name in used]
    return None if names is None else list(names)


def _quality(batch: AlertBatch) -> list[str]:
    """Return the flags of every alert of a batch."""
    flags = [("EMPTY", batch.n_points == 0)]
    flags.append(("LOWDATA", (batch.n_points > 0) & (batch.n_points < _FEW_POINTS)))
    if "image" in batch.table.columns:
        empty = np.array([image is None for image in batch.table["image"]], dtype=bool)
        flags += [("EMPTY_IMAGE", empty), ("BAD_CUTOUT", batch.bad_cutouts)]
    texts = [""] * len(batch.n_points)
    for name, mask in flags:
        for row in np.flatnonzero(mask):
            texts[row] = f"{texts[row]},{name}" if texts[row] else name
    return texts
