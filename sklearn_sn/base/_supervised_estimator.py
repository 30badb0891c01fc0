"""What estimators have in common that learn labels or numbers from one modality."""

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils.validation import _check_sample_weight, check_is_fitted

from sklearn_sn.base._encoders import encoder_width
from sklearn_sn.base._estimator import TorchEstimator
from sklearn_sn.base._pretrained import PretrainedPart
from sklearn_sn.base._warm_start import check_continued, kept_params
from sklearn_sn.data import as_frame, check_table
from sklearn_sn.modules import SupervisedModule
from sklearn_sn.nets import SupervisedNet, TableDataset


class SupervisedEstimator(TransformerMixin, TorchEstimator):
    """Base of classifiers and regressors of one modality: an encoder and a head.

    Subclasses name the modality (``modalities_``), turn labels into targets, give a criterion, and
    read the outputs; they make the input (``_new_input``) and the encoder (``_new_encoder``).
    """

    _net_class = SupervisedNet
    _module_class = SupervisedModule
    _metadata_columns = ()  # plain columns that the input needs
    _poor_score = False  # whether scikit-learn's checks must expect little on arrays
    _normalize = True  # whether a layer norm stands between encoding and latent

    @property
    def _modality(self):
        return self.modalities_[0]

    def _fit(self, X, targets, n_outputs, sample_weight, strata, **net_params):
        """Train on targets (n_objects,); objects of weight 0 are left out.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or what else the estimator takes
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
        more, learned = self._learn_frequencies(table, extras["targets"], sample_weight, n_outputs)
        extras |= more
        part = self._start(params, table, rows)
        prepared = self.input_.prepare(table)
        rows = rows[prepared.lengths[rows] > 0]
        if not len(rows):
            raise ValueError(self._nothing_left())
        name = self._modality
        dataset = TableDataset({name: self.input_}, {name: prepared}, extras, rows, groups)

        def build():
            return self._build(params, part, dataset, n_outputs, module_params)

        labels = strata(len(table))
        self._train(
            self._net_class,
            build,
            dataset,
            None if labels is None else labels[rows],
            modality=name,
            optimizer__param_groups=self._param_groups(part),
            **net_params,
            **net_more,
        )
        # Not before: what ends in an error leaves a fitted model as it was.
        for name, value in learned.items():
            setattr(self, name, value)
        whole = self._evaluated_part(dataset, np.arange(len(dataset)))
        self.missing_embedding_ = self._mean_latent(whole, n_outputs)
        return self

    def _mean_latent(self, dataset, n_outputs):
        """What `transform` answers for an object without the modality."""
        latent, _, found = self._outputs_of(dataset, n_outputs)
        return latent[found].mean(axis=0)

    def _checked(self, X, training=False):
        """The checked table; at fit, its columns are remembered."""
        columns = self._metadata_columns
        table = check_table(
            X, modalities=[self._modality], metadata_columns=columns, training=training
        )
        if training:
            columns = as_frame(X).columns
            self.n_features_in_ = len(columns)
            if all(isinstance(name, str) for name in columns):
                self.feature_names_in_ = np.array(columns, dtype=object)
        return table

    def _learn_domains(self, X, targets):
        """Further extras, groups of batches, and parameters of module and net; for subclasses."""
        return {}, None, {}, {}

    def _learn_frequencies(self, table, targets, sample_weight, n_outputs):
        """Further extras, and attributes of the fitted model, from the checked table."""
        return {}, {}

    def _nothing_left(self):
        return f"No {self._modality} has anything that the network would see."

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
        self.input_ = self._new_input(params).fit(table, rows)
        return self._load_pretrained(params)

    def _load_pretrained(self, params):
        """The pretrained part, whose input is put in place; None where nothing is pretrained."""
        return None

    def _param_groups(self, part):
        """Groups of parameters that learn at other rates."""
        return []

    def _build(self, params, part, dataset, n_outputs, module_params):
        encoder = part.encoder if part else self._new_encoder(params)
        sample = dataset.gather(np.arange(1), "cpu").tensors[self._modality][0]
        width = encoder_width(encoder, sample)
        module = self._module_class(
            encoder,
            width,
            n_outputs,
            dropout=self.dropout,
            normalize=self._normalize,
            **module_params,
        )
        return module.freeze(self._frozen(part, encoder, module.head))

    def _frozen(self, part, encoder, head):
        """Submodules that stay as they are."""
        return []

    def _check_sizes(self, params):
        """Refuse parameters that do not go together, before any work."""

    def _predict(self, X):
        """Latent, outputs, and which objects have the modality."""
        check_is_fitted(self, "net_")
        table = self._checked(X)
        name = self._modality
        dataset = TableDataset({name: self.input_}, {name: self.input_.prepare(table)})
        return self._outputs_of(dataset, self.net_.module_.head.out_features)

    def _outputs_of(self, dataset, n_outputs):
        n, name = len(dataset), self._modality
        latent = np.zeros((n, self.net_.module_.width), dtype=np.float32)
        outputs = np.zeros((n, n_outputs), dtype=np.float32)
        found = np.zeros(n, dtype=bool)
        for module, batch, positions in self._run(dataset):
            if name not in batch.tensors:
                continue
            answer = module(batch.tensors[name], batch.owners[name], len(batch))
            here = batch.present[name].cpu().numpy()
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
            An object without the modality gets the mean of the training objects.
        """
        latent, _, found = self._predict(X)
        latent[~found] = self.missing_embedding_
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
