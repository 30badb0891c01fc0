"""Preprocess cutouts: scale channels, bring to one size, gather batches."""

import warnings
from dataclasses import dataclass
from typing import Self

import numpy as np

from sklearn_sn.data import CheckedTable
from sklearn_sn.preprocessors._preprocessor import Preprocessor


@dataclass(frozen=True)
class PreparedImages:
    """Images (n_present, C, H, W) float32, and the row of each object in it (-1: none)."""

    images: np.ndarray
    place: np.ndarray

    @property
    def lengths(self):
        return (self.place >= 0).astype(np.int64)


class ImagePreprocessor(Preprocessor):
    """Scale cutouts channel by channel, bring them to one size, and gather batches.

    Parameters
    ----------
    augmentation : bool
        Whether training batches are flipped and rotated by multiples of 90° at random.
    """

    def __init__(self, *, augmentation: bool = True) -> None:
        self.augmentation = augmentation

    def fit(self, table: CheckedTable, rows: np.ndarray | None = None) -> Self:
        """Learn number of channels and size from the largest cutout."""
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
                    f"Object {table.index[i]!r}: the image has {len(table.image[i])} channels, but "
                    f"{self.n_channels_} are asked for; give a channel that is missing as NaN."
                )
        place = np.full(len(table), -1)
        place[present] = np.arange(len(present))
        images = np.zeros(
            (len(present), self.n_channels_, self.size_, self.size_), dtype=np.float32
        )
        for target, i in zip(images, present, strict=True):
            _place_centred(target, table.image[i])
        return PreparedImages(images, place)

    def gather(
        self, prepared: PreparedImages, rows: np.ndarray, rng: np.random.Generator | None = None
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Return the array image (N, C, H, W) and the position in `rows` of each."""
        place = prepared.place[rows]
        object_index = np.flatnonzero(place >= 0)
        images = prepared.images[place[object_index]]
        if rng is not None and self.augmentation and len(images):
            turned = np.stack([np.rot90(images, turn, axes=(2, 3)) for turn in range(4)])
            images = turned[rng.integers(0, 4, len(images)), np.arange(len(images))]
            flip = rng.random(len(images)) < 0.5
            images[flip] = images[flip][..., ::-1]
        return {"image": np.ascontiguousarray(images)}, object_index


def _place_centred(target, image):
    """Write a scaled cutout into the centre of `target`, cropped where it is larger."""
    with warnings.catch_warnings():
        # A channel of NaN is a missing one: it stays 0.
        warnings.filterwarnings("ignore", "All-NaN slice encountered", RuntimeWarning)
        median = np.nanmedian(image, axis=(1, 2), keepdims=True)
        spread = 1.4826 * np.nanmedian(np.abs(image - median), axis=(1, 2), keepdims=True)
    spread = np.where(spread > 0, spread, np.nanmax(np.abs(image), initial=1.0))
    # asinh keeps faint structure and a saturated core in one range.
    scaled = np.nan_to_num(np.arcsinh((image - median) / spread) / 3.0)
    channels = min(len(target), len(scaled))
    into, from_ = [], []
    for size, length in zip(target.shape[1:], scaled.shape[1:], strict=True):
        width = min(size, length)
        into.append(slice((size - width) // 2, (size - width) // 2 + width))
        from_.append(slice((length - width) // 2, (length - width) // 2 + width))
    target[:channels, into[0], into[1]] = scaled[:channels, from_[0], from_[1]]
