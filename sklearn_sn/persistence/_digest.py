"""Identify a fitted model by what its file would contain."""

import hashlib

from sklearn.base import BaseEstimator
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.persistence._encode import Encoder
from sklearn_sn.persistence._json import write_json

# Encoders of the user's own are identified by their weights.
_MODULES = ("encoder", "light_curve", "spectrum", "image", "metadata")


def model_digest(estimator: BaseEstimator) -> str:
    """Return the SHA-256 of the parameters and fitted attributes of a model.

    Models of equal digest give equal predictions with the same package versions. A model keeps its
    digest when it is saved and loaded, in another process too; the bytes of a pickle do not.

    Parameters
    ----------
    estimator : estimator
        Fitted estimator that :func:`save_model` can store.

    Returns
    -------
    str
        64 hexadecimal digits.

    Raises
    ------
    sklearn.exceptions.NotFittedError
        If the estimator is not fitted.
    TypeError
        If the estimator or a part of it cannot be stored. The message names the part.

    Examples
    --------
    >>> from sklearn.preprocessing import StandardScaler
    >>> from sklearn_sn.persistence import model_digest
    >>> digests = [model_digest(StandardScaler().fit([[0.0], [top]])) for top in (1.0, 1.0, 2.0)]
    >>> digests[0] == digests[1], digests[0] == digests[2]
    (True, False)
    """
    check_is_fitted(estimator)
    encoder = Encoder(_MODULES)
    description = write_json(encoder.encode(estimator, type(estimator).__name__))
    digest = hashlib.sha256(description)
    digest.update(encoder.arrays.data())
    return digest.hexdigest()
