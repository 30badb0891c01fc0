"""Spectra of objects by phase and wavelength, each in units of its own median flux."""

import numpy as np

from sklearn_sn.data._ragged import Ragged

MIN_PIXELS = 3  # a spectrum with fewer is a missing one
SPIKE = 5.0  # typical differences of neighbours; a pixel that stands out by more is cut
LARGEST = 100.0  # robust standard deviations off the median; what is further is no light


def spectra_with_phase(
    table, frame, *, wavelength_range, phase_range, normalization_range, max_pixels=None
):
    """Usable spectra of a checked table, placed and scaled.

    A flux is divided by the median size of its spectrum's fluxes inside `normalization_range`
    (everywhere, where the spectrum does not reach it); pixels that stand out are cut.

    Parameters
    ----------
    table : CheckedTable
    frame : PhaseFrame
    wavelength_range, phase_range : pair of float
        Pixels and spectra outside are left out; Å and days. An unknown phase is none that lies
        outside.
    normalization_range : pair of float
        Å.
    max_pixels : int, optional
        Neighbouring pixels of a longer spectrum are averaged.

    Returns
    -------
    spectra : Ragged of n_spectra rows
        Fields wavelength (Å, in the frame), flux and flux_err (relative).
    owner : array of int, shape (n_spectra,)
        Object of each spectrum, rising.
    phase : array of shape (n_spectra,)
        Days from peak; NaN where unknown.
    """
    spectra = table.spectrum
    owner = np.repeat(np.arange(len(table)), np.diff(table.spectrum_offsets))
    wavelength = spectra["wavelength"] / frame.stretch[owner][spectra.rows]
    low, high = wavelength_range
    spectra = spectra.with_fields(wavelength=wavelength)
    spectra = spectra.filter((wavelength >= low) & (wavelength <= high))
    phase = frame.phase(spectra.reduce("first", "time"), owner)
    usable = ~((phase < phase_range[0]) | (phase > phase_range[1]))
    usable &= spectra.lengths >= MIN_PIXELS
    spectra, owner, phase = spectra.take(usable), owner[usable], phase[usable]
    if max_pixels is not None:
        spectra = _binned(spectra, max_pixels)
    flux, error = _relative(spectra, normalization_range)
    return spectra.with_fields(flux=flux, flux_err=error), owner, phase


def row_median(ragged, values):
    """Median of flat values in every row, shape (n_rows,); 0 where a row is empty."""
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
    place = np.where(
        lengths > max_pixels, spectra.rank() * max_pixels // np.maximum(lengths, 1), spectra.rank()
    )
    starts = np.flatnonzero(np.diff(spectra.rows, prepend=-1) | np.diff(place, prepend=-1))
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
    """Fluxes and errors in units of the median size inside the window, spikes cut."""
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
    # A spectrum that is 0 for the most part has no median size.
    size = np.where(size > 1e-6 * largest, size, np.where(largest > 0, largest, 1.0))
    with np.errstate(over="ignore"):
        return flux / size[rows], spectra["flux_err"] / size[rows]


def _despiked(spectra, flux):
    """Cut pixels that stand out from the two neighbours on either side; lines are wider."""
    n, rows = len(flux), spectra.rows
    low, high = np.full(n, np.inf), np.full(n, -np.inf)
    for step in (1, 2):
        near = rows[step:] == rows[:-step]
        for here, there in (
            (slice(None, -step), slice(step, None)),
            (slice(step, None), slice(None, -step)),
        ):
            low[here] = np.where(near, np.minimum(low[here], flux[there]), low[here])
            high[here] = np.where(near, np.maximum(high[here], flux[there]), high[here])
    # Differences inside a spectrum only: the pixel before its first belongs to another one.
    inner = spectra.rank() > 0
    jump = np.abs(np.diff(flux, prepend=0.0))[inner]
    margin = SPIKE * row_median(spectra.filter(inner), jump)[rows]
    return np.clip(flux, low - margin, high + margin)
