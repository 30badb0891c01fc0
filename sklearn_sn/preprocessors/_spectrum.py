"""Preprocess spectra: resample to one grid, scale channels, gather batches."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Self

import numpy as np
import pandas as pd

from sklearn_sn.data import CheckedTable, resample, wavelength_grid
from sklearn_sn.preprocessors._preprocessor import Preprocessor
from sklearn_sn.preprocessors._spectrum_augmentation import augmented
from sklearn_sn.preprocessors._spectrum_scaling import continuum_divided, despiked, standardized

CHANNELS = ("flux", "continuum_divided", "amplitude")
BLOCK = 2048  # spectra that are scaled at once; limits the memory of a prediction
MIN_BINS_FOR_SPIKES = 32  # with fewer bins, a spike cannot be distinguished from a line


@dataclass(frozen=True)
class PreparedSpectra:
    """Channels and noise (n_spectra, C, P), covered (n_spectra, P), offsets (n_objects + 1,)."""

    channels: np.ndarray
    noise: np.ndarray
    covered: np.ndarray
    offsets: np.ndarray

    @property
    def lengths(self):
        return np.diff(self.offsets)

    @property
    def object_index(self):
        """Object of each spectrum, shape (n_spectra,)."""
        return np.repeat(np.arange(len(self.lengths)), self.lengths)

    def one_per_object(self):
        """Return the same spectra, each as a separate object."""
        return replace(self, offsets=np.arange(len(self.covered) + 1))


@dataclass(frozen=True)
class FluxArray:
    """Spectra on one grid, one for each object, with the interface of a checked table.

    Attributes
    ----------
    flux : array of shape (n_objects, n_bins)
        Fluxes, NaN where not covered.
    wavelength : array of shape (n_bins,)
        Wavelengths in Å, or the numbers of the bins.
    index : pandas.Index of shape (n_objects,)
        Index of the objects.
    """

    flux: np.ndarray
    wavelength: np.ndarray
    index: pd.Index

    def __len__(self):
        return len(self.flux)

    @property
    def spectrum_offsets(self) -> np.ndarray:
        """Offsets of the spectra of each object, which has one spectrum."""
        return np.arange(len(self) + 1)

    def has(self, modality: str) -> bool:
        """Return whether the array has a modality, which is only "spectrum"."""
        return modality == "spectrum"

    def present(self, modality: str) -> np.ndarray:
        """Return the mask of objects with a covered bin."""
        return np.isfinite(self.flux).any(axis=1)


class SpectrumPreprocessor(Preprocessor):
    """Resample spectra to one grid, compute their channels, and gather batches.

    Parameters
    ----------
    wavelength_range : pair of float
        Outer edges of the grid in Å. Not used for arrays.
    n_bins : int
        Number of bins of the grid.
    grid : {"log", "linear"}
        Spacing of the bins.
    rest : bool
        Whether wavelengths are divided by 1 + redshift, a metadata column of the table. A spectrum
        without a redshift stays in the observer frame.
    channels : sequence of {"flux", "continuum_divided", "amplitude"}
        Channels: the flux, standardised over the covered bins of its spectrum; 4 (flux / continuum
        - 1) with a smooth continuum; the flux in units of the training data, compressed by arsinh.
    noise : bool
        Whether to add Gaussian noise of the reported errors to training batches.
    augmentation : bool
        Whether to crop, shift and warp spectra in training batches, and to add noise of a random
        level.
    max_crop, max_shift : float
        Largest fraction of the grid that augmentation crops at either end, and by which it shifts.

    Attributes
    ----------
    wavelength_ : array of shape (n_bins,)
        Centres of the bins in Å.
    level_, spread_ : float
        Median and spread of the training fluxes, for the channel "amplitude".
    """

    constants = ("wavelength",)

    def __init__(
        self,
        *,
        wavelength_range: tuple[float, float],
        n_bins: int,
        grid: str = "log",
        rest: bool = False,
        channels: Sequence[str] = ("flux", "continuum_divided"),
        noise: bool = True,
        augmentation: bool = True,
        max_crop: float = 0.25,
        max_shift: float = 0.0,
    ) -> None:
        self.wavelength_range, self.n_bins, self.grid = wavelength_range, n_bins, grid
        self.rest, self.channels = rest, channels
        self.noise, self.augmentation = noise, augmentation
        self.max_crop, self.max_shift = max_crop, max_shift

    @property
    def n_channels(self) -> int:
        return len(self.channels)

    def fit(self, table: CheckedTable | FluxArray, rows: np.ndarray | None = None) -> Self:
        """Create the grid, and learn the level and spread of fluxes."""
        if isinstance(table, FluxArray):
            self.wavelength_ = table.wavelength
            flux = table.flux if rows is None else table.flux[rows]
        else:
            self.wavelength_ = wavelength_grid(
                *self.wavelength_range, self.n_bins, spacing=self.grid
            )
            object_index = np.repeat(np.arange(len(table)), np.diff(table.spectrum_offsets))
            chosen = np.full(len(object_index), True)
            if rows is not None:
                chosen = np.isin(object_index, rows)
            flux = table.spectrum.take(chosen)["flux"]
        flux = flux[np.isfinite(flux)]
        self.level_ = float(np.median(flux)) if len(flux) else 0.0
        spread = 1.4826 * float(np.median(np.abs(flux - self.level_))) if len(flux) else 0.0
        self.spread_ = spread if spread > 0 else 1.0
        return self

    def blocks(self, table: CheckedTable | FluxArray) -> Iterator[PreparedSpectra]:
        """Scale the spectra of a table in blocks, with each spectrum as a separate object.

        Yields
        ------
        PreparedSpectra
            All spectra in order, including those that are not usable.
        """
        for start in range(0, table.spectrum_offsets[-1], BLOCK):
            flux, error, covered = self._on_grid(table, slice(start, start + BLOCK))
            yield self._prepared(flux, error, covered, np.arange(len(flux)), len(flux))

    def prepare(self, table: CheckedTable | FluxArray) -> PreparedSpectra:
        """Resample and scale all spectra of a table once."""
        empty = np.empty((0, self.n_bins))
        # A first part of no spectra, so that a table without spectra can be concatenated.
        parts = [self._prepared(empty, empty, empty.astype(bool), np.empty(0, int), 0)]
        parts += self.blocks(table)
        usable = np.concatenate([part.lengths > 0 for part in parts])
        object_index = np.repeat(np.arange(len(table)), np.diff(table.spectrum_offsets))[usable]
        counts = np.bincount(object_index, minlength=len(table))
        joined = {
            field.name: np.concatenate([getattr(part, field.name) for part in parts])
            for field in fields(parts[0])
            if field.name != "offsets"
        }
        return replace(parts[0], **joined, offsets=np.concatenate([[0], np.cumsum(counts)]))

    def _on_grid(self, table, rows):
        """Return flux, error and coverage on the grid of the spectra in `rows`."""
        if isinstance(table, FluxArray):
            flux = table.flux[rows]
            return flux, np.full(flux.shape, np.nan), np.isfinite(flux)
        shifts = None
        metadata = getattr(table, "metadata", None)
        if self.rest and metadata is not None and "redshift" in metadata:
            redshift = np.nan_to_num(metadata["redshift"].to_numpy())
            shifts = 1.0 + np.repeat(redshift, np.diff(table.spectrum_offsets))[rows]
        return resample(table.spectrum.take(rows), self.wavelength_, shifts=shifts)

    def _prepared(self, flux, error, covered, object_index, n_objects):
        """Scale spectra on the grid, without those that cover fewer than three bins."""
        usable = covered.sum(axis=1) >= min(3, self.n_bins)
        flux, error, covered = flux[usable], error[usable], covered[usable]
        counts = np.bincount(object_index[usable], minlength=n_objects)
        channels, noise, covered = self._channels(flux, error, covered)
        channels = np.clip(np.stack(channels, axis=1), -8.0, 8.0)
        noise = np.clip(np.nan_to_num(np.stack(noise, axis=1)), 0.0, 1.0)
        offsets = np.concatenate([[0], np.cumsum(counts)])
        return PreparedSpectra(
            channels.astype(np.float32), noise.astype(np.float32), covered, offsets
        )

    def _channels(self, flux, error, covered):
        """Return the values of every channel, errors in the same units, and the covered bins."""
        raw_flux = flux
        if self.n_bins >= MIN_BINS_FOR_SPIKES:
            flux, covered = despiked(flux, covered)
        parts = []
        for name in self.channels:
            if name == "amplitude":
                with np.errstate(over="ignore"):
                    size = (np.where(covered, raw_flux, 0.0) - self.level_) / self.spread_
                    noise = error / self.spread_ / np.hypot(1.0, size)
                parts.append((np.where(covered, np.arcsinh(size), 0.0), noise))
            else:
                scale = standardized if name == "flux" else continuum_divided
                parts.append(scale(flux, error, covered))
        return *zip(*parts, strict=True), covered

    def gather(
        self, prepared: PreparedSpectra, rows: np.ndarray, rng: np.random.Generator | None = None
    ) -> tuple[dict[str, np.ndarray], np.ndarray]:
        """Return one random spectrum of each object in training, and all spectra otherwise.

        Returns
        -------
        arrays : dict of array
            flux (N, C, P), pad_mask (N, P), wavelength (P,).
        object_index : array of int, shape (N,)
            Position in `rows` of the object of each spectrum.
        """
        chosen, object_index = self._drawn(prepared, rows, rng)
        return self._arrays(prepared, chosen, rng), object_index

    def _drawn(self, prepared, rows, rng):
        """Return the spectra of a batch, and the position in `rows` of the object of each."""
        counts = prepared.lengths[rows]
        if rng is None:
            object_index = np.repeat(np.arange(len(rows)), counts)
            first = np.cumsum(counts) - counts
            rank = np.arange(len(object_index)) - first[object_index]
            return prepared.offsets[rows][object_index] + rank, object_index
        object_index = np.flatnonzero(counts > 0)
        drawn = rng.integers(0, counts[object_index])
        return prepared.offsets[rows[object_index]] + drawn, object_index

    def _arrays(self, prepared, chosen, rng):
        """Return the arrays of chosen spectra, augmented if there is a generator."""
        flux, covered = prepared.channels[chosen], prepared.covered[chosen]
        if rng is not None and len(chosen):
            flux = flux.copy()
            if self.noise:
                # All channels are functions of one flux, so they share the noise.
                flux += prepared.noise[chosen] * rng.standard_normal(
                    (len(chosen), 1, self.n_bins), dtype=np.float32
                )
            if self.augmentation:
                flux, covered = self._augmented(flux, covered, rng)
        flux = flux * covered[:, None]
        wavelength = self.wavelength_.astype(np.float32)
        return {"flux": flux, "pad_mask": ~covered, "wavelength": wavelength}

    def _augmented(self, flux, covered, rng):
        return augmented(
            flux,
            covered,
            rng,
            max_crop=self.max_crop,
            max_shift=int(self.max_shift * self.n_bins),
            warped=[i for i, name in enumerate(self.channels) if name == "flux"],
        )
