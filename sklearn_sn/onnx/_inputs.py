"""Inputs of an exported network: names, axes, types and examples."""

from dataclasses import dataclass
from typing import Any

import numpy as np

BATCH, LENGTH = "batch", "length"


@dataclass(frozen=True)
class NetworkInput:
    """An input of a network.

    Attributes
    ----------
    name : str
        Name of the array.
    axes : tuple of str or int
        "batch", "length" or a size, for each axis.
    dtype : str
        Type of the numbers.
    meaning : str
        Meaning and unit.
    """

    name: str
    axes: tuple[str | int, ...]
    dtype: str
    meaning: str

    def example(self, batch: int, length: int, rng: np.random.Generator) -> np.ndarray:
        """Return random numbers of the right type, with the last fifth of the points padded."""
        sizes = {BATCH: batch, LENGTH: length}
        shape = tuple(sizes.get(axis, axis) for axis in self.axes)
        if self.dtype == "bool":
            mask = np.zeros(shape, dtype=bool)
            # Rows differ in length; the first has no padding.
            mask[1:, shape[1] - shape[1] // 5 :] = True
            return mask
        if self.dtype == "int64":
            return np.zeros(shape, dtype=np.int64)
        values = rng.standard_normal(shape).astype(self.dtype)
        return np.sort(50 * values, axis=1) if self.name == "time" else values


def network_inputs(modality: str, preprocessor: Any) -> list[NetworkInput]:
    """Return the inputs that a fitted preprocessor of a modality makes, in order."""
    if modality == "light_curve":
        points = (BATCH, LENGTH)
        if preprocessor.band_encoding == "wavelength":
            band = NetworkInput(
                "log_wavelength", points, "float32", "ln(effective wavelength / 5000 Å)"
            )
        else:
            band = NetworkInput("band", points, "int64", "number of the band in 'bands'")
        return [
            NetworkInput("values", (*points, preprocessor.n_values), "float32", "scaled values"),
            NetworkInput("time", points, "float32", "days since the origin"),
            band,
            NetworkInput("pad_mask", points, "bool", "True at padding, which comes last"),
        ]
    if modality == "spectrum":
        bins = preprocessor.n_bins
        return [
            NetworkInput(
                "flux",
                (BATCH, preprocessor.n_channels, bins),
                "float32",
                "scaled channels; 0 where not covered",
            ),
            NetworkInput("pad_mask", (BATCH, bins), "bool", "True where not covered"),
        ]
    return [NetworkInput("values", (BATCH, preprocessor.n_values), "float32", "scaled columns")]
