"""Predict plain columns from those of neighbours."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.cross_modal._gallery_columns import neighbor_weights
from sklearn_sn.data import as_frame


class NeighborPredictions:
    """Predictions from the neighbours that ``kneighbors`` of a subclass returns.

    Subclasses have the parameter `weights`, and set ``gallery_index_`` and ``gallery_columns_``, a
    dict of str to GalleryColumn, in fit.
    """

    def neighbors(
        self,
        X: pd.DataFrame,
        columns: Sequence[str] | None = None,
        n_neighbors: int | None = None,
    ) -> pd.DataFrame:
        """Return the neighbours as a table, with columns of theirs.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with the query modality.
        columns : sequence of str, optional
            Columns of the neighbours; by default all of the parameter `columns`.
        n_neighbors : int, optional
            Number of neighbours. By default the parameter of that name.

        Returns
        -------
        pandas.DataFrame of n_objects · n_neighbors rows
            Columns "query" (name of the object in `X`), "rank" (from 1), "neighbor" (name of the
            object in the gallery), "distance", and those of the neighbours.

        Raises
        ------
        ValueError
            If the gallery has not kept a column.
        """
        kept = self._kept(columns)
        distance, indices = self.kneighbors(X, n_neighbors)
        n_queries, k = indices.shape
        table = {
            "query": np.repeat(np.asarray(as_frame(X).index), k),
            "rank": np.tile(np.arange(1, k + 1), n_queries),
            "neighbor": self.gallery_index_[indices.ravel()],
            "distance": distance.ravel(),
        }
        return pd.DataFrame({**table, **{n: c.take(indices.ravel()) for n, c in kept.items()}})

    def predict_columns(
        self,
        X: pd.DataFrame,
        columns: Sequence[str] | None = None,
        n_neighbors: int | None = None,
    ) -> pd.DataFrame:
        """Predict plain columns, such as the redshift, from those of the neighbours.

        The neighbours are found across modalities: with ``query="image"`` and
        ``target="spectrum"``, the redshift of an image is that of the objects with similar spectra.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with the query modality.
        columns : sequence of str, optional
            Columns to predict; by default all of the parameter `columns`.
        n_neighbors : int, optional
            Number of neighbours. By default the parameter of that name.

        Returns
        -------
        pandas.DataFrame of n_objects rows
            The columns with the index of `X`: weighted means of numbers, and the classes of largest
            weight. Where no neighbour has a value, the mean or the most frequent class of the
            gallery.

        Raises
        ------
        ValueError
            If the gallery has not kept a column.
        """
        kept = self._kept(columns)
        distance, indices = self.kneighbors(X, n_neighbors)
        predicted = {}
        for name, column in kept.items():
            weights = neighbor_weights(distance, self.weights, column.is_known(indices))
            if column.classes is None:
                predicted[name] = column.mean(indices, weights)
            else:
                predicted[name] = column.classes[column.proba(indices, weights).argmax(axis=1)]
        return pd.DataFrame(predicted, index=as_frame(X).index)

    def predict_proba(
        self, X: pd.DataFrame, column: str, n_neighbors: int | None = None
    ) -> pd.DataFrame:
        """Return class probabilities: the shares of the classes in the weights of the neighbours.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            Table with the query modality.
        column : str
            A column of classes that the gallery has kept.
        n_neighbors : int, optional
            Number of neighbours. By default the parameter of that name.

        Returns
        -------
        pandas.DataFrame of n_objects rows
            One column for each class, sorted; rows add up to 1.

        Raises
        ------
        ValueError
            If the gallery has not kept the column, or it holds numbers.
        """
        kept = self._kept([column])[column]
        if kept.classes is None:
            raise ValueError(
                f"The column {column!r} holds numbers, which have no class probabilities. Use "
                "predict_columns, or fit with the classes as text."
            )
        distance, indices = self.kneighbors(X, n_neighbors)
        weights = neighbor_weights(distance, self.weights, kept.is_known(indices))
        proba = kept.proba(indices, weights)
        return pd.DataFrame(proba, index=as_frame(X).index, columns=kept.classes)

    def _kept(self, columns):
        """Return the stored columns of these names."""
        check_is_fitted(self, "neighbors_")
        names = list(self.gallery_columns_ if columns is None else columns)
        for name in names:
            if name not in self.gallery_columns_:
                raise ValueError(
                    f"The gallery has no column {name!r}, but {list(self.gallery_columns_)}. Name "
                    "it in the 'columns' parameter of CrossModalRetriever before fit."
                )
        return {name: self.gallery_columns_[name] for name in names}
