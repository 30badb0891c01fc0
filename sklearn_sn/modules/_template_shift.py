"""Correlation of learned features with learned templates, for class and redshift."""

from typing import Any

import torch
from scipy.fft import next_fast_len
from torch import nn
from torch.nn import functional as F

from sklearn_sn.modules._freezable import FreezableModule
from sklearn_sn.modules._wide_convolution import products_by_frequency

PRIOR_KNOTS = 16  # of the learned prior over shifts, which is linear between the knots


class TemplateShiftModule(FreezableModule):
    r"""Compute scores of every class at every shift by a correlation in Fourier space.

    With features :math:`f`, coverage :math:`m` and the templates :math:`T` of a class,

    .. math:: \ell_{cks} = \frac{a}{\sqrt{PF}} \sum_p m_p \left[ f_p \cdot T_{ck,\,p-s}
        - \tfrac12 |T_{ck,\,p-s}|^2 \right]

    The score is the logarithm of a Gaussian likelihood over the covered bins, up to its scale and
    terms that do not depend on class and shift. Missing bins and the strength of templates
    therefore do not favour any shift. The score of a class is the logsumexp over its templates plus
    a prior over shifts.

    Parameters
    ----------
    encoder : torch.nn.Module
        Module that maps flux and pad_mask to features (B, F, P); F is its ``output_dim``.
    n_classes, n_bins, n_shifts : int
        Numbers of classes, bins and shifts. Shifts are one bin apart, so that templates have
        ``n_bins + n_shifts - 1`` bins.
    n_templates : int
        Number of templates of each class. A part of each template is common to all classes, such
        as lines of host galaxies.
    template_step : int
        Bins between the knots of a template, which is linear between them.
    learn_prior : bool
        Whether the prior of each class depends on the shift.
    dropout : float
        Probability to drop a feature in all bins.

    Notes
    -----
    ``forward`` takes ``chunks``, a list of keyword tensors, and ``object_index``, the object of
    each spectrum. It returns the latent (B, n_classes n_templates), the logsumexp over shifts for
    each template, and the logits (B, n_classes n_shifts), class by class.
    """

    def __init__(
        self,
        encoder: Any,
        *,
        n_classes: int,
        n_bins: int,
        n_shifts: int,
        n_templates: int = 3,
        template_step: int = 2,
        learn_prior: bool = True,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.n_classes, self.n_templates, self.n_shifts = n_classes, n_templates, n_shifts
        self.n_rest = n_bins + n_shifts - 1
        self.encoder = encoder
        self.dropout = nn.Dropout1d(dropout)
        width = encoder.output_dim
        # Keep scores of order 1, independent of the numbers of bins and features.
        self.size = (n_bins * width) ** -0.5
        n_knots = -(-(self.n_rest - 1) // template_step) + 1
        self.own = nn.Parameter(torch.empty(n_classes * n_templates, width, n_knots))
        self.shared = nn.Parameter(torch.empty(1, width, n_knots))
        for part in (self.own, self.shared):
            nn.init.normal_(part, std=0.05)
        self.sharpness = nn.Parameter(torch.zeros(()))
        self.prior = nn.Parameter(torch.zeros(n_classes, PRIOR_KNOTS if learn_prior else 1))

    @property
    def width(self) -> int:
        return self.n_classes * self.n_templates

    @property
    def n_outputs(self) -> int:
        return self.n_classes * self.n_shifts

    def forward(
        self, chunks: list[dict[str, torch.Tensor]], object_index: torch.Tensor, n_objects: int
    ) -> tuple[torch.Tensor, torch.Tensor]:
        parts = zip(*[self.of_spectra(**tensors) for tensors in chunks], strict=True)
        latent, logits = (
            part.new_zeros(n_objects, part.shape[1]).index_add(0, object_index, part)
            for part in map(torch.cat, parts)
        )
        ones = latent.new_ones(len(object_index), 1)
        count = latent.new_zeros(n_objects, 1).index_add(0, object_index, ones).clamp(min=1)
        return latent / count, logits / count

    def of_spectra(
        self,
        flux: torch.Tensor,
        pad_mask: torch.Tensor,
        wavelength: torch.Tensor | None = None,
        moved: torch.Tensor | None = None,
    ) -> tuple[torch.Tensor, torch.Tensor]:
        """Return latent (N, n_classes n_templates) and logits (N, n_classes n_shifts)."""
        features = self.dropout(self.encoder(flux=flux, pad_mask=pad_mask))
        scores = self.correlation(features, (~pad_mask).to(features.dtype)[:, None])
        latent = torch.logsumexp(scores, dim=2)
        scores = scores.unflatten(1, (self.n_classes, self.n_templates))  # (N, C, K, S)
        logits = torch.logsumexp(scores, dim=2) + self._over_shifts()  # (N, C, S)
        return latent, logits.flatten(1)

    def correlation(self, features: torch.Tensor, covered: torch.Tensor) -> torch.Tensor:
        """Return the scores of every template at every shift.

        Shapes: features (N, F, P), zero where not covered, and covered (N, 1, P), 1 or 0;
        result (N, n_classes n_templates, S).
        """
        templates = self.templates()
        power = -0.5 * templates.square().sum(1, keepdim=True)
        # The transform is long enough that the lags in use do not wrap around.
        n = next_fast_len(self.n_rest, real=True)
        spectra = torch.fft.rfft(torch.cat([features, covered], dim=1), n)
        kernels = torch.fft.rfft(torch.cat([templates, power], dim=1), n)
        product = products_by_frequency(spectra.conj(), kernels)  # (N, C K, frequencies)
        lags = torch.fft.irfft(product, n)[..., : self.n_shifts]
        # The longest lag is shift 0, which compares with the reddest end of the templates.
        return lags.flip(-1) * (self.size * torch.exp(self.sharpness))

    def templates(self) -> torch.Tensor:
        """Return the rest-frame templates, (n_classes n_templates, F, n_bins + n_shifts - 1)."""
        knots = self.own + self.shared
        return F.interpolate(knots, size=self.n_rest, mode="linear", align_corners=True)

    def _over_shifts(self):
        """Return the logits of the prior, (C, S) or (C, 1)."""
        if self.prior.shape[1] == 1:
            return self.prior
        return F.interpolate(
            self.prior[None], size=self.n_shifts, mode="linear", align_corners=True
        )[0]
