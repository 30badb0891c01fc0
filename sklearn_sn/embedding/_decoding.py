"""From a table to samples of the latent, and from these to predictions."""

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
CHUNK_OBJECTS = 64


def check_table_with_phase(X, modalities, training=False, metadata_columns=()):
    """Return the checked table, with redshift and time of peak if X has them.

    In training, X must have all `metadata_columns`.
    """
    placing = (*COLUMNS, *(() if training else metadata_columns))
    columns = [name for name in dict.fromkeys(placing) if name in X.columns]
    if training:
        columns = list(dict.fromkeys([*columns, *metadata_columns]))
    return check_table(X, modalities=modalities, metadata_columns=columns, training=training)


def seen_of(X, names):
    """Return the modalities to check: a light curve gives the time of peak to the others."""
    curve = ["light_curve"] if "light_curve" in X.columns else []
    return list(dict.fromkeys([*names, *curve]))


@dataclass
class PlacedData:
    """A table that was read, with the phase of every measurement.

    Attributes
    ----------
    dataset : TableDataset
        The modalities that the table has.
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
    """Samples of the latent, and what they were read from.

    Attributes
    ----------
    z : array of shape (n_samples, n_objects, n_features_out)
        The samples.
    has_source : bool array of shape (n_objects,)
        Objects that have a modality to predict from.
    """

    z: np.ndarray
    has_source: np.ndarray


class DecodingEstimator(GenerativeEstimator):
    """Base of embedders that decode; fit sets modalities_, preprocessors_, frame_ and net_."""

    def score(
        self,
        X: pd.DataFrame,
        y: Any = None,
        n_samples: int = 16,
        random_state: int | np.random.RandomState | None = 0,
    ) -> float:
        """Return the mean over the objects of a lower bound on their log-evidence.

        Parameters
        ----------
        X : pandas.DataFrame of n_objects rows
            A table as in `fit`.
        y : ignored
            Present for scikit-learn.
        n_samples : int, default=16
            Importance samples of each expert; more make the bound tighter.
        random_state : int, RandomState or None, default=0
            Seed of the samples.

        Returns
        -------
        float
            Nats per object, of network values; higher is better. Not comparable between data or
            models with different point sets, such as in a search over ``decoder__max_points``.
        """
        check_is_fitted(self, "net_")
        if n_samples < 1:
            raise ValueError(f"n_samples must be 1 or more; got {n_samples!r}.")
        dataset = self._read(X, self.modalities_).dataset
        found = np.flatnonzero(self._found(dataset))
        if not len(found):
            raise ValueError("X has no object with anything that the model knows.")
        rng = check_random_state(random_state)
        return float(self._bounds(dataset.subset(found), n_samples, rng).mean())

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return names of the latent's numbers, such as ``latent_0``.

        Parameters
        ----------
        input_features : ignored
            Present for scikit-learn.

        Returns
        -------
        array of str, shape (n_features_out,)
        """
        check_is_fitted(self, "net_")
        width = int(np.prod(self.net_.module_.latent_shape))
        return np.array([f"latent_{i}" for i in range(width)], dtype=object)

    def _read(self, X, names):
        """Return :class:`PlacedData` of those modalities that X has."""
        X = as_frame(X)
        columns = self.preprocessors_["metadata"].columns if "metadata" in names else ()
        here = [name for name in names if name in X.columns or self._has_numbers(X, name)]
        # Without any, the check rejects X.
        table = check_table_with_phase(
            X, seen_of(X, here) if here else names, metadata_columns=columns
        )
        frame = phase_frame(table, self.frame_ == "rest")
        if not set(here) <= set(PLAIN):
            warn_unknown_phase(frame)
        if frame.estimated.any() and not self.estimates_peak_:
            warn_estimated(frame)
        preprocessors = {key: self.preprocessors_[key] for key in self._keys(here)}
        prepared = prepare(preprocessors, table, frame)
        return PlacedData(TableDataset(preprocessors, prepared), frame, table)

    def _has_numbers(self, X, name):
        """Return whether X has any of the columns of the metadata."""
        columns = self.preprocessors_[name].columns if name == "metadata" else ()
        return any(column in X.columns for column in columns)

    def _keys(self, names):
        """Return the keys of all preprocessors of some modalities."""
        keys = [*names, *map(encoder_key, names)]
        return [key for key in keys if key in self.preprocessors_]

    @staticmethod
    def _found(dataset):
        """Return a mask of the objects that have anything, shape (n,)."""
        return np.any([part.lengths > 0 for part in dataset.prepared.values()], axis=0)

    def _known(self, parameter, name):
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
            self._known("source", name)
        return [name for name in self.modalities_ if name in names]

    def _route(self, to, source):
        """Return the name of a direction of prediction, which a calibration belongs to."""
        return f"{to} from {' and '.join(self._sources(to, source))}"

    def _samples(self, X, to, source, n_samples, rng, also=()):
        """Return :class:`LatentSamples` to predict `to` from."""
        check_is_fitted(self, "net_")
        self._known("to", to)
        if n_samples < 1:
            raise ValueError(f"n_samples must be 1 or more; got {n_samples!r}.")
        sources = self._sources(to, source)
        names = list(self.modalities_) if source is None else sources
        read = [name for name in self.modalities_ if name in names or name in also]
        data = self._read(X, read)
        dataset = data.dataset
        keys = self._keys(names)
        parts = {key: part for key, part in dataset.preprocessors.items() if key in keys}
        mean, scale, present = self._posteriors(
            TableDataset(parts, dataset.prepared, rows=dataset.rows)
        )
        asked = present[[list(self.modalities_).index(name) for name in sources]].any(axis=0)
        if source is None:
            own = list(self.modalities_).index(to)
            present[own] &= ~asked | (sources == [to])
        z = mixture_samples(mean, scale, present, n_samples, rng)
        return LatentSamples(dataset, data.frame, data.table, z, asked)

    def _query_coordinates(self, to, n, stretch, phase, wavelength, band):
        """Return the coordinates to decode at, with defaults filled in."""
        if to in PLAIN:
            if any(place is not None for place in (phase, wavelength, band)):
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
            phase = np.arange(np.ceil(low), high + 1e-9, 2.0)
        band = self.preprocessors_[to].bands_ if band is None else band
        return light_curve_coordinates(phase, band, stretch)

    def _predictive(self, X, to, phase, wavelength, band, source, n_samples, random_state):
        """Return predictive mean and standard deviation (n, L), as network values; coordinates."""
        rng = check_random_state(random_state)
        samples = self._samples(X, to, source, n_samples, rng)
        z, frame, table = samples.z, samples.frame, samples.table
        places = self._query_coordinates(to, len(table), frame.stretch, phase, wavelength, band)
        centre = np.empty((len(table), places.log_wavelength.shape[1]), dtype=np.float32)
        width = np.empty_like(centre)
        for rows, mean, scale in self._decoded(to, z, places.log_wavelength, places.phase):
            centre[rows], width[rows] = laplace_moments(mean, scale)
        return centre, width, places

    def _scores(self, to, z, dataset, objects):
        """Return the distance of points of some objects from their predictions, in their widths.

        Returns
        -------
        object_index, log_wavelength, phase, score : flat arrays
            Over the points of known phase.
        """
        preprocessor, prepared = dataset.preprocessors[to], dataset.prepared[to]
        found, parts = np.flatnonzero((prepared.lengths > 0) & objects), []
        found = found[np.argsort(prepared.lengths[found], kind="stable")]
        for rows in np.array_split(found, range(CHUNK_OBJECTS, len(found), CHUNK_OBJECTS)):
            arrays, _ = preprocessor.gather(prepared, rows)
            where, when = arrays["log_wavelength"], arrays["phase"]
            keep = ~arrays["pad_mask"] & np.isfinite(when)
            for some, mean, scale in self._decoded(to, z[:, rows], where, when):
                centre, width = laplace_moments(mean, scale)
                score = np.abs(arrays["target"][some] - centre) / width
                mask = keep[some]
                index = np.broadcast_to(rows[some][:, None], mask.shape)
                parts.append((index[mask], where[some][mask], when[some][mask], score[mask]))
        if not parts:
            return (np.empty(0),) * 4
        return tuple(np.concatenate(part) for part in zip(*parts, strict=True))
