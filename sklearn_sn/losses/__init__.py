"""Loss functions: tensors in, a scalar or one value per object out."""

from sklearn_sn.losses._astrominn import ExpertLoss
from sklearn_sn.losses._auxiliary import AuxiliaryLoss
from sklearn_sn.losses._contrastive import InfoNCELoss, Negatives
from sklearn_sn.losses._focal import FocalLoss, effective_number_weights
from sklearn_sn.losses._masked_events import MaskedEventLoss
from sklearn_sn.losses._masked_spectrum import MaskedSpectrumLoss
from sklearn_sn.losses._mmvae import MMVAELoss, laplace_log_likelihood
from sklearn_sn.losses._momentum_contrast import MomentumContrastLoss
from sklearn_sn.losses._spectral_redshift import ClassShiftLoss
from sklearn_sn.losses._supcon import SupConLoss
from sklearn_sn.losses._supervised import ClassificationLoss, GaussianLoss, SquaredErrorLoss

__all__ = [
    "AuxiliaryLoss",
    "ClassShiftLoss",
    "ClassificationLoss",
    "ExpertLoss",
    "FocalLoss",
    "GaussianLoss",
    "InfoNCELoss",
    "MMVAELoss",
    "MaskedEventLoss",
    "MaskedSpectrumLoss",
    "MomentumContrastLoss",
    "Negatives",
    "SquaredErrorLoss",
    "SupConLoss",
    "effective_number_weights",
    "laplace_log_likelihood",
]
