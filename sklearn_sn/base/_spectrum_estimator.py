"""The base of estimators of spectra."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils._param_validation import StrOptions
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base._estimator import PREDICT_BATCH
from sklearn_sn.base._parameters import unit_interval
from sklearn_sn.base._spectrum_explanation import Explanation, check_explanation, importances
from sklearn_sn.base._supervised_estimator import SupervisedEstimator
from sklearn_sn.data import CheckedTable, as_python, reject_text, warn_quality
from sklearn_sn.encoders import OPTICAL, DataSettings, SpectrumEncoder, check_wavelength_range
from sklearn_sn.nets import TableDataset, WeightAverage

_NAME = "spectrum"
PREDICT_BINS = 2**17  # bins in a batch of predictions; limits the memory

WAVELENGTH_CONSTRAINTS = {
    "wavelength_range": ["array-like"],
    "combine": [StrOptions({"mean", "geometric"})],
    "ema_decay": [*unit_interval(), None],
}
SPECTRUM_CONSTRAINTS = {
    **WAVELENGTH_CONSTRAINTS,
    "frame": [StrOptions({"observer", "rest"})],
    "wavelength": ["array-like", None],
}


@dataclass(frozen=True)
class SpectrumPredictions:
    """Output of the network for each spectrum of some objects.

    Attributes
    ----------
    latent, outputs : array of shape (n_spectra, width), (n_spectra, n_outputs)
        Latents and outputs of the network.
    on_grid : array of bool, shape (n_spectra,)
        Spectra that cover enough bins of the grid.
    time : array of shape (n_spectra,)
        Time of each spectrum in MJD; NaN where unknown.
    offsets : array of int, shape (n_objects + 1,)
        Spectra of object ``i`` are rows ``offsets[i]`` to ``offsets[i + 1] - 1``.
    index : pandas.Index of shape (n_objects,)
        Index of the objects.
    prior : array of shape (n_objects, n_classes) or None
        Probabilities of a classifier for objects without a spectrum.
    """

    latent: np.ndarray
    outputs: np.ndarray
    on_grid: np.ndarray
    time: np.ndarray
    offsets: np.ndarray
    index: pd.Index
    prior: np.ndarray | None = None

    def per_object(self, values: np.ndarray) -> np.ndarray:
        """Average values over the spectra on the grid of each object; NaN if there are none."""
        object_index = np.repeat(np.arange(len(self.index)), np.diff(self.offsets))[self.on_grid]
        count = np.bincount(object_index, minlength=len(self.index)).astype(float)
        total = np.zeros((len(self.index), *values.shape[1:]))
        # add.at, because an object occurs once for each of its spectra.
        np.add.at(total, object_index, values[self.on_grid])
        count[count == 0] = np.nan
        return total / count.reshape(-1, *[1] * (values.ndim - 1))


class SpectrumEstimator(SupervisedEstimator):
    """Base of classifiers and regressors of spectra, from a table or an array on one grid.

    Each epoch of training uses one random spectrum of each object. Predictions are made for each
    spectrum, and subclasses combine them.
    """

    _encoder_parameters = {"encoder": (_NAME, "spectranet")}
    _modalities = (_NAME,)
    _large_outputs = False  # whether the outputs of all spectra at once would need much memory

    @property
    def _poor_score(self):
        # Without the channel "amplitude", arrays that differ only in level or scale look the same.
        channels = self.encoder.channels if isinstance(self.encoder, SpectrumEncoder) else None
        return channels is not None and "amplitude" not in channels

    # Input ----------------------------------------------------------------------

    @property
    def _rest_frame(self):
        return getattr(self, "frame", "observer") == "rest"

    @property
    def _metadata_columns(self):
        return ("redshift",) if self._rest_frame else ()

    def _data_settings(self):
        return DataSettings(
            wavelength_range=tuple(self.wavelength_range),
            rest_frame=self._rest_frame,
            n_array_columns=int(self.n_features_in_) if self._on_array else None,
        )

    def _read(self, X, encoder, training=False):
        table = super()._read(X, encoder, training)
        if self._rest_frame:
            if not hasattr(table, "metadata"):
                raise ValueError(
                    "The 'frame' parameter is 'rest', which needs a table with a column "
                    "'redshift'. For an array, leave frame='observer'."
                )
            check_redshifts(table)
        return table

    def _array_wavelength(self, n_columns):
        """Return the wavelengths of the columns of an array in Å, or the column numbers."""
        if self._is_warm_start and n_columns != self.preprocessor_.n_bins:
            raise ValueError(
                f"warm_start continues with spectra of {self.preprocessor_.n_bins} bins; X has "
                f"{n_columns}."
            )
        if getattr(self, "wavelength", None) is None:
            return np.arange(n_columns, dtype=np.float64)
        wavelength = np.asarray(self.wavelength, dtype=np.float64)
        middle = np.median(wavelength) if wavelength.size else OPTICAL[0]
        if middle < OPTICAL[0]:
            raise ValueError(
                f"The 'wavelength' parameter must be in Å. Got a median of {middle:g} instead: "
                "multiply nm by 10, or µm by 1e4."
            )
        if wavelength.shape != (n_columns,) or not np.all(np.diff(wavelength, prepend=0.0) > 0):
            raise ValueError(
                f"The 'wavelength' parameter must hold the {n_columns} increasing wavelengths of "
                f"the columns of X in Å. Got an array of shape {wavelength.shape} instead."
            )
        return wavelength

    def _check_data_parameters(self):
        check_wavelength_range(self.wavelength_range)

    def _nothing_usable(self):
        return (
            f"No spectrum covers three bins of the grid, {self.preprocessor_.wavelength_range} Å."
        )

    # Training -------------------------------------------------------------------

    def _extra_callbacks(self):
        return [] if self.ema_decay is None else [("average", WeightAverage(self.ema_decay))]

    def _evaluated_part(self, dataset, positions):
        """Return each spectrum of some objects as an item; those of an object share its weight."""
        prepared = dataset.prepared[_NAME]
        index = prepared.object_index
        targets = {name: values[index] for name, values in dataset.targets.items()}
        weight = targets.get("weight", np.ones(len(index), dtype=np.float32))
        targets["weight"] = (weight / prepared.lengths[index]).astype(np.float32)
        rows = np.flatnonzero(np.isin(index, dataset.rows[positions]))
        single = {_NAME: prepared.one_per_object()}
        return TableDataset(dataset.preprocessors, single, targets, rows)

    # Prediction -----------------------------------------------------------------

    @property
    def _predict_limit(self):
        return max(1, PREDICT_BINS // self.preprocessor_.n_bins)

    def _predict_spectra(self, X):
        """Return :class:`SpectrumPredictions` of all spectra of X."""
        check_is_fitted(self, "net_")
        return self._forward_spectra(self._read(X, self.encoder_))

    def _output_blocks(self, table):
        """Yield (latent, outputs, on_grid) for each spectrum, in blocks."""
        all_on_grid = [np.empty(0, dtype=bool)]
        for block in self.preprocessor_.blocks(table):
            dataset = TableDataset({_NAME: self.preprocessor_}, {_NAME: block})
            latent, outputs, on_grid = self._outputs_of(dataset)
            all_on_grid.append(on_grid)
            yield latent, outputs, on_grid
        self._warn_off_grid(table, np.concatenate(all_on_grid))

    def _forward_spectra(self, table):
        module = self.net_.module_
        n_outputs = 0 if self._large_outputs else module.n_outputs
        # A first part of no spectra, so that a table without spectra can be concatenated.
        parts = [(np.empty((0, module.width)), np.empty((0, n_outputs)), np.empty(0, dtype=bool))]
        for latent, outputs, on_grid in self._output_blocks(table):
            parts.append((latent, outputs[:, :n_outputs], on_grid))
        latent, outputs, on_grid = map(np.concatenate, zip(*parts, strict=True))
        unknown = np.full(len(table), np.nan)
        time = unknown if self._on_array else table.spectrum.reduce("first", "time")
        offsets = table.spectrum_offsets
        return SpectrumPredictions(latent, outputs, on_grid, time, offsets, table.index)

    def _warn_off_grid(self, table, on_grid):
        """Warn about objects without a spectrum that covers enough of the grid."""
        if self._on_array or on_grid.all():
            return
        counts = np.diff(table.spectrum_offsets)
        object_index = np.repeat(np.arange(len(table)), counts)
        n_on_grid = np.bincount(object_index, on_grid, len(table))
        lost = np.flatnonzero((counts > 0) & (n_on_grid == 0))
        if len(lost):
            rest = " at rest" if self._rest_frame else ""
            warn_quality(
                f"The spectra of {len(lost)} objects cover fewer than three bins of the grid, "
                f"{self.preprocessor_.wavelength_range!r} Å{rest}, and count as missing (first "
                f"{as_python(table.index[lost[0]])!r})."
            )

    def transform(self, X: pd.DataFrame | ArrayLike) -> np.ndarray:
        """Return the latents, the inputs of the head, averaged over the spectra of each object.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_objects, n_bins)
            A table or array as in `fit`.

        Returns
        -------
        array of shape (n_objects, n_features_out), float32
            Latents; ``missing_embedding_`` for an object without a spectrum.
        """
        predictions = self._predict_spectra(X)
        latent = predictions.per_object(predictions.latent)
        return np.where(np.isnan(latent), self.missing_embedding_, latent).astype(np.float32)

    def explain(
        self,
        X: pd.DataFrame | ArrayLike,
        y: ArrayLike | None = None,
        *,
        method: str = "occlusion",
        window: int | None = None,
    ) -> tuple[np.ndarray, np.ndarray]:
        """Compute how much each wavelength bin supports or opposes a prediction.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows, or array of shape (n_objects, n_bins)
            A table or array as in `fit`.
        y : label or array-like of shape (n_objects,), optional
            Classes to explain, by default the predicted classes. Only for classifiers.
        method : {"occlusion", "gradient"}, default="occlusion"
            "occlusion" hides a window of the spectrum, as if it were not observed, and measures by
            how much the output falls. Windows overlap by half, and a bin gets the mean over the
            windows that contain it. "gradient" multiplies the derivative of the output by the
            input, which is fast and has a fine resolution but is noisy.
        window : int, default=None
            Bins that occlusion hides at once; by default 1/32 of the grid.

        Returns
        -------
        wavelength : array of shape (n_bins,)
            Centres of the bins in Å, in the rest frame if ``frame="rest"``.
        importance : array of shape (n_objects, n_bins), float64
            Importance of each bin, in log-odds, ln p / (1 - p), for classifiers and in the unit of
            the target for regressors. It is positive where the bin raises the probability of the
            class, or the number. It is averaged over the spectra of an object, and 0 where no
            spectrum covers the bin.

        Raises
        ------
        ValueError
            If `method` or a label is unknown, or `window` is not a number of bins.

        Notes
        -----
        The importance describes the network and its training data, not the physics. If two features
        carry the same information, hiding one of them may change nothing.
        """
        check_is_fitted(self, "net_")
        check_explanation(method, window, self.preprocessor_.n_bins)
        chosen = self._explained_outputs(X, y)
        return self._importances(X, chosen, self._explained_values, method, window)

    def _importances(self, X, chosen, values, method, window):
        n_bins = self.preprocessor_.n_bins
        explanation = Explanation(
            module=self.net_.module_,
            values=values,
            method=method,
            window=check_explanation(method, window, n_bins),
            batch_size=min(PREDICT_BATCH, self._predict_limit),
        )
        table = self._read(X, self.encoder_)
        offsets = self._output_offsets(table)
        result = importances(explanation, self.preprocessor_, table, chosen, offsets)
        return self.preprocessor_.wavelength_, result

    def _output_offsets(self, table):
        """Return offsets to add to the outputs of each object, or None; for subclasses."""


def check_redshifts(table: CheckedTable) -> None:
    """Raise a ValueError if the redshifts of a table are text, and warn if some are unknown."""
    redshift = table.metadata["redshift"]
    reject_text(redshift, "redshift")
    unknown = redshift.isna().to_numpy()
    if unknown.any():
        warn_quality(
            f"{unknown.sum()} objects without a redshift stay in the observer frame (first "
            f"{as_python(table.index[np.argmax(unknown)])!r})."
        )
