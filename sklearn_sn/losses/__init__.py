"""Losses: tensors in, a scalar out."""

from sklearn_sn.losses._auxiliary import AuxiliaryLoss
from sklearn_sn.losses._contrastive import InfoNCELoss

__all__ = ["AuxiliaryLoss", "InfoNCELoss"]
