"""The rules for cutouts."""

import numpy as np


def check_images(column, findings):
    """Cutouts as float32 arrays of shape (C, H, W), None where there is nothing to see.

    Parameters
    ----------
    column : pandas.Series of object
        Arrays of shape (C, H, W), (H, W, C) with at most four channels, or (H, W).
    findings : Findings

    Returns
    -------
    list of array or None, length n_objects
    """
    images = [_cutout(cell, row, findings) for row, cell in enumerate(column)]
    findings.flag("EMPTY_IMAGE", np.array([image is None for image in images], dtype=bool))
    return images


def _cutout(cell, row, findings):
    if cell is None or np.isscalar(cell):
        return None
    image = np.ma.filled(np.ma.asarray(cell).astype(np.float64), np.nan)
    if image.ndim == 2:
        image = image[None]
    if image.ndim != 3:
        findings.refuse(
            row, "image", f"has {image.ndim} dimensions", "give an array of shape (C, H, W)"
        )
    if image.shape[-1] <= 4 < image.shape[0]:
        image = np.moveaxis(image, -1, 0)
    if image.size == 0 or not np.isfinite(image).any():
        return None
    image = np.where(np.isfinite(image), image, np.nan)
    return np.ascontiguousarray(image, dtype=np.float32)
