"""Two augmented views of each image, for contrastive pretraining."""

from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import torch

from sklearn_sn.data import CheckedTable
from sklearn_sn.modules import blur_images
from sklearn_sn.preprocessors._flux_images import FluxImagePreprocessor
from sklearn_sn.preprocessors._preprocessor import Preprocessor
from sklearn_sn.preprocessors._turns import draw_turns, turn, turn_matrices


@dataclass(frozen=True)
class ViewParameters:
    """Parameters of one view of each of n images with C channels.

    Attributes
    ----------
    matrix : array of shape (n, 2, 2)
        Rotation, flip and inverse of the size scaling.
    shift : array of shape (n, 2)
        Shift in pixels along rows and columns.
    blur : array of shape (n,)
        Standard deviation of the blur in pixels.
    ebv : array of shape (n,)
        E(B-V) of the reddening in mag.
    noise : array of shape (n,)
        Standard deviation of the added noise, in units of the scale of a channel.
    """

    matrix: np.ndarray
    shift: np.ndarray
    blur: np.ndarray
    ebv: np.ndarray
    noise: np.ndarray


class ImageViewsPreprocessor(Preprocessor):
    """Draw two augmented views of each image, a query and a key.

    Fluxes are rotated, flipped, scaled in size and shifted, all by one interpolation; then
    blurred, reddened, and noise is added. The stretch of the encoder's preprocessor comes last.
    The strength 0, or None for the rotation, turns an augmentation off.

    Parameters
    ----------
    preprocessor : FluxImagePreprocessor
        Preprocessor of the encoder.
    extinction : array of shape (C,)
        Extinction of each channel in mag per mag of E(B-V).
    reddening : float
        Largest E(B-V) in mag; drawn evenly from 0.
    rotation : {"any", "right_angles"} or None
        Angles of the rotations; half of the views are flipped too.
    size_scaling : float
        Sizes change by a factor between 1 / (1 + size_scaling) and 1 + size_scaling, at constant
        surface brightness.
    blur : float
        Largest standard deviation in pixels of the Gaussian by which a view is blurred.
    jitter : float
        Largest shift in pixels along each axis.
    noise : float
        Largest standard deviation of the added noise, in units of the scale of a channel.
    """

    def __init__(
        self,
        preprocessor: FluxImagePreprocessor,
        *,
        extinction: np.ndarray,
        reddening: float,
        rotation: str | None,
        size_scaling: float,
        blur: float,
        jitter: float,
        noise: float,
    ) -> None:
        self.preprocessor, self.extinction = preprocessor, np.asarray(extinction, np.float32)
        self.reddening, self.rotation, self.size_scaling = reddening, rotation, size_scaling
        self.blur, self.jitter, self.noise = blur, jitter, noise

    def fit(self, table: CheckedTable, rows: np.ndarray | None = None) -> Self:
        """Fit the preprocessor of the encoder."""
        self.preprocessor.fit(table, rows)
        return self

    def prepare(self, table: CheckedTable) -> Any:
        """Scale all images of a table once."""
        return self.preprocessor.prepare(table)

    def gather(
        self, prepared: Any, rows: np.ndarray, rng: np.random.Generator | None = None
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Return two views of some objects.

        Without a generator `rng`, the query is the image itself, and all keys have one fixed set of
        parameters.

        Returns
        -------
        arrays : dict of array
            query and key, both (N, C, size, size).
        object_index : array of int, shape (N,)
            Position in `rows` of the object of each image.
        """
        inner = self.preprocessor
        object_index = np.flatnonzero(prepared.position[rows] >= 0)
        fluxes = inner.fluxes(prepared, rows[object_index])
        if rng is None:
            query, key = inner.cropped(fluxes), self.view(fluxes, self.typical(len(fluxes)))
        else:
            query, key = (self.view(fluxes, self.draw(rng, len(fluxes)), rng) for _ in range(2))
        return {"query": inner.stretch(query), "key": inner.stretch(key)}, object_index

    def draw(self, rng: np.random.Generator, n: int) -> ViewParameters:
        """Return random parameters of the views of n images."""
        if self.rotation is None:
            matrix = turn_matrices(np.zeros(n), np.zeros(n, dtype=bool))
        else:
            matrix = draw_turns(rng, n, self.rotation)
        zoom = (1.0 + self.size_scaling) ** rng.uniform(-1.0, 1.0, n)
        return ViewParameters(
            matrix=(matrix / zoom[:, None, None]).astype(np.float32),
            shift=(self.jitter * rng.uniform(-1.0, 1.0, (n, 2))).astype(np.float32),
            blur=(self.blur * rng.random(n)).astype(np.float32),
            ebv=self.reddening * rng.random(n),
            noise=self.noise * rng.random(n),
        )

    def typical(self, n: int) -> ViewParameters:
        """Return n equal parameters: a rotation, and half of the other strengths; no noise."""
        angle = {"any": 100.0, "right_angles": 90.0, None: 0.0}[self.rotation]
        flip = np.full(n, self.rotation is not None)
        zoom = (1.0 + self.size_scaling) ** 0.5
        return ViewParameters(
            matrix=turn_matrices(np.full(n, np.deg2rad(angle)), flip) / np.float32(zoom),
            shift=np.tile(np.float32([0.5, -0.5]) * np.float32(self.jitter), (n, 1)),
            blur=np.full(n, 0.5 * self.blur, dtype=np.float32),
            ebv=np.full(n, 0.5 * self.reddening),
            noise=np.zeros(n),
        )

    def view(
        self,
        fluxes: np.ndarray,
        parameters: ViewParameters,
        rng: np.random.Generator | None = None,
    ) -> np.ndarray:
        """Return views of images, before their stretch.

        Parameters
        ----------
        fluxes : array of shape (n, C, S, S), float32
            Scaled fluxes with their margin.
        parameters : ViewParameters
            Parameters of the n views.
        rng : numpy.random.Generator, optional
            Generator of the noise, which is left out without one.

        Returns
        -------
        array of shape (n, C, size, size), float32
            Scaled fluxes.
        """
        if not len(fluxes):
            return self.preprocessor.cropped(fluxes)
        size, p = self.preprocessor.size_, parameters
        views = torch.from_numpy(turn(fluxes, p.matrix, size, shift=p.shift))
        if self.blur:
            views = blur_images(views, torch.from_numpy(p.blur))
        views = views.numpy()
        if self.reddening:
            self._redden(views, p.ebv)
        if self.noise and rng is not None:
            # torch draws normal numbers faster than numpy.
            generator = torch.Generator().manual_seed(int(rng.integers(2**62)))
            drawn = torch.empty(views.shape).normal_(generator=generator).numpy()
            views += p.noise[:, None, None, None].astype(np.float32) * drawn
        return views

    def _redden(self, views, ebv):
        """Multiply fluxes above the sky level by the transmission of dust, in place."""
        # Scaled fluxes count from the median pixel, which is the level of the sky.
        transmission = 10.0 ** (-0.4 * self.extinction * ebv[:, None])  # (n, C)
        views *= transmission[..., None, None].astype(np.float32)
