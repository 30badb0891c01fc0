"""Preprocess cutouts: scale channels, crop or pad to one size, gather batches."""

import warnings
from dataclasses import dataclass
from typing import Self

import numpy as np

from sklearn_sn.data import CheckedTable, as_python
from sklearn_sn.preprocessors._preprocessor import Preprocessor
from sklearn_sn.preprocessors._turns import randomly_turned


@dataclass(frozen=True)
class PreparedImages:
    """Images (n_present, C, H, W), and the position in them of each object; -1 without an image."""

    images: np.ndarray
    position: np.ndarray

    @property
    def lengths(self):
        return (self.position >= 0).astype(np.int64)


class ImagePreprocessor(Preprocessor):
    """Scale cutouts channel by channel, crop or pad them to one size, and gather batches.

    Parameters
    ----------
    augmentation : bool
        Whether training batches are flipped and rotated at random.
    rotation : {"any", "right_angles"}
        Whether they are rotated by any angle or by multiples of 90°. Corners that a rotation leaves
        empty continue the image as its mirror image.
    """

    rotation = "right_angles"  # of models of earlier versions

    def __init__(self, *, augmentation: bool = True, rotation: str = "right_angles") -> None:
        self.augmentation, self.rotation = augmentation, rotation

    def fit(self, table: CheckedTable, rows: np.ndarray | None = None) -> Self:
        """Learn the number of channels and the size from the largest cutout."""
        shapes = np.array([image.shape for image in table.image if image is not None])
        self.n_channels_ = int(shapes[:, 0].max())
        self.size_ = int(shapes[:, 1:].max())
        return self

    def prepare(self, table: CheckedTable) -> PreparedImages:
        """Scale all cutouts of a table once."""
        present = [i for i, image in enumerate(table.image) if image is not None]
        for i in present:
            if len(table.image[i]) != self.n_channels_:
                raise ValueError(
                    f"Object {as_python(table.index[i])!r}: the image has {len(table.image[i])} "
                    f"channels, but "
                    f"{self.n_channels_} are needed. Fill a missing channel with NaN."
                )
        position = np.full(len(table), -1)
        position[present] = np.arange(len(present))
        images = np.zeros(
            (len(present), self.n_channels_, self.size_, self.size_), dtype=np.float32
        )
        for target, i in zip(images, present, strict=True):
            _write_centred(target, table.image[i])
        return PreparedImages(images, position)

    def gather(
        self, prepared: PreparedImages, rows: np.ndarray, rng: np.random.Generator | None = None
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Return the array image (N, C, H, W) and the position in `rows` of each."""
        position = prepared.position[rows]
        object_index = np.flatnonzero(position >= 0)
        images = prepared.images[position[object_index]]
        if rng is not None and self.augmentation:
            images = randomly_turned(images, rng, self.rotation)
        return {"image": np.ascontiguousarray(images)}, object_index


def _write_centred(target, image):
    """Write a scaled cutout into the centre of `target`, and crop it if it is larger."""
    with warnings.catch_warnings():
        # A channel of NaN is missing and stays 0.
        warnings.filterwarnings("ignore", "All-NaN slice encountered", RuntimeWarning)
        median = np.nanmedian(image, axis=(1, 2), keepdims=True)
        spread = 1.4826 * np.nanmedian(np.abs(image - median), axis=(1, 2), keepdims=True)
    spread = np.where(spread > 0, spread, np.nanmax(np.abs(image), initial=1.0))
    # asinh compresses bright cores, so that faint structure keeps its contrast.
    scaled = np.nan_to_num(np.arcsinh((image - median) / spread) / 3.0)
    channels = min(len(target), len(scaled))
    target_slices, image_slices = [], []
    for size, length in zip(target.shape[1:], scaled.shape[1:], strict=True):
        width = min(size, length)
        target_slices.append(slice((size - width) // 2, (size - width) // 2 + width))
        image_slices.append(slice((length - width) // 2, (length - width) // 2 + width))
    target[(slice(channels), *target_slices)] = scaled[(slice(channels), *image_slices)]
