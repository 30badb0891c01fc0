"""Store fitted models in files of JSON and safetensors with checksums, without pickle."""

from sklearn_sn.persistence._digest import model_digest
from sklearn_sn.persistence._errors import (
    ModelFileError,
    ModelVersionWarning,
    PretrainedHint,
    RetrainingWarning,
)
from sklearn_sn.persistence._model import load_model, read_card, save_model
from sklearn_sn.persistence._pretrained_models import list_pretrained, load_pretrained

__all__ = [
    "ModelFileError",
    "ModelVersionWarning",
    "PretrainedHint",
    "RetrainingWarning",
    "list_pretrained",
    "load_model",
    "load_pretrained",
    "model_digest",
    "read_card",
    "save_model",
]
