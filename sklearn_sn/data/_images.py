"""The rules for cutouts."""

import numpy as np
import pandas as pd


def check_images(column, findings):
    """Cutouts as float32 arrays of shape (C, H, W), None where there is nothing to see.

    Parameters
    ----------
    column : pandas.Series of object
        Arrays of shape (C, H, W), (H, W, C) with at most four channels, or (H, W).
    findings : QualityLog

    Returns
    -------
    list of array or None, length n_objects
    """
    images = [_cutout(cell, row, findings) for row, cell in enumerate(column)]
    findings.flag("EMPTY_IMAGE", np.array([image is None for image in images], dtype=bool))
    return images


def _cutout(cell, row, findings):
    if cell is None or cell is pd.NA or cell is pd.NaT or (np.isscalar(cell) and pd.isna(cell)):
        return None
    image = np.ma.asarray(cell)
    if image.dtype.kind not in "iufb":
        findings.refuse(
            row, "image", f"holds {image.dtype} values", "give an array of real numbers, or None"
        )
    image = np.ma.filled(image.astype(np.float64), np.nan)
    if image.size == 0:
        return None
    if image.ndim == 2:
        image = image[None]
    if image.ndim != 3:
        findings.refuse(
            row, "image", f"has {image.ndim} dimensions", "give an array of shape (C, H, W)"
        )
    if image.shape[-1] <= 4 < image.shape[0]:
        image = np.moveaxis(image, -1, 0)
    image = np.where(np.abs(image) <= np.finfo(np.float32).max, image, np.nan)
    if np.isnan(image).all():
        return None
    return np.ascontiguousarray(image, dtype=np.float32)
