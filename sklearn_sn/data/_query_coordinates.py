"""Coordinates at which a spectrum or light curve is generated: phases, wavelengths, bands."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from sklearn_sn.data._band_wavelength import band_wavelength
from sklearn_sn.data._bands import canonical_band
from sklearn_sn.data._quality import warn_quality
from sklearn_sn.data._ragged import Ragged
from sklearn_sn.data._times import MAX_ABS_TIME
from sklearn_sn.data._units import to_unit

REFERENCE_WAVELENGTH = 5000.0  # Å
_UNITS = {"phase": "d", "wavelength": "Angstrom"}


@dataclass(frozen=True)
class QueryCoordinates:
    """Points to decode at, shared by all objects or given per object.

    Attributes
    ----------
    log_wavelength : ndarray of shape (1, L) or (n, L)
        Natural logarithm of wavelength / 5000 Å.
    phase : ndarray of shape (1, L) or (n, L)
        Days from peak.
    shape : tuple of int
        Axes whose product is L.
    fields : dict of str to ndarray of shape (1, L) or (n, L), or None
        Fields of a nested column; None for images and metadata.
    """

    log_wavelength: np.ndarray
    phase: np.ndarray
    shape: tuple[int, ...]
    fields: dict[str, np.ndarray] | None

    def to_nested(self, flux, index, name):
        """Return fluxes as a nested column.

        Parameters
        ----------
        flux : ndarray of shape (n, S, L)
            S samples of every object.
        index : pandas.Index of shape (n,)
            Names of the objects.
        name : str
            Name of the column.

        Returns
        -------
        pandas.Series of nested dtype, shape (n,)
            Fields of the points, their flux, and the number of their sample.

        Raises
        ------
        ValueError
            If the coordinates are those of images or metadata.
        """
        if self.fields is None:
            raise ValueError(f"as_nested is for spectra and light curves, not for {name}.")
        n, S, L = flux.shape
        fields = {}
        for key, values in self.fields.items():
            repeated = np.broadcast_to(values[:, None], (len(values), S, L))
            fields[key] = np.broadcast_to(repeated, (n, S, L)).reshape(-1)  # (n S L)
        sample = np.broadcast_to(np.arange(S)[:, None], (n, S, L)).reshape(-1)
        fields |= {"flux": flux.reshape(-1).astype(np.float64), "sample": sample}
        if "band" in fields:
            fields["band"] = pd.Categorical(fields["band"])
        offsets = S * L * np.arange(n + 1, dtype=np.int64)
        return Ragged(fields, offsets).to_nested(index=index, name=name)


def spectrum_coordinates(
    phase: ArrayLike, wavelength: ArrayLike, limits: tuple[float, float], n: int
) -> QueryCoordinates:
    """Return every combination of phase and wavelength, with wavelength as the last axis.

    Parameters
    ----------
    phase : float, or array of shape (n_phases,) or (n, n_phases)
        Days from peak.
    wavelength : array of shape (n_wavelengths,) or (n, n_wavelengths)
        Wavelengths in Å.
    limits : pair of float
        Range of wavelengths of the model, Å.
    n : int
        Number of objects.

    Returns
    -------
    QueryCoordinates
        Of shape (n_phases, n_wavelengths), or (n_wavelengths,) for a single phase.

    Raises
    ------
    ValueError
        If a shape does not fit, a value is not finite, or a wavelength lies outside the limits.
    """
    phase = _numbers("phase", phase, n)
    wavelength = _numbers("wavelength", wavelength, n)
    if wavelength.ndim == 0:
        raise ValueError("wavelength must be an array of one or more Å; got a single number.")
    _reject_outside("wavelength", wavelength, limits, "Å")
    phases = phase.reshape(len(phase) if phase.ndim == 2 else 1, -1, 1)  # (1 or n, F, 1)
    wavelengths = wavelength.reshape(len(wavelength) if wavelength.ndim == 2 else 1, 1, -1)
    phases, wavelengths = np.broadcast_arrays(phases, wavelengths)
    fields = {"wavelength": _flat(wavelengths), "time": _flat(phases)}
    shape = (*phase.shape[-1:], wavelengths.shape[2])
    log_wavelength = np.log(_flat(wavelengths) / REFERENCE_WAVELENGTH)
    return QueryCoordinates(log_wavelength, _flat(phases), shape, fields)


def light_curve_coordinates(
    phase: ArrayLike, band: str | Sequence[str], stretch: np.ndarray
) -> QueryCoordinates:
    """Return every combination of band and phase, with phase as the last axis.

    Parameters
    ----------
    phase : float, or array of shape (n_phases,) or (n, n_phases)
        Days from peak.
    band : str or sequence of str
        Names of bands.
    stretch : ndarray of shape (n,)
        1 + redshift, by which the wavelengths of bands are divided.

    Returns
    -------
    QueryCoordinates
        Of shape (n_bands, n_phases), or (n_phases,) for a single str.

    Raises
    ------
    ValueError
        If a shape does not fit, a phase is not finite, or a band is unknown or ambiguous.
    """
    n = len(stretch)
    phase = np.atleast_1d(_numbers("phase", phase, n))
    names = np.array([canonical_band(name) for name in np.atleast_1d(band)], dtype=object)
    phases = phase.reshape(len(phase) if phase.ndim == 2 else 1, 1, -1)  # (1 or n, 1, F)
    centre = np.log(band_wavelength(names).astype(float) / REFERENCE_WAVELENGTH)
    positions = centre[None, :, None] - np.log(stretch)[:, None, None]  # (n, n_bands, 1)
    shape = (*([] if isinstance(band, str) else [len(names)]), phases.shape[2])
    phases, positions = np.broadcast_arrays(phases, positions)
    bands = np.broadcast_to(names[None, :, None], positions.shape)
    fields = {"time": _flat(phases), "band": _flat(bands)}
    return QueryCoordinates(_flat(positions), _flat(phases), shape, fields)


def plain_coordinates(preprocessor: Any) -> QueryCoordinates:
    """Return the coordinates of all columns of metadata, or of all pixels of a cutout.

    Parameters
    ----------
    preprocessor : object
        Preprocessor with a method ``coordinates`` and an attribute ``output_shape``.

    Returns
    -------
    QueryCoordinates
        Without fields.
    """
    return QueryCoordinates(*preprocessor.coordinates(), preprocessor.output_shape, None)


def warn_outside_range(phase: ArrayLike, limits: tuple[float, float]) -> None:
    """Warn if phases lie outside the range seen in fit.

    Parameters
    ----------
    phase : array-like of float
        Days from peak.
    limits : pair of float
        Range of phases of the model, days.
    """
    values = np.asarray(phase, dtype=np.float64)
    outside = (values < limits[0]) | (values > limits[1])
    if outside.any():
        warn_quality(
            f"{int(outside.sum())} of {outside.size} phases lie outside phase_range="
            f"{tuple(limits)!r} (first: {values[outside].flat[0]:g}): the model extrapolates there."
        )


def _numbers(name, values, n):
    """Return a coordinate as floats, shared by the objects or with one row per object."""
    values = np.asarray(to_unit(values, _UNITS[name]), dtype=np.float64)
    if values.ndim > 2 or (values.ndim == 2 and len(values) != n) or values.size == 0 < n:
        raise ValueError(
            f"{name} must have the shape (n_values,), or (n_objects, n_values) with a row for each "
            f"of the {n} objects; got {values.shape}."
        )
    if not np.isfinite(values).all():
        raise ValueError(f"{name} must be finite.")
    if name == "phase" and np.abs(values).max(initial=0.0) > MAX_ABS_TIME:
        raise ValueError(
            f"phase must lie within ±{MAX_ABS_TIME:g} days from peak; got "
            f"{values.flat[np.abs(values).argmax()]:g}."
        )
    return values


def _reject_outside(name, values, limits, unit):
    wrong = values[(values < limits[0]) | (values > limits[1])]
    if len(wrong):
        raise ValueError(
            f"{name} must lie in the model's {name}_range, {limits[0]:g} to {limits[1]:g} {unit}; "
            f"got {wrong[0]:g}."
        )


def _flat(values):
    """Reshape (1 or n, A, B) to (1 or n, A B)."""
    return values.reshape(len(values), -1)
