"""The base of all estimators that train a network."""

from sklearn_sn.base._classifier import (
    DOMAIN_CONSTRAINTS,
    FOCAL_CONSTRAINTS,
    OVERSAMPLING_CONSTRAINTS,
    NetworkClassifierMixin,
    check_class_names,
    is_causal,
    log_odds,
    nested_probabilities,
    softmax,
)
from sklearn_sn.base._columns import copy_columns, remember_columns
from sklearn_sn.base._estimator import TorchEstimator
from sklearn_sn.base._fusion_estimator import FusionEstimator
from sklearn_sn.base._generative import (
    GenerativeEstimator,
    laplace_moments,
    mixture_mean,
    mixture_samples,
)
from sklearn_sn.base._labels import check_labels, check_numbers, raw_values, require_two_classes
from sklearn_sn.base._learning_task import LearningTask
from sklearn_sn.base._meta_estimator import CV_CONSTRAINTS, MetaEstimator
from sklearn_sn.base._parameters import (
    CLASS_WEIGHT,
    PRETRAINING_CONSTRAINTS,
    PRIOR_CONSTRAINTS,
    TRAINABLE,
    TRAINING_CONSTRAINTS,
    UNFREEZING_CONSTRAINTS,
    positive_int,
    positive_number,
    unit_interval,
    weight,
)
from sklearn_sn.base._pretrained import (
    PretrainedEncoder,
    chosen_encoder,
    defaults_of,
    encoder_width,
    frozen_modules,
    pretrained_encoders,
    pretrained_preprocessor,
)
from sklearn_sn.base._pretrained_hint import hint_at_pretrained
from sklearn_sn.base._regressor import REGRESSION_CONSTRAINTS, NetworkRegressorMixin
from sklearn_sn.base._spectrum_estimator import (
    SPECTRUM_CONSTRAINTS,
    WAVELENGTH_CONSTRAINTS,
    SpectrumEstimator,
    SpectrumPredictions,
    check_redshifts,
)
from sklearn_sn.base._spectrum_explanation import check_explanation
from sklearn_sn.base._supervised_estimator import (
    Predictions,
    SupervisedEstimator,
    head_dropout,
)
from sklearn_sn.base._training import TrainingPlan
from sklearn_sn.base._warm_start import check_continued, kept_params, same_parameter

__all__ = [
    "CLASS_WEIGHT",
    "CV_CONSTRAINTS",
    "DOMAIN_CONSTRAINTS",
    "FOCAL_CONSTRAINTS",
    "OVERSAMPLING_CONSTRAINTS",
    "PRETRAINING_CONSTRAINTS",
    "PRIOR_CONSTRAINTS",
    "REGRESSION_CONSTRAINTS",
    "SPECTRUM_CONSTRAINTS",
    "TRAINABLE",
    "TRAINING_CONSTRAINTS",
    "UNFREEZING_CONSTRAINTS",
    "WAVELENGTH_CONSTRAINTS",
    "FusionEstimator",
    "GenerativeEstimator",
    "LearningTask",
    "MetaEstimator",
    "NetworkClassifierMixin",
    "NetworkRegressorMixin",
    "Predictions",
    "PretrainedEncoder",
    "SpectrumEstimator",
    "SpectrumPredictions",
    "SupervisedEstimator",
    "TorchEstimator",
    "TrainingPlan",
    "check_class_names",
    "check_continued",
    "check_explanation",
    "check_labels",
    "check_numbers",
    "check_redshifts",
    "chosen_encoder",
    "copy_columns",
    "defaults_of",
    "encoder_width",
    "frozen_modules",
    "head_dropout",
    "hint_at_pretrained",
    "is_causal",
    "kept_params",
    "laplace_moments",
    "log_odds",
    "mixture_mean",
    "mixture_samples",
    "nested_probabilities",
    "positive_int",
    "positive_number",
    "pretrained_encoders",
    "pretrained_preprocessor",
    "raw_values",
    "remember_columns",
    "require_two_classes",
    "same_parameter",
    "softmax",
    "unit_interval",
    "weight",
]
