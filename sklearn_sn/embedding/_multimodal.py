"""What embedders of several modalities share once they are trained."""

from itertools import combinations

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base import PretrainedPart, TorchEstimator
from sklearn_sn.data import as_frame, check_table, warn_quality
from sklearn_sn.metrics import recall_at_k
from sklearn_sn.nets import TableDataset


class MultimodalEmbedder(TransformerMixin, TorchEstimator):
    """Base of embedders whose module answers ``embed(modality, tensors, owner, n_objects)``.

    Subclasses have the parameters `output`, `embedding_dim` and `metadata_columns`, and set
    ``modalities_``, ``inputs_`` and ``net_`` in fit, which ends with :meth:`_learn_nothing`.
    """

    def transform(self, X):
        """Embed objects.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows

        Returns
        -------
        array of shape (n_objects, n_features_out), float32
            Unit vectors, side by side when `output` names several modalities. An object that lacks
            the modality gets the mean direction of the training objects.

        Raises
        ------
        sklearn.exceptions.NotFittedError
            Before fit.
        ValueError
            For input that cannot be mended.
        """
        check_is_fitted(self, "net_")
        names = self._outputs()
        embeddings = self._embed(X, self.modalities_ if names == ["mean"] else names)
        if names == ["mean"]:
            total = sum(np.where(found[:, None], z, 0.0) for z, found in embeddings.values())
            nothing = sum(self.missing_embedding_[name] for name in self.modalities_)
            found = np.any([found for _, found in embeddings.values()], axis=0)
            total = np.where(found[:, None], total, nothing)
            return total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-12)
        return np.concatenate([z for z, _ in embeddings.values()], axis=1)

    def encode(self, X, modality):
        """Embed one modality, whatever `output` says.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
        modality : str
            One of ``modalities_``.

        Returns
        -------
        array of shape (n_objects, embedding_dim), float32
        """
        check_is_fitted(self, "net_")
        if modality not in self.modalities_:
            raise ValueError(
                f"modality must be one of {list(self.modalities_)}, those of fit. Got {modality!r} "
                "instead."
            )
        return self._embed(X, [modality])[modality][0]

    def score(self, X, y=None, k=10):
        """Recall of cross-modal retrieval on held-out pairs.

        Each object's embedding in one modality is looked for by its embedding in another, among the
        objects of `X` that have both; the answer counts when it is among the `k` nearest. Both
        directions and all pairs of modalities are averaged.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
        y : ignored
        k : int, default=10

        Returns
        -------
        float
            In [0, 1]; chance is k / n_pairs.

        Warns
        -----
        DataQualityWarning
            If no pair of modalities has more than `k` objects: then the score is 1 for any
            embedding.
        """
        check_is_fitted(self, "net_")
        embeddings = self._embed(X, self.modalities_)
        recalls, most = [], 0
        for left, right in combinations(self.modalities_, 2):
            both = embeddings[left][1] & embeddings[right][1]
            most = max(most, int(both.sum()))
            if both.any():
                one, other = embeddings[left][0][both], embeddings[right][0][both]
                recalls += [recall_at_k(one, other, k=k), recall_at_k(other, one, k=k)]
        if not recalls:
            raise ValueError("X has no object with two modalities; there is nothing to retrieve.")
        if most <= k:
            warn_quality(
                f"score asks for the nearest {k} of {most} pairs, which any embedding finds; give "
                "more objects, or a smaller k."
            )
        return float(np.mean(recalls))

    def get_feature_names_out(self, input_features=None):
        """Names of the embedding's dimensions, such as ``light_curve_0``.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        array of str, shape (n_features_out,)
        """
        check_is_fitted(self, "net_")
        names = self._outputs()
        dims = range(self.net_.module_.embedding_dim)
        return np.array([f"{name}_{i}" for name in names for i in dims], dtype=object)

    def _outputs(self):
        """The modalities of the output, as a list."""
        if isinstance(self.output, str):
            if self.output in ("auto", "mean"):
                return self.modalities_[:1] if self.output == "auto" else ["mean"]
            asked = [self.output]
        else:
            asked = list(self.output)
        known = [name for name in self.modalities_ if name in asked]
        if not asked or len(known) < len(asked):
            raise ValueError(
                f"The 'output' parameter of {type(self).__name__} must be 'auto', 'mean', or one "
                f"or more different modalities of {list(self.modalities_)}. Got {self.output!r} "
                "instead."
            )
        return asked

    def _embed(self, X, names):
        """Embeddings and which objects have the modality, by modality."""
        columns = list(self.metadata_columns) if "metadata" in names else []
        X, columns = self._with_columns(as_frame(X), columns)
        here = [name for name in names if name in X.columns or (name == "metadata" and columns)]
        if list(names) == ["metadata"] and not here:
            raise ValueError(
                f"X lacks the metadata columns {list(self.metadata_columns)}; it has "
                f"{list(X.columns)[:10]}."
            )
        here = here or names  # refused by the check, which says why
        table = check_table(X, modalities=here, metadata_columns=columns)
        inputs = {name: self.inputs_[name] for name in here}
        prepared = {name: source.prepare(table) for name, source in inputs.items()}
        result = self._encode(TableDataset(inputs, prepared), here)
        for name in names:
            if name not in here:
                lacking = repr(name) if name != "metadata" else f"of {list(self.metadata_columns)}"
                warn_quality(
                    f"X has no column {lacking}; its embedding is that of a missing modality."
                )
                z = np.tile(self.missing_embedding_[name], (len(table), 1))
                result[name] = z, np.zeros(len(table), dtype=bool)
        return {name: result[name] for name in names}

    @staticmethod
    def _with_columns(X, columns):
        """X with columns of NaN for those absent, and the columns; none of them if all are."""
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
                z = module.embed(name, chunks, batch.owners[name], len(batch)).cpu().numpy()
                found = batch.present[name].cpu().numpy()
                result[name][0][positions[found]] = z[found]
                result[name][1][positions] = found
        return result

    def _learn_nothing(self, dataset):
        """The answer for a missing modality: the mean direction of the training objects."""
        self.missing_embedding_ = {
            name: np.zeros(self.net_.module_.embedding_dim, dtype=np.float32)
            for name in self.modalities_
        }
        for name, (z, found) in self._encode(dataset, self.modalities_).items():
            mean = z[found].mean(axis=0)
            self.missing_embedding_[name] = mean / max(np.linalg.norm(mean), 1e-12)

    def _set_names(self, X):
        self.n_features_in_ = X.shape[1]
        if all(isinstance(name, str) for name in X.columns):
            self.feature_names_in_ = np.array(X.columns, dtype=object)

    def _pretrained_part(self, modality):
        module = self.net_.module_
        return PretrainedPart(
            self.inputs_[modality], module.encoders[modality], module.projections[modality]
        )
