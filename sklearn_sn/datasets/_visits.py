"""Draw the visits of a survey to objects, and the noise of each visit."""

import numpy as np

_NEW_MOON = 51549.76  # MJD of 2000 January 6.76 (Meeus 1998, Astronomical Algorithms, ch. 49)
_MONTH = 29.530589  # synodic, days (Meeus 1998)
_EQUINOX = 51623.32  # MJD of 2000 March 20.32, when the Sun is at right ascension 0
_YEAR = 365.2422
_GAMMA = 0.039  # γ in the error formula of Ivezic et al. (2019, ApJ 873, 111), eq. 5


def moon_illumination(time):
    """Return the illuminated fraction of the Moon at MJD `time`, from its mean motion."""
    return 0.5 * (1.0 - np.cos(2.0 * np.pi * (time - _NEW_MOON) / _MONTH))


def draw_peak_dates(survey, n, rng, margin=40.0):
    """Draw peak dates within the survey's dates and the season of the field.

    Dates and right ascensions are uniform over the epochs at which the field is observed, or will
    be within `margin` days.

    Parameters
    ----------
    survey : Survey
        Survey with dates and season.
    n : int
        Number of objects.
    rng : numpy.random.Generator
        Source of randomness.
    margin : float, default=40.0
        Days before the season in which peaks may occur.

    Returns
    -------
    time : array of shape (n,)
        MJD of the peaks.
    ra : array of shape (n,)
        Right ascension of the field, degrees.
    """
    time = rng.uniform(*survey.dates, n)
    end = 0.5 * survey.season
    begin = max(-end - margin, end - _YEAR)
    opposition = time - rng.uniform(begin, end, n)  # the Sun is at ra + 180 degrees
    return time, ((opposition - _EQUINOX) / _YEAR + 0.5) % 1.0 * 360.0


def draw_visits(survey, start, end, ra, rng):
    """Draw the visits of n objects in all bands.

    Parameters
    ----------
    survey : Survey
        Survey with cadence, season, weather and bands.
    start, end : array of shape (n_objects,)
        MJD between which an object is observed.
    ra : array of shape (n_objects,)
        Right ascension in degrees, which determines the season.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    rows : array of int, shape (n_points,)
        Object of each visit, increasing.
    time : array of shape (n_points,)
        MJD, increasing within an object.
    band : array of int, shape (n_points,)
        Index into `survey.bands`.
    """
    n = len(start)
    opposition = _EQUINOX + (ra / 360.0 - 0.5) * _YEAR
    allowed = _draw_band_sets(survey, n, rng)
    pace = np.exp(survey.cadence_scatter * rng.standard_normal(n))
    # Rolling cadence: half of the sky gets more visits in even seasons, the other in odd ones.
    half = rng.integers(2, size=n)
    shared = None
    parts = []
    for band, cadence in enumerate(survey.cadences):
        if shared is None or not survey.nightly:
            step = cadence * pace / (1.0 + survey.rolling)
            n_visits = int(np.ceil(((end - start) / step).max(initial=0.0))) + 1
            time = (np.arange(n_visits) + rng.random((n, 1))) * step[:, None]
            time += start[:, None]
            time += _scaled(rng.standard_normal(time.shape), 0.15 * step[:, None])
            # A night lasts 0.4 days, at the same hours everywhere.
            np.floor(time, out=time)
            time += 0.3
            time += _scaled(rng.random(time.shape), 0.4)
            shared = time
        else:
            time = shared + 0.004 * band  # six minutes per exposure
        keep = time >= start[:, None]
        keep &= time <= end[:, None]
        keep &= allowed[:, band, None]
        keep &= rng.random(time.shape) >= survey.lost
        rows = np.repeat(np.arange(n), np.count_nonzero(keep, axis=1))
        parts.append((rows, time[keep], np.full(len(rows), band)))
    rows, time, band = (np.concatenate(values) for values in zip(*parts, strict=True))
    # Keep visits in the season, when the field is far from the Sun.
    seasons = (time - opposition[rows]) / _YEAR
    nearest = np.round(seasons)
    seasons -= nearest
    keep = np.abs(seasons, out=seasons) * _YEAR <= 0.5 * survey.season
    if survey.rolling:
        slow = (nearest.astype(np.int64) + half[rows]) % 2 == 1
        share = (1.0 - survey.rolling) / (1.0 + survey.rolling)
        keep &= ~slow | (rng.random(len(time)) < share)
    rows, time, band = rows[keep], time[keep], band[keep]
    if max(survey.moon_gap):
        age = (time - _NEW_MOON) % _MONTH
        keep = np.abs(age - 0.5 * _MONTH) >= 0.5 * np.asarray(survey.moon_gap)[band]
        rows, time, band = rows[keep], time[keep], band[keep]
    keep = ~_cloudy(survey, start, end, rows, time, rng)
    rows, time, band = rows[keep], time[keep], band[keep]
    # One key per visit sorts faster than two.
    earliest = start.min(initial=np.inf)
    order = np.argsort(rows * (end.max(initial=earliest) - earliest + 1.0) + (time - earliest))
    return rows[order], time[order], band[order]


def _scaled(values, factor):
    """Multiply values in place."""
    values *= factor
    return values


def _draw_band_sets(survey, n, rng):
    """Draw the bands in which each object is observed: bool, shape (n, n_bands)."""
    if not survey.band_sets:
        return np.ones((n, len(survey.bands)), dtype=bool)
    shares = np.array([share for _, share in survey.band_sets])
    table = np.array([[b in names for b in survey.bands] for names, _ in survey.band_sets])
    return table[rng.choice(len(shares), n, p=shares / shares.sum())]


def _cloudy(survey, start, end, rows, time, rng):
    """Return which visits fall into cloudy periods, drawn for each object."""
    interval, length = survey.clouds
    n, span = len(start), float((end - start).max(initial=0.0))
    n_gaps = int(np.ceil(span / interval))
    cloudy = np.zeros(len(time), dtype=bool)
    begin = start[:, None] + rng.random((n, n_gaps)) * span
    stop = begin + rng.exponential(length, (n, n_gaps))
    for first, last in zip(begin.T.copy(), stop.T.copy(), strict=True):
        cloudy |= (time > first[rows]) & (time < last[rows])
    return cloudy


def draw_limits(survey, band, time, rng):
    """Draw the flux of the 5 sigma depth of visits.

    Parameters
    ----------
    survey : Survey
        Survey with depths and moonlight.
    band : array of int, shape (n_points,)
        Index into ``survey.bands``.
    time : array of shape (n_points,)
        MJD.
    rng : numpy.random.Generator
        Source of randomness.

    Returns
    -------
    array of shape (n_points,)
        Fluxes in µJy.
    """
    depth = np.asarray(survey.depths)[band] + rng.normal(0.0, survey.depth_scatter, len(band))
    depth -= np.asarray(survey.moon_loss)[band] * moon_illumination(time)
    return 10.0 ** (-0.4 * (depth - 23.9))


def flux_errors(survey, flux, limit):
    """Return the flux errors of visits.

    Sky and photon noise follow Ivezic et al. (2019): σ² = (0.04 - γ) f f₅ + γ f₅², where f₅ is the
    flux at the 5 sigma depth. A fraction of the flux is added in quadrature.

    Parameters
    ----------
    survey : Survey
        Survey with the systematic error.
    flux : array of shape (n_points,)
        Noiseless fluxes in µJy.
    limit : array of shape (n_points,)
        Fluxes of the 5 sigma depth, as of `draw_limits`.

    Returns
    -------
    array of shape (n_points,)
        Errors in µJy.
    """
    flux = np.maximum(flux, 0.0)
    variance = (0.04 - _GAMMA) * flux * limit + _GAMMA * limit**2
    return np.sqrt(variance + (survey.systematic * flux) ** 2)
