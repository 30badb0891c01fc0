"""Spectra on a grid of the network's own, or on that of an array."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sklearn_sn.data import resample, wavelength_grid
from sklearn_sn.nets._spectrum_augmentation import augmented
from sklearn_sn.nets._spectrum_input import (
    PreparedSpectra,
    SpectrumInput,
    continuum_divided,
    despiked,
    standardized,
)

CHANNELS = ("flux", "continuum_divided", "amplitude")
BLOCK = 2048  # spectra that are scaled at once: bounds the memory of a prediction
FEW_BINS = 32  # of so few, none can be told a spike


@dataclass(frozen=True)
class FluxArray:
    """Spectra on one grid, one per object: what a table is to a column of spectra.

    Attributes
    ----------
    flux : array of shape (n_objects, n_bins)
        NaN where not covered.
    wavelength : array of shape (n_bins,)
        Å, or the number of the bin.
    index : pandas.Index of shape (n_objects,)
    """

    flux: np.ndarray
    wavelength: np.ndarray
    index: pd.Index

    def __len__(self):
        return len(self.flux)

    @property
    def spectrum_offsets(self):
        return np.arange(len(self) + 1)

    def has(self, modality):
        return modality == "spectrum"

    def present(self, modality):
        return np.isfinite(self.flux).any(axis=1)


class SpectrumGridInput(SpectrumInput):
    """Bring spectra to one grid, observed or at rest, make channels of them, gather batches.

    Parameters
    ----------
    wavelength_range : pair of float
        Outer edges of the grid in Å; an array has a grid of its own.
    n_bins : int
    grid : {"log", "linear"}
    rest : bool
        Whether wavelengths are divided by one plus the redshift, which the table then has among its
        metadata; a spectrum without one stays as it is.
    channels : sequence of {"flux", "continuum_divided", "amplitude"}
        The flux, standardised over the covered bins of its spectrum; four times the flux over a
        smooth continuum, less 1; the flux in units of what fit saw, compressed by arsinh.
    noise, augmentation : bool
        As in :class:`SpectrumInput`.
    max_crop, max_shift : float
        Parts of the grid by which augmentation crops either end, and moves a spectrum.
    """

    def __init__(
        self,
        *,
        wavelength_range,
        n_bins,
        grid="log",
        rest=False,
        channels=("flux", "continuum_divided"),
        noise=True,
        augmentation=True,
        max_crop=0.25,
        max_shift=0.0,
    ):
        super().__init__(
            wavelength_range=wavelength_range, n_bins=n_bins, noise=noise, augmentation=augmentation
        )
        self.grid, self.rest, self.channels = grid, rest, channels
        self.max_crop, self.max_shift = max_crop, max_shift

    @property
    def n_channels(self):
        return len(self.channels)

    def fit(self, table, rows=None):
        """Lay the grid, and learn the size of fluxes."""
        if isinstance(table, FluxArray):
            self.wavelength_ = table.wavelength
            flux = table.flux if rows is None else table.flux[rows]
        else:
            self.wavelength_ = wavelength_grid(
                *self.wavelength_range, self.n_bins, spacing=self.grid
            )
            owner = np.repeat(np.arange(len(table)), np.diff(table.spectrum_offsets))
            kept = np.full(len(owner), True) if rows is None else np.isin(owner, rows)
            flux = table.spectrum.take(kept)["flux"]
        flux = flux[np.isfinite(flux)]
        self.level_ = float(np.median(flux)) if len(flux) else 0.0
        spread = 1.4826 * float(np.median(np.abs(flux - self.level_))) if len(flux) else 0.0
        self.spread_ = spread if spread > 0 else 1.0
        return self

    def blocks(self, table):
        """Scale the spectra of a table, some thousand at once, each as an object of its own.

        Yields
        ------
        PreparedSpectra
            Of every spectrum in turn, usable or not.
        """
        for start in range(0, table.spectrum_offsets[-1], BLOCK):
            flux, error, covered = self._on_grid(table, slice(start, start + BLOCK))
            yield self._prepared(flux, error, covered, np.arange(len(flux)), len(flux))

    def prepare(self, table):
        """Resample and scale all spectra of a table once."""
        empty = np.empty((0, self.n_bins))
        parts = [self._prepared(empty, empty, empty.astype(bool), np.empty(0, int), 0)]
        parts += self.blocks(table)
        usable = np.concatenate([part.lengths > 0 for part in parts])
        owner = np.repeat(np.arange(len(table)), np.diff(table.spectrum_offsets))[usable]
        offsets = np.concatenate([[0], np.cumsum(np.bincount(owner, minlength=len(table)))])
        joined = [
            np.concatenate([getattr(part, name) for part in parts])
            for name in ("channels", "noise", "covered")
        ]
        return PreparedSpectra(*joined, offsets)

    def _on_grid(self, table, rows):
        """Flux, error and coverage of some spectra."""
        if isinstance(table, FluxArray):
            flux = table.flux[rows]
            return flux, np.full(flux.shape, np.nan), np.isfinite(flux)
        shifts = None
        if self.rest:
            redshift = np.nan_to_num(table.metadata["redshift"].to_numpy())
            shifts = 1.0 + np.repeat(redshift, np.diff(table.spectrum_offsets))[rows]
        return resample(table.spectrum.take(rows), self.wavelength_, shifts=shifts)

    def _channels(self, flux, error, covered):
        given = flux
        if self.n_bins >= FEW_BINS:
            flux, covered = despiked(flux, covered)
        parts = []
        for name in self.channels:
            if name == "amplitude":
                with np.errstate(over="ignore"):
                    size = (np.where(covered, given, 0.0) - self.level_) / self.spread_
                    noise = error / self.spread_ / np.hypot(1.0, size)
                parts.append((np.where(covered, np.arcsinh(size), 0.0), noise))
            else:
                scale = standardized if name == "flux" else continuum_divided
                parts.append(scale(flux, error, covered))
        return *zip(*parts, strict=True), covered

    def _augmented(self, flux, covered, rng):
        warped = [i for i, name in enumerate(self.channels) if name == "flux"]
        shift = int(self.max_shift * self.n_bins)
        return augmented(flux, covered, rng, max_crop=self.max_crop, max_shift=shift, warped=warped)
