"""Rules for cutouts."""

import numpy as np
import pandas as pd

_MAX_CHANNELS = 4  # a last axis of at most so many is one of channels
_FLOAT32_MAX = np.finfo(np.float32).max


def check_images(column, log):
    """Convert cutouts to float32 arrays of shape (C, H, W).

    Parameters
    ----------
    column : pandas.Series of object, shape (n_objects,)
        Arrays of shape (C, H, W), (H, W, C) with at most four channels, or (H, W); null if the
        object has no image.
    log : QualityLog
        Log to which flags are added.

    Returns
    -------
    list of ndarray or None, length n_objects
        None if an image is null, empty or has no finite pixel. Masked, infinite and larger pixels
        than float32 holds are NaN.

    Raises
    ------
    ValueError
        If a cell is not an array of real numbers with two or three dimensions.
    """
    images = [_cutout(cell, row, log) for row, cell in enumerate(column)]
    log.flag("EMPTY_IMAGE", np.array([image is None for image in images], dtype=bool))
    return images


def _cutout(cell, row, log):
    """Return one cutout, or None if nothing in it is usable."""
    if _is_null(cell) or (isinstance(cell, list | tuple) and all(map(_is_null, cell))):
        return None
    image = _numbers(cell, row, log)
    if image.size == 0:
        return None
    if image.ndim == 2:
        image = image[None]
    if image.ndim != 3:
        log.reject(row, "image", f"has {image.ndim} dimensions", "give an array of shape (C, H, W)")
    if image.shape[-1] <= _MAX_CHANNELS < image.shape[0]:
        image = np.moveaxis(image, -1, 0)
    image = np.where(np.abs(image) <= _FLOAT32_MAX, image, np.nan)
    if np.isnan(image).all():
        return None
    return np.ascontiguousarray(image, dtype=np.float32)


def _numbers(cell, row, log):
    """Return a cell as a float64 array, NaN where masked."""
    if isinstance(cell, list | tuple):
        _reject_null_channels(cell, row, log)
    if hasattr(cell, "unmasked"):  # astropy's Masked, whose mask numpy does not see
        cell = np.ma.array(np.asarray(cell.unmasked), mask=np.asarray(cell.mask))
    try:
        image = np.ma.asarray(cell)
    except ValueError:  # numpy: "inhomogeneous shape"
        shapes = [getattr(channel, "shape", type(channel).__name__) for channel in cell]
        log.reject(
            row,
            "image",
            f"has channels of different shapes {shapes[:4]}",
            "give channels of one shape, or one array of shape (C, H, W)",
        )
    if image.dtype.kind not in "iufb":
        log.reject(
            row, "image", f"holds {image.dtype} values", "give an array of real numbers, or None"
        )
    with np.errstate(invalid="ignore", over="ignore"):  # signalling NaN, long doubles
        return np.ma.filled(image.astype(np.float64), np.nan)


def _reject_null_channels(cell, row, log):
    channels = [i for i, channel in enumerate(cell) if _is_null(channel)]
    if channels and not all(map(np.isscalar, cell)):
        log.reject(
            row,
            "image",
            f"channel {channels[0]} is {cell[channels[0]]!r}",
            "give a missing channel as an array of NaN, or the whole cell as None",
        )


def _is_null(cell):
    return cell is None or cell is pd.NA or cell is pd.NaT or (np.isscalar(cell) and pd.isna(cell))
