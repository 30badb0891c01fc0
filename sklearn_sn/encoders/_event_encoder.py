"""The base of encoders that read a light curve as a sequence of events."""

from typing import Literal

from sklearn_sn.encoders._checks import check_heads
from sklearn_sn.encoders._encoder import DataSettings
from sklearn_sn.encoders._light_curve_encoder import LightCurveEncoder
from sklearn_sn.encoders._parameter_object import PositiveFloat, UnitInterval
from sklearn_sn.preprocessors import LightCurveEventPreprocessor, Preprocessor


class EventEncoder(LightCurveEncoder):
    """Base of encoders that read times between points, and fluxes on one scale for all objects.

    The module receives the tensors of :class:`LightCurveEncoder`, and ``since_previous`` (B, L),
    the time in days since the previous point. ``time`` counts from `time_origin`. ``values``
    are described in :class:`~sklearn_sn.preprocessors.LightCurveEventPreprocessor`. With
    ``band_encoding="embedding"``, ``band`` (B, L) replaces ``log_wavelength``.

    Parameters
    ----------
    %(light_curve_events)s
    %(light_curve_scaling)s
    """

    time_origin: Literal["detection", "first"] = "detection"
    band_encoding: Literal["wavelength", "embedding"] = "wavelength"
    flux_transform: Literal["asinh", "log"] = "asinh"
    relative_flux: bool = True
    log_times: bool = False
    merge_hours: PositiveFloat | None = 12.0
    color_days: float = 3.0
    truncation: UnitInterval = 0.5

    def check(self) -> None:
        super().check()
        check_heads(self)

    def make_preprocessor(self, settings: DataSettings) -> Preprocessor:
        return LightCurveEventPreprocessor(
            amplitude=self.amplitude,
            time_origin=self.time_origin,
            flux_transform=self.flux_transform,
            relative_flux=self.relative_flux,
            merge_hours=self.merge_hours,
            color_days=self.color_days,
            truncation=self.truncation,
            band_encoding=self.band_encoding,
            max_points=self.max_points,
            days_before=self.days_before,
            noise=self.noise_augmentation,
            augmentation=self.augmentation,
        )
