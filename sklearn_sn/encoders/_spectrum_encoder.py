"""The base of encoders of spectra."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
import pandas as pd

from sklearn_sn.encoders._checks import check_wavelength_range
from sklearn_sn.encoders._encoder import DataSettings, Encoder
from sklearn_sn.encoders._parameter_object import BelowHalf, TwoOrMore
from sklearn_sn.preprocessors import CHANNELS, FluxArray, Preprocessor, SpectrumPreprocessor

# Largest shifts in augmentation, as fractions of the grid: to imitate an unknown redshift, or only
# errors of the calibration and of a known redshift.
UNKNOWN_REDSHIFT, KNOWN_REDSHIFT = 0.1, 0.003


class SpectrumEncoder(Encoder, modality="spectrum"):
    """Base of encoders of spectra.

    The module receives keyword tensors: ``flux`` (B, C, P), ``pad_mask`` (B, P), which is True
    where a bin is not covered, and ``wavelength`` (P,) in Å. It returns (B, latent_dim).

    Parameters
    ----------
    %(spectrum_scaling)s
    """

    wavelength_range: tuple[float, float] | None = None
    n_bins: TwoOrMore = 256
    grid: Literal["log", "linear"] = "log"
    channels: Any = None
    noise_augmentation: bool = True
    augmentation: bool = True
    max_crop: BelowHalf = 0.2
    max_shift: BelowHalf | None = None

    array_kind = "an array of spectra on one grid"
    longest_exact_array = 128  # so few columns cost nothing in double precision
    _preprocessor_class = SpectrumPreprocessor
    _parameter_constraints = {"channels": ["array-like", None]}

    def check(self) -> None:
        super().check()
        if self.wavelength_range is not None:
            check_wavelength_range(self.wavelength_range, type(self).__name__)
        if self.channels is not None and not (
            len(self.channels) and set(self.channels) <= set(CHANNELS)
        ):
            raise ValueError(
                f"The 'channels' parameter of {type(self).__name__} must be a sequence of names of "
                f"{list(CHANNELS)}. Got {self.channels!r} instead."
            )

    def make_preprocessor(self, settings: DataSettings) -> Preprocessor:
        on_array = settings.n_array_columns is not None
        channels = self._default_channels(on_array) if self.channels is None else self.channels
        return self._preprocessor_class(
            wavelength_range=self.resolved_range(settings.wavelength_range),
            n_bins=int(settings.n_array_columns if on_array else self.resolved_n_bins),
            grid=self.grid,
            rest=settings.rest_frame,
            channels=tuple(str(name) for name in channels),
            noise=self.noise_augmentation,
            augmentation=self.augmentation,
            max_crop=float(self.max_crop),
            max_shift=float(self.max_shift or 0.0),
        )

    def _default_channels(self, on_array):
        # The level of an array may be meaningful, because an array may already be scaled.
        return CHANNELS if on_array else CHANNELS[:2]

    def resolved_range(self, default: Sequence[float]) -> tuple[float, float]:
        """Return `wavelength_range`, or the default, that of the estimator, if it is None."""
        low, high = default if self.wavelength_range is None else self.wavelength_range
        return float(low), float(high)

    @property
    def resolved_n_bins(self) -> int:
        """Number of bins of the grid."""
        return self.n_bins

    def table_from_array(
        self, values: np.ndarray, index: pd.Index, wavelength: np.ndarray | None = None
    ) -> FluxArray:
        """Return spectra on one grid from an array and the wavelengths of its columns in Å."""
        if wavelength is None:
            wavelength = np.arange(values.shape[1], dtype=np.float64)
        return FluxArray(values, wavelength, index)

    def default_shift(self, rest_frame: bool, on_array: bool) -> float:
        """Return the value of `max_shift` for classification if the parameter is None."""
        is_redshift = not rest_frame and self.grid == "log" and not on_array
        return UNKNOWN_REDSHIFT if is_redshift else KNOWN_REDSHIFT
