"""Class and redshift of a spectrum: learned features, correlated with learned templates."""

import torch
from scipy.fft import next_fast_len
from torch import nn
from torch.nn import functional as F

from sklearn_sn.modules._freezable import FreezableModule
from sklearn_sn.modules._mixed_precision import MixedPrecisionModule
from sklearn_sn.modules._spectranet import BatchNorm
from sklearn_sn.modules._wide_convolution import products_by_frequency

PRIOR_KNOTS = 16  # between which the learned prior over shifts is a straight line


class FeatureBlock(nn.Module):
    """A dilated convolution, norm, GELU and projection beside a skip: (B, C, 1, P) to the same P.

    Bins that are not covered stay zero, so that what is beyond an edge looks as it does beyond the
    end of the grid.
    """

    def __init__(self, n_in, width, kernel, dilation):
        super().__init__()
        how = {"padding": (0, dilation * (kernel // 2)), "dilation": (1, dilation)}
        self.conv = nn.Conv2d(n_in, width, (1, kernel), bias=False, **how)
        self.norm = BatchNorm(width)
        self.project = nn.Conv2d(width, width, 1)
        self.skip = nn.Conv2d(n_in, width, 1, bias=False)

    def forward(self, x, covered):
        y = self.project(F.gelu(self.norm(self.conv(x))))  # (B, width, 1, P)
        return (self.skip(x) + y) * covered


class SpectralFeatureNet(MixedPrecisionModule):
    """Features of a spectrum bin by bin, which move with it: there is no stride and no position.

    Shapes: flux (B, n_channels, P), pad_mask (B, P); result (B, output_dim, P), zero where not
    covered.

    Parameters
    ----------
    n_channels : int
        Without that of coverage.
    widths : sequence of int
        Channels of each block.
    kernels : sequence of int
        Odd widths in bins; the dilation doubles from the second block on: 1, 1, 2, 4, …
    output_dim : int

    Examples
    --------
    >>> import torch
    >>> from sklearn_sn.modules import SpectralFeatureNet
    >>> net = SpectralFeatureNet(n_channels=2, widths=(4, 8), kernels=(9, 5), output_dim=6).eval()
    >>> covered = torch.ones(5, 64, dtype=torch.bool)
    >>> net(flux=torch.randn(5, 2, 64), pad_mask=~covered).shape
    torch.Size([5, 6, 64])
    """

    def __init__(
        self, *, n_channels, widths=(32, 32, 32, 32), kernels=(15, 9, 9, 9), output_dim=32
    ):
        super().__init__()
        self.output_dim = output_dim
        blocks, n_in = [], n_channels + 1
        for i, (width, kernel) in enumerate(zip(widths, kernels, strict=True)):
            blocks.append(FeatureBlock(n_in, width, kernel, 2 ** max(0, i - 1)))
            n_in = width
        self.blocks = nn.ModuleList(blocks)
        self.features = nn.Conv2d(n_in, output_dim, 1)
        self.norm = BatchNorm(output_dim)

    def forward(self, flux, pad_mask, wavelength=None):
        covered = (~pad_mask).to(flux.dtype)[:, None, None]  # (B, 1, 1, P)
        x = torch.cat([flux[:, :, None] * covered, covered], dim=1)  # (B, C + 1, 1, P)
        x = x.contiguous(memory_format=torch.channels_last)
        with self.autocast(x):
            for block in self.blocks:
                x = block(x, covered)
            x = self.norm(self.features(x)) * covered
        return x[:, :, 0].to(flux.dtype)


class TemplateShiftModule(FreezableModule):
    r"""Scores of every class at every shift, by one correlation in Fourier space.

    With features :math:`f`, coverage :math:`m` and the templates :math:`T` of a class,

    .. math:: \ell_{cks} = \frac{a}{\sqrt{PF}} \sum_p m_p \left[ f_p \cdot T_{ck,\,p-s}
        - \tfrac12 |T_{ck,\,p-s}|^2 \right]

    which is, but for its scale and what does not depend on class and shift, the logarithm of a
    Gaussian likelihood over the covered bins: a shift is not better for what the spectrum does not
    cover, nor for strong templates. A class is the logarithm of the sum over its templates'
    exponentials, plus a prior over shifts.

    Parameters
    ----------
    encoder : torch.nn.Module
        Maps flux and pad_mask to features (B, F, P); F is its ``output_dim``.
    n_classes, n_bins, n_shifts : int
        A shift moves by one bin; templates have ``n_bins + n_shifts - 1``.
    n_templates : int
        Of each class. Part of each template is shared by all, such as lines of host galaxies.
    template_step : int
        Bins from knot to knot of a template, between which it is a straight line.
    learn_prior : bool
        Whether the prior of each class depends on the shift.
    dropout : float
        Of whole features.

    Notes
    -----
    ``forward`` takes ``chunks``, a list of keyword tensors, and ``owner``, the object that each
    spectrum belongs to. It returns the latent (B, n_classes n_templates), the logarithm of the sum
    over shifts for each template, and the logits (B, n_classes n_shifts), class by class.
    """

    def __init__(
        self,
        encoder,
        *,
        n_classes,
        n_bins,
        n_shifts,
        n_templates=3,
        template_step=2,
        learn_prior=True,
        dropout=0.0,
    ):
        super().__init__()
        self.n_classes, self.n_templates, self.n_shifts = n_classes, n_templates, n_shifts
        self.n_rest = n_bins + n_shifts - 1
        self.encoder = encoder
        self.dropout = nn.Dropout1d(dropout)
        width = encoder.output_dim
        self.size = (n_bins * width) ** -0.5
        n_knots = -(-(self.n_rest - 1) // template_step) + 1
        self.own = nn.Parameter(torch.empty(n_classes * n_templates, width, n_knots))
        self.shared = nn.Parameter(torch.empty(1, width, n_knots))
        for part in (self.own, self.shared):
            nn.init.normal_(part, std=0.05)
        self.sharpness = nn.Parameter(torch.zeros(()))
        self.prior = nn.Parameter(torch.zeros(n_classes, PRIOR_KNOTS if learn_prior else 1))

    @property
    def width(self):
        return self.n_classes * self.n_templates

    @property
    def n_outputs(self):
        return self.n_classes * self.n_shifts

    def forward(self, chunks, owner, n_objects):
        parts = zip(*[self.of_spectra(**tensors) for tensors in chunks], strict=True)
        count = torch.bincount(owner, minlength=n_objects).clamp(min=1)[:, None]
        latent, logits = (
            part.new_zeros(n_objects, part.shape[1]).index_add(0, owner, part) / count
            for part in map(torch.cat, parts)
        )
        return latent, logits

    def of_spectra(self, flux, pad_mask, wavelength=None, moved=None):
        """Latent and logits of spectra: (N, n_classes n_templates), (N, n_classes n_shifts)."""
        features = self.dropout(self.encoder(flux=flux, pad_mask=pad_mask))
        scores = self.correlation(features, (~pad_mask).to(features.dtype)[:, None])
        latent = torch.logsumexp(scores, dim=2)
        scores = scores.unflatten(1, (self.n_classes, self.n_templates))  # (N, C, K, S)
        logits = torch.logsumexp(scores, dim=2) + self._over_shifts()  # (N, C, S)
        return latent, logits.flatten(1)

    def correlation(self, features, covered):
        """Scores of every template at every shift.

        Shapes: features (N, F, P), zero where not covered, and covered (N, 1, P), of numbers;
        result (N, n_classes n_templates, S).
        """
        templates = self.templates()
        power = -0.5 * templates.square().sum(1, keepdim=True)
        # So long that no lag that is read wraps around.
        n = next_fast_len(self.n_rest, real=True)
        seen = torch.fft.rfft(torch.cat([features, covered], dim=1), n)
        known = torch.fft.rfft(torch.cat([templates, power], dim=1), n)
        product = products_by_frequency(seen.conj(), known)  # (N, C K, frequencies)
        lags = torch.fft.irfft(product, n)[..., : self.n_shifts]
        # The longest lag meets the reddest end of the templates: no shift.
        return lags.flip(-1) * (self.size * torch.exp(self.sharpness))

    def templates(self):
        """The templates at rest, (n_classes n_templates, F, n_bins + n_shifts - 1)."""
        knots = self.own + self.shared
        return F.interpolate(knots, size=self.n_rest, mode="linear", align_corners=True)

    def _over_shifts(self):
        """The prior's logits, (C, S) or (C, 1)."""
        if self.prior.shape[1] == 1:
            return self.prior
        return F.interpolate(
            self.prior[None], size=self.n_shifts, mode="linear", align_corners=True
        )[0]
