"""skorch nets, their callbacks, and the batches that they train on."""

from sklearn_sn.nets._astrominn import AstroMiNNNet
from sklearn_sn.nets._balance import balanced_batches
from sklearn_sn.nets._batch import Batch, BatchLoader, TableDataset
from sklearn_sn.nets._callbacks import Progress, Schedule
from sklearn_sn.nets._chunks import cheapest_cuts
from sklearn_sn.nets._composite_score import CompositeScore
from sklearn_sn.nets._contrastive import ContrastiveNet
from sklearn_sn.nets._data_parallel import (
    Processes,
    current_processes,
    data_parallel,
    from_all_processes,
    from_first_process,
)
from sklearn_sn.nets._divergence_guard import DivergenceGuard, all_finite
from sklearn_sn.nets._domain_adversarial import DomainAdversarialNet
from sklearn_sn.nets._gradual_unfreezing import GradualUnfreezing
from sklearn_sn.nets._key_encoder import KeyEncoder
from sklearn_sn.nets._key_queue import KeyQueue
from sklearn_sn.nets._masked_events import MaskedEventNet
from sklearn_sn.nets._masked_spectrum import MaskedSpectrumNet
from sklearn_sn.nets._max_steps import MaxSteps
from sklearn_sn.nets._mmvae import MMVAENet, log_likelihood
from sklearn_sn.nets._momentum_contrast import MomentumContrastNet
from sklearn_sn.nets._negative_queue import NegativeQueue
from sklearn_sn.nets._net import BatchNet
from sklearn_sn.nets._spectral_redshift import RedshiftNet
from sklearn_sn.nets._streamed_dataset import StreamedDataset, StreamedLoader
from sklearn_sn.nets._supervised import SupConNet, SupervisedNet
from sklearn_sn.nets._target_points import drawn_targets
from sklearn_sn.nets._weight_average import WeightAverage

__all__ = [
    "AstroMiNNNet",
    "Batch",
    "BatchLoader",
    "BatchNet",
    "CompositeScore",
    "ContrastiveNet",
    "DivergenceGuard",
    "DomainAdversarialNet",
    "GradualUnfreezing",
    "KeyEncoder",
    "KeyQueue",
    "MMVAENet",
    "MaskedEventNet",
    "MaskedSpectrumNet",
    "MaxSteps",
    "MomentumContrastNet",
    "NegativeQueue",
    "Processes",
    "Progress",
    "RedshiftNet",
    "Schedule",
    "StreamedDataset",
    "StreamedLoader",
    "SupConNet",
    "SupervisedNet",
    "TableDataset",
    "WeightAverage",
    "all_finite",
    "balanced_batches",
    "cheapest_cuts",
    "current_processes",
    "data_parallel",
    "drawn_targets",
    "from_all_processes",
    "from_first_process",
    "log_likelihood",
]
