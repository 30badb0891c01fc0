"""The transformer encoder of spectra."""

from typing import Any, Literal

import torch
from torch import nn
from torch.nn import functional as F

from sklearn_sn.encoders._checks import check_heads
from sklearn_sn.encoders._parameter_object import PositiveFloat, UnitInterval
from sklearn_sn.encoders._spectrum_encoder import SpectrumEncoder
from sklearn_sn.modules import POOLINGS, ConfigurableModule, TransformerStack, sinusoid


class SpectrumTransformerModule(ConfigurableModule):
    """Encode spectra as sets of bins, or of patches of neighbouring bins (Zhang et al. 2024).

    A token is a linear map of its bins plus a sinusoid of its wavelength. The flux of bins that a
    spectrum does not cover is 0. A patch is padding if none of its bins is covered.

    Shapes: flux (B, n_channels, P), pad_mask (B, P), wavelength (P,) in Å; result (B, output_dim).
    """

    def __init__(
        self,
        *,
        n_channels,
        d_model=32,
        n_heads=2,
        n_layers=13,
        output_dim=32,
        patch=1,
        pooling="mean",
        dropout=0.0,
        norm_first=False,
        max_period=1000.0,
    ):
        super().__init__()
        self.d_model, self.patch, self.max_period = d_model, patch, max_period
        self.output_dim = output_dim
        # A patch of one bin needs no coverage channel, because pad_mask contains the coverage.
        self.project = nn.Linear((n_channels + (patch > 1)) * patch, d_model)
        self.stack = TransformerStack(d_model, n_heads, n_layers, dropout, norm_first)
        self.pool = POOLINGS[pooling](d_model)
        self.head = nn.Linear(d_model, output_dim)

    def forward(self, flux, pad_mask, wavelength):
        if self.patch > 1:
            flux = torch.cat([flux, (~pad_mask).to(flux.dtype).unsqueeze(1)], dim=1)
            # Pad the grid to a multiple of the patch.
            short = -flux.shape[-1] % self.patch
            flux = F.pad(flux, (0, short))
            pad_mask = F.pad(pad_mask, (0, short), value=True)
            wavelength = F.pad(wavelength[None], (0, short), mode="replicate")[0]
            pad_mask = pad_mask.unflatten(1, (-1, self.patch)).all(-1)  # (B, L)
            wavelength = wavelength.unflatten(0, (-1, self.patch)).mean(-1)  # (L,)
            # (B, C, L patch) -> (B, L, C patch)
            tokens = flux.unflatten(2, (-1, self.patch)).transpose(1, 2).flatten(2)
        else:
            tokens = flux.transpose(1, 2)  # (B, L, C)
        x = self.project(tokens) + sinusoid(wavelength / 10.0, self.d_model, self.max_period)
        return self.head(self.pool(self.stack(x, pad_mask), pad_mask))

    def first_block(self):
        """Return the layers nearest to the data."""
        return [self.project, self.stack.blocks[0]]


class SpectrumTransformer(SpectrumEncoder, name="transformer"):
    """Transformer over bins of a spectrum, or over patches of neighbouring bins [1]_.

    Parameters
    ----------
    d_model, n_heads, n_layers : int, default=16, 2, 4
        Width, number of attention heads and number of blocks; Maven has 32, 2 and 13.
    latent_dim : int, default=32
        Width of the output.
    pooling : {"mean", "attention", "query", "max"}, default="mean"
        Pooling of the tokens of a spectrum to one vector; "query" is attention of one learned query
        without projections.
    patch : int, default=4
        Bins in a token; Maven has 1.
    max_period : float, default=1000.0
        Angular frequencies of the sinusoid of wavelength decrease from 1 to about 1 / `max_period`
        per 10 Å; the hyperparameter n_t of the paper.
    dropout : float, default=0.0
        Dropout of attention outputs and feed-forward layers. On 717 real spectra, 0.1 was worse.
    %(spectrum_scaling)s

    References
    ----------
    .. [1] Zhang, G., Helfer, T., Gagliano, A. T., Mishra-Sharma, S. & Villar, V. A. (2024). "Maven:
       A Multimodal Foundation Model for Supernova Science". Machine Learning: Science and
       Technology 5, 045069.

    Examples
    --------
    >>> from sklearn_sn.encoders import SpectrumTransformer
    >>> SpectrumTransformer(patch=1)
    SpectrumTransformer(patch=1)
    """

    d_model: int = 16
    n_heads: int = 2
    n_layers: int = 4
    latent_dim: int = 32
    pooling: Literal["mean", "attention", "query", "max"] = "mean"
    patch: int = 4
    max_period: PositiveFloat = 1000.0
    dropout: UnitInterval = 0.0

    def check(self) -> None:
        super().check()
        check_heads(self)

    def make_module(self, preprocessor: Any) -> nn.Module:
        return SpectrumTransformerModule(
            n_channels=preprocessor.n_channels,
            d_model=self.d_model,
            n_heads=self.n_heads,
            n_layers=self.n_layers,
            output_dim=self.latent_dim,
            pooling=self.pooling,
            patch=self.patch,
            max_period=self.max_period,
            dropout=self.dropout,
        )
