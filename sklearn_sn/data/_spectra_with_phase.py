"""Spectra of a table by phase and wavelength, in units of their median flux."""

import numpy as np

from sklearn_sn.data._check import CheckedTable
from sklearn_sn.data._phase_frame import PhaseFrame
from sklearn_sn.data._ragged import Ragged

MIN_PIXELS = 3  # a spectrum with fewer pixels is missing
SPIKE = 5.0  # median differences of neighbours by which a pixel may exceed its neighbours
LARGEST = 100.0  # robust standard deviations from the median beyond which a flux is clipped


def spectra_with_phase(
    table: CheckedTable,
    frame: PhaseFrame,
    *,
    wavelength_range: tuple[float, float],
    phase_range: tuple[float, float],
    normalization_range: tuple[float, float],
    max_pixels: int | None = None,
) -> tuple[Ragged, np.ndarray, np.ndarray]:
    """Return the usable spectra of a checked table with phases and relative fluxes.

    Fluxes are divided by the median absolute flux of their spectrum inside `normalization_range`,
    or of the whole spectrum if it has too few pixels there. Spikes are clipped.

    Parameters
    ----------
    table : CheckedTable
        Table with spectra.
    frame : PhaseFrame
        Phase frame of the objects.
    wavelength_range : pair of float
        Range of the wavelengths of pixels in the frame, Å; others are dropped.
    phase_range : pair of float
        Range of the phases of spectra, days; others are dropped. Unknown phases are kept.
    normalization_range : pair of float
        Range of wavelengths whose fluxes set the scale, Å.
    max_pixels : int, optional
        Largest number of pixels of a spectrum; neighbouring pixels of longer ones are averaged.

    Returns
    -------
    spectra : Ragged of n_spectra rows
        Fields wavelength (Å, in the frame), flux and flux_err (relative).
    object_index : ndarray of int, shape (n_spectra,)
        Object of each spectrum, in increasing order.
    phase : ndarray of shape (n_spectra,)
        Days from peak; NaN if unknown.
    """
    spectra = table.spectrum
    object_index = np.repeat(np.arange(len(table)), np.diff(table.spectrum_offsets))
    wavelength = spectra["wavelength"] / frame.stretch[object_index][spectra.rows]
    low, high = wavelength_range
    spectra = spectra.with_fields(wavelength=wavelength)
    spectra = spectra.filter((wavelength >= low) & (wavelength <= high))
    phase = frame.phase(spectra.reduce("first", "time"), object_index)
    usable = ~((phase < phase_range[0]) | (phase > phase_range[1]))
    usable &= spectra.lengths >= MIN_PIXELS
    spectra, object_index, phase = spectra.take(usable), object_index[usable], phase[usable]
    if max_pixels is not None:
        spectra = _binned(spectra, max_pixels)
    flux, error = _relative(spectra, normalization_range)
    return spectra.with_fields(flux=flux, flux_err=error), object_index, phase


def row_median(ragged, values):
    """Return the median of every row; 0 if a row is empty.

    Parameters
    ----------
    ragged : Ragged of n_rows rows
        Rows of the values.
    values : ndarray of shape (n_points,)
        Flat values.

    Returns
    -------
    ndarray of shape (n_rows,)
    """
    ordered = values[np.lexsort((values, ragged.rows))]
    lengths, starts = ragged.lengths, ragged.offsets[:-1]
    filled = lengths > 0
    out = np.zeros(len(ragged))
    low = (starts + np.maximum(lengths - 1, 0) // 2)[filled]
    high = (starts + lengths // 2)[filled]
    out[filled] = 0.5 * ordered[low] + 0.5 * ordered[high]
    return out


def _binned(spectra, max_pixels):
    """Average neighbouring pixels of spectra longer than `max_pixels`."""
    lengths = spectra.lengths[spectra.rows]
    if lengths.max(initial=0) <= max_pixels:
        return spectra
    group = np.where(
        lengths > max_pixels, spectra.rank() * max_pixels // np.maximum(lengths, 1), spectra.rank()
    )
    starts = np.flatnonzero(np.diff(spectra.rows, prepend=-1) | np.diff(group, prepend=-1))
    counts = np.diff(np.append(starts, spectra.n_points))

    def mean(values):
        return np.add.reduceat(values, starts) / counts

    error = np.sqrt(np.add.reduceat(spectra["flux_err"] ** 2, starts)) / counts
    return Ragged.from_groups(
        spectra.rows[starts],
        len(spectra),
        {
            "wavelength": mean(spectra["wavelength"]),
            "flux": mean(spectra["flux"]),
            "flux_err": error,
        },
    )


def _relative(spectra, window):
    """Return fluxes and errors over the median size inside the window, with spikes clipped."""
    rows, flux = spectra.rows, spectra["flux"].astype(np.float64)
    median = row_median(spectra, flux)
    spread = 1.4826 * row_median(spectra, np.abs(flux - median[rows]))
    reach = np.where(spread > 0, LARGEST * spread, np.inf)
    flux = np.clip(flux, (median - reach)[rows], (median + reach)[rows])
    flux = _despiked(spectra, flux)
    inside = (spectra["wavelength"] >= window[0]) & (spectra["wavelength"] <= window[1])
    enough = spectra.reduce("sum", inside.astype(np.int64)) >= MIN_PIXELS
    part = spectra.with_fields(size=np.abs(flux)).filter(inside | ~enough[rows])
    size = row_median(part, part["size"])
    largest = spectra.reduce("max", np.abs(flux), empty=1.0)
    # The median of a spectrum that is mostly 0 is 0; the largest flux sets its scale.
    size = np.where(size > 1e-6 * largest, size, np.where(largest > 0, largest, 1.0))
    with np.errstate(over="ignore"):
        return flux / size[rows], spectra["flux_err"] / size[rows]


def _despiked(spectra, flux):
    """Clip pixels to the range of two neighbours on either side, which lines are wider than."""
    n, rows = len(flux), spectra.rows
    low, high = np.full(n, np.inf), np.full(n, -np.inf)
    for step in (1, 2):
        near = rows[step:] == rows[:-step]
        for target, other in (
            (slice(None, -step), slice(step, None)),
            (slice(step, None), slice(None, -step)),
        ):
            low[target] = np.where(near, np.minimum(low[target], flux[other]), low[target])
            high[target] = np.where(near, np.maximum(high[target], flux[other]), high[target])
    # Differences inside a spectrum only: the pixel before its first belongs to another one.
    inner = spectra.rank() > 0
    jump = np.abs(np.diff(flux, prepend=0.0))[inner]
    margin = SPIKE * row_median(spectra.filter(inner), jump)[rows]
    return np.clip(flux, low - margin, high + margin)
