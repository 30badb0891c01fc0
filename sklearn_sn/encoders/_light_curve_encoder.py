"""The base of encoders of light curves."""

import math
from numbers import Real
from typing import Literal

import numpy as np
import pandas as pd

from sklearn_sn.data import CheckedTable, series_table
from sklearn_sn.encoders._encoder import DataSettings, Encoder
from sklearn_sn.encoders._parameter_object import TwoOrMore
from sklearn_sn.preprocessors import LightCurvePreprocessor, Preprocessor


class LightCurveEncoder(Encoder, modality="light_curve"):
    """Base of encoders of light curves.

    The module receives keyword tensors: ``values`` (B, L, n_values), ``time`` (B, L) in days,
    ``log_wavelength`` (B, L), the logarithm of the band's wavelength over 5000 Å, and ``pad_mask``
    (B, L), True at padding. It returns (B, latent_dim).

    Parameters
    ----------
    %(light_curve_scaling)s
    """

    amplitude: bool = True
    max_points: TwoOrMore = 200
    days_before: float | None = 30.0
    noise_augmentation: bool = True
    augmentation: bool = True

    array_kind = "an array of evenly sampled series"
    longest_exact_array = math.inf

    def table_from_array(
        self, values: np.ndarray, index: pd.Index, wavelength: np.ndarray | None = None
    ) -> CheckedTable:
        """Return a table of one-band light curves from an array, with points a day apart."""
        return series_table(values, index)


class WindowedLightCurveEncoder(LightCurveEncoder):
    """Base of encoders that read a light curve as a whole, in a window around its origin.

    Parameters
    ----------
    %(light_curve_window)s
    %(light_curve_scaling)s
    """

    time_origin: Literal["peak", "first"] = "peak"
    time_window: tuple[float, float] = (-200.0, 400.0)

    errors = True  # whether the error of a point is one of its values
    band_encoding = "wavelength"

    def check(self) -> None:
        super().check()
        window = tuple(self.time_window)
        numbers = len(window) == 2 and all(isinstance(end, Real) for end in window)
        if not numbers or not window[0] <= 0.0 < window[1]:
            raise ValueError(
                f"The 'time_window' parameter of {type(self).__name__} must be a pair of days, the "
                f"first <= 0 and the second > 0. Got {window!r} instead."
            )

    def make_preprocessor(self, settings: DataSettings) -> Preprocessor:
        return LightCurvePreprocessor(
            amplitude=self.amplitude,
            errors=self.errors,
            time_origin=self.time_origin,
            time_window=self.time_window,
            band_encoding=self.band_encoding,
            max_points=self.max_points,
            days_before=self.days_before,
            noise=self.noise_augmentation,
            augmentation=self.augmentation,
        )
