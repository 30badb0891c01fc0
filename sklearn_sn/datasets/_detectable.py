"""Find the visits that may be detections, from fluxes estimated at a few phases.

Most candidates of a flux-limited sample are too faint for the trigger, and most visits to the
others are too late. Their fluxes need not be computed.
"""

import numpy as np

from sklearn_sn.datasets._photosphere import Photosphere
from sklearn_sn.datasets._seds import SED_MODELS, spectral_shape
from sklearn_sn.datasets._visits import flux_errors

MARGIN = 1.5  # true fluxes are below the estimate times this factor; the tests verify it
_N_PARTS = 4  # samples of a band for the estimate
_WIDEST = 1.15  # wavelengths of a part, longest over shortest, that one sample can stand for
_NARROW = 1000.0  # km/s; lines below this width pass the samples of a band as they slow down
_GAIN = 2.0  # visits per estimated flux from which an estimate is faster


class _Spectrum:
    """Spectrum of a photosphere over its continuum at 5450 Å, at any phase."""

    in_disc = True  # computed at all phases
    variable = False

    def __init__(self, sed):
        self.name, self.r_v = sed.name, sed.r_v

    def flux(self, objects, rows, phase, wavelength, spacing=None):
        """Return the spectral shape, (n_points, n_wavelengths)."""
        scaled = phase / objects["stretch"][rows]
        return spectral_shape(self.name, objects, rows, scaled, wavelength, spacing)


def needs_estimate(sed, survey, n, n_visits):
    """Return whether fluxes can be estimated in less time than they can be computed.

    `n` is the number of objects, `n_visits` that of all visits to them. Light curves of other SEDs
    than photospheres, and of models with narrow lines, may vary between the phases of an estimate.
    The few samples of an estimate miss the light of bands with a leak, such as UVW2.
    """
    if type(sed) is not Photosphere:
        return False
    parts = survey.samples.reshape(len(survey.bands), _N_PARTS, -1)
    if np.any(parts[..., -1] > _WIDEST * parts[..., 0]):
        return False
    model = SED_MODELS[sed.name]
    if min(feature.width for feature in model.features) < _NARROW:
        return False
    return n_visits > _GAIN * n * len(survey.bands) * len(model.phases)


def estimate_flux(sed, objects, rows, days, band, survey, band_flux):
    """Estimate the noiseless flux of points.

    Spectra are computed at the phases of the model, between which its parameters are linear, and
    fluxes over the continuum are interpolated linearly. The continuum is exact.

    Parameters
    ----------
    sed : Photosphere
        Spectral energy distribution of the class.
    objects : dict of str to array of shape (n_objects, ...)
        Parameters with `amplitude`.
    rows : array of int, shape (n_points,)
        Object of each point.
    days : array of shape (n_points,)
        Observer-frame days from peak.
    band : array of int, shape (n_points,)
        Index into ``survey.bands``.
    survey : Survey
        Survey with the bands.
    band_flux : callable
        The function of `_simulation`.

    Returns
    -------
    array of shape (n_points,)
        Flux in µJy; 0 before the explosion.
    """
    phases = np.asarray(SED_MODELS[sed.name].phases, dtype=float)
    n, n_bands = len(objects["redshift"]), len(survey.bands)
    shape = (n, n_bands, len(phases))
    node_rows, node_bands, node = (index.ravel() for index in np.indices(shape))
    stretched = objects["stretch"] * (1.0 + objects["redshift"])
    samples = survey.samples.reshape(n_bands, _N_PARTS, -1).mean(axis=-1)
    node_days = phases[node] * stretched[node_rows]
    spectrum = _Spectrum(sed)
    fluxes = band_flux(spectrum, objects, node_rows, node_days, node_bands, survey, samples)
    position = np.interp(days / stretched[rows], phases, np.arange(len(phases)))
    below = np.minimum(position.astype(np.int64), max(len(phases) - 2, 0))
    first = (rows * n_bands + band) * len(phases) + below
    after = np.minimum(first + 1, len(fluxes) - 1)
    flux = fluxes[first] + (position - below) * (fluxes[after] - fluxes[first])
    phase = days / (1.0 + objects["redshift"])[rows]
    flux *= sed.continuum_curve(objects, rows, phase)
    flux[phase <= -objects["rise"][rows]] = 0.0
    return flux


def detectable(survey, flux, limit, noise):
    """Return which points may be detections, given estimated fluxes.

    Parameters
    ----------
    survey : Survey
        Survey with the detection threshold.
    flux, limit : array of shape (n_points,)
        Estimated fluxes and fluxes of the 5 sigma depth, µJy.
    noise : array of shape (n_points,)
        Deviation of each point from its true flux, in errors.

    Returns
    -------
    array of bool, shape (n_points,)
        False where the measured flux is certainly below the threshold.
    """
    # The signal-to-noise ratio increases with the flux.
    highest = MARGIN * flux
    return highest > (survey.detection_snr - noise) * flux_errors(survey, highest, limit)
