"""Preprocess images on one flux scale for all objects, which keeps magnitudes and colours."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from sklearn_sn.data import CheckedTable
from sklearn_sn.preprocessors._centred_images import centred_images, image_positions
from sklearn_sn.preprocessors._preprocessor import Preprocessor
from sklearn_sn.preprocessors._turns import draw_turns, turn

_MAX_PIXELS = 4_000_000  # of a channel, from which its scale is computed
_LARGEST = 60_000.0  # scaled flux that float16 holds
_MARGIN = 0.5 * (2.0**0.5 - 1.0)  # of a side, which a rotated square needs beyond its border
_JITTER = 4  # further pixels beyond the crop, for shifts


@dataclass(frozen=True)
class PreparedFluxImages:
    """Scaled fluxes (n_present, C, S, S) float16, and the position in them of each object.

    The side S is that of the crop and a margin from which rotated images are filled. The position
    is -1 without an image.
    """

    images: np.ndarray
    position: np.ndarray

    @property
    def lengths(self):
        return (self.position >= 0).astype(np.int64)


class FluxImagePreprocessor(Preprocessor):
    """Crop images at their centre and scale each channel equally for all objects.

    A pixel becomes asinh((flux - centre) / scale) / 3. Centre and scale of a channel are the median
    and 1.4826 times the median absolute deviation of the pixels of the training images, for images
    that are mostly sky its level and noise. Pixels of NaN, and those beyond the border of a small
    image, get the value 0 of the centre.

    Parameters
    ----------
    crop : int or None
        Largest side in pixels; None keeps that of the largest image.
    rotation : {"any", "right_angles"}
        Rotations in training: by any angle or by multiples of 90°.
    augmentation : bool
        Whether training batches are flipped and rotated at random. What a rotation brings into the
        crop is read from the image around it, and beyond its border from its mirror image.
    """

    def __init__(
        self, *, crop: int | None = None, rotation: str = "any", augmentation: bool = True
    ) -> None:
        self.crop, self.rotation, self.augmentation = crop, rotation, augmentation

    def fit(self, table: CheckedTable, rows: np.ndarray | None = None) -> Self:
        """Learn the number of channels, the side, and centre and scale of each channel."""
        shapes = np.array([image.shape for image in table.image if image is not None])
        self.n_channels_ = int(shapes[:, 0].max())
        largest = int(shapes[:, 1:].max())
        self.size_ = largest if self.crop is None else min(largest, self.crop)
        # Equal margins on both sides keep the centre of rotation in the centre of the crop.
        margin = int(np.ceil(_MARGIN * self.size_)) + _JITTER
        self.margin_ = min(margin, (largest - self.size_) // 2)
        rows = np.arange(len(table)) if rows is None else rows
        images = [table.image[i] for i in rows if table.image[i] is not None]
        images = [image for image in images if len(image) == self.n_channels_]
        self.center_, self.scale_ = _center_and_scale(images, self.n_channels_)
        return self

    def prepare(self, table: CheckedTable) -> PreparedFluxImages:
        """Scale all images of a table once.

        Raises
        ------
        ValueError
            If an image has another number of channels than those of fit.
        """
        side = self.size_ + 2 * self.margin_
        images = centred_images(table, self.n_channels_, side, self._scaled)
        return PreparedFluxImages(
            np.nan_to_num(images, copy=False, nan=0.0), image_positions(table)
        )

    def _scaled(self, images):
        with np.errstate(over="ignore"):
            scaled = (images - self.center_[:, None, None]) / self.scale_[:, None, None]
        return np.clip(scaled, -_LARGEST, _LARGEST)

    def fluxes(self, prepared: PreparedFluxImages, rows: np.ndarray) -> np.ndarray:
        """Return the scaled fluxes of objects with an image, with their margin.

        Parameters
        ----------
        prepared : PreparedFluxImages
            Result of `prepare`.
        rows : array of int, shape (n,)
            Objects, all of which have an image.

        Returns
        -------
        array of shape (n, C, S, S), float32
            (flux - centre) / scale.
        """
        return prepared.images[prepared.position[rows]].astype(np.float32)

    @staticmethod
    def stretch(fluxes: np.ndarray) -> np.ndarray:
        """Return asinh(fluxes) / 3, which keeps the contrast of faint structure."""
        return np.arcsinh(fluxes) / np.float32(3.0)

    def cropped(self, fluxes: np.ndarray) -> np.ndarray:
        """Return images without their margin."""
        inner = slice(self.margin_, self.margin_ + self.size_)
        return fluxes[..., inner, inner]

    def gather(
        self,
        prepared: PreparedFluxImages,
        rows: np.ndarray,
        rng: np.random.Generator | None = None,
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Return the array image (N, C, size, size) and the position in `rows` of each."""
        object_index = np.flatnonzero(prepared.position[rows] >= 0)
        fluxes = self.fluxes(prepared, rows[object_index])
        if rng is not None and self.augmentation and len(fluxes):
            fluxes = turn(fluxes, draw_turns(rng, len(fluxes), self.rotation), self.size_)
        else:
            fluxes = self.cropped(fluxes)
        return {"image": self.stretch(fluxes)}, object_index


def _center_and_scale(images, n_channels):
    """Return median and robust standard deviation of each channel, float32 (C,)."""
    center, scale = np.zeros(n_channels), np.ones(n_channels)
    if not images:
        return center.astype(np.float32), scale.astype(np.float32)
    n_images = max(1, _MAX_PIXELS // max(image[0].size for image in images))
    chosen = images[:: -(-len(images) // n_images)]
    for channel in range(n_channels):
        pixels = np.concatenate([image[channel].ravel() for image in chosen]).astype(np.float64)
        pixels = pixels[np.isfinite(pixels)]
        if not len(pixels):
            continue
        center[channel] = np.median(pixels)
        offset = np.abs(pixels - center[channel])
        spread = 1.4826 * np.median(offset)
        # Images with more than half of their pixels equal, such as noiseless ones.
        scale[channel] = spread or offset.mean() or 1.0
    return center.astype(np.float32), scale.astype(np.float32)
