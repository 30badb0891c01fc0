"""Transceiver encoders of all modalities, in which learned queries read a set of points."""

from typing import Any

import torch
from torch import nn

from sklearn_sn.encoders._encoder import DataSettings, Encoder
from sklearn_sn.encoders._light_curve_encoder import WindowedLightCurveEncoder
from sklearn_sn.encoders._metadata_mlp import MetadataEncoder
from sklearn_sn.encoders._parameter_object import PositiveFloat, TwoOrMore, UnitInterval
from sklearn_sn.encoders._spectrum_encoder import SpectrumEncoder
from sklearn_sn.modules import LatentSequence, PointSetExpert
from sklearn_sn.preprocessors import (
    ImagePixels,
    MetadataNumbers,
    PointSetPreprocessor,
    Preprocessor,
)

REFERENCE = 5000.0  # Å
SPEED_OF_LIGHT = 299792.458  # km/s
LONGEST_WAVELENGTH_PERIOD = 4.0  # in ln λ; 1,000 to 30,000 Å lie within one period
LONGEST_TIME = 750.0  # days, the longest span of a light curve


def coordinate_sizes(sizes, time_span=LONGEST_TIME):
    """Return the arguments of a CoordinateEmbedding for the resolutions of `sizes`.

    Parameters
    ----------
    sizes : Encoder or TransceiverDecoder
        Object with n_frequencies, velocity_resolution and phase_resolution.
    time_span : float
        Longest time in days.
    """
    # A line fills half a period, so the shortest period is twice its width.
    shortest = 2.0 * float(sizes.velocity_resolution) / SPEED_OF_LIGHT
    return {
        "n_frequencies": sizes.n_frequencies,
        "wavelength_period": (shortest, LONGEST_WAVELENGTH_PERIOD),
        "phase_period": (2.0 * float(sizes.phase_resolution), 2.0 * float(time_span)),
    }


class LightCurveTransceiverModule(LatentSequence):
    """Encode light curves as sets of points; a band is represented by its wavelength.

    Shapes: values (B, L, n_in), time (B, L) in days, log_wavelength (B, L), pad_mask (B, L);
    result (B, output_dim), the n_tokens tokens concatenated.
    """

    def forward(self, values, time, pad_mask, log_wavelength):
        return self.read(values, log_wavelength, time, pad_mask)


class SpectrumTransceiverModule(LatentSequence):
    """Encode spectra as sets of bins; their phase is not used.

    Shapes: flux (B, n_in, P), pad_mask (B, P), wavelength (P,) in Å; result (B, output_dim),
    the n_tokens tokens concatenated.
    """

    def forward(self, flux, pad_mask, wavelength):
        log_wavelength = torch.log(wavelength / REFERENCE)
        unknown = torch.full_like(log_wavelength, torch.nan)
        return self.read(flux.transpose(1, 2), log_wavelength, unknown, pad_mask)


class PointSetTransceiverModule(LatentSequence):
    """Encode sets of points with coordinates of their own, such as pixels and columns.

    Shapes: values (B, L, n_in), log_wavelength, phase (B, L), hidden (B, L); result
    (B, output_dim), the n_tokens tokens concatenated.
    """

    def forward(self, values, log_wavelength, phase, hidden, **_):
        return self.read(values, log_wavelength, phase, hidden)


class Transceiver(Encoder):
    """Base of transceiver encoders [1]_.

    Parameters
    ----------
    %(sizes_of_transceiver)s

    References
    ----------
    .. [1] Shen, Y. & Gagliano, A. T. (2025). "Mixture-of-Expert Variational Autoencoders for
       Cross-Modality Embedding of Type Ia Supernova Data". ML4Astro workshop, ICML.
    """

    d_model: int = 32
    n_heads: int = 4
    n_layers: int = 4
    d_feedforward: int = 32
    n_tokens: int = 4
    token_dim: int = 8
    n_frequencies: TwoOrMore = 16
    velocity_resolution: PositiveFloat = 1000.0
    phase_resolution: PositiveFloat = 2.0
    dropout: UnitInterval = 0.1

    reads_points = True
    _module_class = PointSetTransceiverModule

    def check(self) -> None:
        super().check()
        check_transceiver(self)

    def make_module(self, preprocessor: Any) -> nn.Module:
        sizes = ("d_model", "n_heads", "n_layers", "d_feedforward", "n_tokens", "token_dim")
        return self._module_class(
            n_in=self._n_in(preprocessor),
            dropout=self.dropout,
            **{name: getattr(self, name) for name in sizes},
            **coordinate_sizes(self),
        )

    def _n_in(self, preprocessor):
        return preprocessor.n_values

    def make_expert(
        self, points: PointSetPreprocessor, n_tokens: int, latent_dim: int, time_span: float
    ) -> PointSetExpert:
        """Return an expert of a multimodal autoencoder, which reads a set of points.

        Parameters
        ----------
        points : PointSetPreprocessor
            Fitted preprocessor.
        n_tokens, latent_dim : int
            Shape of the latent.
        time_span : float
            Longest time in days.
        """
        return PointSetExpert(
            n_values=points.n_values,
            dropout=self.dropout,
            d_model=self.d_model,
            coordinates=coordinate_sizes(self, time_span),
            n_tokens=n_tokens,
            latent_dim=latent_dim,
            n_heads=self.n_heads,
            n_layers=self.n_layers,
            d_feedforward=self.d_feedforward,
        )


class LightCurveTransceiver(WindowedLightCurveEncoder, Transceiver, name="transceiver"):
    """Transceiver for light curves: learned queries read the points [1]_.

    Parameters
    ----------
    %(sizes_of_transceiver)s
    %(light_curve_window)s
    %(light_curve_scaling)s

    References
    ----------
    .. [1] Shen, Y. & Gagliano, A. T. (2025). "Mixture-of-Expert Variational Autoencoders for
       Cross-Modality Embedding of Type Ia Supernova Data". ML4Astro workshop, ICML.

    Examples
    --------
    >>> from sklearn_sn.encoders import LightCurveTransceiver
    >>> LightCurveTransceiver(n_layers=2)
    LightCurveTransceiver(n_layers=2)
    """

    _module_class = LightCurveTransceiverModule

    def make_preprocessor(self, settings: DataSettings) -> Preprocessor:
        preprocessor = super().make_preprocessor(settings)
        # A point costs so little beside the fixed cost of a chunk that fewer chunks are faster.
        preprocessor.chunk_points = None
        return preprocessor


class SpectrumTransceiver(SpectrumEncoder, Transceiver, name="transceiver"):
    """Transceiver for spectra: learned queries read the bins [1]_.

    Parameters
    ----------
    %(sizes_of_transceiver)s
    %(spectrum_scaling)s

    References
    ----------
    .. [1] Shen, Y. & Gagliano, A. T. (2025). "Mixture-of-Expert Variational Autoencoders for
       Cross-Modality Embedding of Type Ia Supernova Data". ML4Astro workshop, ICML.

    Examples
    --------
    >>> from sklearn_sn.encoders import SpectrumTransceiver
    >>> SpectrumTransceiver(n_layers=2)
    SpectrumTransceiver(n_layers=2)
    """

    _module_class = SpectrumTransceiverModule

    def _n_in(self, preprocessor):
        return preprocessor.n_channels


class ImageTransceiver(Transceiver, name="transceiver", modality="image"):
    """Transceiver for cutouts: learned queries read the averaged pixels.

    Parameters
    ----------
    size : int, default=16
        Pixels of a side after averaging.
    augmentation : bool, default=True
        Whether to hide some pixels in training.
    %(sizes_of_transceiver)s

    Examples
    --------
    >>> from sklearn_sn.encoders import ImageTransceiver
    >>> ImageTransceiver(size=8)
    ImageTransceiver(size=8)
    """

    size: TwoOrMore = 16
    augmentation: bool = True

    def make_preprocessor(self, settings: DataSettings) -> Preprocessor:
        return ImagePixels(size=self.size, augmentation=self.augmentation)


class MetadataTransceiver(MetadataEncoder, Transceiver, name="transceiver"):
    """Transceiver for metadata: learned queries read columns of numbers.

    Parameters
    ----------
    augmentation : bool, default=True
        Whether to hide some columns in training.
    %(sizes_of_transceiver)s

    Examples
    --------
    >>> from sklearn_sn.encoders import MetadataTransceiver
    >>> MetadataTransceiver(d_model=16)
    MetadataTransceiver(d_model=16)
    """

    augmentation: bool = True

    def make_preprocessor(self, settings: DataSettings) -> Preprocessor:
        return MetadataNumbers(columns=settings.metadata_columns, augmentation=self.augmentation)


def check_transceiver(sizes):
    """Raise a ValueError unless 'd_model' is a multiple of 'n_heads'."""
    if sizes.d_model % sizes.n_heads:
        raise ValueError(
            f"The 'd_model' parameter of {type(sizes).__name__} must be a multiple of 'n_heads'. "
            f"Got {sizes.d_model} and {sizes.n_heads} instead."
        )
