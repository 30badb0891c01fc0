"""One spectrum as its file holds it, before units are converted."""

from dataclasses import dataclass, field

import numpy as np


@dataclass
class SpectrumRecord:
    """One spectrum of a file, and where each part of it came from.

    Parameters
    ----------
    file_format : str
        Format of the file, for the report.
    wavelength, flux : ndarray of float, shape (n_pixels,)
        Pixels, in `units`. Masked pixels are left out.
    flux_err : ndarray of float, shape (n_pixels,), optional
        Errors of the fluxes.
    units : dict of str to astropy unit, optional
        Unit of each of wavelength, flux and flux_err that has one.
    name : str, optional
        Name of the object in the file.
    time : float, default=nan
        Time of observation, MJD.
    metadata : dict, optional
        Metadata of the object, such as telescope and redshift.
    medium : {"air", "vacuum"}, optional
        Medium of the wavelengths, if known.
    sources : dict of str to str, optional
        Column, extension or header entry that provided each field.
    not_used : list of str, optional
        Columns and extensions that were not used.
    notes : list of str, optional
        Decisions that a user should know of.
    n_masked : int, default=0
        Number of pixels that the file marks as unusable.
    """

    file_format: str
    wavelength: np.ndarray
    flux: np.ndarray
    flux_err: np.ndarray | None = None
    units: dict = field(default_factory=dict)
    name: str | None = None
    time: float = np.nan
    metadata: dict = field(default_factory=dict)
    medium: str | None = None
    sources: dict = field(default_factory=dict)
    not_used: list = field(default_factory=list)
    notes: list = field(default_factory=list)
    n_masked: int = 0

    def keep(self, mask: np.ndarray) -> None:
        """Leave out the pixels where `mask` is false, and count them as masked."""
        self.n_masked += int((~mask).sum())
        self.wavelength, self.flux = self.wavelength[mask], self.flux[mask]
        if self.flux_err is not None:
            self.flux_err = self.flux_err[mask]

    def describe(self, facts) -> "SpectrumRecord":
        """Take name, time, metadata and medium from a header, and return the record."""
        self.name = facts.name
        self.time = facts.time
        self.metadata = {**self.metadata, **facts.metadata}
        self.medium = self.medium or facts.medium
        self.sources.update(facts.sources)
        self.notes += facts.notes
        return self
