"""The base of estimators that learn labels from several modalities at once."""

from typing import Any

import numpy as np
import pandas as pd
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from sklearn_sn.base._columns import remember_columns
from sklearn_sn.base._estimator import TorchEstimator
from sklearn_sn.base._file_training import weighted_rows
from sklearn_sn.base._pretrained import (
    PretrainedEncoder,
    chosen_encoder,
    encoder_width,
    frozen_modules,
    pretrained_encoders,
    pretrained_preprocessor,
)
from sklearn_sn.base._pretrained_hint import hint_at_pretrained
from sklearn_sn.base._sky_position import sky_columns
from sklearn_sn.base._training import TrainingPlan
from sklearn_sn.base._warm_start import check_continued, kept_params
from sklearn_sn.data import as_frame, as_python, check_table, warn_quality
from sklearn_sn.encoders import DataSettings
from sklearn_sn.nets import TableDataset


class FusionEstimator(ClassNamePrefixFeaturesOutMixin, TransformerMixin, TorchEstimator):
    """Base of estimators with one encoder for each modality and a common head.

    Subclasses have the parameters `metadata_columns`, `pretrained`, `trainable` and
    `pretrained_lr_factor`, define ``_label_task``, ``_build_module`` and ``_net_class``, and
    convert outputs to predictions. ``forward`` of the module returns a dict with "latent" and
    "outputs".
    """

    _poor_score = False
    _on_array = False
    _net_class: Any = None
    _noun = "labels"

    # Fit ------------------------------------------------------------------------

    def _fit(self, X, y, sample_weight):
        """Train the network."""
        self._validate_params()
        self._check_fusion_parameters()
        task = self._label_task(y, sample_weight)
        params = self.get_params(deep=False)
        X = as_frame(X)
        parts = {}
        if self._is_warm_start:
            encoders, columns, sky = self.encoders_, self.metadata_columns_, self.sky_columns_
        else:
            given = self._given_modalities(X)
            parts = pretrained_encoders(self.pretrained, given)
            encoders = self._chosen_encoders(given, parts)
            columns = self._columns_of_metadata(X, encoders)
            if not columns:
                encoders.pop("metadata", None)
            sky = sky_columns(X.columns, encoders.values())
        table = self._checked(X, list(encoders), columns, sky, training=True)
        if len(table) != len(task.targets["targets"]):
            n_labels = len(task.targets["targets"])
            raise ValueError(f"X has {len(table)} objects but y has {n_labels} {self._noun}.")
        rows = weighted_rows(self, task, len(table))
        if self._is_warm_start:
            check_continued(params, self._first_params, self.modalities_, table, self._is_part)
        else:
            # A modality that "auto" found, of which no object has anything, is left out.
            encoders = {name: e for name, e in encoders.items() if self._is_usable(table, name)}
            self._first_params = kept_params(params)
            self.modalities_, self.encoders_ = list(encoders), encoders
            self.metadata_columns_, self.sky_columns_ = list(columns), list(sky)
            self.preprocessors_ = self._fitted_preprocessors(table, rows, parts)
        dataset = self._dataset(table, task.targets)
        usable = np.any([part.lengths > 0 for part in dataset.prepared.values()], axis=0)
        dataset = dataset.subset(rows[usable[rows]])
        if not len(dataset):
            raise ValueError(f"No object has anything usable in {list(self.modalities_)}.")
        hint_at_pretrained(self, self.encoders_, len(dataset))
        groups = []
        if parts and self.pretrained_lr_factor != 1.0:
            rate = self.pretrained_lr_factor * self.lr
            groups = [(f"encoders.{name}.*", {"lr": rate}) for name in parts]
        self._train(
            TrainingPlan(
                net_class=self._net_class,
                build=lambda: self._build(dataset, task, parts),
                dataset=dataset,
                evaluate=lambda: self._means(dataset),
                strata=None if task.strata is None else task.strata[dataset.rows],
                net_params={"optimizer__param_groups": groups, **task.net_params},
                attributes=task.attributes,
            )
        )
        remember_columns(self, X)
        self._remember_range(table, encoders.values(), rows)
        # Set them last, so that an error in fit leaves a fitted model unchanged.
        for attribute, value in task.attributes.items():
            setattr(self, attribute, value)
        return self._finish_fit()

    def _check_fusion_parameters(self):
        if self.pretrained is None and self.trainable != "all":
            raise ValueError(
                f"The 'trainable' parameter is {self.trainable!r}, but nothing is 'pretrained'. "
                "Set pretrained to the name of a packaged model or a fitted FrozenEstimator."
            )

    def _label_task(self, y, sample_weight):
        """Return the :class:`LearningTask` of labels and weights."""
        raise NotImplementedError

    def _build_module(self, networks, widths, task):
        """Return the module around the networks of the modalities; for subclasses."""
        raise NotImplementedError

    @staticmethod
    def _weights(sample_weight, y):
        """Return checked weights as floats, which are >= 0 and not all 0; None for None."""
        if sample_weight is None:
            return None
        return _check_sample_weight(sample_weight, y, ensure_non_negative=True)

    def _given_modalities(self, X):
        """Return the modalities whose parameter is set, or "auto" with a column in X."""
        given = []
        for name in self._encoder_parameters:
            value = getattr(self, name)
            is_auto = isinstance(value, str) and value == "auto"
            if value is not None and not (is_auto and name != "metadata" and name not in X.columns):
                given.append(name)
        return given

    def _is_usable(self, table, name):
        value = getattr(self, name)
        is_auto = isinstance(value, str) and value == "auto"
        if table.present(name).any():
            return True
        if not is_auto:
            raise ValueError(
                f"The {name!r} parameter of {type(self).__name__} gives an encoder, but no object "
                f"of X has {name}. Set {name}=None."
            )
        return False

    def _chosen_encoders(self, modalities, parts):
        encoders = {}
        for name in modalities:
            default = self._encoder_parameters[name][1]
            encoder = chosen_encoder(self, name, name, default, parts.get(name))
            if encoder.gives_features_per_bin:
                raise ValueError(
                    f"The {name!r} parameter of {type(self).__name__} must give one vector for an "
                    f"instance. Got {encoder!r} instead."
                )
            for parameter in ("max_shift", "dropout"):
                if getattr(encoder, parameter, 0.0) is None:
                    setattr(encoder, parameter, 0.0)
            encoders[name] = encoder
        return encoders

    def _columns_of_metadata(self, X, encoders):
        """Return the columns of metadata: those of the parameter, or the encoder's in X."""
        if "metadata" not in encoders:
            return []
        if self.metadata_columns is not None:
            return list(self.metadata_columns)
        columns = [n for n in self._default_columns(encoders["metadata"]) if n in X.columns]
        value = self.metadata
        if not columns and not (isinstance(value, str) and value == "auto"):
            raise ValueError(
                f"The 'metadata' parameter of {type(self).__name__} gives an encoder, but X has "
                "none of its columns. Set metadata_columns, or metadata=None."
            )
        return columns

    def _default_columns(self, encoder):
        """Return the columns that an encoder reads if `metadata_columns` is None."""
        return encoder.default_columns

    def _fitted_preprocessors(self, table, rows, parts):
        settings = DataSettings(
            metadata_columns=tuple(self.metadata_columns_), sky_columns=tuple(self.sky_columns_)
        )
        preprocessors = {}
        for name, encoder in self.encoders_.items():
            fresh = encoder.make_preprocessor(settings).fit(table, rows=rows)
            part = parts.get(name)
            preprocessors[name] = fresh if part is None else pretrained_preprocessor(part, fresh)
        return preprocessors

    def _build(self, dataset, task, parts):
        """Return the module with pretrained encoders, frozen according to `trainable`."""
        networks, widths = {}, {}
        for name, encoder in self.encoders_.items():
            part = parts.get(name)
            network = part.module if part else encoder.make_module(self.preprocessors_[name])
            first = np.flatnonzero(dataset.prepared[name].lengths[dataset.rows] > 0)[:1]
            sample = dataset.gather(first, "cpu").tensors[name][0]
            networks[name], widths[name] = network, encoder_width(network, sample)
        module = self._build_module(networks, widths, task)
        frozen = []
        for name, part in parts.items():
            frozen += frozen_modules(part, module.norms[name], self.trainable)
        return module.freeze(frozen)

    # X --------------------------------------------------------------------------

    def _checked(self, X, modalities, columns, sky, training=False):
        """Return the checked table of X."""
        if not modalities:
            wanted = [n for n in self._encoder_parameters if getattr(self, n) is not None]
            raise ValueError(
                f"X has nothing for {' or '.join(wanted) or 'any modality'}; it has the columns "
                f"{list(X.columns)[:10]}."
            )
        every = list(dict.fromkeys([*columns, *sky]))
        return check_table(
            X,
            modalities=modalities,
            metadata_columns=every,
            training=training,
            # _forward warns about objects without anything.
            **({} if training else self._prediction_checks(warn_missing=False)),
        )

    def _read(self, X):
        """Return the checked table of X for predictions; absent columns count as missing."""
        X = as_frame(X)
        columns = self.metadata_columns_
        absent = [n for n in self.modalities_ if n != "metadata" and n not in X.columns]
        absent += [n for n in dict.fromkeys([*columns, *self.sky_columns_]) if n not in X.columns]
        needed = [n for n in self.modalities_ if n != "metadata"] + list(columns)
        if absent and not set(needed) <= set(absent):
            warn_quality(f"X has no columns {absent}; their values count as missing.")
            X = X.assign(**{n: None if n in self.modalities_ else np.nan for n in absent})
        return self._checked(X, self.modalities_, columns, self.sky_columns_)

    def _dataset(self, table, targets=None):
        prepared = {name: part.prepare(table) for name, part in self.preprocessors_.items()}
        return TableDataset(self.preprocessors_, prepared, targets)

    # Prediction -----------------------------------------------------------------

    def _forward(self, X, names):
        """Return a dict of outputs of the module, by name, and the mask "present"."""
        check_is_fitted(self, "net_")
        table = self._read(X)
        results = self._named_outputs(self._dataset(table), names)
        nothing = ~results["present"]
        if nothing.any():
            warn_quality(
                f"{int(nothing.sum())} objects have nothing usable in {list(self.modalities_)} and "
                f"get the result of missing data (first "
                f"{as_python(table.index[np.argmax(nothing)])!r})."
            )
        return results

    def _named_outputs(self, dataset, names):
        results = {"present": np.zeros(len(dataset), dtype=bool)}
        for module, batch, positions in self._run(dataset):
            parts = module(batch.tensors, batch.object_index, len(batch))
            for name in names:
                values = parts[name].cpu().numpy()
                empty = np.zeros((len(dataset), values.shape[1]), dtype=np.float32)
                results.setdefault(name, empty)[positions] = values
            for mask in batch.present.values():
                results["present"][positions] |= mask.cpu().numpy()
        return results

    def _means(self, dataset):
        """Return fitted attributes from the mean outputs of objects."""
        results = self._named_outputs(dataset, ["latent", "outputs"])
        mean = results["latent"].mean(axis=0)
        is_finite = np.isfinite(results["outputs"]).all()
        return {"missing_embedding_": mean if is_finite else np.full_like(mean, np.nan)}

    def transform(self, X: pd.DataFrame) -> np.ndarray:
        """Return the latents, which are the inputs of the head.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table as in `fit`; columns and cells may be missing.

        Returns
        -------
        array of shape (n_objects, n_features_out), float32
            Encodings of the modalities, concatenated; ``missing_embedding_`` for an object without
            any modality.
        """
        results = self._forward(X, ["latent"])
        latent = results["latent"]
        latent[~results["present"]] = self.missing_embedding_
        return latent

    @property
    def _n_features_out(self):
        return self.net_.module_.width

    def _pretrained_encoder(self, modality):
        module = self.net_.module_.encoders[modality]
        return PretrainedEncoder(self.encoders_[modality], self.preprocessors_[modality], module)
