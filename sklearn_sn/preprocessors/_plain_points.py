"""Preprocess metadata and cutouts as sets of points, for the multimodal autoencoder."""

from collections.abc import Sequence
from typing import Self

import numpy as np

from sklearn_sn.data import CheckedTable, PhaseFrame, Ragged, as_python
from sklearn_sn.preprocessors._image import ImagePreprocessor
from sklearn_sn.preprocessors._point_set import (
    LARGEST_VALUE,
    PointSetPreprocessor,
    PreparedPoints,
    mean_and_scale,
)

# Extent in ln(wavelength) and phase (days) of the artificial coordinates of columns and pixels. It
# is large enough for the coordinate encoding to resolve them.
WIDTH, HEIGHT = 3.6, 100.0
SOFTENING = 3.0  # of the asinh by which cutouts are scaled
MAX_DECODED = 7.0  # limit of decoded values, above which sinh exceeds any measured flux


class MetadataNumbers(PointSetPreprocessor):
    """Point sets of metadata: each number is a point whose coordinate identifies its column.

    Parameters
    ----------
    columns : sequence of str
        Plain columns of the table.
    augmentation : bool
        Whether to hide some columns from the encoder in training.
    """

    _cut = 2

    def __init__(self, *, columns: Sequence[str], augmentation: bool) -> None:
        self.columns, self.augmentation = tuple(columns), augmentation

    def fit(
        self, table: CheckedTable, frame: PhaseFrame | None = None, rows: np.ndarray | None = None
    ) -> Self:
        """Learn mean and scale of every column."""
        values = _numbers(table, self.columns)
        scales = [mean_and_scale(column[np.isfinite(column)]) for column in values.T]
        self.mean_, self.scale_ = (np.array(part) for part in zip(*scales, strict=True))
        return self

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Shape of the decoded array of one object."""
        return (len(self.columns),)

    def coordinates(self) -> tuple[np.ndarray, np.ndarray]:
        """Return ln(wavelength) and phase of every column, of shape (1, n_columns) each."""
        log_wavelength = WIDTH * ((np.arange(len(self.columns)) + 0.5) / len(self.columns) - 0.5)
        return log_wavelength[None], np.zeros((1, len(self.columns)))

    def wavelength_edges(self) -> np.ndarray:
        """Return wavelength edges in Å between columns, for a calibration by column."""
        centre = self.coordinates()[0][0]
        return 5000.0 * np.exp((centre[1:] + centre[:-1]) / 2.0)

    def prepare(self, table: CheckedTable, frame: PhaseFrame | None = None) -> PreparedPoints:
        """Scale the numbers of a table once."""
        values = (_numbers(table, self.columns) - self.mean_) / self.scale_
        is_known = np.isfinite(values)
        points = np.zeros((is_known.sum(), 4), dtype=np.float32)
        points[:, 0] = np.clip(values[is_known], -LARGEST_VALUE, LARGEST_VALUE)
        points[:, 2] = np.broadcast_to(self.coordinates()[0], values.shape)[is_known]
        offsets = np.concatenate([[0], np.cumsum(is_known.sum(axis=1))])
        return _prepared(points, offsets)

    def to_flux(self, values: np.ndarray) -> np.ndarray:
        """Return the numbers in their own units from network values."""
        return values * self.scale_ + self.mean_


class ImagePixels(PointSetPreprocessor):
    """Point sets of cutouts: each pixel is a point whose coordinates give position and channel.

    A channel is scaled by its median and spread, as asinh((flux - median) / spread) / 3, and
    averaged to `size` × `size` pixels.

    Parameters
    ----------
    size : int
        Pixels of a side after averaging.
    augmentation : bool
        Whether to hide some pixels from the encoder in training.
    """

    _cut = 3

    def __init__(self, *, size: int, augmentation: bool) -> None:
        self.size, self.augmentation = size, augmentation

    def fit(
        self, table: CheckedTable, frame: PhaseFrame | None = None, rows: np.ndarray | None = None
    ) -> Self:
        """Learn the number of channels, and mean and scale of the pixels."""
        self.cutouts_ = ImagePreprocessor(augmentation=False).fit(table)
        self.side_ = min(self.size, self.cutouts_.size_)
        self.mean_, self.scale_ = mean_and_scale(self._averaged(table)[0].ravel())
        return self

    @property
    def output_shape(self) -> tuple[int, ...]:
        """Shape of the decoded array of one object."""
        return (self.cutouts_.n_channels_, self.side_, self.side_)

    def coordinates(self) -> tuple[np.ndarray, np.ndarray]:
        """Return coordinates of every pixel, (1, n_pixels) each, with channels side by side."""
        C, n, _ = self.output_shape
        step = (np.arange(n) + 0.5) / n
        # A gap of a tenth of the width separates neighbouring channels.
        across = WIDTH * ((np.arange(C)[:, None, None] + 0.9 * step) / C - 0.5)
        down = HEIGHT * (step[:, None] - 0.5)
        across, down = np.broadcast_arrays(across, down)
        return across.reshape(1, -1), down.reshape(1, -1)

    def wavelength_edges(self) -> np.ndarray:
        """Return wavelength edges in Å between channels, for a calibration by channel."""
        C = self.output_shape[0]
        return 5000.0 * np.exp(WIDTH * (np.arange(1, C) / C - 0.5))

    def prepare(self, table: CheckedTable, frame: PhaseFrame | None = None) -> PreparedPoints:
        """Scale the cutouts of a table once."""
        images, present = self._averaged(table)
        across, down = self.coordinates()
        points = np.zeros((len(images), across.size, 4), dtype=np.float32)
        scaled = (images.reshape(len(images), across.size) - self.mean_) / self.scale_
        points[..., 0] = np.clip(scaled, -LARGEST_VALUE, LARGEST_VALUE)
        points[..., 2], points[..., 3] = across, down
        offsets = np.concatenate([[0], np.cumsum(present * across.size)])
        return _prepared(points.reshape(-1, 4), offsets)

    def _averaged(self, table):
        """Return cutouts (n_present, C, side, side) and a mask of the objects that have one."""
        prepared = self.cutouts_.prepare(table)
        edges = np.linspace(0, self.cutouts_.size_, self.side_ + 1).astype(int)
        images, counts = prepared.images, np.diff(edges)
        for axis in (2, 3):
            images = np.add.reduceat(images, edges[:-1], axis=axis)
        return images / (counts[:, None] * counts), prepared.position >= 0

    def to_flux(self, values: np.ndarray) -> np.ndarray:
        """Return fluxes in units of the spread above the median of the cutout."""
        return np.sinh(
            SOFTENING * np.clip(values * self.scale_ + self.mean_, -MAX_DECODED, MAX_DECODED)
        )


def _prepared(points, offsets):
    group = np.zeros(len(points), dtype=np.int64)
    amplitude = np.zeros(len(offsets) - 1, dtype=np.float32)
    return PreparedPoints(points, Ragged({}, offsets.astype(np.int64)), group, amplitude)


def _numbers(table, columns):
    """Return values (n_objects, n_columns); NaN where a value or a column is missing."""
    values = np.full((len(table), len(columns)), np.nan)
    for i, name in enumerate(columns):
        if table.metadata is None or name not in table.metadata:
            continue
        column = table.metadata[name]
        if column.dtype.kind != "f":
            raise ValueError(
                f"The column {name!r} of X must hold numbers to be generated. It holds "
                f"{as_python(column.dropna().iloc[0])!r}. Encode it "
                f"(sklearn.preprocessing.OneHotEncoder) or "
                "leave it out of 'metadata_columns'."
            )
        values[:, i] = column.to_numpy()
    return values
