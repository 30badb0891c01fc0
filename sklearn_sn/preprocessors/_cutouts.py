"""Preprocess cutouts with a mask of covered pixels and the position in the sky."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from sklearn_sn.data import CheckedTable, reject_text
from sklearn_sn.preprocessors._angles import encode_angle, n_angle_values
from sklearn_sn.preprocessors._centred_images import centred_images, image_positions
from sklearn_sn.preprocessors._preprocessor import Preprocessor
from sklearn_sn.preprocessors._turns import randomly_turned


@dataclass(frozen=True)
class PreparedCutouts:
    """Cutouts (n_present, C, H, W) float16, NaN where not covered; sky (n_objects, n_values).

    `position` holds the position in the cutouts of each object; -1 without an image.
    """

    cutouts: np.ndarray
    position: np.ndarray
    sky: np.ndarray

    @property
    def lengths(self):
        return (self.position >= 0).astype(np.int64)


class CutoutPreprocessor(Preprocessor):
    """Crop cutouts at their centre, scale channels, and mark pixels that are not covered.

    A channel is scaled as asinh((flux - median) / spread) / 3, with the median and 1.4826 times the
    median absolute deviation of its covered pixels. The result has the keyword arrays ``image``, 0
    where a pixel is not covered, and ``covered``, both (N, C, H, W), and with `sky_columns` also
    ``sky`` (N, n_sky_values).

    Parameters
    ----------
    crop : int or None
        Largest side in pixels. Smaller cutouts are centred and surrounded by uncovered pixels.
    sky_columns : sequence of str
        Columns of right ascension and declination in degrees; empty for no sky position.
    n_frequencies : int
        Frequencies of the encoding of each angle.
    augmentation : bool
        Whether training batches are flipped and rotated at random.
    rotation : {"any", "right_angles"}
        Whether they are rotated by any angle or by multiples of 90°. Corners that a rotation leaves
        empty are not covered.
    hidden_fraction : float
        Probability that a channel of a training cutout with several is hidden, and likewise the
        position in the sky.
    """

    rotation = "right_angles"  # of models of earlier versions

    def __init__(
        self,
        *,
        crop: int | None = None,
        sky_columns: Sequence[str] = (),
        n_frequencies: int = 4,
        augmentation: bool = True,
        rotation: str = "right_angles",
        hidden_fraction: float = 0.0,
    ) -> None:
        self.crop, self.sky_columns = crop, tuple(sky_columns)
        self.n_frequencies, self.augmentation = n_frequencies, augmentation
        self.rotation = rotation
        self.hidden_fraction = hidden_fraction

    def fit(self, table: CheckedTable, rows: np.ndarray | None = None) -> Self:
        """Learn the number of channels, and the side from the largest cutout and `crop`."""
        shapes = np.array([image.shape for image in table.image if image is not None])
        self.n_channels_ = int(shapes[:, 0].max())
        largest = int(shapes[:, 1:].max())
        self.size_ = largest if self.crop is None else min(largest, self.crop)
        return self

    @property
    def n_sky_values(self) -> int:
        """Number of values that encode the position in the sky; 0 without columns of it."""
        return len(self.sky_columns) * n_angle_values(self.n_frequencies)

    def prepare(self, table: CheckedTable) -> PreparedCutouts:
        """Scale all cutouts of a table once.

        Raises
        ------
        ValueError
            If a cutout has another number of channels than those of fit.
        """
        cutouts = centred_images(table, self.n_channels_, self.size_, scaled_channels)
        return PreparedCutouts(cutouts, image_positions(table), self._sky(table))

    def _sky(self, table):
        values = [np.empty((len(table), 0))]
        for name in self.sky_columns:
            degrees = np.full(len(table), np.nan)
            if table.metadata is not None and name in table.metadata:
                reject_text(table.metadata[name], name)
                degrees = table.metadata[name].to_numpy(dtype=float)
            values.append(encode_angle(degrees, self.n_frequencies))
        return np.concatenate(values, axis=1).astype(np.float32)

    def gather(
        self, prepared: PreparedCutouts, rows: np.ndarray, rng: np.random.Generator | None = None
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Return the arrays of a batch, and the position in `rows` of each."""
        position = prepared.position[rows]
        object_index = np.flatnonzero(position >= 0)
        images = prepared.cutouts[position[object_index]].astype(np.float32)
        if rng is not None and self.augmentation:
            images = _turned(images, rng, self.rotation)
        if rng is not None and self.hidden_fraction and self.n_channels_ > 1:
            hidden = np.flatnonzero(rng.random(len(images)) < self.hidden_fraction)
            images[hidden, rng.integers(0, self.n_channels_, len(hidden))] = np.nan
        covered = np.isfinite(images)
        arrays = {"image": np.where(covered, images, np.float32(0.0))}
        arrays["covered"] = covered.astype(np.float32)
        if self.sky_columns:
            arrays["sky"] = prepared.sky[rows[object_index]]
            if rng is not None and self.hidden_fraction:
                shown = rng.random((len(images), 1)) >= self.hidden_fraction
                arrays["sky"] = arrays["sky"] * shown.astype(np.float32)
        return arrays, object_index


def _turned(images, rng, rotation):
    """Return cutouts rotated and flipped at random, NaN where not covered."""
    if rotation == "right_angles":
        return randomly_turned(images, rng, rotation)
    n_channels = images.shape[1]
    covered = np.isfinite(images)
    both = np.concatenate([np.where(covered, images, 0.0), covered], axis=1, dtype=np.float32)
    both = randomly_turned(both, rng, rotation, mirror=False)
    flux, weight = both[:, :n_channels], both[:, n_channels:]
    # A pixel is covered if most of the weight of its interpolation is.
    return np.where(weight > 0.5, flux / np.maximum(weight, 0.5), np.float32(np.nan))


def scaled_channels(images: np.ndarray) -> np.ndarray:
    """Return asinh((flux - median) / spread) / 3 of each channel.

    Parameters
    ----------
    images : array of shape (n, C, H, W), float32
        Fluxes; NaN where not covered.

    Returns
    -------
    array of shape (n, C, H, W), float32
        NaN where not covered.
    """
    pixels = images.reshape(*images.shape[:2], -1)
    with np.errstate(over="ignore", invalid="ignore"):  # an overflow is not covered
        return _scaled(pixels).reshape(images.shape)


def _scaled(pixels):
    offset = pixels - _medians(pixels)
    spread = 1.4826 * _medians(np.abs(offset))
    # A channel of few values has no median deviation; its largest value is then the scale.
    flat = ~(spread[..., 0] > 0)
    if flat.any():
        largest = np.nan_to_num(np.abs(offset[flat])).max(axis=-1, keepdims=True)
        spread[flat] = np.where(largest > 0, largest, 1.0)
    # asinh compresses bright cores, so that faint structure keeps its contrast.
    return np.arcsinh(offset / spread) / 3.0


def _medians(pixels):
    """Return lower medians along the last axis, (…, 1); NaN where no value is finite."""
    # NaN is sorted to the end. Sorting float32 is several times faster than np.nanmedian.
    count = np.isfinite(pixels).sum(axis=-1, keepdims=True)
    middle = np.maximum(count - 1, 0) // 2
    return np.take_along_axis(np.sort(pixels, axis=-1), middle, axis=-1)
