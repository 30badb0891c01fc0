"""Random rotations and flips of images."""

import numpy as np
import torch

from sklearn_sn.modules import affine_images


def draw_turns(rng: np.random.Generator, n: int, rotation: str) -> np.ndarray:
    """Return random rotations, half of them with a flip, as matrices (n, 2, 2) float32.

    Parameters
    ----------
    rng : numpy.random.Generator
        Generator of the angles and flips.
    n : int
        Number of matrices.
    rotation : {"any", "right_angles"}
        Whether angles are continuous or multiples of 90°.
    """
    if rotation == "any":
        angle = rng.uniform(0.0, 2.0 * np.pi, n)
    else:
        angle = 0.5 * np.pi * rng.integers(0, 4, n)
    return turn_matrices(angle, flip=rng.random(n) < 0.5)


def turn_matrices(angle: np.ndarray, flip: np.ndarray) -> np.ndarray:
    """Return matrices (n, 2, 2) of rotations by angles in radians, after flips where `flip`."""
    cos, sin = np.cos(angle), np.sin(angle)
    sign = np.where(flip, -1.0, 1.0)
    rows = np.stack([np.stack([cos, -sin * sign], -1), np.stack([sin, cos * sign], -1)], 1)
    return rows.astype(np.float32)


def turn(
    images: np.ndarray,
    matrix: np.ndarray,
    side: int,
    *,
    shift: np.ndarray | None = None,
    mirror: bool = True,
) -> np.ndarray:
    """Return :func:`sklearn_sn.modules.affine_images` of arrays, (n, C, side, side) float32.

    Parameters
    ----------
    images : array of shape (n, C, H, W), float32
        Images.
    matrix : array of shape (n, 2, 2), float32
        Matrices from offsets in the result to offsets in the image.
    side : int
        Side of the result in pixels.
    shift : array of shape (n, 2), float32, optional
        Shifts in pixels; by default none.
    mirror : bool
        Whether the image continues beyond its border as its mirror image, not as 0.
    """
    if shift is None:
        shift = np.zeros((len(images), 2), dtype=np.float32)
    tensors = map(torch.from_numpy, (np.ascontiguousarray(images), matrix, shift))
    return affine_images(*tensors, side, mirror=mirror).numpy()


def randomly_turned(
    images: np.ndarray, rng: np.random.Generator, rotation: str, *, mirror: bool = True
) -> np.ndarray:
    """Return square images, each rotated and flipped at random, (n, C, side, side) float32.

    Parameters
    ----------
    images : array of shape (n, C, side, side), float32
        Images.
    rng : numpy.random.Generator
        Generator of the rotations.
    rotation : {"any", "right_angles"}
        Rotations by right angles only permute pixels. Others interpolate.
    mirror : bool
        Whether corners that a rotation leaves empty continue the image as its mirror image.
    """
    if not len(images):
        return images
    if rotation == "any":
        matrix = draw_turns(rng, len(images), rotation)
        return turn(images, matrix, images.shape[-1], mirror=mirror)
    turned = np.stack([np.rot90(images, quarter, axes=(2, 3)) for quarter in range(4)])
    images = turned[rng.integers(0, 4, len(images)), np.arange(len(images))]
    flip = rng.random(len(images)) < 0.5
    images[flip] = images[flip][..., ::-1]
    return images
