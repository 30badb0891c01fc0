"""Base of embedders of one modality that are trained without labels."""

import numpy as np
import pandas as pd
import torch
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base import (
    PretrainedEncoder,
    TorchEstimator,
    TrainingPlan,
    check_continued,
    chosen_encoder,
    kept_params,
    remember_columns,
)
from sklearn_sn.data import as_frame, check_table
from sklearn_sn.nets import TableDataset


class SelfSupervisedEmbedder(ClassNamePrefixFeaturesOutMixin, TransformerMixin, TorchEstimator):
    """Base of embedders of one modality that are trained without labels.

    Subclasses name their net and the arguments of its loss, make a preprocessor and a module, and
    return the dataset of training, whose preprocessor hides or changes a part of each object.
    """

    @property
    def modalities_(self) -> tuple[str, ...]:
        """Modalities that the estimator reads."""
        return (self._modality,)

    @property
    def _modality(self):
        return self._encoder_parameters["encoder"][0]

    # For subclasses -------------------------------------------------------------

    def _check_parameters(self):
        """Raise a ValueError for parameters that the constraints do not cover."""

    def _check_encoder(self, encoder):
        """Raise a ValueError if the objective does not work with an encoder."""

    def _read(self, X, **checks):
        """Return the checked table."""
        return check_table(as_frame(X), modalities=[self._modality], **checks)

    def _new_preprocessor(self, encoder):
        raise NotImplementedError

    def _build(self):
        raise NotImplementedError

    def _training_set(self, prepared):
        raise NotImplementedError

    def _net_params(self):
        raise NotImplementedError

    # Fit ------------------------------------------------------------------------

    def _fit(self, X):
        self._validate_params()
        params = self.get_params(deep=False)
        self._check_parameters()
        encoder = self.encoder_ if self._is_warm_start else self._chosen_encoder()
        X = as_frame(X)
        table = self._read(X, training=True)
        if self._is_warm_start:
            check_continued(params, self._first_params, self.modalities_, table, self._is_part)
        else:
            self._first_params = kept_params(params)
            self.encoder_ = encoder
            self.preprocessor_ = self._new_preprocessor(encoder).fit(table)
        prepared = self.preprocessor_.prepare(table)
        self._train(
            TrainingPlan(
                net_class=self._net_class,
                build=self._build,
                dataset=self._training_set(prepared),
                evaluate=lambda: {"missing_embedding_": self._encodings(prepared).mean(axis=0)},
                net_params=self._net_params(),
            )
        )
        remember_columns(self, X)
        return self._remember_range(table, [self.encoder_])._finish_fit()

    def _chosen_encoder(self):
        modality, default = self._encoder_parameters["encoder"]
        encoder = chosen_encoder(self, "encoder", modality, default, None)
        self._check_encoder(encoder)
        return encoder

    # Predictions ----------------------------------------------------------------

    def _prepared(self, X):
        return self.preprocessor_.prepare(self._read(X, **self._prediction_checks()))

    def _encodings(self, prepared):
        """Return the output of the encoder for the objects with the modality."""
        name = self._modality
        rows = np.flatnonzero(prepared.lengths > 0)
        dataset = TableDataset({name: self.preprocessor_}, {name: prepared}, rows=rows)
        encodings = np.zeros((len(rows), self._encoding_width()), dtype=np.float32)
        for module, batch, positions in self._run(dataset):
            if name not in batch.tensors:  # a table without rows
                continue
            encoded = torch.cat([module.encoder(**chunk) for chunk in batch.tensors[name]])
            index = batch.object_index[name].cpu().numpy()
            encodings[positions[index]] = encoded.cpu().numpy()
        return encodings

    def _encoding_width(self):
        return self.net_.module_.encoder.output_dim

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        """Return the outputs of the encoder for whole objects.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table as in `fit`.

        Returns
        -------
        array of shape (n_objects, n_features_out), float32
            Embeddings: states of [CLS] of an event transformer, and mean states of the windows of
            spectra, averaged over the spectra of an object. ``missing_embedding_`` for an object
            without the modality.
        """
        check_is_fitted(self, "net_")
        prepared = self._prepared(X)
        out = np.tile(self.missing_embedding_, (len(prepared.lengths), 1))
        out[prepared.lengths > 0] = self._encodings(prepared)
        return out

    @property
    def _n_features_out(self):
        return len(self.missing_embedding_)

    def _pretrained_encoder(self, modality):
        return PretrainedEncoder(self.encoder_, self.preprocessor_, self.net_.module_.encoder)
