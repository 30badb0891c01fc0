"""Contrastive embedding of two or more modalities of one object."""

import warnings
from itertools import combinations
from numbers import Real

import numpy as np
from sklearn.base import TransformerMixin
from sklearn.utils._param_validation import HasMethods, Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base import TRAINABLE, PretrainedPart, TorchEstimator, fraction, size
from sklearn_sn.data import DataQualityWarning, check_table
from sklearn_sn.embedding._assembly import build_module, fit_inputs, trainable_of
from sklearn_sn.embedding._modalities import check_names
from sklearn_sn.embedding._targets import AuxiliaryTargets, class_labels
from sklearn_sn.losses import InfoNCELoss
from sklearn_sn.metrics import recall_at_k
from sklearn_sn.nets import ContrastiveNet, TableDataset


class ContrastiveEmbedder(TransformerMixin, TorchEstimator):
    """DOC"""

    _parameter_constraints = {
        **TorchEstimator._parameter_constraints,
        "modalities": ["array-like", None],
        "metadata_columns": ["array-like"],
        "encoders": [dict, None],
        "output": [str, "array-like"],
        "embedding_dim": size(),
        "light_curve_d_model": size(2),
        "light_curve_n_heads": size(),
        "light_curve_n_layers": size(),
        "light_curve_pooling": [StrOptions({"mean", "attention"})],
        "band_encoding": [StrOptions({"wavelength", "embedding"})],
        "time_origin": [StrOptions({"peak", "first"})],
        "amplitude": ["boolean"],
        "max_points": size(2),
        "spectrum_d_model": size(2),
        "spectrum_n_heads": size(),
        "spectrum_n_layers": size(),
        "spectrum_pooling": [StrOptions({"mean", "attention"})],
        "spectrum_patch": size(),
        "spectrum_range": ["array-like"],
        "spectrum_n_bins": size(8),
        "image_d_model": size(),
        "image_n_layers": size(),
        "metadata_d_model": size(),
        "metadata_n_layers": size(),
        "dropout": fraction(),
        "temperature": [Interval(Real, 0, None, closed="neither")],
        "learn_temperature": ["boolean"],
        "min_temperature": [Interval(Real, 0, None, closed="neither")],
        "noise_augmentation": ["boolean"],
        "augmentation": ["boolean"],
        "aux_weight": [Interval(Real, 0, None, closed="left")],
        "aux_columns": ["array-like"],
        "class_weight": [StrOptions({"balanced"}), dict, None],
        "pretrained": [HasMethods("fit"), dict, None],
        "trainable": [StrOptions(set(TRAINABLE)), dict],
        "pretrained_lr_factor": [Interval(Real, 0, None, closed="neither")],
    }

    def __init__(
        self,
        *,
        modalities=None,
        metadata_columns=(),
        encoders=None,
        output="auto",
        embedding_dim=128,
        light_curve_d_model=64,
        light_curve_n_heads=4,
        light_curve_n_layers=3,
        light_curve_pooling="attention",
        band_encoding="wavelength",
        time_origin="peak",
        amplitude=True,
        max_points=400,
        spectrum_d_model=32,
        spectrum_n_heads=2,
        spectrum_n_layers=4,
        spectrum_pooling="mean",
        spectrum_patch=4,
        spectrum_range=(3500.0, 9000.0),
        spectrum_n_bins=512,
        image_d_model=16,
        image_n_layers=3,
        metadata_d_model=64,
        metadata_n_layers=2,
        dropout=0.1,
        temperature=0.07,
        learn_temperature=True,
        min_temperature=0.01,
        noise_augmentation=True,
        augmentation=True,
        aux_weight=0.0,
        aux_columns=(),
        class_weight=None,
        pretrained=None,
        trainable="all",
        pretrained_lr_factor=1.0,
        optimizer="adamw",
        lr=1e-3,
        weight_decay=1e-4,
        batch_size=64,
        max_epochs=40,
        lr_schedule="one_cycle",
        early_stopping=False,
        validation_fraction=0.15,
        n_iter_no_change=10,
        warm_start=False,
        callbacks=None,
        device="auto",
        random_state=None,
        verbose=0,
    ):
        self.modalities = modalities
        self.metadata_columns = metadata_columns
        self.encoders = encoders
        self.output = output
        self.embedding_dim = embedding_dim
        self.light_curve_d_model = light_curve_d_model
        self.light_curve_n_heads = light_curve_n_heads
        self.light_curve_n_layers = light_curve_n_layers
        self.light_curve_pooling = light_curve_pooling
        self.band_encoding = band_encoding
        self.time_origin = time_origin
        self.amplitude = amplitude
        self.max_points = max_points
        self.spectrum_d_model = spectrum_d_model
        self.spectrum_n_heads = spectrum_n_heads
        self.spectrum_n_layers = spectrum_n_layers
        self.spectrum_pooling = spectrum_pooling
        self.spectrum_patch = spectrum_patch
        self.spectrum_range = spectrum_range
        self.spectrum_n_bins = spectrum_n_bins
        self.image_d_model = image_d_model
        self.image_n_layers = image_n_layers
        self.metadata_d_model = metadata_d_model
        self.metadata_n_layers = metadata_n_layers
        self.dropout = dropout
        self.temperature = temperature
        self.learn_temperature = learn_temperature
        self.min_temperature = min_temperature
        self.noise_augmentation = noise_augmentation
        self.augmentation = augmentation
        self.aux_weight = aux_weight
        self.aux_columns = aux_columns
        self.class_weight = class_weight
        self.pretrained = pretrained
        self.trainable = trainable
        self.pretrained_lr_factor = pretrained_lr_factor
        self.optimizer = optimizer
        self.lr = lr
        self.weight_decay = weight_decay
        self.batch_size = batch_size
        self.max_epochs = max_epochs
        self.lr_schedule = lr_schedule
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.warm_start = warm_start
        self.callbacks = callbacks
        self.device = device
        self.random_state = random_state
        self.verbose = verbose

    def fit(self, X, y=None):
        """Train the encoders.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            One row per object; see :func:`sklearn_sn.data.check_table`.
        y : array-like of shape (n_objects,), optional
            Classes or numbers. Ignored, but for the stratified validation part of
            ``early_stopping`` and, with ``aux_weight > 0``, the auxiliary heads; there, None or NaN
            is an unknown label.

        Returns
        -------
        self

        Raises
        ------
        ValueError
            For parameters out of range, for input that cannot be mended, and when no two objects
            have the same two modalities and no auxiliary head has anything to learn.
        """
        self._validate_params()
        params = self.get_params(deep=False)
        trainable_of(params["trainable"], "light_curve")
        columns = list(dict.fromkeys([*self.metadata_columns, *self.aux_columns]))
        table = check_table(X, metadata_columns=columns, modalities=self._wanted(X), training=True)
        if y is not None and len(y) != len(table):
            raise ValueError(f"X has {len(table)} objects but y has {len(y)} labels.")
        self.modalities_ = self._present(table) if not self._continues else self.modalities_
        check_names(params, self.modalities_)
        if not self._continues:
            self.inputs_, parts = fit_inputs(params, table, self.modalities_)
            self.targets_ = AuxiliaryTargets().fit(*self._supervision(table, y))
        prepared = {name: self.inputs_[name].prepare(table) for name in self.modalities_}
        extras = self.targets_.encode(*self._supervision(table, y))
        dataset = TableDataset(self.inputs_, prepared, extras)
        self._check_learnable(prepared, extras)

        def build():
            n_targets = len(self.targets_.names_)
            return build_module(
                params, self.inputs_, parts, dataset, len(self.targets_.classes_), n_targets
            )

        factor = self.pretrained_lr_factor
        groups = [] if self._continues or factor == 1.0 else [
            (f"encoders.{name}.*", {"lr": factor * self.lr}) for name in parts
        ]
        self._train(
            ContrastiveNet,
            build,
            dataset,
            class_labels(y),
            criterion=InfoNCELoss,
            criterion__max_scale=1.0 / self.min_temperature,
            optimizer__param_groups=groups,
            aux_weight=self.aux_weight,
            class_weight=self.targets_.class_weights(self.class_weight, extras),
        )
        self._set_names(X)
        self._learn_nothing(dataset)
        return self

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
            nothing = sum(self.nothing_[name] for name in self.modalities_)
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
        return self._embed(X, self._known([modality]))[modality][0]

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
        """
        check_is_fitted(self, "net_")
        embeddings = self._embed(X, self.modalities_)
        recalls = []
        for left, right in combinations(self.modalities_, 2):
            both = embeddings[left][1] & embeddings[right][1]
            if both.any():
                one, other = embeddings[left][0][both], embeddings[right][0][both]
                recalls += [recall_at_k(one, other, k=k), recall_at_k(other, one, k=k)]
        if not recalls:
            raise ValueError("X has no object with two modalities; there is nothing to retrieve.")
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
        dims = range(self.embedding_dim)
        return np.array([f"{name}_{i}" for name in names for i in dims], dtype=object)

    def _wanted(self, X):
        if self.modalities is not None:
            return list(self.modalities)
        return None

    def _present(self, table):
        """The modalities of the table that some object has."""
        asked = self.modalities or ("light_curve", "spectrum", "image", "metadata")
        if not self.metadata_columns:
            asked = [name for name in asked if name != "metadata"]
        return [name for name in asked if table.has(name) and table.present(name).any()]

    def _supervision(self, table, y):
        """Labels and columns for the auxiliary heads; nothing unless they are asked for."""
        if self.aux_weight == 0:
            return None, {}
        columns = {
            name: table.metadata[name].to_numpy(dtype=np.float64) for name in self.aux_columns
        }
        return y, columns

    def _check_learnable(self, prepared, extras):
        found = np.stack([part.lengths > 0 for part in prepared.values()])
        if (found.sum(axis=0) >= 2).sum() < 2 and not extras:
            raise ValueError(
                "Fewer than two objects of X have two modalities, so that there are no pairs to "
                "contrast; train single encoders with aux_weight > 0 and y."
            )

    def _outputs(self):
        """The modalities of the output, as a list."""
        asked = [self.output] if isinstance(self.output, str) else list(self.output)
        if asked == ["auto"]:
            return self.modalities_[:1]
        return asked if asked == ["mean"] else self._known(asked)

    def _known(self, names):
        for name in names:
            if name not in self.modalities_:
                raise ValueError(
                    f"The 'output' parameter of {type(self).__name__} must name modalities of "
                    f"{list(self.modalities_)}, 'auto' or 'mean'. Got {name!r} instead."
                )
        return names

    def _embed(self, X, names):
        """Embeddings and which objects have the modality, by modality."""
        columns = list(self.metadata_columns) if "metadata" in names else []
        here = [name for name in names if name == "metadata" or name in getattr(X, "columns", ())]
        if not here:
            here = names  # refused by the check, which says why
        table = check_table(X, modalities=here, metadata_columns=columns)
        inputs = {name: self.inputs_[name] for name in here}
        prepared = {name: source.prepare(table) for name, source in inputs.items()}
        result = self._encode(TableDataset(inputs, prepared), here)
        for name in names:
            if name not in here:
                warnings.warn(
                    f"X has no column {name!r}; its embedding is that of a missing modality.",
                    DataQualityWarning,
                    stacklevel=3,
                )
                z = np.tile(self.nothing_[name], (len(table), 1))
                result[name] = z, np.zeros(len(table), dtype=bool)
        return {name: result[name] for name in names}

    def _encode(self, dataset, names):
        n = len(dataset)
        result = {
            name: (np.tile(self.nothing_[name], (n, 1)), np.zeros(n, dtype=bool)) for name in names
        }
        for module, batch, positions in self._run(dataset):
            for name, tensors in batch.tensors.items():
                z = module.embed(name, tensors, batch.owners[name], len(batch)).cpu().numpy()
                found = batch.present[name].cpu().numpy()
                result[name][0][positions[found]] = z[found]
                result[name][1][positions] = found
        return result

    def _learn_nothing(self, dataset):
        """The answer for a missing modality: the mean direction of the training objects."""
        self.nothing_ = {
            name: np.zeros(self.embedding_dim, dtype=np.float32) for name in self.modalities_
        }
        for name, (z, found) in self._encode(dataset, self.modalities_).items():
            mean = z[found].mean(axis=0)
            self.nothing_[name] = mean / max(np.linalg.norm(mean), 1e-12)

    def _set_names(self, X):
        if all(isinstance(name, str) for name in X.columns):
            self.feature_names_in_ = np.array(X.columns, dtype=object)

    def _pretrained_part(self, modality):
        module = self.net_.module_
        return PretrainedPart(
            self.inputs_[modality], module.encoders[modality], module.projections[modality]
        )
