"""Surveys as data: bands, depths, cadences; visits and noise drawn from them."""

from typing import NamedTuple

import numpy as np

from sklearn_sn.data._bands import band_wavelength


class Survey(NamedTuple):
    """A survey: names, widths (Å), 5 sigma depths (AB mag) and revisit times (days) per band."""

    bands: tuple
    widths: tuple
    depths: tuple
    cadences: tuple
    declinations: tuple  # degrees
    dates: tuple  # MJD of the peaks
    season: float  # days a year that a field is visible, a choice

    @property
    def wavelengths(self):
        """Effective wavelengths of the bands, Å."""
        return band_wavelength(list(self.bands))


SURVEYS = {
    # Bellm et al. (2019, PASP 131, 018002): 5 sigma at 20.8 (g) and 20.6 (r), here a little less
    # deep for moonlight (a choice); public cadence of 3 days. Widths: equivalent, of the filters.
    "ztf": Survey(
        ("ztfg", "ztfr"),
        (1280.0, 1510.0),
        (20.6, 20.5),
        (3.0, 3.0),
        (-28.0, 80.0),
        (58200.0, 60600.0),
        240.0,
    ),
    # Ivezic et al. (2019, ApJ 873, 111), table 1 and 2: single visits, 825 visits in ten years
    # (56, 80, 184, 184, 160, 160), here in seasons of 200 days of which a rolling cadence observes
    # the one with twice the visits.
    "lsst": Survey(
        ("lsstu", "lsstg", "lsstr", "lssti", "lsstz", "lssty"),
        (600.0, 1340.0, 1330.0, 1230.0, 1000.0, 850.0),
        (23.9, 25.0, 24.7, 24.0, 23.3, 22.1),
        (18.0, 12.5, 5.4, 5.4, 6.2, 6.2),
        (-70.0, 2.0),
        (60900.0, 64500.0),
        200.0,
    ),
}
_SYSTEMATIC = 0.01  # calibration floor, share of the flux; a choice between ZTF's and LSST's
_GAMMA = 0.039  # of the error formula of Ivezic et al. (2019), eq. 5


def draw_visits(survey, start, end, rng):
    """Draw the visits of n objects, all bands.

    Parameters
    ----------
    survey : Survey
    start, end : array of shape (n_objects,)
        Days from peak (observer frame) between which an object is worth observing.
    rng : numpy.random.Generator

    Returns
    -------
    rows : array of int, shape (n_points,)
        Object of each visit; rising.
    time : array of shape (n_points,)
        Days from peak, rising within an object.
    band : array of int, shape (n_points,)
        Position in `survey.bands`.
    """
    n = len(start)
    season = start + rng.random(n) * (-start) - rng.random(n) * survey.season * 0.7
    first, last = np.maximum(start, season), np.minimum(end, season + survey.season)
    # Six cloudy stretches of 4 days on average and 15 % of lost visits: choices.
    n_gaps = 6
    gap_start = start[:, None] + rng.random((n, n_gaps)) * (end - start)[:, None]
    gap_end = gap_start + rng.exponential(4.0, (n, n_gaps))
    parts = []
    for band, cadence in enumerate(survey.cadences):
        n_visits = int(np.ceil((end - start).max() / cadence)) + 1
        time = (np.arange(n_visits) + rng.random((n, 1))) * cadence + start[:, None]
        time += 0.1 * cadence * rng.standard_normal(time.shape)
        keep = (time >= first[:, None]) & (time <= last[:, None]) & (rng.random(time.shape) < 0.85)
        for gap in range(n_gaps):
            keep &= (time < gap_start[:, gap, None]) | (time > gap_end[:, gap, None])
        rows, _ = np.nonzero(keep)
        parts.append((rows, time[keep], np.full(len(rows), band)))
    rows, time, band = (np.concatenate(values) for values in zip(*parts, strict=True))
    order = np.lexsort((time, rows))
    return rows[order], time[order], band[order]


def flux_errors(survey, flux, band, rng):
    """Errors (µJy) of noiseless fluxes (µJy), with the depth of each visit drawn.

    Sky and photon noise follow Ivezic et al. (2019): σ² = (0.04 - γ) f f₅ + γ f₅², where f₅ is
    the flux at the 5 sigma depth; a share of the flux is added in quadrature.
    """
    # Seeing and moonlight scatter the depth by 0.3 mag, a choice.
    depth = np.asarray(survey.depths)[band] + rng.normal(0.0, 0.3, len(flux))
    limit = 10.0 ** (-0.4 * (depth - 23.9))
    variance = (0.04 - _GAMMA) * flux * limit + _GAMMA * limit**2 + (_SYSTEMATIC * flux) ** 2
    return np.sqrt(variance)
