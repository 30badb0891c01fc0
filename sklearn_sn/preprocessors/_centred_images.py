"""Stack images of different sizes around their centres."""

from collections.abc import Callable

import numpy as np

from sklearn_sn.data import CheckedTable, as_python

_IMAGES_PER_BLOCK = 1024  # limits the memory of float32 copies


def centred_images(
    table: CheckedTable,
    n_channels: int,
    side: int,
    scale: Callable[[np.ndarray], np.ndarray],
) -> np.ndarray:
    """Return all images of a table, cropped or padded at the centre, (n_present, C, side, side).

    Parameters
    ----------
    table : CheckedTable
        The table.
    n_channels, side : int
        Channels, and side of the result in pixels.
    scale : callable
        Function that scales images (n, C, h, w) float32.

    Returns
    -------
    array of shape (n_present, C, side, side), float16
        NaN where an image does not reach.

    Raises
    ------
    ValueError
        If an image has another number of channels.
    """
    present = [i for i, image in enumerate(table.image) if image is not None]
    result = np.full((len(present), n_channels, side, side), np.nan, np.float16)
    by_shape = {}
    for target, i in enumerate(present):
        by_shape.setdefault(table.image[i].shape, []).append((target, i))
    for shape, pairs in by_shape.items():
        if shape[0] != n_channels:
            raise ValueError(
                f"Object {as_python(table.index[pairs[0][1]])!r}: the image has {shape[0]} "
                f"channels, but {n_channels} are needed. Fill a missing channel with NaN."
            )
        inner = tuple(_centre(length, side) for length in shape[1:])
        outer = tuple(_centre(side, length) for length in shape[1:])
        for start in range(0, len(pairs), _IMAGES_PER_BLOCK):
            block = pairs[start : start + _IMAGES_PER_BLOCK]
            targets, sources = map(list, zip(*block, strict=True))
            images = np.stack([table.image[i][(slice(None), *inner)] for i in sources])
            result[(targets, slice(None), *outer)] = scale(images)
    return result


def image_positions(table: CheckedTable) -> np.ndarray:
    """Return the position in :func:`centred_images` of each object; -1 without an image."""
    present = [i for i, image in enumerate(table.image) if image is not None]
    position = np.full(len(table), -1)
    position[present] = np.arange(len(present))
    return position


def _centre(length, width):
    """Return the slice of the middle `width` of `length` pixels; of all if there are fewer."""
    width = min(length, width)
    return slice((length - width) // 2, (length - width) // 2 + width)
