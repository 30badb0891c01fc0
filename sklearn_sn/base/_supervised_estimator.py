"""The base of estimators that learn labels or numbers from one modality."""

import copy
import dataclasses
from numbers import Real
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.sparse import issparse
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import _check_sample_weight, check_is_fitted, validate_data

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
from sklearn_sn.base._unfreezing import (
    check_unfreezing,
    parameter_groups,
    unfreezing_callbacks,
)
from sklearn_sn.base._warm_start import check_continued, kept_params
from sklearn_sn.data import as_frame, check_table, is_table
from sklearn_sn.encoders import DataSettings, Encoder
from sklearn_sn.modules import SupervisedModule
from sklearn_sn.nets import SupervisedNet, TableDataset


class Predictions(NamedTuple):
    """Outputs of a network for objects, as arrays of n_objects rows."""

    latent: np.ndarray
    outputs: np.ndarray
    present: np.ndarray  # bool; False for an object without the modality, whose rows are 0


class SupervisedEstimator(ClassNamePrefixFeaturesOutMixin, TransformerMixin, TorchEstimator):
    """Base of classifiers and regressors of one modality: an encoder and a head.

    Subclasses define :meth:`_label_task`, which turns labels into a :class:`LearningTask`, and
    convert outputs to predictions. :meth:`_extend_task` adds the targets of other objectives.
    """

    _encoder_parameters = {"encoder": ("light_curve", "transformer")}
    _modalities = ("light_curve",)  # modalities of the encoders that the estimator accepts
    _net_class = SupervisedNet
    _module_class = SupervisedModule
    _metadata_columns = ()  # plain columns that the estimator reads
    _poor_score = False  # whether scikit-learn's checks must not expect a good score on arrays
    _on_array = False  # whether X was an array in fit
    _sky_columns = ()  # columns of the position in the sky in fit
    _noun = "labels"

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = True
        tags.input_tags.string = False
        tags.transformer_tags.preserves_dtype = []
        return tags

    @property
    def modalities_(self) -> tuple[str, ...]:
        """Modalities that the fitted estimator reads."""
        return (self.encoder_.modality,)

    # Fit ------------------------------------------------------------------------

    def _fit(self, X, y, sample_weight, **fit_params):
        """Train the network; `fit_params` are the arguments of fit besides X, y and weights."""
        self._validate_params()
        task = self._label_task(y, sample_weight)
        params = self.get_params(deep=False)
        part = self._check_pretrained()
        encoder = self.encoder_ if self._is_warm_start else self._chosen_encoder(part)
        self._check_data_parameters()
        table = self._read(X, encoder, training=True)
        n_labels = len(task.targets["targets"])
        if len(table) != n_labels:
            raise ValueError(f"X has {len(table)} objects but y has {n_labels} {self._noun}.")
        task.encoder = encoder
        self._extend_task(task, X, table, **fit_params)
        rows = weighted_rows(self, task, len(table))
        if self._is_warm_start:
            check_continued(params, self._first_params, self.modalities_, table, self._is_part)
        else:
            self._first_params = kept_params(params)
            self._fill_encoder(encoder)
            self.encoder_ = encoder
            fresh = encoder.make_preprocessor(self._data_settings()).fit(table, rows=rows)
            self.preprocessor_ = fresh if part is None else pretrained_preprocessor(part, fresh)
        prepared = self.preprocessor_.prepare(table)
        # Objects without the modality do not contribute to the loss.
        rows = rows[prepared.lengths[rows] > 0]
        if not len(rows):
            raise ValueError(self._nothing_usable())
        name = encoder.modality
        if task.copies is not None and hasattr(prepared, "strength"):
            # Of c draws in an epoch, one is augmented as usual.
            prepared = dataclasses.replace(prepared, strength=1.0 - 1.0 / task.copies)
        dataset = TableDataset(
            {name: self.preprocessor_},
            {name: prepared},
            task.targets,
            rows,
            task.groups,
            task.copies,
        )
        hint_at_pretrained(self, {name: encoder}, len(dataset))
        groups = [] if part is None else parameter_groups(self, part.module)
        # missing_embedding_ is the mean latent of the objects as they are evaluated.
        evaluated = self._evaluated_part(dataset, np.arange(len(dataset)))
        self._train(
            TrainingPlan(
                net_class=self._net_class,
                build=lambda: self._build(encoder, part, dataset, task),
                dataset=dataset,
                evaluate=lambda: {"missing_embedding_": self._mean_latent(evaluated)},
                strata=None if task.strata is None else task.strata[rows],
                net_params={
                    "modality": name,
                    "optimizer__param_groups": groups,
                    **task.net_params,
                },
                attributes=task.attributes,
            )
        )
        # Set them last, so that an error in fit leaves a fitted model unchanged.
        if not self._on_array:
            self._remember_range(table, [encoder], rows)
        for attribute, value in task.attributes.items():
            setattr(self, attribute, value)
        return self._finish_fit()

    def _label_task(self, y, sample_weight):
        """Return the :class:`LearningTask` of labels and weights."""
        raise NotImplementedError

    def _extend_task(self, task, X, table, **fit_params):
        """Add targets and settings from X to a task; for subclasses."""

    def _check_data_parameters(self):
        """Raise a ValueError if parameters of the data conflict; for subclasses."""

    def _fill_encoder(self, encoder):
        """Set the parameters that are None in the encoder to the defaults of the estimator."""
        if getattr(encoder, "max_shift", 0.0) is None:
            encoder.max_shift = self._default_shift(encoder)
        if getattr(encoder, "dropout", 0.0) is None:
            encoder.dropout = self._default_dropout

    _default_dropout = 0.2

    def _default_shift(self, encoder):
        return encoder.default_shift(self._data_settings().rest_frame, self._on_array)

    def _data_settings(self):
        return DataSettings(
            sky_columns=self._sky_columns,
            n_array_columns=int(self.n_features_in_) if self._on_array else None,
        )

    def _check_pretrained(self):
        """Return the pretrained encoder, or None."""
        pretrained = getattr(self, "pretrained", None)
        if pretrained is None and getattr(self, "trainable", "all") != "all":
            raise ValueError(
                f"The 'trainable' parameter is {self.trainable!r}, but nothing is 'pretrained'. "
                "Set pretrained to the name of a packaged model or a fitted FrozenEstimator."
            )
        check_unfreezing(self)
        if pretrained is None or self._is_warm_start:
            return None
        return pretrained_encoders(pretrained, [self._encoder_modality()])[self._encoder_modality()]

    def _extra_callbacks(self):
        return [*unfreezing_callbacks(self), *super()._extra_callbacks()]

    def _encoder_modality(self):
        if isinstance(self.encoder, Encoder):
            return self.encoder.modality
        return self._encoder_parameters["encoder"][0]

    def _chosen_encoder(self, part):
        modality = self._encoder_modality()
        if modality not in self._modalities:
            raise ValueError(
                f"The 'encoder' parameter of {type(self).__name__} must be an encoder of "
                f"{' or '.join(map(repr, self._modalities))}. Got {self.encoder!r} instead."
            )
        default = self._encoder_parameters["encoder"][1]
        encoder = chosen_encoder(self, "encoder", modality, default, part)
        self._check_encoder(encoder)
        return encoder

    def _check_encoder(self, encoder):
        """Raise a ValueError if the objective cannot use the encoder."""
        if encoder.gives_features_per_bin:
            raise ValueError(
                f"The 'encoder' parameter of {type(self).__name__} must give one vector for an "
                f"instance. Got {encoder!r} instead."
            )

    @staticmethod
    def _weights(sample_weight, y):
        """Return checked weights as floats, which are >= 0 and not all 0; None for None."""
        if sample_weight is None:
            return None
        return _check_sample_weight(sample_weight, y, ensure_non_negative=True)

    def _build(self, encoder, part, dataset, task):
        network = part.module if part else encoder.make_module(self.preprocessor_)
        sample = dataset.gather(np.arange(1), "cpu").tensors[encoder.modality][0]
        module = self._module_class(
            network,
            encoder_width(network, sample),
            task.n_outputs,
            dropout=head_dropout(encoder),
            normalize=encoder.normalize_latent,
            **task.module_params,
        )
        return module.freeze(frozen_modules(part, module.head, getattr(self, "trainable", "all")))

    def _mean_latent(self, dataset):
        """Return the mean latent of objects; NaN if an output is not finite."""
        latent, outputs, present = self._outputs_of(dataset)
        mean = latent[present].mean(axis=0)
        return mean if np.isfinite(outputs).all() else np.full_like(mean, np.nan)

    def _nothing_usable(self):
        window = getattr(self.encoder_, "time_window", None)
        if window is not None:
            return f"No light curve has a point within time_window={window!r} of its origin."
        return f"No {self.encoder_.modality.replace('_', ' ')} has a usable measurement."

    # X --------------------------------------------------------------------------

    def _read(self, X, encoder, training=False):
        """Return the checked table of X, or the equivalent of the encoder for an array.

        With `training`, also set the attributes that describe the columns of X.
        """
        modality = encoder.modality
        if isinstance(X, pd.Series | dict) and not issparse(X):  # some sparse matrices are dicts
            raise ValueError(
                f"X is a {type(X).__name__}; give a table with a column {modality!r}, such as "
                "X.iloc[[0]] for one object, or column.to_frame()."
            )
        is_spectra = modality == "spectrum" and isinstance(X, pd.DataFrame)
        if is_spectra and {"wavelength", "flux"} <= set(X.columns) and modality not in X.columns:
            raise ValueError(
                "X has the columns 'wavelength' and 'flux' of a single spectrum: make a table with "
                "one object a row by sklearn_sn.datasets.read_tables."
            )
        is_array = self._is_array(X, encoder)
        if (self._is_warm_start or not training) and is_array != self._on_array:
            kinds = (f"a table with a column {modality!r}", encoder.array_kind)
            raise ValueError(f"fit received {kinds[self._on_array]}, and X is {kinds[is_array]}.")
        if is_array:
            # A later chunk must have the columns of the first one.
            reset = training and not (self._partial is not None and self._is_warm_start)
            values = validate_data(
                self, X, reset=reset, dtype=np.float64, ensure_all_finite="allow-nan"
            )
            index = X.index if isinstance(X, pd.DataFrame) else pd.RangeIndex(len(values))
            wavelength = self._array_wavelength(values.shape[1])
            table = encoder.table_from_array(values, index, wavelength)
        else:
            sky = sky_columns(as_frame(X).columns, [encoder])
            columns = (*self._metadata_columns, *sky)
            table = check_table(
                X,
                modalities=[modality],
                metadata_columns=columns,
                training=training,
                **({} if training else self._prediction_checks()),
            )
            if training:
                remember_columns(self, as_frame(X))
                if sky:
                    self._sky_columns = sky
        if training:
            self._on_array = is_array
        return table

    def _is_array(self, X, encoder):
        if encoder.array_kind is None:
            return False
        if is_table(X, encoder.modality, getattr(self, "feature_names_in_", ())):
            return False
        strings = isinstance(X, pd.DataFrame) and not all(
            pd.api.types.is_numeric_dtype(kind) for kind in X.dtypes
        )
        return not strings

    def _array_wavelength(self, n_columns):
        """Return the wavelengths of the columns of an array in Å, or None; for subclasses."""

    # Prediction -----------------------------------------------------------------

    def _predict(self, X):
        """Return :class:`Predictions` for X."""
        if not hasattr(self, "net_"):  # the check of scikit-learn costs more than all else here
            check_is_fitted(self, "net_")
        table = self._read(X, self.encoder_)
        name = self.encoder_.modality
        prepared = self.preprocessor_.prepare(table)
        return self._outputs_of(TableDataset({name: self.preprocessor_}, {name: prepared}))

    def _outputs_of(self, dataset):
        n, name = len(dataset), self.encoder_.modality
        module = self.net_.module_
        latent = np.zeros((n, module.width), dtype=np.float32)
        outputs = np.zeros((n, module.n_outputs), dtype=np.float32)
        present = np.zeros(n, dtype=bool)
        for module, batch, positions in self._run(dataset):
            if name not in batch.tensors:
                continue
            parts = module(batch.tensors[name], batch.object_index[name], len(batch))
            mask = batch.present[name].cpu().numpy()
            for array, part in zip((latent, outputs), parts, strict=True):
                array[positions[mask]] = part.cpu().numpy()[mask]
            present[positions] = mask
        return Predictions(latent, outputs, present)

    @property
    def _is_exact(self):
        """Whether to predict in float64, so that rounding does not depend on other rows."""
        return self._on_array and self.n_features_in_ < self.encoder_.longest_exact_array

    def _run(self, dataset):
        if not self._is_exact:
            yield from super()._run(dataset)
            return
        name = self.encoder_.modality
        # Convert a copy, because other threads may use the module.
        exact = copy.deepcopy(self.net_.module_).double().eval()
        for _, batch, positions in super()._run(dataset):
            for chunk in batch.tensors.get(name, ()):
                for key, value in chunk.items():
                    chunk[key] = value.double() if value.is_floating_point() else value
            yield exact, batch, positions

    def transform(self, X: pd.DataFrame | ArrayLike) -> np.ndarray:
        """Return the latents, which are the inputs of the head.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table or array as in `fit`.

        Returns
        -------
        array of shape (n_objects, n_features_out), float32
            Latents; ``missing_embedding_`` for an object without the modality.
        """
        latent, _, present = self._predict(X)
        latent[~present] = self.missing_embedding_
        return latent

    @property
    def _n_features_out(self):
        return self.net_.module_.width

    def _pretrained_encoder(self, modality):
        return PretrainedEncoder(self.encoder_, self.preprocessor_, self.net_.module_.encoder)


def head_dropout(encoder: Any) -> float:
    """Return the dropout of a head: that of its encoder, if the encoder has a number."""
    value = getattr(encoder, "dropout", 0.0)
    return float(value) if isinstance(value, Real) else 0.0
