"""Decode the cutouts of alerts: plain or gzipped FITS, base64 text, or arrays."""

import base64
import warnings
from collections import Counter

import numpy as np
from astropy.io import fits

from sklearn_sn.datasets._byte_stream import inflate
from sklearn_sn.datasets._fits_stamp import plain_pixels

_MAX_SIDE = 2048  # pixels


def decode_cutouts(stamps):
    """Decode the cutouts of one alert to one image.

    Parameters
    ----------
    stamps : sequence of (bytes, str, array-like or None)
        Cutouts in the order of the channels; None for those that were not published.

    Returns
    -------
    image : ndarray of float32, shape (n_stamps, H, W), or None
        Pixels as published, also NaN. A channel that is missing, damaged, or differs in shape from
        most others is NaN. None if no channel is left.
    n_damaged : int
        Number of cutouts that are published but could not be used.
    """
    given = [stamp is not None for stamp in stamps]
    channels = [_decode(stamp) for stamp in stamps]
    shapes = Counter(channel.shape for channel in channels if channel is not None)
    if not shapes:
        return None, sum(given)
    shape = shapes.most_common(1)[0][0]
    image = np.full((len(stamps), *shape), np.nan, dtype=np.float32)
    used = [channel is not None and channel.shape == shape for channel in channels]
    for channel, is_used, target in zip(channels, used, image, strict=True):
        if is_used:
            target[:] = channel
    return image, sum(given) - sum(used)


def _decode(stamp):
    """Return one cutout as float32 of shape (H, W), or None if it is missing or damaged."""
    if stamp is None:
        return None
    try:
        if isinstance(stamp, str):
            stamp = base64.b64decode(stamp, validate=True)
        if isinstance(stamp, bytes | bytearray | memoryview):
            image = _from_fits(bytes(stamp))
        else:
            image = np.asarray(stamp)
        if image.ndim == 3 and image.shape[0] == 1:
            image = image[0]
        if image.ndim != 2 or image.size == 0 or max(image.shape) > _MAX_SIDE:
            return None
        with np.errstate(over="ignore", invalid="ignore"):
            return image.astype(np.float32)
    except Exception:  # astropy raises errors of many types for damaged files
        return None


def _from_fits(data):
    if data[:2] == b"\x1f\x8b":
        data = inflate(data, 31)
    pixels = plain_pixels(data)
    if pixels is not None:
        return pixels
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about headers; what counts is whether pixels come out
        return fits.PrimaryHDU.fromstring(data).data
