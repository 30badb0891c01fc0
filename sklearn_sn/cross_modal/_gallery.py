"""Storage of the objects that retrieval can return."""

import numpy as np
import pandas as pd

from sklearn_sn.data import Ragged, as_ragged


class Gallery:
    """One modality of some objects, stored as plain arrays.

    Parameters
    ----------
    modality : str
        Name of the modality.
    index : array of shape (n_objects,)
        Names of the objects.
    fields : dict of str to array, or of str to (codes, names) for categories such as bands
        Concatenated values of all objects; for images, one object array.
    offsets : array of int, shape (n_objects + 1,)
        Start of each object in the values.
    """

    _file_kind = "object"

    def __init__(self, modality, index, fields, offsets):
        self.modality, self.index = modality, index
        self.fields, self.offsets = fields, offsets

    @classmethod
    def from_table(cls, X, modality, rows):
        """Store some rows of a table.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table.
        modality : str
            Column to store.
        rows : array of int
            Positions of the rows.

        Returns
        -------
        Gallery
            The stored objects.
        """
        index = np.asarray(X.index)[rows]
        if modality == "image":
            cells = X[modality].to_numpy(dtype=object)[rows]
            images = np.empty(len(rows), dtype=object)
            for i, cell in enumerate(cells):  # copy, to release the memory of X
                images[i] = np.array(cell, dtype=np.float32)
            return cls(modality, index, {modality: images}, np.arange(len(rows) + 1))
        cells = as_ragged(X[modality], kind=modality).take(rows)
        fields = {}
        for name, values in cells.fields.items():
            # Plain arrays can be saved by save_model; pandas objects cannot.
            if isinstance(values, pd.Categorical):
                values = (values.codes.copy(), np.asarray(values.categories, dtype=object))
            fields[name] = values.copy() if isinstance(values, np.ndarray) else values
        return cls(modality, index, fields, cells.offsets.copy())

    def __len__(self):
        return len(self.offsets) - 1

    def take(self, rows, index):
        """Return the data of some objects as a column with another index.

        Parameters
        ----------
        rows : array of int, shape (n_rows,)
            Objects of the gallery; repetitions are allowed.
        index : pandas.Index of shape (n_rows,)
            Index of the column.

        Returns
        -------
        pandas.Series of n_rows cells
            Nested column, or images.
        """
        if self.modality == "image":
            return pd.Series(self.fields["image"][rows], index=index, name="image", dtype=object)
        fields = {
            name: pd.Categorical.from_codes(*values) if isinstance(values, tuple) else values
            for name, values in self.fields.items()
        }
        return Ragged(fields, self.offsets).take(rows).to_nested(index=index, name=self.modality)
