"""Encode angles by sines and cosines."""

import numpy as np


def n_angle_values(n_frequencies: int) -> int:
    """Return the number of values in which :func:`encode_angle` encodes an angle."""
    return 2 * n_frequencies + 1


def encode_angle(degrees: np.ndarray, n_frequencies: int) -> np.ndarray:
    r"""Return sines and cosines of an angle, and a flag of known angles.

    The frequencies are 1, 2, 4, … per turn, so that 0° and 360° are equal, and the highest resolves
    :math:`360° / 2^{n - 1}`.

    Parameters
    ----------
    degrees : array of shape (n,)
        Angles in degrees; NaN where unknown.
    n_frequencies : int
        Number of frequencies.

    Returns
    -------
    array of shape (n, 2 n_frequencies + 1)
        Sines, cosines, and 1. All are 0 where the angle is unknown.
    """
    known = np.isfinite(degrees)[:, None]
    phase = np.deg2rad(np.where(known, degrees[:, None], 0.0)) * 2.0 ** np.arange(n_frequencies)
    return np.concatenate([np.sin(phase), np.cos(phase), np.ones_like(known)], axis=1) * known
