"""Where a generated spectrum or light curve is asked for: phases, wavelengths, bands."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from sklearn_sn.data._bands import band_wavelength, canonical_band
from sklearn_sn.data._quality import warn_quality
from sklearn_sn.data._ragged import Ragged
from sklearn_sn.data._units import to_unit

REFERENCE_WAVELENGTH = 5000.0  # Å
_UNITS = {"phase": "d", "wavelength": "Angstrom"}


@dataclass(frozen=True)
class Places:
    """Points to decode at, the same for all objects or each object's own.

    Attributes
    ----------
    log_wavelength, phase : array of shape (1, L) or (n, L)
    shape : tuple of int
        What L stands for.
    fields : dict of str to array of shape (1, L) or (n, L), or None
        What a nested column says of the points; None where there is no such column.
    """

    log_wavelength: np.ndarray
    phase: np.ndarray
    shape: tuple
    fields: dict

    def to_nested(self, flux, index, name):
        """A nested column of fluxes (n, S, L), with the number of the sample of every point."""
        if self.fields is None:
            raise ValueError(f"as_nested is for spectra and light curves, not for {name}.")
        n, S, L = flux.shape
        fields = {}
        for key, values in self.fields.items():
            repeated = np.broadcast_to(values[:, None], (len(values), S, L))
            fields[key] = np.broadcast_to(repeated, (n, S, L)).reshape(-1)
        sample = np.broadcast_to(np.arange(S)[:, None], (n, S, L)).reshape(-1)
        fields |= {"flux": flux.reshape(-1).astype(np.float64), "sample": sample}
        if "band" in fields:
            fields["band"] = pd.Categorical(fields["band"])
        offsets = S * L * np.arange(n + 1, dtype=np.int64)
        return Ragged(fields, offsets).to_nested(index=index, name=name)


def spectrum_coordinates(phase, wavelength, limits, n):
    """Every wavelength at every phase: the last axis is wavelength, the one before it phase.

    Parameters
    ----------
    phase : float, or array of shape (n_phases,) or (n, n_phases)
    wavelength : array of shape (n_wavelengths,) or (n, n_wavelengths)
    limits : pair of float
        Wavelengths that the model knows.
    n : int
        Number of objects.

    Raises
    ------
    ValueError
        For shapes that do not fit, and wavelengths outside the limits.
    """
    phase = _numbers("phase", phase, n)
    wavelength = _numbers("wavelength", wavelength, n)
    if wavelength.ndim == 0:
        raise ValueError("wavelength must be an array of one or more Å; got a single number.")
    _refuse_outside("wavelength", wavelength, limits, "Å")
    when = phase.reshape(len(phase) if phase.ndim == 2 else 1, -1, 1)  # (1 or n, F, 1)
    where = wavelength.reshape(len(wavelength) if wavelength.ndim == 2 else 1, 1, -1)
    when, where = np.broadcast_arrays(when, where)
    fields = {"wavelength": _flat(where), "time": _flat(when)}
    shape = (*phase.shape[-1:], where.shape[2])
    return Places(np.log(_flat(where) / REFERENCE_WAVELENGTH), _flat(when), shape, fields)


def light_curve_coordinates(phase, band, stretch):
    """Every phase in every band: the last axis is phase, the one before it band.

    Parameters
    ----------
    phase : float, or array of shape (n_phases,) or (n, n_phases)
    band : str or sequence of str
    stretch : array of shape (n,)
        1 + redshift, by which wavelengths of bands are divided.

    Raises
    ------
    ValueError
        For shapes that do not fit, and unknown bands.
    """
    n = len(stretch)
    phase = np.atleast_1d(_numbers("phase", phase, n))
    names = np.array([canonical_band(name) for name in np.atleast_1d(band)], dtype=object)
    when = phase.reshape(len(phase) if phase.ndim == 2 else 1, 1, -1)  # (1 or n, 1, F)
    centre = np.log(band_wavelength(names).astype(float) / REFERENCE_WAVELENGTH)
    where = centre[None, :, None] - np.log(stretch)[:, None, None]  # (n, n_bands, 1)
    shape = (*([] if isinstance(band, str) else [len(names)]), when.shape[2])
    when, where = np.broadcast_arrays(when, where)
    bands = np.broadcast_to(names[None, :, None], where.shape)
    return Places(_flat(where), _flat(when), shape, {"time": _flat(when), "band": _flat(bands)})


def plain_coordinates(preprocessor):
    """Return the coordinates of every column of metadata, or of every pixel of a cutout.

    Parameters
    ----------
    preprocessor : PointSetPreprocessor
        Fitted, with ``coordinates()`` and ``output_shape``.
    """
    return Places(*preprocessor.coordinates(), preprocessor.output_shape, None)


def _numbers(name, values, n):
    values = np.asarray(to_unit(values, _UNITS[name]), dtype=np.float64)
    if values.ndim > 2 or (values.ndim == 2 and len(values) != n) or values.size == 0 < n:
        raise ValueError(
            f"{name} must have the shape (n_values,), or (n_objects, n_values) with a row for each "
            f"of the {n} objects; got {values.shape}."
        )
    if not np.isfinite(values).all():
        raise ValueError(f"{name} must be finite.")
    return values


def warn_outside_range(phase, limits):
    """Say that phases were asked for of which fit has seen nothing."""
    values = np.asarray(phase, dtype=np.float64)
    outside = (values < limits[0]) | (values > limits[1])
    if outside.any():
        warn_quality(
            f"{int(outside.sum())} of {outside.size} phases lie outside phase_range="
            f"{tuple(limits)!r} (first: {values[outside].flat[0]:g}): the answer there is a guess."
        )


def _refuse_outside(name, values, limits, unit):
    wrong = values[(values < limits[0]) | (values > limits[1])]
    if len(wrong):
        raise ValueError(
            f"{name} must lie in the model's {name}_range, {limits[0]:g} to {limits[1]:g} {unit}; "
            f"got {wrong[0]:g}."
        )


def _flat(values):
    """(1 or n, A, B) to (1 or n, A B)."""
    return values.reshape(len(values), -1)
