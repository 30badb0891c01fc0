"""Models in files: JSON and safetensors with checksums, and no pickle."""

from sklearn_sn.persistence._errors import ModelFileError, ModelVersionWarning
from sklearn_sn.persistence._model import load_model, read_card, save_model

__all__ = ["ModelFileError", "ModelVersionWarning", "load_model", "read_card", "save_model"]
