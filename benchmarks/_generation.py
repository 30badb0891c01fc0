"""How well spectra are generated from light curves: truth on a grid, residuals and coverage."""

from itertools import pairwise

import numpy as np

from sklearn_sn.data import as_ragged, check_table, resample

WINDOW = (4000.0, 7000.0)  # Å; a spectrum is divided by its median flux inside
PHASE_EDGES = (-10.0, -5.0, 0.0, 5.0, 10.0, 15.0, 20.0, 30.0)
MIN_COVERED = 0.5  # of the window; a spectrum with less of it has no scale to be compared on


class Truth:
    """The spectra of some objects on a rest-frame grid, and where to ask a model for them.

    Parameters
    ----------
    X : DataFrame
        With columns spectrum, t_peak and redshift.
    wavelength : array of shape (n_wavelengths,)
        Å, rest frame.
    phases : (float, float)
        Days from peak, rest frame; spectra outside are left out.
    native : bool
        Compare with the pixel nearest to each wavelength, at its own wavelength: an interval is for
        what is measured in a pixel. Else spectra are resampled, which averages their noise.

    Attributes
    ----------
    owner : array of shape (n_spectra,)
        Row of each spectrum.
    phase : array of shape (n_spectra,)
    flux, places : array of shape (n_spectra, n_wavelengths)
        Flux, NaN where a spectrum does not reach, and the wavelengths of it.
    """

    def __init__(self, X, wavelength, phases=(PHASE_EDGES[0], PHASE_EDGES[-1]), native=False):
        table = check_table(X[["spectrum"]])
        spectra, counts = table.spectrum, np.diff(table.spectrum_offsets)
        owner = np.repeat(np.arange(len(X)), counts)
        stretch = 1.0 + X["redshift"].to_numpy()[owner]
        peak = X["t_peak"].to_numpy()[owner]
        phase = (spectra.reduce("first", "time") - peak) / stretch
        rest = spectra.with_fields(wavelength=spectra["wavelength"] / stretch[spectra.rows])
        flux, _, covered = resample(rest, wavelength)
        places = np.broadcast_to(wavelength, flux.shape)
        if native:
            nearest = nearest_pixels(rest, wavelength)
            flux = rest["flux"][nearest]
            places = np.where(covered, rest["wavelength"][nearest], places)
        flux = np.where(covered, flux, np.nan)
        inside = (wavelength >= WINDOW[0]) & (wavelength <= WINDOW[1])
        keep = covered[:, inside].mean(axis=1) >= MIN_COVERED
        keep &= (phase >= phases[0]) & (phase <= phases[1])
        self.owner, self.phase, self.places = owner[keep], phase[keep], places[keep]
        flux = flux[keep]
        scale = np.nanmedian(np.abs(flux[:, inside]), axis=1, keepdims=True)
        self.flux = flux / scale

    def residual(self, predicted):
        """Mean squared residual of each spectrum, shape (n_spectra,)."""
        return np.nanmean((predicted - self.flux) ** 2, axis=1)

    def covered(self, lower, upper):
        """Share of each spectrum inside an interval, and mean width of it, (n_spectra,) each."""
        known = np.isfinite(self.flux)
        inside = np.where(known, (self.flux >= lower) & (self.flux <= upper), np.nan)
        width = np.where(known, upper - lower, np.nan)
        return np.nanmean(inside, axis=1), np.nanmean(width, axis=1)

    def by_phase(self, values):
        """Mean over the spectra of each bin of phase; NaN where it has none."""
        bins = np.searchsorted(PHASE_EDGES, self.phase, side="right") - 1
        bins = np.clip(bins, 0, len(PHASE_EDGES) - 2)
        total = np.bincount(bins, values, len(PHASE_EDGES) - 1)
        with np.errstate(invalid="ignore"):
            return total / np.bincount(bins, minlength=len(PHASE_EDGES) - 1)


def nearest_pixels(spectra, wavelength):
    """Place of the pixel nearest to each wavelength, (n_spectra, n_wavelengths)."""
    far = 1e6  # Å: spectra one after the other
    key = far * spectra.rows + spectra["wavelength"]
    wanted = far * np.arange(len(spectra))[:, None] + wavelength
    after = np.searchsorted(key, wanted)
    low, high = spectra.offsets[:-1, None], spectra.offsets[1:, None] - 1
    before, after = (np.clip(place, low, high) for place in (after - 1, after))
    return np.where(wanted - key[before] < key[after] - wanted, before, after)


def phase_bins():
    """Names of the bins of phase."""
    return [f"{low:+.0f}…{high:+.0f} d" for low, high in pairwise(PHASE_EDGES)]


def without_spectra(X):
    return X.drop(columns="spectrum")


def masked(X, share, random_state=0):
    """The light curves with a share of their points dropped at random; one point stays at least."""
    curves = as_ragged(X["light_curve"], kind="light_curve")
    order = np.random.default_rng(random_state).random(curves.n_points)
    least = curves.reduce("min", order, empty=0.0)[curves.rows]
    keep = (order >= share) | (order == least)
    return X.assign(light_curve=curves.filter(keep).to_nested(index=X.index))


def score(truth, predicted, interval=None):
    """Residual, coverage and width: of all, and by phase."""
    residual = truth.residual(predicted)
    found = {"residual": residual.mean(), "residual by phase": truth.by_phase(residual).tolist()}
    if interval is not None:
        inside, width = truth.covered(*interval)
        found |= {
            "coverage": inside.mean(),
            "width": width.mean(),
            "coverage by phase": truth.by_phase(inside).tolist(),
            "width by phase": truth.by_phase(width).tolist(),
        }
    return found


def answer(model, X, truth, source):
    """Predicted spectra and their 90 % interval, (n_spectra, n_wavelengths) each."""
    X = X.iloc[truth.owner].reset_index(drop=True)
    where = {"phase": truth.phase[:, None], "wavelength": truth.places, "source": source}
    lower, upper = model.predict_interval(X, coverage=0.9, **where)
    return model.predict(X, **where)[:, 0], (lower[:, 0], upper[:, 0])
