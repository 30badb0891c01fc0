"""The base of all estimators that train a network."""

from sklearn_sn.base._array_input import ArrayInputMixin
from sklearn_sn.base._classifier import CLASS_WEIGHT, NetworkClassifierMixin, log_odds, softmax
from sklearn_sn.base._encoders import (
    ENCODERS,
    add_bands,
    build_encoder,
    build_input,
    encoder_width,
    named_encoders,
)
from sklearn_sn.base._estimator import TorchEstimator
from sklearn_sn.base._generative import (
    GenerativeEstimator,
    laplace_moments,
    mixture_mean,
    mixture_samples,
)
from sklearn_sn.base._light_curve_estimator import LightCurveEstimator
from sklearn_sn.base._light_curve_transformer import LightCurveTransformerEstimator
from sklearn_sn.base._parameters import TRAINING_CONSTRAINTS, fraction, size
from sklearn_sn.base._pretrained import (
    TRAINABLE,
    PretrainedPart,
    defaults_of,
    frozen_modules,
    pretrained_parts,
    raise_on_conflicting_params,
)
from sklearn_sn.base._regressor import NetworkRegressorMixin
from sklearn_sn.base._spectrum_estimator import SpectrumEstimator
from sklearn_sn.base._supervised_estimator import SupervisedEstimator
from sklearn_sn.base._warm_start import check_continued, kept_params, same_parameter

__all__ = [
    "CLASS_WEIGHT",
    "ENCODERS",
    "TRAINABLE",
    "TRAINING_CONSTRAINTS",
    "ArrayInputMixin",
    "GenerativeEstimator",
    "LightCurveEstimator",
    "LightCurveTransformerEstimator",
    "NetworkClassifierMixin",
    "NetworkRegressorMixin",
    "PretrainedPart",
    "SpectrumEstimator",
    "SupervisedEstimator",
    "TorchEstimator",
    "add_bands",
    "build_encoder",
    "build_input",
    "check_continued",
    "defaults_of",
    "encoder_width",
    "fraction",
    "frozen_modules",
    "kept_params",
    "laplace_moments",
    "log_odds",
    "mixture_mean",
    "mixture_samples",
    "named_encoders",
    "pretrained_parts",
    "raise_on_conflicting_params",
    "same_parameter",
    "size",
    "softmax",
]
