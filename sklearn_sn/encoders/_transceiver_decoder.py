"""The decoder of a multimodal autoencoder, as a parameter object."""

from sklearn.base import BaseEstimator

from sklearn_sn.encoders._encoder import ENCODERS
from sklearn_sn.encoders._parameter_object import PositiveFloat, TwoOrMore, parameter_object
from sklearn_sn.encoders._transceiver import check_transceiver, coordinate_sizes
from sklearn_sn.modules import PointSetDecoder


@parameter_object
class TransceiverDecoder(BaseEstimator):
    """Parameters of the decoder of a multimodal autoencoder and of its target points [1]_.

    Parameters
    ----------
    d_model, n_heads, n_layers, d_feedforward : int, default=32, 4, 4, 32
        Width, attention heads, blocks, and width of the feed-forward layers.
    n_frequencies : int, default=16
        Frequencies of the encoding of each coordinate.
    velocity_resolution : float, default=1000.0
        Width in km/s of the narrowest line that the encoding of wavelength resolves.
    phase_resolution : float, default=2.0
        Duration in days of the fastest change that the encoding of phase resolves.
    max_points : int, default=200
        Longer light curves are thinned to this number of points, evenly in rank.
    max_pixels : int, default=512
        Longer spectra are averaged to this number of pixels.
    spectra_per_object : int, default=2
        Spectra of an object in one training batch, newly drawn in each epoch.
    points_per_step : int, default=64
        Points of each modality of an object that are decoded in one training step, drawn at random.
        Their likelihood is scaled to all points. More points cost time in proportion.
    image_size : int, default=16
        Cutouts are averaged to this number of pixels a side.
    normalization_range : pair of float, default=(4000.0, 7000.0)
        Wavelengths in Å; a spectrum is divided by its median flux in this range.

    References
    ----------
    .. [1] Shen, Y. & Gagliano, A. T. (2025). "Mixture-of-Expert Variational Autoencoders for
       Cross-Modality Embedding of Type Ia Supernova Data". ML4Astro workshop, ICML.

    Examples
    --------
    >>> from sklearn_sn.encoders import TransceiverDecoder
    >>> TransceiverDecoder(n_layers=2)
    TransceiverDecoder(n_layers=2)
    """

    d_model: int = 32
    n_heads: int = 4
    n_layers: int = 4
    d_feedforward: int = 32
    n_frequencies: TwoOrMore = 16
    velocity_resolution: PositiveFloat = 1000.0
    phase_resolution: PositiveFloat = 2.0
    max_points: TwoOrMore = 200
    max_pixels: TwoOrMore = 512
    spectra_per_object: int = 2
    points_per_step: int = 64
    image_size: TwoOrMore = 16
    normalization_range: tuple[float, float] = (4000.0, 7000.0)

    _file_kind = "object"

    def check(self) -> None:
        """Raise a ValueError if a parameter is out of range or parameters conflict."""
        self._validate_params()
        check_transceiver(self)

    def make_module(self, n_tokens: int, latent_dim: int, time_span: float) -> PointSetDecoder:
        """Return a new decoder module for one modality.

        Parameters
        ----------
        n_tokens, latent_dim : int
            Shape of the latent.
        time_span : float
            Longest time in days.
        """
        return PointSetDecoder(
            d_model=self.d_model,
            coordinates=coordinate_sizes(self, time_span),
            n_tokens=n_tokens,
            latent_dim=latent_dim,
            n_heads=self.n_heads,
            n_layers=self.n_layers,
            d_feedforward=self.d_feedforward,
        )


ENCODERS["decoder"] = {"transceiver": TransceiverDecoder}
