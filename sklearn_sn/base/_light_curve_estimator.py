"""What estimators have in common that learn from light curves end to end."""

from numbers import Real

import numpy as np
from sklearn.utils._param_validation import HasMethods, Interval
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from sklearn_sn.base._encoders import add_bands, encoder_width
from sklearn_sn.base._estimator import TorchEstimator
from sklearn_sn.base._parameters import fraction, size
from sklearn_sn.base._pretrained import (
    PretrainedPart,
    defaults_of,
    frozen_modules,
    pretrained_parts,
    refuse_contradictions,
)
from sklearn_sn.base._warm_start import check_continued, kept_params
from sklearn_sn.data import check_table
from sklearn_sn.data._check import as_frame
from sklearn_sn.modules import SupervisedModule
from sklearn_sn.nets import SupervisedNet, TableDataset

_NAME = "light_curve"


class LightCurveEstimator(TorchEstimator):
    """Base of classifiers and regressors: an encoder of light curves and a head.

    Subclasses turn labels into targets, give a criterion, and read the outputs; they make the input
    (``_new_input``) and the encoder (``_new_encoder``).
    """

    _parameter_constraints = {
        **TorchEstimator._parameter_constraints,
        "n_layers": size(),
        "amplitude": ["boolean"],
        "max_points": size(2),
        "dropout": fraction(),
        "noise_augmentation": ["boolean"],
        "augmentation": ["boolean"],
        "pretrained": [HasMethods("fit"), None],
        "pretrained_lr_factor": [Interval(Real, 0, None, closed="neither")],
    }

    modalities_ = (_NAME,)
    _net_class = SupervisedNet
    _module_class = SupervisedModule
    _of_encoder = {}  # parameters that a pretrained encoder brings, by its own names
    _of_input = ()  # and those that its input brings
    _normalize = True  # whether a layer norm stands between encoding and latent

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
        table = self._checked(X, training=True)
        extras = {"targets": targets(len(table))}
        more, groups, module_params, net_more = self._learn_domains(X, extras["targets"])
        extras |= more
        rows = np.arange(len(table))
        if sample_weight is not None:
            typical = sample_weight[sample_weight > 0].mean()
            extras["weight"] = (sample_weight / typical).astype(np.float32)
            rows = np.flatnonzero(sample_weight > 0)
        part = self._start(params, table, rows)
        prepared = self.input_.prepare(table)
        rows = rows[prepared.lengths[rows] > 0]
        if not len(rows):
            raise ValueError(self._nothing_left())
        dataset = TableDataset({_NAME: self.input_}, {_NAME: prepared}, extras, rows, groups)

        def build():
            return self._build(params, part, dataset, n_outputs, module_params)

        param_groups = []
        if part is not None and self.pretrained_lr_factor != 1.0:
            param_groups = [("encoder.*", {"lr": self.pretrained_lr_factor * self.lr})]
        labels = strata(len(table))
        self._train(
            self._net_class,
            build,
            dataset,
            None if labels is None else labels[rows],
            modality=_NAME,
            optimizer__param_groups=param_groups,
            **net_params,
            **net_more,
        )
        latent, _, found = self._outputs_of(dataset, n_outputs)
        self.nothing_ = latent[found].mean(axis=0)
        return self

    def _checked(self, X, training=False):
        """The checked table; at fit, its columns are remembered."""
        table = check_table(X, modalities=[_NAME], training=training)
        if training:
            columns = as_frame(X).columns
            self.n_features_in_ = len(columns)
            if all(isinstance(name, str) for name in columns):
                self.feature_names_in_ = np.array(columns, dtype=object)
        return table

    def _learn_domains(self, X, targets):
        """Further extras, groups of batches, and parameters of module and net; for subclasses."""
        return {}, None, {}, {}

    def _nothing_left(self):
        return "No light curve has a point that the network would see."

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
        self.input_ = self._new_input(params).fit(table, rows)
        if part is not None:
            self._check_part(part)
            sizes = getattr(part.encoder, "sizes", {})
            taken = {name: sizes[key] for name, key in self._of_encoder.items() if key in sizes}
            taken |= {name: getattr(part.source, name) for name in self._of_input}
            refuse_contradictions(params, taken, defaults_of(type(self)))
            add_bands(part, self.input_)
            for attribute in ("noise", "augmentation", "max_points"):
                setattr(part.source, attribute, getattr(self.input_, attribute))
            self.input_ = part.source
        return part

    def _check_part(self, part):
        """Refuse a pretrained encoder of another kind; any will do here."""

    def _build(self, params, part, dataset, n_outputs, module_params):
        encoder = part.encoder if part else self._new_encoder(params)
        sample = dataset.gather(np.arange(1), "cpu").tensors[_NAME][0]
        width = encoder_width(encoder, sample)
        module = self._module_class(
            encoder,
            width,
            n_outputs,
            dropout=self.dropout,
            normalize=self._normalize,
            **module_params,
        )
        return module.freeze(frozen_modules(part, encoder, module.head, self.trainable))

    def _check_sizes(self, params):
        if params["trainable"] != "all" and params["pretrained"] is None:
            raise ValueError(
                f"The 'trainable' parameter is {params['trainable']!r}, but nothing is "
                "'pretrained'. Give pretrained=FrozenEstimator(fitted estimator)."
            )

    def _predict(self, X):
        """Latent, outputs, and which objects have a light curve."""
        check_is_fitted(self, "net_")
        table = self._checked(X)
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
