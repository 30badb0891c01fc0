"""What estimators of spectra have in common that train a convolutional network."""

from dataclasses import dataclass
from numbers import Real

import numpy as np
import pandas as pd
import torch
from sklearn.utils._param_validation import Interval, StrOptions
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base._array_input import ArrayInputMixin
from sklearn_sn.base._parameters import fraction, size
from sklearn_sn.base._spectrum_explanation import SpectrumExplanationMixin
from sklearn_sn.base._spectrum_networks import ARCHITECTURES, N_BINS, network_sizes
from sklearn_sn.base._supervised_estimator import SupervisedEstimator
from sklearn_sn.data import reject_text, warn_quality
from sklearn_sn.nets import CHANNELS, FluxArray, SpectrumGridInput, TableDataset, WeightAverage

_NAME = "spectrum"
OPTICAL = (1000.0, 30000.0)  # Å, which tables may hold
# A grid so short costs nothing in double precision.
SHORT_GRID = 128
# From this width on, products in bfloat16 outweigh what the conversion costs.
WIDE = 256
# Parts of the grid by which spectra move in training: where a shift is an unknown redshift, and
# elsewhere, for errors of calibration and of known redshifts.
UNKNOWN_SHIFT, KNOWN_SHIFT = 0.1, 0.003
# Bins of a batch of predictions: bounds its memory.
PREDICT_BINS = 2**17


@dataclass(frozen=True)
class SpectrumAnswers:
    """What the network says of each spectrum of some objects.

    Attributes
    ----------
    latent, outputs : array of shape (n_spectra, width), (n_spectra, n_outputs)
    found : array of bool, shape (n_spectra,)
        Which of the spectra reach the grid.
    time : array of shape (n_spectra,)
        MJD, NaN where unknown.
    offsets : array of int, shape (n_objects + 1,)
        Spectra of object ``i`` are rows ``offsets[i]`` to ``offsets[i + 1] - 1``.
    index : pandas.Index of shape (n_objects,)
    prior : array of shape (n_objects, n_classes) or None
        Of classifiers, what is said of objects without a spectrum.
    """

    latent: np.ndarray
    outputs: np.ndarray
    found: np.ndarray
    time: np.ndarray
    offsets: np.ndarray
    index: pd.Index
    prior: np.ndarray | None = None

    def per_object(self, values):
        """Mean over the spectra of each object that reach the grid, (n_objects, ...); or NaN."""
        owner = np.repeat(np.arange(len(self.index)), np.diff(self.offsets))[self.found]
        count = np.bincount(owner, minlength=len(self.index)).astype(float)
        total = np.zeros((len(self.index), *values.shape[1:]))
        np.add.at(total, owner, values[self.found])
        count[count == 0] = np.nan
        return total / count.reshape(-1, *[1] * (values.ndim - 1))


class SpectrumEstimator(SpectrumExplanationMixin, ArrayInputMixin, SupervisedEstimator):
    """Base of classifiers and regressors of spectra, of a table or of an array on one grid.

    Training sees one spectrum of each object in an epoch, drawn anew; predictions are made for each
    spectrum, and combined by the subclass.
    """

    _parameter_constraints = {
        **SupervisedEstimator._parameter_constraints,
        "architecture": [StrOptions(set(ARCHITECTURES))],
        "size": [StrOptions(set(N_BINS))],
        "widths": ["array-like", None],
        "kernels": ["array-like", None],
        "latent_dim": size(),
        "channels": ["array-like", None],
        "wavelength_range": ["array-like"],
        "n_bins": [*size(2), None],
        "grid": [StrOptions({"log", "linear"})],
        "frame": [StrOptions({"observer", "rest"})],
        "wavelength": ["array-like", None],
        "combine": [StrOptions({"mean", "geometric"})],
        "dropout": fraction(),
        "noise_augmentation": ["boolean"],
        "augmentation": ["boolean"],
        "max_crop": [Interval(Real, 0, 0.5, closed="left")],
        "max_shift": [Interval(Real, 0, 0.5, closed="left"), None],
        "ema_decay": [*fraction(), None],
        "precision": [StrOptions({"auto", "float32", "bfloat16"})],
    }

    modalities_ = (_NAME,)
    _normalize = False
    _array_kind = "an array of spectra on one grid"
    _input_class = SpectrumGridInput

    @property
    def _poor_score(self):
        # Without it, arrays that differ in level or scale alone are the same to the network.
        return self.channels is not None and "amplitude" not in self.channels

    # What comes in --------------------------------------------------------------

    @property
    def _metadata_columns(self):
        return ("redshift",) if self.frame == "rest" else ()

    def _checked(self, X, training=False):
        table = super()._checked(X, training)
        if self.frame == "rest":
            if not hasattr(table, "metadata"):
                raise ValueError(
                    "The 'frame' parameter is 'rest', which needs a table with a column "
                    "'redshift'. An array is taken as it is: leave frame='observer'."
                )
            redshift = table.metadata["redshift"]
            reject_text(redshift, "redshift")
            unknown = redshift.isna().to_numpy()
            if unknown.any():
                warn_quality(
                    f"{unknown.sum()} objects without a redshift stay in the observer frame (first "
                    f"{table.index[np.argmax(unknown)]!r})."
                )
        return table

    def _from_array(self, values, index):
        n_bins = values.shape[1]
        if self._continues and n_bins != self.input_.n_bins:
            raise ValueError(
                f"warm_start goes on with spectra of {self.input_.n_bins} bins; X has {n_bins}."
            )
        return FluxArray(values, self._columns(n_bins), index)

    def _columns(self, n_bins):
        """Wavelengths of the columns of an array in Å, or their numbers."""
        if self.wavelength is None:
            return np.arange(n_bins, dtype=np.float64)
        wavelength = np.asarray(self.wavelength, dtype=np.float64)
        middle = np.median(wavelength) if wavelength.size else OPTICAL[0]
        if middle < OPTICAL[0]:
            raise ValueError(
                f"The 'wavelength' parameter must be in Å. Got a median of {middle:g} instead: nm "
                "times 10, or µm times 1e4."
            )
        if wavelength.shape != (n_bins,) or not np.all(np.diff(wavelength, prepend=0.0) > 0):
            raise ValueError(
                f"The 'wavelength' parameter must hold the {n_bins} rising wavelengths of the "
                f"columns of X in Å. Got an array of shape {wavelength.shape} instead."
            )
        return wavelength

    def _check_sizes(self, params):
        network_sizes(params)
        self._check_grid(params)

    @staticmethod
    def _check_grid(params):
        ends = np.asarray(params["wavelength_range"])
        if ends.shape != (2,) or not OPTICAL[0] <= ends[0] < ends[1] <= OPTICAL[1]:
            raise ValueError(
                "The 'wavelength_range' parameter must be two rising wavelengths in [1000, 30000] "
                f"Å. Got {params['wavelength_range']!r} instead."
            )
        channels = params["channels"]
        if channels is not None and not (len(channels) and set(channels) <= set(CHANNELS)):
            raise ValueError(
                f"The 'channels' parameter must be a sequence of names of {list(CHANNELS)}. Got "
                f"{channels!r} instead."
            )

    def _nothing_left(self):
        return f"No spectrum covers three bins of the grid, {self.wavelength_range!r} Å."

    def _new_input(self, params):
        channels = self.channels
        if channels is None:
            # An array may have been scaled by whoever gives it; a column has any scale.
            channels = CHANNELS if self._on_array else CHANNELS[:2]
        shift = self.max_shift
        if shift is None:
            redshifts = self.frame == "observer" and self.grid == "log" and not self._on_array
            shift = UNKNOWN_SHIFT if redshifts else KNOWN_SHIFT
        return self._input_class(
            wavelength_range=tuple(float(end) for end in self.wavelength_range),
            n_bins=self._n_bins,
            grid=self.grid,
            rest=self.frame == "rest",
            channels=tuple(str(name) for name in channels),
            noise=self.noise_augmentation,
            augmentation=self.augmentation,
            max_crop=float(self.max_crop),
            max_shift=float(shift),
        )

    @property
    def _n_bins(self):
        if self._on_array:
            return int(self.n_features_in_)
        return int(self.n_bins or N_BINS[self.size])

    # The network ----------------------------------------------------------------

    @property
    def _widths(self):
        """Channels of the blocks of the network."""
        return network_sizes(self.get_params(deep=False))["widths"]

    def _new_encoder(self, params):
        encoder = ARCHITECTURES[self.architecture](
            n_channels=self.input_.n_channels,
            n_bins=self.input_.n_bins,
            output_dim=self.latent_dim,
            dropout=self.dropout,
            **network_sizes(params),
        )
        encoder.mixed = self._mixed(self._device())
        return encoder

    def _mixed(self, device):
        """Whether to multiply in bfloat16: asked for, or wide enough, on what is made for it."""
        if self.precision != "auto":
            return self.precision == "bfloat16"
        if max(self._widths) < WIDE:
            return False
        if str(device).startswith("cuda"):
            return torch.cuda.is_bf16_supported()
        # Without tiles a processor converts more than it gains.
        return bool(getattr(torch.cpu, "_is_amx_tile_supported", bool)())

    def _own_callbacks(self):
        return [] if self.ema_decay is None else [("average", WeightAverage(self.ema_decay))]

    def _evaluated_part(self, dataset, positions):
        """Every spectrum of some objects by itself; those of one object share its weight."""
        prepared = dataset.prepared[_NAME]
        owners = prepared.owners
        extras = {name: values[owners] for name, values in dataset.extras.items()}
        weight = extras.get("weight", np.ones(len(owners), dtype=np.float32))
        extras["weight"] = (weight / prepared.lengths[owners]).astype(np.float32)
        rows = np.flatnonzero(np.isin(owners, dataset.rows[positions]))
        return TableDataset(dataset.inputs, {_NAME: prepared.apart()}, extras, rows)

    # What comes out -------------------------------------------------------------

    @property
    def _exact(self):
        return self._on_array and self.input_.n_bins < SHORT_GRID

    @property
    def _predict_limit(self):
        return max(1, PREDICT_BINS // self.input_.n_bins)

    def _run(self, dataset):
        self.net_.module_.encoder.mixed = self._mixed(self.net_.device) and not self._exact
        yield from super()._run(dataset)

    def _answers(self, X):
        """What the network says of each spectrum, block by block."""
        check_is_fitted(self, "net_")
        return self._answers_of(self._checked(X))

    def _answers_of(self, table):
        n_outputs = self.net_.module_.head.out_features
        parts = [
            self._outputs_of(TableDataset({_NAME: self.input_}, {_NAME: block}), n_outputs)
            for block in self.input_.blocks(table)
        ]
        width = self.net_.module_.width
        empty = (np.empty((0, width)), np.empty((0, n_outputs)), np.empty(0, dtype=bool))
        latent, outputs, found = map(np.concatenate, zip(empty, *parts, strict=True))
        self._say_unreached(table, found)
        unknown = np.full(len(table), np.nan)
        time = unknown if self._on_array else table.spectrum.reduce("first", "time")
        return SpectrumAnswers(latent, outputs, found, time, table.spectrum_offsets, table.index)

    def _say_unreached(self, table, found):
        """Warn of objects whose spectra, given which of them reach the grid, all do not."""
        if self._on_array or found.all():
            return
        counts = np.diff(table.spectrum_offsets)
        owner = np.repeat(np.arange(len(table)), counts)
        lost = np.flatnonzero((counts > 0) & (np.bincount(owner, found, len(table)) == 0))
        if len(lost):
            rest = " at rest" if self.frame == "rest" else ""
            warn_quality(
                f"The spectra of {len(lost)} objects cover fewer than three bins of the grid, "
                f"{tuple(self.wavelength_range)!r} Å{rest}, and count as missing (first "
                f"{table.index[lost[0]]!r})."
            )

    def transform(self, X):
        """The encodings on which the head stands, averaged over the spectra of each object.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_objects, n_bins)

        Returns
        -------
        array of shape (n_objects, n_features_out), float32
            An object without a spectrum gets the mean of the training objects.
        """
        answers = self._answers(X)
        latent = answers.per_object(answers.latent)
        return np.where(np.isnan(latent), self.missing_embedding_, latent).astype(np.float32)
