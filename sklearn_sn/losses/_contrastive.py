"""Symmetric InfoNCE over pairs of modalities."""

from itertools import combinations

import torch
from torch import nn
from torch.nn import functional as F


class InfoNCELoss(nn.Module):
    r"""Pull the modalities of one object together, push those of others apart.

    For two modalities :math:`x, y` of :math:`B` objects, unit vectors, and logit scale :math:`s`,

    .. math::

        L = -\frac{1}{2B} \sum_i \left[
            \log \frac{e^{s x_i \cdot y_i}}{\sum_j e^{s x_i \cdot y_j}}
          + \log \frac{e^{s x_i \cdot y_i}}{\sum_j e^{s x_j \cdot y_i}} \right],

    over the objects that have both; averaged over all pairs of modalities, weighted by the number
    of such objects. With fewer than two of them a pair contributes 0.
    """

    _file_kind = "type"

    def forward(self, embeddings, present, log_scale):
        scale = log_scale.exp()
        # A batch without any pair still has a (zero) gradient.
        total = 0.0 * sum(z.sum() for z in embeddings.values())
        weight = total.new_zeros(())
        for left, right in combinations(embeddings, 2):
            both = present[left] & present[right]  # (B,)
            logits = scale * embeddings[left] @ embeddings[right].T  # (B, B)
            # The lowest finite number, not -inf: a row of -inf has no softmax.
            lowest = torch.finfo(logits.dtype).min
            across = logits.T.masked_fill(~both, lowest)
            logits = logits.masked_fill(~both, lowest)
            here = -0.5 * (
                F.log_softmax(logits, dim=1).diagonal() + F.log_softmax(across, dim=1).diagonal()
            )
            total = total + here.masked_fill(~both, 0.0).sum()
            weight = weight + both.sum()
        return total / weight.clamp(min=1)
