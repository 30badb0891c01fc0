"""The objects that a search can answer with."""

import numpy as np
import pandas as pd

from sklearn_sn.data import Ragged, as_ragged


class Gallery:
    """Cells of one modality of some objects, as plain arrays.

    Parameters
    ----------
    modality : str
    index : array of shape (n_objects,)
        Names of the objects.
    fields : dict of str to array, or of str to (codes, names) for names such as bands
        Flat values of all objects, one after the other; of images, one object array.
    offsets : array of int, shape (n_objects + 1,)
    """

    _file_kind = "object"

    def __init__(self, modality, index, fields, offsets):
        self.modality, self.index = modality, index
        self.fields, self.offsets = fields, offsets

    @classmethod
    def from_table(cls, X, modality, rows):
        """Take some rows of a table."""
        index = np.asarray(X.index)[rows]
        if modality == "image":
            cells = X[modality].to_numpy(dtype=object)[rows]
            images = np.empty(len(rows), dtype=object)
            for place, cell in enumerate(cells):  # copies: each is an array of its own
                images[place] = np.array(cell, dtype=np.float32)
            return cls(modality, index, {modality: images}, np.arange(len(rows) + 1))
        cells = as_ragged(X[modality], kind=modality).take(rows)
        fields = {}
        for name, values in cells.fields.items():
            if isinstance(values, pd.Categorical):
                values = (values.codes.copy(), np.asarray(values.categories, dtype=object))
            fields[name] = values.copy() if isinstance(values, np.ndarray) else values
        return cls(modality, index, fields, cells.offsets.copy())

    def __len__(self):
        return len(self.offsets) - 1

    def take(self, rows, index):
        """Cells of some objects as a column with another index."""
        if self.modality == "image":
            return pd.Series(self.fields["image"][rows], index=index, name="image", dtype=object)
        fields = {
            name: pd.Categorical.from_codes(*values) if isinstance(values, tuple) else values
            for name, values in self.fields.items()
        }
        return Ragged(fields, self.offsets).take(rows).to_nested(index=index, name=self.modality)
