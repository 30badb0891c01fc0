"""Errors and warnings about models from files."""


class ModelFileError(ValueError):
    """Error for a file that is not a model, is damaged, or contains something not allowed."""


class ModelVersionWarning(UserWarning):
    """Warning for a model that was saved with other versions of the packages it needs."""


class RetrainingWarning(UserWarning):
    """Warning for a model from a file that is trained anew, so that its weights are lost."""


class PretrainedHint(UserWarning):
    """Hint at a packaged model as the start of a training on few objects."""
