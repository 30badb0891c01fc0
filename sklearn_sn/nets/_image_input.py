"""Cutouts on their way to a network."""

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class PreparedImages:
    """Images (n_present, C, H, W) float32, and the place of each object's in it (-1: none)."""

    images: np.ndarray
    place: np.ndarray

    @property
    def lengths(self):
        return (self.place >= 0).astype(np.int64)


class ImageInput:
    """Scale cutouts channel by channel, bring them to one size, and gather batches.

    Parameters
    ----------
    augmentation : bool
        Whether a training batch is flipped and turned by multiples of 90° at random.
    """

    def __init__(self, *, augmentation=True):
        self.augmentation = augmentation

    def fit(self, table, rows=None):
        """Learn number of channels and size from the largest cutout."""
        shapes = np.array([image.shape for image in table.image if image is not None])
        self.n_channels_ = int(shapes[:, 0].max())
        self.size_ = int(shapes[:, 1:].max())
        return self

    def prepare(self, table):
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

    def gather(self, prepared, rows, rng=None):
        """image (N, C, H, W) and the position in `rows` of each."""
        place = prepared.place[rows]
        owners = np.flatnonzero(place >= 0)
        images = prepared.images[place[owners]]
        if rng is not None and self.augmentation and len(images):
            turned = np.stack([np.rot90(images, turn, axes=(2, 3)) for turn in range(4)])
            images = turned[rng.integers(0, 4, len(images)), np.arange(len(images))]
            flip = rng.random(len(images)) < 0.5
            images[flip] = images[flip][..., ::-1]
        return {"image": np.ascontiguousarray(images)}, owners


def _place_centred(target, image):
    """Write a scaled cutout into the middle of `target`, cut where it is larger."""
    median = np.nanmedian(image, axis=(1, 2), keepdims=True)
    spread = 1.4826 * np.nanmedian(np.abs(image - median), axis=(1, 2), keepdims=True)
    spread = np.where(spread > 0, spread, np.nanmax(np.abs(image), initial=1.0))
    # asinh keeps faint structure and a saturated core in one range.
    scaled = np.nan_to_num(np.arcsinh((image - median) / spread) / 3.0)
    channels = min(len(target), len(scaled))
    taken, given = [], []
    for size, length in zip(target.shape[1:], scaled.shape[1:], strict=True):
        width = min(size, length)
        taken.append(slice((size - width) // 2, (size - width) // 2 + width))
        given.append(slice((length - width) // 2, (length - width) // 2 + width))
    target[:channels, taken[0], taken[1]] = scaled[:channels, given[0], given[1]]
