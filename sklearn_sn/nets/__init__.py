"""skorch nets and the batches that feed them."""

from sklearn_sn.data import PhaseFrame, phase_frame
from sklearn_sn.nets._balance import balanced_batches
from sklearn_sn.nets._batch import Batch, BatchLoader, TableDataset, cheapest_cuts
from sklearn_sn.nets._callbacks import Progress, Schedule
from sklearn_sn.nets._composite_score import CompositeScore
from sklearn_sn.nets._contrastive import ContrastiveNet
from sklearn_sn.nets._domain_adversarial import DomainAdversarialNet
from sklearn_sn.nets._image_input import ImageInput
from sklearn_sn.nets._light_curve_input import LightCurveInput
from sklearn_sn.nets._light_curve_sequence import LightCurveSequenceInput
from sklearn_sn.nets._metadata_input import MetadataInput
from sklearn_sn.nets._mmvae import LightCurvePoints, MMVAENet, SpectrumPixels, log_likelihood
from sklearn_sn.nets._net import BatchNet
from sklearn_sn.nets._plain_points import ImagePixels, MetadataNumbers
from sklearn_sn.nets._spectral_redshift import RedshiftNet, RedshiftSpectrumInput
from sklearn_sn.nets._spectrum_grid_input import CHANNELS, FluxArray, SpectrumGridInput
from sklearn_sn.nets._spectrum_input import SpectrumInput
from sklearn_sn.nets._supcon import SupConNet
from sklearn_sn.nets._supervised import SupervisedNet
from sklearn_sn.nets._weight_average import WeightAverage

__all__ = [
    "CHANNELS",
    "Batch",
    "BatchLoader",
    "BatchNet",
    "CompositeScore",
    "ContrastiveNet",
    "DomainAdversarialNet",
    "FluxArray",
    "ImageInput",
    "ImagePixels",
    "LightCurveInput",
    "LightCurvePoints",
    "LightCurveSequenceInput",
    "MMVAENet",
    "MetadataInput",
    "MetadataNumbers",
    "PhaseFrame",
    "Progress",
    "RedshiftNet",
    "RedshiftSpectrumInput",
    "Schedule",
    "SpectrumGridInput",
    "SpectrumInput",
    "SpectrumPixels",
    "SupConNet",
    "SupervisedNet",
    "TableDataset",
    "WeightAverage",
    "balanced_batches",
    "cheapest_cuts",
    "log_likelihood",
    "phase_frame",
]
