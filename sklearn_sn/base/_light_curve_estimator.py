"""What estimators have in common that learn from light curves end to end."""

from numbers import Real

import numpy as np
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from sklearn_sn.base._encoders import add_bands, build_encoder, build_input, encoder_width
from sklearn_sn.base._estimator import TorchEstimator
from sklearn_sn.base._parameters import fraction, size
from sklearn_sn.base._pretrained import (
    TRAINABLE,
    PretrainedPart,
    defaults_of,
    frozen_modules,
    pretrained_parts,
    refuse_contradictions,
)
from sklearn_sn.base._warm_start import check_continued, kept_params
from sklearn_sn.data import check_table
from sklearn_sn.modules import SupervisedModule
from sklearn_sn.nets import SupervisedNet, TableDataset

_NAME = "light_curve"
_SIZES = ("d_model", "n_heads", "n_layers", "pooling")
_OF_INPUT = ("amplitude", "time_origin", "time_window", "band_encoding")


class LightCurveEstimator(TorchEstimator):
    """Base of the classifier and the regressor: a light-curve transformer and a head.

    Subclasses turn labels into targets, give a criterion, and read the outputs.
    """

    _parameter_constraints = {
        **TorchEstimator._parameter_constraints,
        "d_model": size(2),
        "n_heads": size(),
        "n_layers": size(),
        "pooling": [StrOptions({"mean", "attention"})],
        "band_encoding": [StrOptions({"wavelength", "embedding"})],
        "time_origin": [StrOptions({"peak", "first"})],
        "time_window": ["array-like"],
        "amplitude": ["boolean"],
        "max_points": size(2),
        "dropout": fraction(),
        "noise_augmentation": ["boolean"],
        "augmentation": ["boolean"],
        "pretrained": [HasMethods("fit"), None],
        "trainable": [StrOptions(set(TRAINABLE))],
        "pretrained_lr_factor": [Interval(Real, 0, None, closed="neither")],
    }

    modalities_ = (_NAME,)

    def _fit(self, X, targets, n_outputs, sample_weight, strata, **net_params):
        """Train on targets (n_objects,); objects of weight 0 are left out.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
        targets : callable
            Called with the number of objects once X is checked; answers the targets.
        n_outputs : int
        sample_weight : array of shape (n_objects,) or None
            What :meth:`_weights` answers.
        strata : callable
            As `targets`; classes to stratify a validation part by, or None.
        """
        params = self.get_params(deep=False)
        self._check_sizes(params)
        table = check_table(X, modalities=[_NAME], training=True)
        values = targets(len(table))
        extras = {"targets": values}
        rows = np.arange(len(table))
        if sample_weight is not None:
            typical = sample_weight[sample_weight > 0].mean()
            extras["weight"] = (sample_weight / typical).astype(np.float32)
            rows = np.flatnonzero(sample_weight > 0)
        part = self._start(params, table, rows)
        prepared = self.input_.prepare(table)
        rows = rows[prepared.lengths[rows] > 0]
        if not len(rows):
            raise ValueError(
                f"No light curve has a point within time_window={self.time_window!r} of its origin."
            )
        dataset = TableDataset({_NAME: self.input_}, {_NAME: prepared}, extras, rows)

        def build():
            return self._build(params, part, dataset, n_outputs)

        groups = []
        if part is not None and self.pretrained_lr_factor != 1.0:
            groups = [("encoder.*", {"lr": self.pretrained_lr_factor * self.lr})]
        labels = strata(len(table))
        self._train(
            SupervisedNet,
            build,
            dataset,
            None if labels is None else labels[rows],
            modality=_NAME,
            optimizer__param_groups=groups,
            **net_params,
        )
        self.n_features_in_ = X.shape[1]
        if all(isinstance(name, str) for name in X.columns):
            self.feature_names_in_ = np.array(X.columns, dtype=object)
        latent, _, found = self._outputs_of(dataset, n_outputs)
        self.nothing_ = latent[found].mean(axis=0)
        return self

    @staticmethod
    def _weights(sample_weight, y):
        """Weights as floats, not negative and not all 0; None where none are given."""
        if sample_weight is None:
            return None
        return _check_sample_weight(sample_weight, y, ensure_non_negative=True)

    def _start(self, params, table, rows):
        """Fit the input, or take it over; None, or the pretrained part."""
        if self._continues:
            check_continued(params, self._first_params, self.modalities_, table)
            return None
        self._first_params = kept_params(params)
        parts = pretrained_parts(self.pretrained, [_NAME])
        part = parts.get(_NAME)
        self.input_ = build_input(_NAME, params).fit(table, rows)
        if part is not None:
            taken = {
                key: v for key, v in getattr(part.encoder, "sizes", {}).items() if key in _SIZES
            }
            taken |= {key: getattr(part.source, key) for key in _OF_INPUT}
            refuse_contradictions(params, taken, defaults_of(type(self)))
            add_bands(part, self.input_)
            for attribute in ("noise", "augmentation", "max_points"):
                setattr(part.source, attribute, getattr(self.input_, attribute))
            self.input_ = part.source
        return part

    def _build(self, params, part, dataset, n_outputs):
        named = {f"{_NAME}_{key}": params[key] for key in _SIZES}
        named |= {"encoders": None, "dropout": self.dropout, "band_encoding": self.band_encoding}
        encoder = part.encoder if part else build_encoder(_NAME, self.input_, named)
        sample = dataset.gather(np.arange(1), "cpu").tensors[_NAME][0]
        width = encoder_width(encoder, sample)
        module = SupervisedModule(encoder, width, n_outputs, dropout=self.dropout)
        return module.freeze(frozen_modules(part, encoder, module.head, self.trainable))

    def _check_sizes(self, params):
        if params["d_model"] % params["n_heads"] or params["d_model"] % 2:
            raise ValueError(
                "The 'd_model' parameter must be even and a multiple of 'n_heads'; got "
                f"{params['d_model']} and {params['n_heads']}."
            )
        if params["trainable"] != "all" and params["pretrained"] is None:
            raise ValueError(
                f"The 'trainable' parameter is {params['trainable']!r}, but nothing is "
                "'pretrained'. Give pretrained=FrozenEstimator(fitted estimator)."
            )

    def _predict(self, X):
        """Latent, outputs, and which objects have a light curve."""
        check_is_fitted(self, "net_")
        table = check_table(X, modalities=[_NAME])
        dataset = TableDataset({_NAME: self.input_}, {_NAME: self.input_.prepare(table)})
        return self._outputs_of(dataset, self.net_.module_.head.out_features)

    def _outputs_of(self, dataset, n_outputs):
        n = len(dataset)
        latent = np.zeros((n, self.net_.module_.width), dtype=np.float32)
        outputs = np.zeros((n, n_outputs), dtype=np.float32)
        found = np.zeros(n, dtype=bool)
        for module, batch, positions in self._run(dataset):
            if _NAME not in batch.tensors:
                continue
            answer = module(batch.tensors[_NAME], batch.owners[_NAME], len(batch))
            here = batch.present[_NAME].cpu().numpy()
            for whole, part in zip((latent, outputs), answer, strict=True):
                whole[positions[here]] = part.cpu().numpy()[here]
            found[positions] = here
        return latent, outputs, found

    def transform(self, X):
        """The encodings on which the head stands.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows

        Returns
        -------
        array of shape (n_objects, n_features_out), float32
            An object without a light curve gets the mean of the training objects.
        """
        latent, _, found = self._predict(X)
        latent[~found] = self.nothing_
        return latent

    def get_feature_names_out(self, input_features=None):
        """Names of the encoding's dimensions.

        Parameters
        ----------
        input_features : ignored

        Returns
        -------
        array of str, shape (n_features_out,)
        """
        check_is_fitted(self, "net_")
        name = type(self).__name__.lower()
        width = self.net_.module_.width
        return np.array([f"{name}{i}" for i in range(width)], dtype=object)

    def _pretrained_part(self, modality):
        return PretrainedPart(self.input_, self.net_.module_.encoder)
