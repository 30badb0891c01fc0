"""Ranges of the training data, and objects far outside of them."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from sklearn_sn.data._band_wavelength import band_wavelength
from sklearn_sn.data._names import as_python
from sklearn_sn.data._ragged import Ragged

FEWEST_OBJECTS = 20  # fewer do not show how wide a distribution is
_TAIL = 0.001  # of the training objects are ignored at either end
_SIGNIFICANT = 5.0  # sigma; fainter points say nothing about span or scale
_COLUMN = "column "
_PEAK = "peak flux"
_START, _END = "start of the spectra", "end of the spectra"
_BLUEST, _REDDEST = "middle of the bluest spectrum", "middle of the reddest spectrum"


@dataclass(frozen=True)
class _Margin:
    """How far beyond the training range a value is unlike the training data."""

    factor: float = 1.0
    difference: float = 0.0  # in the unit of the value
    widths: float = 0.0  # in widths of the training range
    low: bool = True  # whether small values count
    high: bool = True  # whether large values count
    unit: str = ""

    def limits(self, low, high):
        """Return the limits of values that are still like those of training."""
        difference = self.difference + self.widths * (high - low)
        lowest = low / self.factor - difference if self.low else -np.inf
        highest = high * self.factor + difference if self.high else np.inf
        return lowest, highest


# Short, faint light curves are those of young objects, and are no reason for a flag. Only
# significant points count, since a baseline before the explosion is outside of the window.
_MARGINS = {
    "points": _Margin(factor=5.0, low=False),
    "time span": _Margin(factor=3.0, difference=100.0, low=False, unit=" days"),
    _PEAK: _Margin(factor=30.0, unit=" µJy"),
    "peak signal-to-noise": _Margin(factor=30.0, low=False),
    "shortest band": _Margin(difference=1500.0, high=False, unit=" Å"),
    "longest band": _Margin(difference=1500.0, low=False, unit=" Å"),
    # One spectrum in the range is enough.
    _BLUEST: _Margin(difference=1500.0, low=False, unit=" Å"),
    _REDDEST: _Margin(difference=1500.0, high=False, unit=" Å"),
    _START: _Margin(low=False, high=False),
    _END: _Margin(low=False, high=False),
}
_COLUMN_MARGIN = _Margin(widths=3.0)


def training_range(
    table: Any,
    earlier: dict[str, tuple[float, float]] | None = None,
    *,
    rows: npt.NDArray[np.int_] | None = None,
    amplitude: bool = True,
) -> dict[str, tuple[float, float]]:
    """Return the ranges of simple numbers that describe the objects of a table.

    Parameters
    ----------
    table : CheckedTable of n_objects rows
        The training data.
    earlier : dict, optional
        Ranges of an earlier fit that this one continues; the result contains them.
    rows : array of int, default=None
        Rows of the objects to describe, such as those whose weight is not 0; None means all.
    amplitude : bool, default=True
        Whether to describe peak fluxes, which models that read only relative fluxes do not depend
        on.

    Returns
    -------
    dict of str to pair of float
        Lowest and highest value of each number, without the outermost 0.1 % at either end. Numbers
        that fewer than 20 objects have are left out.

    Examples
    --------
    >>> from sklearn_sn.data import check_table, training_range
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(30, random_state=0)
    >>> list(training_range(check_table(X, modalities=["light_curve"])))[:3]
    ['points', 'time span', 'peak flux']
    """
    ranges = dict(earlier or {})
    for name, values in _describe(table).items():
        if name == _PEAK and not amplitude:
            continue
        values = values if rows is None else values[rows]
        values = values[np.isfinite(values)]
        if len(values) >= FEWEST_OBJECTS:
            low = np.quantile(values, _TAIL, method="lower")
            high = np.quantile(values, 1.0 - _TAIL, method="higher")
            known = ranges.get(name, (low, high))
            ranges[name] = (float(min(low, known[0])), float(max(high, known[1])))
    return ranges


def flag_unlike_training(table, ranges, log):
    """Flag objects far outside the training range.

    Parameters
    ----------
    table : CheckedTable of n_objects rows
        Checked table.
    ranges : dict of str to pair of float
        Result of :func:`training_range`.
    log : QualityLog
        Log to which the flag UNLIKE_TRAINING and a notice are added.
    """
    unlike, first = np.zeros(len(table), dtype=bool), {}
    numbers = _describe(table)
    names = [name for name in numbers if name in ranges]
    if not names:
        return
    # All numbers at once: for a single object, an operation costs as much as for many.
    values_of = np.array([numbers[name] for name in names])
    low, high = np.array([_limits(name, *ranges[name]) for name in names]).T[..., None]
    with np.errstate(invalid="ignore"):
        outside_of = (values_of < low) | (values_of > high)
    if not outside_of.any():
        return
    for name, values, outside in zip(names, values_of, outside_of, strict=True):
        if name in (_BLUEST, _REDDEST):
            # Spectra beside those of training are outside of the grid, and count as missing.
            outside &= (numbers[_START] < ranges[_END][1]) & (numbers[_END] > ranges[_START][0])
        for row in np.flatnonzero(outside & ~unlike)[:1]:
            trained = "{:.4g} to {:.4g}".format(*ranges[name])
            unit = _margin(name).unit
            first[row] = f"{name} {values[row]:.4g}{unit}, in training {trained}"
        unlike |= outside
    if not unlike.any():
        return
    objects = np.flatnonzero(unlike)
    log.flag("UNLIKE_TRAINING", objects)
    row = min(first)
    log.notice(
        f"{len(objects)} objects are unlike the training data (first "
        f"{as_python(log.index[row])!r}: "
        f"{first[row]}); their predictions are unreliable",
        "unlike the training data",
        objects,
    )


def _margin(name):
    return _COLUMN_MARGIN if name.startswith(_COLUMN) else _MARGINS[name]


@lru_cache(maxsize=1024)
def _limits(name, low, high):
    return _margin(name).limits(low, high)


def column_name(name: str) -> str:
    """Return the name under which the range of a plain column is stored."""
    return f"{_COLUMN}{name!r}"


def _describe(table):
    """Return numbers that describe each object; NaN where an object has none."""
    numbers = {}
    if table.light_curve is not None:
        numbers.update(_describe_light_curves(table.light_curve))
    if table.spectrum is not None:
        numbers.update(_describe_spectra(table.spectrum, table.spectrum_offsets))
    if table.metadata is not None:
        for name, values in table.metadata.items():
            # A time of peak only sets the origin of the phases.
            if name != "t_peak" and values.dtype.kind == "f":
                numbers[column_name(name)] = values.to_numpy()
    return numbers


def _describe_light_curves(curves):
    with np.errstate(invalid="ignore", over="ignore"):
        ratio = curves["flux"] / curves["flux_err"]
        bright = curves.select("time", "flux").filter((ratio >= _SIGNIFICANT) | np.isnan(ratio))
    time = bright["time"]
    bands = curves["band"]
    wavelength = np.append(band_wavelength(bands.categories), np.nan)[bands.codes]
    return {
        "points": np.where(curves.lengths > 0, bright.lengths, np.nan),
        "time span": bright.reduce("max", time) - bright.reduce("min", time),
        _PEAK: bright.reduce("max", bright["flux"]),
        "peak signal-to-noise": curves.reduce("max", ratio),
        "shortest band": curves.reduce("min", wavelength),
        "longest band": curves.reduce("max", wavelength),
    }


def _describe_spectra(spectra, offsets):
    start, end = spectra.reduce("first", "wavelength"), spectra.reduce("last", "wavelength")
    objects, middle = Ragged({}, offsets), 0.5 * (start + end)
    return {
        _START: objects.reduce("min", start),
        _END: objects.reduce("max", end),
        _BLUEST: objects.reduce("min", middle),
        _REDDEST: objects.reduce("max", middle),
    }
