"""Checks that several encoders share."""

from collections.abc import Sequence

import numpy as np

OPTICAL = (1000.0, 30000.0)  # Å, limits of wavelengths in tables


def check_heads(encoder):
    """Raise a ValueError unless 'd_model' is even and a multiple of 'n_heads'."""
    if encoder.d_model % encoder.n_heads or encoder.d_model % 2:
        raise ValueError(
            f"The 'd_model' parameter of {type(encoder).__name__} must be even and a multiple of "
            f"'n_heads'. Got {encoder.d_model} and {encoder.n_heads} instead."
        )


def check_wavelength_range(wavelength_range: Sequence[float], owner: str | None = None) -> None:
    """Raise a ValueError unless a wavelength range is two increasing wavelengths in Å.

    Parameters
    ----------
    wavelength_range : sequence of float
        Ends of the range in Å.
    owner : str, optional
        Name of the class that has the parameter, for the message.
    """
    ends = tuple(wavelength_range)
    numbers = len(ends) == 2 and all(isinstance(end, int | float | np.number) for end in ends)
    if not numbers or not OPTICAL[0] <= ends[0] < ends[1] <= OPTICAL[1]:
        of_owner = f" of {owner}" if owner else ""
        raise ValueError(
            f"The 'wavelength_range' parameter{of_owner} must be two increasing wavelengths in "
            f"[1000, 30000] Å. Got {wavelength_range!r} instead."
        )
