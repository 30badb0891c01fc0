"""What network classifiers have in common: labels in, probabilities out."""

import numpy as np
import torch
from sklearn.base import ClassifierMixin, TransformerMixin
from sklearn.utils import assert_all_finite
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.class_weight import compute_class_weight
from sklearn.utils.multiclass import check_classification_targets
from sklearn.utils.validation import check_is_fitted, column_or_1d

from sklearn_sn.losses import ClassificationLoss

CLASS_WEIGHT = [StrOptions({"balanced"}), dict, None]


class NetworkClassifierMixin(ClassifierMixin, TransformerMixin):
    """fit, predict_proba and predict of a classifier; to stand left of a SupervisedEstimator."""

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.poor_score = self._poor_score
        return tags

    def fit(self, X, y, sample_weight=None):
        """Train the network.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            With a column of what the estimator reads; see :func:`sklearn_sn.data.check_table`.
        y : array-like of shape (n_objects,)
            Classes.
        sample_weight : array-like of shape (n_objects,), optional
            An object of weight 0 is as if it were not there.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For parameters out of range, input that cannot be mended, unknown labels, or a single
            class.
        """
        self._validate_params()
        y = column_or_1d(y, warn=True)
        _check_labels(y)
        weight = self._weights(sample_weight, y)
        kept = np.full(len(y), True) if weight is None else weight > 0
        classes = np.unique(y[kept])
        if len(classes) < 2:
            raise ValueError(
                f"y holds one class only ({classes.tolist()}); a classifier needs two or more."
            )
        if self._continues and not np.array_equal(classes, self.classes_):
            raise ValueError(
                f"y holds the classes {classes.tolist()}, the first fit knew "
                f"{self.classes_.tolist()}; set warm_start=False."
            )
        codes = np.searchsorted(classes, y).clip(max=len(classes) - 1)
        own = None if weight is None else weight[kept]
        prior = np.bincount(codes[kept], weights=own, minlength=len(classes))
        class_weight = None
        if self.class_weight is not None:
            weights = compute_class_weight(self.class_weight, classes=classes, y=y[kept])
            class_weight = torch.tensor(weights, dtype=torch.float32)

        def labels(n_objects):
            if n_objects != len(y):
                raise ValueError(f"X has {n_objects} objects but y has {len(y)} labels.")
            return codes.astype(np.int64)

        self._fit(
            X,
            labels,
            len(classes),
            weight,
            labels,
            **self._criterion(class_weight, prior),
        )
        self.classes_, self.class_prior_ = classes, prior / prior.sum()
        return self

    def _criterion(self, class_weight, counts):
        """Parameters of the net that give its loss.

        `class_weight` is a tensor of shape (n_classes,) or None, `counts` an array of the weighted
        numbers of objects.
        """
        return {"criterion": ClassificationLoss, "criterion__class_weight": class_weight}

    def predict_proba(self, X):
        """Probabilities of the classes.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows

        Returns
        -------
        array of shape (n_objects, n_classes), float64
            Columns as in ``classes_``; rows add up to 1.
        """
        _, logits, found = self._predict(X)
        proba = softmax(logits)
        proba[~found] = self.class_prior_
        return proba

    def predict(self, X):
        """The most probable class of every object.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows

        Returns
        -------
        array of shape (n_objects,)
        """
        check_is_fitted(self, "net_")
        return self.classes_[self.predict_proba(X).argmax(axis=1)]

    def _chosen(self, X, y):
        """The class that `explain` is asked of each object, as a code (n_objects,)."""
        if y is None:
            return self.predict_proba(X).argmax(axis=1)
        labels = np.broadcast_to(np.asarray(y), len(X))
        codes = np.searchsorted(self.classes_, labels).clip(max=len(self.classes_) - 1)
        wrong = self.classes_[codes] != labels
        if wrong.any():
            raise ValueError(
                f"explain knows the classes {self.classes_.tolist()}; y holds "
                f"{labels[wrong].tolist()[0]!r}."
            )
        return codes

    def _measured(self, outputs, chosen):
        """Log-odds (N,) of classes, by codes, of the outputs of the network, as tensors."""
        return log_odds(outputs, chosen[:, None])


def log_odds(logits, chosen):
    """ln p / (1 - p) of some cells of a softmax: (N, n_cells) and (N, n_chosen) to (N,), tensors.

    Where the probability is near 1 its logarithm tells nothing any more; this does.
    """
    inside = torch.zeros_like(logits, dtype=torch.bool).scatter(1, chosen, True)
    low = torch.finfo(logits.dtype).min
    own, rest = logits.masked_fill(~inside, low), logits.masked_fill(inside, low)
    return own.logsumexp(dim=1) - rest.logsumexp(dim=1)


def softmax(logits):
    """Probabilities in float64; rows add up to 1."""
    logits = logits.astype(np.float64)
    proba = np.exp(logits - logits.max(axis=1, keepdims=True))
    return proba / proba.sum(axis=1, keepdims=True)


def _check_labels(y):
    if y.dtype.kind == "O" and any(label is None or label != label for label in y):
        raise ValueError("y holds unknown labels (None or NaN); drop these objects before fit.")
    if y.dtype.kind == "f":
        assert_all_finite(y, input_name="y")
    if y.dtype.kind != "S":
        check_classification_targets(y)
