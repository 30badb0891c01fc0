"""Evaluation of generated spectra: true spectra on a grid, residuals and interval coverage."""

from itertools import pairwise

import numpy as np

from sklearn_sn.data import as_ragged, check_table, resample

WINDOW = (4000.0, 7000.0)  # Å; a spectrum is divided by its median flux inside
PHASE_EDGES = (-10.0, -5.0, 0.0, 5.0, 10.0, 15.0, 20.0, 30.0)
MIN_COVERED = 0.5  # fraction of the window needed to normalise a spectrum


class Truth:
    """Observed spectra on a rest-frame grid, with the coordinates at which to predict them.

    Parameters
    ----------
    X : DataFrame
        With columns spectrum, t_peak and redshift.
    wavelength : array of shape (n_wavelengths,)
        Å, rest frame.
    phases : (float, float)
        Range in rest-frame days from peak; spectra outside are excluded.
    native : bool
        If True, use the flux and wavelength of the pixel nearest to each grid wavelength, because
        intervals refer to the noise of single pixels. If False, resample the spectra, which
        averages their noise.

    Attributes
    ----------
    object_index : array of shape (n_spectra,)
        Row in X of each spectrum.
    phase : array of shape (n_spectra,)
        Rest-frame days from peak.
    flux, wavelength : array of shape (n_spectra, n_wavelengths)
        Flux (NaN where not covered) and rest-frame wavelengths.
    """

    def __init__(self, X, wavelength, phases=(PHASE_EDGES[0], PHASE_EDGES[-1]), native=False):
        table = check_table(X[["spectrum"]])
        spectra, counts = table.spectrum, np.diff(table.spectrum_offsets)
        object_index = np.repeat(np.arange(len(X)), counts)
        stretch = 1.0 + X["redshift"].to_numpy()[object_index]
        peak = X["t_peak"].to_numpy()[object_index]
        phase = (spectra.reduce("first", "time") - peak) / stretch
        rest = spectra.with_fields(wavelength=spectra["wavelength"] / stretch[spectra.rows])
        flux, _, covered = resample(rest, wavelength)
        pixel_wavelength = np.broadcast_to(wavelength, flux.shape)
        if native:
            nearest = nearest_pixels(rest, wavelength)
            flux = rest["flux"][nearest]
            pixel_wavelength = np.where(covered, rest["wavelength"][nearest], pixel_wavelength)
        flux = np.where(covered, flux, np.nan)
        inside = (wavelength >= WINDOW[0]) & (wavelength <= WINDOW[1])
        keep = covered[:, inside].mean(axis=1) >= MIN_COVERED
        keep &= (phase >= phases[0]) & (phase <= phases[1])
        self.object_index, self.phase = object_index[keep], phase[keep]
        self.wavelength = pixel_wavelength[keep]
        flux = flux[keep]
        scale = np.nanmedian(np.abs(flux[:, inside]), axis=1, keepdims=True)
        self.flux = flux / scale

    def residual(self, predicted):
        """Return the mean squared residual of each spectrum, shape (n_spectra,)."""
        return np.nanmean((predicted - self.flux) ** 2, axis=1)

    def covered(self, lower, upper):
        """Return coverage and mean width of the interval per spectrum, shape (n_spectra,) each."""
        known = np.isfinite(self.flux)
        inside = np.where(known, (self.flux >= lower) & (self.flux <= upper), np.nan)
        width = np.where(known, upper - lower, np.nan)
        return np.nanmean(inside, axis=1), np.nanmean(width, axis=1)

    def by_phase(self, values):
        """Return the mean over the spectra in each phase bin; NaN for empty bins."""
        bins = np.searchsorted(PHASE_EDGES, self.phase, side="right") - 1
        bins = np.clip(bins, 0, len(PHASE_EDGES) - 2)
        total = np.bincount(bins, values, len(PHASE_EDGES) - 1)
        with np.errstate(invalid="ignore"):
            return total / np.bincount(bins, minlength=len(PHASE_EDGES) - 1)


def nearest_pixels(spectra, wavelength):
    """Return the flat index of the nearest pixel, shape (n_spectra, n_wavelengths)."""
    far = 1e6  # Å; the offset between spectra, so that one sorted key serves all
    key = far * spectra.rows + spectra["wavelength"]
    wanted = far * np.arange(len(spectra))[:, None] + wavelength
    after = np.searchsorted(key, wanted)
    low, high = spectra.offsets[:-1, None], spectra.offsets[1:, None] - 1
    before, after = (np.clip(index, low, high) for index in (after - 1, after))
    return np.where(wanted - key[before] < key[after] - wanted, before, after)


def phase_bins():
    """Return the names of the phase bins."""
    return [f"{low:+.0f}…{high:+.0f} d" for low, high in pairwise(PHASE_EDGES)]


def without_spectra(X):
    """Return the table without the column ``spectrum``."""
    return X.drop(columns="spectrum")


def masked(X, fraction, random_state=0):
    """Drop a fraction of the light-curve points at random; keep at least one point per object."""
    curves = as_ragged(X["light_curve"], kind="light_curve")
    order = np.random.default_rng(random_state).random(curves.n_points)
    least = curves.reduce("min", order, empty=0.0)[curves.rows]
    keep = (order >= fraction) | (order == least)
    return X.assign(light_curve=curves.filter(keep).to_nested(index=X.index))


def score(truth, predicted, interval=None):
    """Return residual, coverage and width, overall and by phase."""
    residual = truth.residual(predicted)
    scores = {"residual": residual.mean(), "residual by phase": truth.by_phase(residual).tolist()}
    if interval is not None:
        inside, width = truth.covered(*interval)
        scores |= {
            "coverage": inside.mean(),
            "width": width.mean(),
            "coverage by phase": truth.by_phase(inside).tolist(),
            "width by phase": truth.by_phase(width).tolist(),
        }
    return scores


def predict_with_interval(model, X, truth, source):
    """Return predicted spectra and 90 % intervals, shape (n_spectra, n_wavelengths) each."""
    X = X.iloc[truth.object_index].reset_index(drop=True)
    params = {"phase": truth.phase[:, None], "wavelength": truth.wavelength, "source": source}
    lower, upper = model.predict_interval(X, coverage=0.9, **params)
    return model.predict(X, **params)[:, 0], (lower[:, 0], upper[:, 0])
