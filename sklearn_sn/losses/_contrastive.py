"""Symmetric InfoNCE loss over pairs of modalities."""

from dataclasses import dataclass
from itertools import combinations

import torch
from torch import nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Negatives:
    """Embeddings of other objects than those of a batch.

    Attributes
    ----------
    embeddings : dict of str to tensor of shape (K, D)
        Embeddings by modality, without gradients.
    present : dict of str to bool tensor of shape (K,)
        Whether an object has the modality.
    is_same : bool tensor of shape (B, K)
        Whether an object of the batch and one of these are the same, and therefore no negatives.
    """

    embeddings: dict[str, torch.Tensor]
    present: dict[str, torch.Tensor]
    is_same: torch.Tensor


class InfoNCELoss(nn.Module):
    r"""Symmetric InfoNCE loss over pairs of modalities.

    It attracts the embeddings of one object in two modalities, and repels those of different
    objects, as in AstroCLIP [1]_ and Maven [2]_. For modalities :math:`x, y` of :math:`B` objects,
    unit vectors, and logit scale :math:`s`,

    .. math::

        L = -\frac{1}{2B} \sum_i \left[
            \log \frac{e^{s x_i \cdot y_i}}{\sum_j e^{s x_i \cdot y_j}}
          + \log \frac{e^{s x_i \cdot y_i}}{\sum_j e^{s x_j \cdot y_i}} \right],

    where the sums extend over the objects that have both modalities. The loss is averaged over all
    pairs of modalities, weighted by the number of such objects. A pair of modalities with fewer
    than two such objects contributes 0.

    With ``similarity="frobenius"``, vectors of any length are compared by the negative distance
    :math:`-\lVert x_i - y_j \rVert` instead of :math:`x_i \cdot y_j`. For latent sequences, whose
    tokens are concatenated, it is the unnormalised Frobenius distance [4]_.

    With further negatives, such as a queue of earlier batches (MoCo [3]_), both sums over :math:`j`
    extend over these objects too, if they have both modalities and are not object :math:`i` itself.
    Old embeddings differ from those of the batch by age as well, and a network could lower the loss
    by moving all embeddings away from them. With `align_negatives`, a constant is added to the
    logits of each object with the further negatives, such that their mean is that of the logits
    with the other objects of the batch. Age then has no effect on average.

    Parameters
    ----------
    align_negatives : bool, default=False
        Whether to correct the logits of further negatives for their age.
    similarity : {"cosine", "frobenius"}, default="cosine"
        Similarity of two embeddings: the product of unit vectors, or the negative distance.

    Raises
    ------
    ValueError
        If `similarity` is unknown.

    References
    ----------
    .. [1] Lanusse, F., Parker, L., Golkar, S., Cranmer, M. et al. (2023). "AstroCLIP: Cross-Modal
       Pre-Training for Astronomical Foundation Models".
    .. [2] Zhang, G., Helfer, T., Gagliano, A. T., Mishra-Sharma, S. & Villar, V. A. (2024). "Maven:
       A Multimodal Foundation Model for Supernova Science". Machine Learning: Science and
       Technology 5, 045069.
    .. [3] He, K., Fan, H., Wu, Y., Xie, S. & Girshick, R. (2020). "Momentum Contrast for
       Unsupervised Visual Representation Learning". CVPR.
    .. [4] Shen, Y. & Gagliano, A. T. (2025). "Mixture-of-Expert Variational Autoencoders for
       Cross-Modality Embedding of Type Ia Supernova Data". ML4Astro workshop, ICML.
    """

    _file_kind = "type"

    def __init__(self, align_negatives: bool = False, similarity: str = "cosine") -> None:
        super().__init__()
        if similarity not in ("cosine", "frobenius"):
            raise ValueError(
                "The 'similarity' parameter of InfoNCELoss must be 'cosine' or 'frobenius'. Got "
                f"{similarity!r} instead."
            )
        self.align_negatives, self.similarity = align_negatives, similarity

    def forward(
        self,
        embeddings: dict[str, torch.Tensor],
        present: dict[str, torch.Tensor],
        log_scale: torch.Tensor,
        negatives: Negatives | None = None,
    ) -> torch.Tensor:
        """Compute the loss of a batch.

        Parameters
        ----------
        embeddings : dict of str to tensor of shape (B, D)
            Embeddings by modality; unit vectors with ``similarity="cosine"``.
        present : dict of str to bool tensor of shape (B,)
            Whether an object has the modality.
        log_scale : scalar tensor
            Logarithm of the logit scale :math:`s`.
        negatives : Negatives, optional
            Further negatives.

        Returns
        -------
        scalar tensor
            Loss.
        """
        scale = log_scale.exp()
        # Keep the graph, so that a batch without any pair has a zero gradient.
        total = 0.0 * sum(z.sum() for z in embeddings.values())
        weight = total.new_zeros(())
        for left, right in combinations(embeddings, 2):
            both = present[left] & present[right]  # (B,)
            logits = self._logits(scale, embeddings[left], embeddings[right])  # (B, B)
            # Mask with the lowest finite number: the softmax of a row of -inf is NaN.
            lowest = torch.finfo(logits.dtype).min
            across = logits.T.masked_fill(~both, lowest)
            logits = logits.masked_fill(~both, lowest)
            if negatives is not None and {left, right} <= negatives.embeddings.keys():
                paired = negatives.present[left] & negatives.present[right]  # (K,)
                hidden = negatives.is_same | ~paired  # (B, K)
                further = [
                    self._logits(scale, embeddings[name], negatives.embeddings[other])  # (B, K)
                    for name, other in ((left, right), (right, left))
                ]
                if self.align_negatives:
                    others = both & ~torch.eye(len(both), dtype=torch.bool, device=both.device)
                    further = [
                        far + _shift(own, others, far, ~hidden)
                        for own, far in zip((logits, across), further, strict=True)
                    ]
                further = [far.masked_fill(hidden, lowest) for far in further]
                logits, across = (  # (B, B + K)
                    torch.cat(parts, dim=1) for parts in zip((logits, across), further, strict=True)
                )
            pair_loss = -0.5 * (
                F.log_softmax(logits, dim=1).diagonal() + F.log_softmax(across, dim=1).diagonal()
            )
            total = total + pair_loss.masked_fill(~both, 0.0).sum()
            weight = weight + both.sum()
        return total / weight.clamp(min=1)

    def _logits(self, scale, queries, candidates):
        """Return the scaled similarity of queries (B, D) and candidates (N, D), (B, N)."""
        if self.similarity == "cosine":
            return scale * queries @ candidates.T
        # Differences of squared norms, torch's default for many rows, would lose small distances.
        return -scale * torch.cdist(
            queries, candidates, compute_mode="donot_use_mm_for_euclid_dist"
        )


def _shift(own, others, far, usable):
    """Return the mean logit with other objects of the batch minus that with far ones, (B, 1)."""
    shift = _mean(own, others) - _mean(far, usable)
    return torch.where(others.any(dim=1, keepdim=True), shift, 0.0)


def _mean(logits, mask):
    count = mask.sum(dim=1, keepdim=True).clamp(min=1)
    return logits.masked_fill(~mask, 0.0).sum(dim=1, keepdim=True) / count
