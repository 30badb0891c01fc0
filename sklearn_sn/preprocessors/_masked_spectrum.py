"""Hide random segments of spectra, for pretraining that predicts them."""

from typing import Any, Self

import numpy as np

from sklearn_sn.data import CheckedTable
from sklearn_sn.preprocessors._preprocessor import Preprocessor
from sklearn_sn.preprocessors._spectrum import SpectrumPreprocessor

# A segment has as large a part of the grid as 30 of 778 windows in the paper.
SEGMENT_FRACTION = 30 / 778


class MaskedSpectrumPreprocessor(Preprocessor):
    """Hide segments of the spectra of another preprocessor, and return the fluxes as targets.

    A segment consists of neighbouring windows, which cover some bin. The bins of a hidden window
    are 0 in every window that contains them, so that the windows beside a segment, which overlap
    it, do not reveal it. The scale of a spectrum, and its moments, are those of all its bins.

    The segments have at most half of the windows that cover a bin: segments of a spectrum with few
    windows are shorter, and fewer. Windows between two segments may be hidden by the overlap with
    both, so that of few windows, more than half can be hidden.

    Parameters
    ----------
    preprocessor : SpectrumPreprocessor
        Preprocessor of the encoder.
    n_segments : int
        Number of segments, which do not overlap.
    segment_length : int or None
        Windows of a segment. None means 30 on a grid of 778 windows, and the same fraction of
        other grids, at least 1.
    window, stride : int
        Bins of a window, and bins from one window to the next.
    """

    constants = ("wavelength",)

    def __init__(
        self,
        preprocessor: SpectrumPreprocessor,
        *,
        n_segments: int,
        segment_length: int | None,
        window: int,
        stride: int,
    ) -> None:
        self.preprocessor = preprocessor
        self.n_segments, self.segment_length = n_segments, segment_length
        self.window, self.stride = window, stride

    def fit(self, table: CheckedTable, rows: np.ndarray | None = None) -> Self:
        """Fit the preprocessor of the encoder."""
        self.preprocessor.fit(table, rows)
        return self

    def prepare(self, table: CheckedTable) -> Any:
        """Scale all spectra of a table once."""
        return self.preprocessor.prepare(table)

    def maskable(self, covered: np.ndarray) -> np.ndarray:
        """Return the mask of spectra with two windows that cover a bin, of which one is hidden."""
        return self._covered_windows(covered).sum(axis=1) >= 2

    def gather(
        self, prepared: Any, rows: np.ndarray, rng: np.random.Generator | None = None
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Return arrays of some objects.

        Without a generator `rng`, the segments are evenly spread.

        Returns
        -------
        arrays : dict of array
            The inputs of the encoder, with a flux of 0 in hidden bins. In addition: hidden (N, P);
            target (N, C, P), the fluxes before they were hidden.
        object_index : array of int, shape (N,)
            Position in `rows` of the object of each spectrum.
        """
        arrays, object_index = self.preprocessor.gather(prepared, rows, rng)
        hidden = self.hidden(~arrays["pad_mask"], rng)
        target = arrays["flux"]
        flux = np.where(hidden[:, None], np.float32(0.0), target)
        return arrays | {"flux": flux, "target": target, "hidden": hidden}, object_index

    def hidden(self, covered: np.ndarray, rng: np.random.Generator | None = None) -> np.ndarray:
        """Return the mask (N, P) of the bins to hide, which are covered.

        Parameters
        ----------
        covered : array of bool, shape (N, P)
            Bins that the spectra cover.
        rng : numpy.random.Generator, optional
            Source of random positions; without one, the segments are evenly spread.
        """
        usable = self._covered_windows(covered)  # (N, L)
        n_usable = usable.sum(axis=1)
        n_segments = np.minimum(self.n_segments, n_usable // 2)  # (N,)
        length = np.minimum(
            self._segment_length(usable.shape[1]), n_usable // np.maximum(2 * n_segments, 1)
        )
        number = np.arange(self.n_segments)
        drawn = number < n_segments[:, None]  # (N, S)
        if rng is None:
            place = (number + 0.5) / np.maximum(n_segments, 1)[:, None]
        else:
            place = np.sort(np.where(drawn, rng.random(drawn.shape), 2.0), axis=1)
        room = n_usable - n_segments * length + 1
        start = np.floor(place * room[:, None]).astype(np.int64) + number * length[:, None]
        rank = np.cumsum(usable, axis=1)[:, None] - 1 - start[:, :, None]  # (N, S, L)
        inside = (rank >= 0) & (rank < length[:, None, None]) & drawn[:, :, None]
        return self._bins(inside.any(axis=1) & usable, covered)

    def _segment_length(self, n_windows):
        if self.segment_length is not None:
            return self.segment_length
        return max(1, round(SEGMENT_FRACTION * n_windows))

    def _covered_windows(self, covered):
        """Return the mask of the windows that cover a bin, (N, P) to (N, L)."""
        n_bins = covered.shape[1]
        n_windows = 1 + -(-max(n_bins - self.window, 0) // self.stride)
        n_padded = (n_windows - 1) * self.stride + self.window
        count = np.zeros((len(covered), n_padded + 1), dtype=np.int64)
        np.cumsum(covered, axis=1, out=count[:, 1 : n_bins + 1])
        count[:, n_bins + 1 :] = count[:, n_bins, None]
        first = self.stride * np.arange(n_windows)
        return count[:, first + self.window] > count[:, first]

    def _bins(self, windows, covered):
        """Return the covered bins of some windows, (N, L) to (N, P)."""
        first = self.stride * np.arange(windows.shape[1])
        steps = np.zeros((len(windows), first[-1] + self.window + 1), dtype=np.int64)
        steps[:, first] += windows
        steps[:, first + self.window] -= windows
        return (np.cumsum(steps, axis=1) > 0)[:, : covered.shape[1]] & covered
