"""What loading says when a file cannot be trusted, or is of another time."""


class ModelFileError(ValueError):
    """A file is no model of ours, is damaged, or asks for what is not allowed."""


class ModelVersionWarning(UserWarning):
    """A model was saved with other versions of the packages that it needs."""
