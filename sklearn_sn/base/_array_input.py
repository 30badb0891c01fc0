"""Estimators that take a plain array where others take a table."""

import copy

import numpy as np
import pandas as pd
from scipy.sparse import issparse
from sklearn.base import TransformerMixin
from sklearn.utils.validation import validate_data

from sklearn_sn.data import is_table


class ArrayInputMixin(TransformerMixin):
    """X may be an array of shape (n_objects, n_features), NaN where there is nothing.

    To stand left of a :class:`SupervisedEstimator`. Subclasses say what an array is
    (``_array_kind``), and make what the input takes of one (``_from_array``).
    """

    _array_kind = "an array"
    _on_array = False  # until fit says; of models that were saved before it did

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.string = False
        tags.transformer_tags.preserves_dtype = []
        return tags

    def _from_array(self, values, index):
        """What the input takes, of values (n_objects, n_features) and the names of the objects."""
        raise NotImplementedError

    def _checked(self, X, training=False):
        if isinstance(X, pd.Series | dict) and not issparse(X):  # some sparse matrices are dicts
            raise ValueError(
                f"X is a {type(X).__name__}; give a table with a column {self._modality!r}, such "
                "as X.iloc[[0]] of one object, or column.to_frame()."
            )
        names = set(X.columns) if isinstance(X, pd.DataFrame) else set()
        if self._modality == "spectrum" not in names and {"wavelength", "flux"} <= names:
            raise ValueError(
                "X has the columns 'wavelength' and 'flux', as a single spectrum has: make a table "
                "of one object a row with sklearn_sn.datasets.read_tables."
            )
        strings = isinstance(X, pd.DataFrame) and not all(
            pd.api.types.is_numeric_dtype(kind) for kind in X.dtypes
        )
        seen = getattr(self, "feature_names_in_", ())
        array = not (strings or is_table(X, self._modality, seen))
        if (self._continues or not training) and array != self._on_array:
            kinds = (f"a table with a column {self._modality!r}", self._array_kind)
            raise ValueError(f"fit saw {kinds[self._on_array]}, and X is {kinds[array]}.")
        if not array:
            table = super()._checked(X, training)
        else:
            values = validate_data(
                self, X, reset=training, dtype=np.float64, ensure_all_finite="allow-nan"
            )
            index = X.index if isinstance(X, pd.DataFrame) else pd.RangeIndex(len(values))
            table = self._from_array(values, index)
        if training:
            self._on_array = array
        return table

    @property
    def _exact(self):
        """Whether to answer in double precision, so that no rounding depends on other rows."""
        return self._on_array

    def _run(self, dataset):
        if not self._exact:
            yield from super()._run(dataset)
            return
        name = self._modality
        # A copy: others may be predicting.
        exact = copy.deepcopy(self.net_.module_).double().eval()
        for _, batch, positions in super()._run(dataset):
            for chunk in batch.tensors.get(name, ()):
                for key, value in chunk.items():
                    chunk[key] = value.double() if value.is_floating_point() else value
            yield exact, batch, positions
