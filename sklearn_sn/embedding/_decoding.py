"""From a table to samples of latents, and from these to predictions: what generation stands on."""

import numpy as np
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from sklearn_sn.base import GenerativeEstimator, laplace_moments, mixture_samples
from sklearn_sn.data import (
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
from sklearn_sn.embedding._autoencoder import PLAIN
from sklearn_sn.nets import TableDataset

COLUMNS = ("redshift", "t_peak")  # plain columns that place an object in phase and wavelength
CHUNK_OBJECTS = 64


def check_table_with_phase(X, modalities, training=False, metadata_columns=()):
    """Check a table with the columns that place its objects, as far as X has them.

    In training all `metadata_columns` are to be there.
    """
    placing = (*COLUMNS, *(() if training else metadata_columns))
    columns = [name for name in dict.fromkeys(placing) if name in X.columns]
    if training:
        columns = list(dict.fromkeys([*columns, *metadata_columns]))
    return check_table(X, modalities=modalities, metadata_columns=columns, training=training)


def seen_of(X, names):
    """Modalities to check: a light curve tells the peak to what is read beside it."""
    curve = ["light_curve"] if "light_curve" in X.columns else []
    return list(dict.fromkeys([*names, *curve]))


class DecodingEstimator(GenerativeEstimator):
    """Reads tables and predicts; subclasses set modalities_, inputs_, frame_ and net_ in fit."""

    def _read(self, X, names):
        """Dataset, frame and checked table of those modalities that X has."""
        X = as_frame(X)
        columns = self.inputs_["metadata"].columns if "metadata" in names else ()
        here = [name for name in names if name in X.columns or self._has_numbers(X, name)]
        # Refused by the check where there is none.
        table = check_table_with_phase(
            X, seen_of(X, here) if here else names, metadata_columns=columns
        )
        frame = phase_frame(table, self.frame_ == "rest")
        if not set(here) <= set(PLAIN):
            warn_unknown_phase(frame)
        if frame.estimated.any() and not self.estimates_peak_:
            warn_estimated(frame)
        inputs = {name: self.inputs_[name] for name in here}
        prepared = {name: source.prepare(table, frame) for name, source in inputs.items()}
        return TableDataset(inputs, prepared), frame, table

    def _has_numbers(self, X, name):
        """Whether X has any of the columns of the metadata."""
        return name == "metadata" and any(c in X.columns for c in self.inputs_[name].columns)

    @staticmethod
    def _found(dataset):
        """Which objects have anything, boolean of shape (n,)."""
        return np.any([part.lengths > 0 for part in dataset.prepared.values()], axis=0)

    def _known(self, parameter, name):
        if name not in self.modalities_:
            raise ValueError(
                f"{parameter!r} must be one of {list(self.modalities_)}, the modalities of fit. "
                f"Got {name!r} instead."
            )

    def _sources(self, to, source):
        """Modalities to predict from, in the order of fit."""
        if source is None:
            return [name for name in self.modalities_ if name != to] or [to]
        names = [source] if isinstance(source, str) else list(source)
        if not names:
            raise ValueError("source must name a modality; got none.")
        for name in names:
            self._known("source", name)
        return [name for name in self.modalities_ if name in names]

    def _route(self, to, source):
        """Name of a way of predicting, which a calibration belongs to."""
        return f"{to} from {' and '.join(self._sources(to, source))}"

    def _samples(self, X, to, source, n_samples, rng, also=()):
        """Latents (S, n, D) to predict `to` from, the objects that have a source, dataset, frame
        and table.
        """
        check_is_fitted(self, "net_")
        self._known("to", to)
        if n_samples < 1:
            raise ValueError(f"n_samples must be 1 or more; got {n_samples!r}.")
        sources = self._sources(to, source)
        names = list(self.modalities_) if source is None else sources
        read = [name for name in self.modalities_ if name in names or name in also]
        dataset, frame, table = self._read(X, read)
        inputs = {name: part for name, part in dataset.inputs.items() if name in names}
        mean, scale, present = self._posteriors(
            TableDataset(inputs, dataset.prepared, rows=dataset.rows)
        )
        asked = present[[list(self.modalities_).index(name) for name in sources]].any(axis=0)
        if source is None:
            own = list(self.modalities_).index(to)
            present[own] &= ~asked | (sources == [to])
        z = mixture_samples(mean, scale, present, n_samples, rng)
        return z, asked, dataset, frame, table

    def _query_coordinates(self, to, n, stretch, phase, wavelength, band):
        """The points to decode at, with defaults filled in."""
        if to in PLAIN:
            if any(place is not None for place in (phase, wavelength, band)):
                raise ValueError(f"phase, wavelength and band do not go with to={to!r}.")
            return plain_coordinates(self.inputs_[to])
        if phase is not None:
            warn_outside_range(phase, self.inputs_[to].phase_range)
        if to == "spectrum":
            if band is not None:
                raise ValueError("band is for light curves; a spectrum takes wavelength.")
            wavelength = self.wavelength_ if wavelength is None else wavelength
            limits = self.inputs_[to].wavelength_range
            return spectrum_coordinates(0.0 if phase is None else phase, wavelength, limits, n)
        if wavelength is not None:
            raise ValueError("wavelength is for spectra; a light curve takes band.")
        if phase is None:
            low, high = self.inputs_[to].phase_range
            phase = np.arange(np.ceil(low), high + 1e-9, 2.0)
        band = self.inputs_[to].bands_ if band is None else band
        return light_curve_coordinates(phase, band, stretch)

    def _predictive(self, X, to, phase, wavelength, band, source, n_samples, random_state):
        """Predictive mean and standard deviation (n, L), as the network sees fluxes; places."""
        rng = check_random_state(random_state)
        z, _, _, frame, table = self._samples(X, to, source, n_samples, rng)
        places = self._query_coordinates(to, len(table), frame.stretch, phase, wavelength, band)
        centre = np.empty((len(table), places.log_wavelength.shape[1]), dtype=np.float32)
        width = np.empty_like(centre)
        for rows, mean, scale in self._decoded(to, z, places.log_wavelength, places.phase):
            centre[rows], width[rows] = laplace_moments(mean, scale)
        return centre, width, places

    def _scores(self, to, z, dataset, objects):
        """Distance of points of some objects from their predictions, in predicted widths.

        Returns
        -------
        owner, log_wavelength, phase, score : flat arrays over the points of known phase
        """
        source, prepared = dataset.inputs[to], dataset.prepared[to]
        found, parts = np.flatnonzero((prepared.lengths > 0) & objects), []
        found = found[np.argsort(prepared.lengths[found], kind="stable")]
        for rows in np.array_split(found, range(CHUNK_OBJECTS, len(found), CHUNK_OBJECTS)):
            arrays, _ = source.gather(prepared, rows)
            where, when = arrays["log_wavelength"], arrays["phase"]
            keep = ~arrays["pad_mask"] & np.isfinite(when)
            for some, mean, scale in self._decoded(to, z[:, rows], where, when):
                centre, width = laplace_moments(mean, scale)
                score = np.abs(arrays["target"][some] - centre) / width
                here = keep[some]
                owner = np.broadcast_to(rows[some][:, None], here.shape)
                parts.append((owner[here], where[some][here], when[some][here], score[here]))
        if not parts:
            return (np.empty(0),) * 4
        return tuple(np.concatenate(part) for part in zip(*parts, strict=True))
