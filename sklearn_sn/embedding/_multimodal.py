"""The base of contrastive embedders of several modalities."""

from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base import PretrainedEncoder, TorchEstimator
from sklearn_sn.data import as_frame, check_table, warn_quality
from sklearn_sn.metrics import recall_at_k
from sklearn_sn.nets import TableDataset


class MultimodalEmbedder(TransformerMixin, TorchEstimator):
    """Base of embedders whose module has ``embed(modality, chunks, object_index, n_objects)``.

    Subclasses have the parameters `output` and `metadata_columns`, and set ``modalities_``,
    ``preprocessors_``, ``net_`` and ``missing_embedding_`` in fit.
    """

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        """Embed objects.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table as in `fit`; modalities may be missing.

        Returns
        -------
        array of shape (n_objects, n_features_out), float32
            Unit vectors or flat latent sequences, concatenated if `output` names several
            modalities. An object without the modality gets ``missing_embedding_``, the mean
            direction or the mean of the training objects.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            If the embedder is not fitted.
        ValueError
            If the input cannot be repaired.
        """
        check_is_fitted(self, "net_")
        names = self._outputs()
        embeddings = self._embed(X, self.modalities_ if names == ["mean"] else names, True)
        if names == ["mean"]:
            total = sum(np.where(mask[:, None], z, 0.0) for z, mask in embeddings.values())
            missing = sum(self.missing_embedding_[name] for name in self.modalities_)
            present = np.any([mask for _, mask in embeddings.values()], axis=0)
            if not self.net_.module_.is_normalized:
                count = np.sum([mask for _, mask in embeddings.values()], axis=0)
                count = np.where(present, count, len(self.modalities_))
                total = np.where(present[:, None], total, missing)
                return (total / count[:, None]).astype(np.float32)
            # The direction of the mean is that of the sum, so that no counts are needed.
            total = np.where(present[:, None], total, missing)
            return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
        return np.concatenate([z for z, _ in embeddings.values()], axis=1)

    def encode(self, X: pd.DataFrame, modality: str) -> np.ndarray:
        """Embed one modality, regardless of `output`.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table as in `fit`; modalities may be missing.
        modality : str
            One of ``modalities_``.

        Returns
        -------
        array of shape (n_objects, embedding_dim), float32
            Unit vectors or flat latent sequences; ``missing_embedding_`` for an object without the
            modality.
        """
        check_is_fitted(self, "net_")
        if modality not in self.modalities_:
            raise ValueError(
                f"modality must be one of {list(self.modalities_)}, the modalities of fit. Got "
                f"{modality!r} instead."
            )
        return self._embed(X, [modality])[modality][0]

    def score(self, X: pd.DataFrame, y: Any = None, k: int = 10) -> float:
        """Return the recall of cross-modal retrieval on held-out pairs.

        The embedding of an object in one modality is the query, and the candidates are the
        embeddings in another modality of all objects of `X` with both. The recall is the fraction
        of queries with their own object among the `k` nearest candidates, averaged over both
        directions and all pairs of modalities.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table as in `fit`; modalities may be missing.
        y : ignored
            Not used; present for scikit-learn.
        k : int, default=10
            Number of nearest candidates.

        Returns
        -------
        float
            Recall in [0, 1]; that of a random embedding is k / n_pairs.

        Warns
        -----
        DataQualityWarning
            If no pair of modalities has more than `k` objects, because the score is then 1 for any
            embedding.
        """
        check_is_fitted(self, "net_")
        embeddings = self._embed(X, self.modalities_)
        metric = "cosine" if self.net_.module_.is_normalized else "euclidean"
        recalls, most = [], 0
        for left, right in combinations(self.modalities_, 2):
            both = embeddings[left][1] & embeddings[right][1]
            most = max(most, int(both.sum()))
            if both.any():
                one, other = embeddings[left][0][both], embeddings[right][0][both]
                recalls += [
                    recall_at_k(*pair, k=k, metric=metric) for pair in ((one, other), (other, one))
                ]
        if not recalls:
            raise ValueError(
                "X has no object with two modalities, so that the recall is undefined."
            )
        if most <= k:
            warn_quality(
                f"score uses the nearest {k} of {most} pairs, which any embedding finds. Use more "
                "objects, or a smaller k."
            )
        return float(np.mean(recalls))

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the columns of `transform`, such as ``light_curve_0``.

        Parameters
        ----------
        input_features : ignored
            Not used; present for scikit-learn.

        Returns
        -------
        array of str, shape (n_features_out,)
            Name of the modality and number of the dimension.
        """
        check_is_fitted(self, "net_")
        names = self._outputs()
        dims = range(self.net_.module_.embedding_dim)
        return np.array([f"{name}_{i}" for name in names for i in dims], dtype=object)

    def _outputs(self):
        """Return the modalities of the output, as a list."""
        if isinstance(self.output, str):
            if self.output in ("auto", "mean"):
                return self.modalities_[:1] if self.output == "auto" else ["mean"]
            names = [self.output]
        else:
            names = list(self.output)
        fitted = [name for name in self.modalities_ if name in names]
        if not names or len(fitted) < len(names):
            raise ValueError(
                f"The 'output' parameter of {type(self).__name__} must be 'auto', 'mean', or one "
                f"or more different modalities of {list(self.modalities_)}. Got {self.output!r} "
                "instead."
            )
        return names

    def _embed(self, X, names, warn_missing=False):
        """Return a dict of modality to embeddings and mask of the objects that have it."""
        columns = list(self.metadata_columns) if "metadata" in names else []
        X, columns = self._with_columns(as_frame(X), columns)
        available = [
            name for name in names if name in X.columns or (name == "metadata" and columns)
        ]
        if list(names) == ["metadata"] and not available:
            raise ValueError(
                f"X lacks the metadata columns {list(self.metadata_columns)}; it has "
                f"{list(X.columns)[:10]}."
            )
        available = available or names  # the check then rejects X and gives the reason
        checks = self._prediction_checks(warn_missing)
        table = check_table(X, modalities=available, metadata_columns=columns, **checks)
        preprocessors = {name: self.preprocessors_[name] for name in available}
        prepared = {name: part.prepare(table) for name, part in preprocessors.items()}
        result = self._encode(TableDataset(preprocessors, prepared), available)
        for name in names:
            if name not in available:
                lacking = repr(name) if name != "metadata" else f"of {list(self.metadata_columns)}"
                warn_quality(
                    f"X has no column {lacking}; its embedding is that of a missing modality."
                )
                z = np.tile(self.missing_embedding_[name], (len(table), 1))
                result[name] = z, np.zeros(len(table), dtype=bool)
        return {name: result[name] for name in names}

    @staticmethod
    def _with_columns(X, columns):
        """Return X with NaN in absent columns, and the columns; none if all are absent."""
        absent = [name for name in columns if name not in X.columns]
        if not absent or len(absent) == len(columns):
            return X, [] if absent else columns
        warn_quality(f"X has no columns {absent}; their values count as missing.")
        return X.assign(**dict.fromkeys(absent, np.nan)), columns

    def _encode(self, dataset, names):
        n = len(dataset)
        result = {
            name: (np.tile(self.missing_embedding_[name], (n, 1)), np.zeros(n, dtype=bool))
            for name in names
        }
        for module, batch, positions in self._run(dataset):
            for name, chunks in batch.tensors.items():
                z = module.embed(name, chunks, batch.object_index[name], len(batch)).cpu().numpy()
                mask = batch.present[name].cpu().numpy()
                result[name][0][positions[mask]] = z[mask]
                result[name][1][positions] = mask
        return result

    def _mean_directions(self, dataset):
        """Return the mean direction, or mean, of the objects in each modality, as a dict."""
        module = self.net_.module_
        # _encode needs the attribute, whose final values are computed from its result.
        self.missing_embedding_ = {
            name: np.zeros(module.embedding_dim, dtype=np.float32) for name in self.modalities_
        }
        directions, self._mean_length = {}, {}
        for name, (z, present) in self._encode(dataset, self.modalities_).items():
            mean = z[present].mean(axis=0)
            # The mean of unit vectors is shorter than 1.
            length = float(np.linalg.norm(mean))
            if module.is_normalized:
                directions[name] = mean / max(length, 1e-12)
            else:
                directions[name] = mean
                length /= max(np.sqrt(np.mean(np.sum(z[present] ** 2, axis=1))), 1e-12)
            self._mean_length[name] = float(length)
        return directions

    def _pretrained_encoder(self, modality):
        module = self.net_.module_
        return PretrainedEncoder(
            self.encoders_[modality],
            self.preprocessors_[modality],
            module.encoders[modality],
            module.projections[modality],
        )
