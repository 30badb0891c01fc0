"""Sample the latent of a table, and decode predictions from the samples."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base import GenerativeEstimator, laplace_moments, mixture_samples
from sklearn_sn.data import (
    CheckedTable,
    PhaseFrame,
    as_frame,
    check_table,
    light_curve_coordinates,
    phase_frame,
    plain_coordinates,
    spectrum_coordinates,
    warn_estimated,
    warn_outside_range,
    warn_unknown_phase,
)
from sklearn_sn.embedding._autoencoder import PLAIN, encoder_key, prepare
from sklearn_sn.nets import TableDataset

COLUMNS = ("redshift", "t_peak")  # plain columns that give phases and rest wavelengths
CHUNK_OBJECTS = 64  # objects that a calibration decodes at once


def check_table_with_phase(X, modalities, training=False, metadata_columns=(), **checks):
    """Return the checked table, with redshift and time of peak if X has these columns.

    In training, X must have all `metadata_columns`. `checks` are passed to check_table.
    """
    optional = (*COLUMNS, *(() if training else metadata_columns))
    columns = [name for name in dict.fromkeys(optional) if name in X.columns]
    if training:
        columns = list(dict.fromkeys([*columns, *metadata_columns]))
    return check_table(
        X, modalities=modalities, metadata_columns=columns, training=training, **checks
    )


def with_light_curve(X, names):
    """Return `names` and the light curve if X has it, because it gives the time of peak."""
    curve = ["light_curve"] if "light_curve" in X.columns else []
    return list(dict.fromkeys([*names, *curve]))


@dataclass
class PlacedData:
    """Modalities of a table, with the phase of every measurement.

    Attributes
    ----------
    dataset : TableDataset
        The prepared modalities.
    frame : PhaseFrame
        Time of peak and stretch of every object.
    table : CheckedTable
        The checked table.
    """

    dataset: TableDataset
    frame: PhaseFrame
    table: CheckedTable


@dataclass
class LatentSamples(PlacedData):
    """Samples of the latent, and the data that they were computed from.

    Attributes
    ----------
    z : array of shape (n_samples, n_objects, n_features_out)
        Samples of the latent of each object.
    has_source : bool array of shape (n_objects,)
        Whether an object has a modality to predict from.
    """

    z: np.ndarray
    has_source: np.ndarray


class DecodingEstimator(GenerativeEstimator):
    """Base of embedders with a decoder: read a table, sample latents, decode coordinates.

    Subclasses set ``modalities_``, ``preprocessors_``, ``frame_`` and ``net_`` in fit.
    """

    def score(
        self,
        X: pd.DataFrame,
        y: Any = None,
        n_samples: int = 16,
        random_state: int | np.random.RandomState | None = 0,
    ) -> float:
        """Return a lower bound on the log-evidence, averaged over the objects.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table as in `fit`.
        y : ignored
            Not used; present for scikit-learn.
        n_samples : int, default=16
            Importance samples of each expert; more samples give a tighter bound.
        random_state : int, RandomState or None, default=0
            Seed of the samples.

        Returns
        -------
        float
            Nats per object, in network values; higher is better. Scores of different data or point
            sets, as in a search over ``decoder__max_points``, are not comparable.
        """
        check_is_fitted(self, "net_")
        if n_samples < 1:
            raise ValueError(f"n_samples must be 1 or more; got {n_samples!r}.")
        dataset = self._read(X, self.modalities_, warn_missing=False).dataset
        usable = np.flatnonzero(self._has_data(dataset))
        if not len(usable):
            raise ValueError("X has no object with usable data of a modality of fit.")
        rng = check_random_state(random_state)
        return float(self._bounds(dataset.subset(usable), n_samples, rng).mean())

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return the names of the columns of `transform`, such as ``latent_0``.

        Parameters
        ----------
        input_features : ignored
            Not used; present for scikit-learn.

        Returns
        -------
        array of str, shape (n_features_out,)
        """
        check_is_fitted(self, "net_")
        width = int(np.prod(self.net_.module_.latent_shape))
        return np.array([f"latent_{i}" for i in range(width)], dtype=object)

    def _read(self, X, names, warn_missing=True):
        """Return :class:`PlacedData` of those of the modalities that X has."""
        X = as_frame(X)
        columns = self.preprocessors_["metadata"].columns if "metadata" in names else ()
        available = [name for name in names if name in X.columns or self._has_numbers(X, name)]
        # If X has none of them, the check rejects X.
        table = check_table_with_phase(
            X,
            with_light_curve(X, available) if available else names,
            metadata_columns=columns,
            **self._prediction_checks(warn_missing),
        )
        frame = phase_frame(table, self.frame_ == "rest")
        if not set(available) <= set(PLAIN):
            warn_unknown_phase(frame)
        # Warn only if fit did not estimate peaks itself: then phases are defined differently.
        if frame.estimated.any() and not self.estimates_peak_:
            warn_estimated(frame)
        preprocessors = {key: self.preprocessors_[key] for key in self._keys(available)}
        prepared = prepare(preprocessors, table, frame)
        return PlacedData(TableDataset(preprocessors, prepared), frame, table)

    def _has_numbers(self, X, name):
        """Return whether a modality is "metadata" and X has any of its columns."""
        columns = self.preprocessors_[name].columns if name == "metadata" else ()
        return any(column in X.columns for column in columns)

    def _keys(self, names):
        """Return the keys of all preprocessors of some modalities."""
        keys = [*names, *map(encoder_key, names)]
        return [key for key in keys if key in self.preprocessors_]

    @staticmethod
    def _has_data(dataset):
        """Return a mask of the objects with data of any modality, shape (n,)."""
        return np.any([part.lengths > 0 for part in dataset.prepared.values()], axis=0)

    def _check_modality(self, parameter, name):
        if name not in self.modalities_:
            raise ValueError(
                f"{parameter!r} must be one of {list(self.modalities_)}, the modalities of fit. "
                f"Got {name!r} instead."
            )

    def _sources(self, to, source):
        """Return the modalities to predict from, in the order of fit."""
        if source is None:
            return [name for name in self.modalities_ if name != to] or [to]
        names = [source] if isinstance(source, str) else list(source)
        if not names:
            raise ValueError("source must name a modality; got none.")
        for name in names:
            self._check_modality("source", name)
        return [name for name in self.modalities_ if name in names]

    def _route(self, to, source):
        """Return the name of a direction of prediction, the key of its calibration."""
        return f"{to} from {' and '.join(self._sources(to, source))}"

    def _samples(self, X, to, source, n_samples, rng, also=()):
        """Return :class:`LatentSamples` for the prediction of `to`."""
        check_is_fitted(self, "net_")
        self._check_modality("to", to)
        if n_samples < 1:
            raise ValueError(f"n_samples must be 1 or more; got {n_samples!r}.")
        sources = self._sources(to, source)
        # Without `source`, objects that have nothing but `to` are predicted from it.
        names = list(self.modalities_) if source is None else sources
        read = [name for name in self.modalities_ if name in names or name in also]
        data = self._read(X, read)
        dataset = data.dataset
        keys = self._keys(names)
        parts = {key: part for key, part in dataset.preprocessors.items() if key in keys}
        mean, scale, present = self._posteriors(
            TableDataset(parts, dataset.prepared, rows=dataset.rows)
        )
        has_source = present[[list(self.modalities_).index(name) for name in sources]].any(axis=0)
        if source is None:
            # The target itself is a source only for objects without any other source.
            target = list(self.modalities_).index(to)
            present[target] &= ~has_source | (sources == [to])
        z = mixture_samples(mean, scale, present, n_samples, rng)
        return LatentSamples(dataset, data.frame, data.table, z, has_source)

    def _query_coordinates(self, to, n, stretch, phase, wavelength, band):
        """Return the coordinates to decode, with defaults filled in."""
        if to in PLAIN:
            if any(value is not None for value in (phase, wavelength, band)):
                raise ValueError(f"phase, wavelength and band do not go with to={to!r}.")
            return plain_coordinates(self.preprocessors_[to])
        if phase is not None:
            warn_outside_range(phase, self.preprocessors_[to].phase_range)
        if to == "spectrum":
            if band is not None:
                raise ValueError("band is for light curves; a spectrum takes wavelength.")
            wavelength = self.wavelength_ if wavelength is None else wavelength
            limits = self.preprocessors_[to].wavelength_range
            return spectrum_coordinates(0.0 if phase is None else phase, wavelength, limits, n)
        if wavelength is not None:
            raise ValueError("wavelength is for spectra; a light curve takes band.")
        if phase is None:
            low, high = self.preprocessors_[to].phase_range
            # Include the upper end of the range, in spite of rounding.
            phase = np.arange(np.ceil(low), high + 1e-9, 2.0)
        band = self.preprocessors_[to].bands_ if band is None else band
        return light_curve_coordinates(phase, band, stretch)

    def _predictive(self, X, to, phase, wavelength, band, source, n_samples, random_state):
        """Return mean and standard deviation (n, L), in network values, and the coordinates."""
        rng = check_random_state(random_state)
        samples = self._samples(X, to, source, n_samples, rng)
        z, frame, table = samples.z, samples.frame, samples.table
        coordinates = self._query_coordinates(
            to, len(table), frame.stretch, phase, wavelength, band
        )
        centre = np.empty((len(table), coordinates.log_wavelength.shape[1]), dtype=np.float32)
        width = np.empty_like(centre)
        for rows, mean, scale in self._decoded(
            to, z, coordinates.log_wavelength, coordinates.phase
        ):
            centre[rows], width[rows] = laplace_moments(mean, scale)
        return centre, width, coordinates

    def _scores(self, to, z, dataset, objects):
        """Return distances of measured points from their predictions, in units of the widths.

        Returns
        -------
        object_index, log_wavelength, phase, score : array of shape (n_points,)
            One element for each point of known phase.
        """
        preprocessor, prepared = dataset.preprocessors[to], dataset.prepared[to]
        usable, parts = np.flatnonzero((prepared.lengths > 0) & objects), []
        # Objects of similar length share a chunk, so that little is padding.
        usable = usable[np.argsort(prepared.lengths[usable], kind="stable")]
        for rows in np.array_split(usable, range(CHUNK_OBJECTS, len(usable), CHUNK_OBJECTS)):
            arrays, _ = preprocessor.gather(prepared, rows)
            log_wavelength, phase = arrays["log_wavelength"], arrays["phase"]
            keep = ~arrays["pad_mask"] & np.isfinite(phase)
            for part, mean, scale in self._decoded(to, z[:, rows], log_wavelength, phase):
                centre, width = laplace_moments(mean, scale)
                score = np.abs(arrays["target"][part] - centre) / width
                mask = keep[part]
                index = np.broadcast_to(rows[part][:, None], mask.shape)
                parts.append(
                    (index[mask], log_wavelength[part][mask], phase[part][mask], score[mask])
                )
        if not parts:
            return (np.empty(0),) * 4
        return tuple(np.concatenate(part) for part in zip(*parts, strict=True))
