"""Surveys as data: what a survey is, and the ones that are built in."""

from dataclasses import dataclass, replace
from functools import cached_property
from numbers import Real

import numpy as np

from sklearn_sn.data import band_wavelength
from sklearn_sn.datasets._passbands import band_samples, speclite_curve, top_hat
from sklearn_sn.datasets._survey_table import SURVEY_TABLE

_NOT_NEGATIVE = (
    *("depth_scatter", "systematic", "cadence_scatter", "baseline", "calibration"),
    *("min_detections", "min_bands", "min_nights"),
)


def _are_finite(values, n):
    """Whether these are n finite numbers."""
    if not isinstance(values, list | tuple | np.ndarray) or len(values) != n:
        return False
    return all(isinstance(v, Real) and np.isfinite(v) for v in values)


def _is_curve(curve):
    """Whether this is a transmission curve: rising wavelengths, some light."""
    try:
        wavelength, transmission = (np.asarray(values, dtype=float) for values in curve)
    except (TypeError, ValueError):
        return False
    good = wavelength.ndim == 1 and len(wavelength) > 1 and wavelength.shape == transmission.shape
    good = good and np.isfinite(wavelength).all() and np.isfinite(transmission).all()
    good = good and wavelength[0] > 0 and (np.diff(wavelength) > 0).all()
    return bool(good and (transmission >= 0).all() and (transmission > 0).any())


@dataclass(frozen=True)
class Survey:
    """A photometric survey: bands, cadence, depth and trigger, as numbers.

    Where a number may differ between bands it is one number for all, or a tuple of one per band.

    Parameters
    ----------
    name : str
        Goes into the column "survey".
    bands : tuple of str
        Names of bands. Those the library does not know need a curve.
    depths : float or tuple of float
        5 sigma depth of a visit, AB mag.
    cadences : float or tuple of float
        Days between visits in a band.
    widths : float or tuple of float, default=1200.0
        Full widths of the top hats that stand for transmission curves, Å.
    curves : dict of str to (array, array) or None, default=None
        Transmission curves: wavelength (Å, rising) and transmission (any scale), for bands that
        are not to be top hats.
    depth_scatter : float, default=0.3
        Standard deviation of the depth of a visit, mag.
    systematic : float, default=0.01
        Calibration error, a share of the flux, added in quadrature.
    saturation : float or tuple of float, default=-inf
        Points brighter than this are lost, AB mag.
    season : float, default=240.0
        Days a year, around opposition, in which a field is observed.
    lost : float in [0, 1), default=0.15
        Share of the visits that fail.
    clouds : (float, float), default=(25.0, 4.0)
        Mean days between the starts of cloudy stretches and their mean length, days.
    moon_gap : float or tuple of float, default=0.0
        Days around full moon without visits.
    moon_loss : float or tuple of float, default=0.0
        Depth lost at full moon, mag.
    rolling : float in [0, 1), default=0.0
        A field gets 1 + rolling times the visits in one season, 1 - rolling in the next.
    nightly : bool, default=False
        Bands are observed in the same nights (cadence of the first band), else independently.
    cadence_scatter : float, default=0.0
        Of ln(cadence) between objects.
    band_sets : tuple of (tuple of str, float), default=()
        Sets of bands in which an object is observed, with their shares; empty: all bands.
    baseline : float, default=15.0
        Days of forced photometry kept before the first detection. Visits begin as long before the
        explosion, unless there is a `delay`.
    delay : (float, float) or None, default=None
        Visits start this many days after the explosion (uniform), as follow-up does. None: the
        survey was there before.
    stop : (float, float) or None, default=None
        Visits stop some days after the peak, a log-normal number: its median, and the standard
        deviation of its logarithm. None: they go on while there is something to see.
    calibration : float, default=0.0
        Standard deviation of the zero point of a band, drawn for each object, mag. Errors do not
        hold it: of bright objects, fluxes are off by more than their errors say.
    declinations : (float, float), default=(-90.0, 90.0)
        Degrees.
    dates : (float, float), default=(58200.0, 60600.0)
        MJD of the peaks.
    peak_limit : (float, float) or None, default=None
        Objects are followed if their peak (rest-frame B, AB mag, with the distance and the dust in
        V) is brighter than a limit drawn for each: its mean and standard deviation. None: all are.
    detection_snr : float, default=5.0
        Flux over error of a detection.
    min_detections, min_bands, min_nights : int, default=1
        Trigger rule: detections, bands with one, nights with one.

    See Also
    --------
    get_survey : The surveys that are built in.
    make_supernovae : Simulate what a survey sees.

    Examples
    --------
    >>> from sklearn_sn.datasets import Survey, make_supernovae
    >>> survey = Survey("mine", ("sdssg", "sdssr"), depths=22.0, cadences=(4.0, 2.0), min_bands=2)
    >>> X, y = make_supernovae(5, surveys=[survey], random_state=0)
    >>> sorted(X["light_curve"].iloc[0]["band"].unique())
    ['sdssg', 'sdssr']
    """

    name: str
    bands: tuple
    depths: tuple
    cadences: tuple
    widths: tuple = 1200.0
    curves: dict | None = None
    depth_scatter: float = 0.3
    systematic: float = 0.01
    saturation: tuple = -np.inf
    season: float = 240.0
    lost: float = 0.15
    clouds: tuple = (25.0, 4.0)
    moon_gap: tuple = 0.0
    moon_loss: tuple = 0.0
    rolling: float = 0.0
    nightly: bool = False
    cadence_scatter: float = 0.0
    band_sets: tuple = ()
    baseline: float = 15.0
    delay: tuple | None = None
    stop: tuple | None = None
    calibration: float = 0.0
    declinations: tuple = (-90.0, 90.0)
    dates: tuple = (58200.0, 60600.0)
    peak_limit: tuple | None = None
    detection_snr: float = 5.0
    min_detections: int = 1
    min_bands: int = 1
    min_nights: int = 1

    def __post_init__(self):
        object.__setattr__(self, "bands", tuple(self.bands))
        if not self.bands or len(set(self.bands)) < len(self.bands):
            raise ValueError(
                f"The 'bands' of survey {self.name!r} must be different names. Got {self.bands!r}."
            )
        self._check_numbers()
        for field in ("depths", "cadences", "widths", "saturation", "moon_gap", "moon_loss"):
            object.__setattr__(self, field, self._per_band(field))
        self._check("cadences", min(self.cadences) > 0, "positive")
        self._check("widths", min(self.widths) > 0, "positive")
        self._check("moon_gap", min(self.moon_gap) >= 0, "0 or more")
        self._check("moon_loss", max(map(abs, self.moon_loss)) < np.inf, "finite")
        self._check("depths", max(map(abs, self.depths)) < np.inf, "finite")
        self._check("season", 0 < self.season <= 365.25, "in (0, 365.25]")
        self._check("lost", 0 <= self.lost < 1, "in [0, 1)")
        self._check("rolling", 0 <= self.rolling < 1, "in [0, 1)")
        self._check("clouds", self.clouds[0] > 0 <= self.clouds[1], "days: positive, 0 or more")
        self._check("dates", self.dates[0] < self.dates[1], "two MJD, the first the lower")
        low, high = self.declinations
        self._check("declinations", -90 <= low < high <= 90, "two angles within [-90, 90]")
        self._check("min_bands", self.min_bands <= len(self.bands), "at most the number of bands")
        for field, middle in (("peak_limit", "mean"), ("stop", "positive median")):
            value = getattr(self, field)
            good = value is None or (_are_finite(value, 2) and value[1] >= 0)
            good &= field != "stop" or value is None or value[0] > 0
            self._check(field, good, f"a {middle} and a standard deviation, or None")
        good = self.delay is None or (_are_finite(self.delay, 2) and self.delay[0] <= self.delay[1])
        self._check("delay", good, "two numbers of days, the first the lower, or None")
        for band, curve in (self.curves or {}).items():
            if not _is_curve(curve):
                raise ValueError(
                    f"The 'curves' of survey {self.name!r} must be pairs of rising wavelengths and "
                    f"transmissions, 0 or more and not all 0. That of {band!r} is not."
                )
        try:
            good = all(names and 0 < share < np.inf for names, share in self.band_sets)
        except (TypeError, ValueError):
            good = False
        self._check("band_sets", good, "pairs of names of bands and a positive share")
        unknown = {band for names, _ in self.band_sets for band in names} - set(self.bands)
        self._check("band_sets", not unknown, "sets of bands of the survey")
        missing = [
            band
            for band, wavelength in zip(self.bands, band_wavelength(list(self.bands)), strict=True)
            if band not in (self.curves or {}) and np.isnan(wavelength)
        ]
        if missing:
            raise ValueError(
                f"The bands {missing!r} of survey {self.name!r} are unknown: give their curves, or "
                "make them known with sklearn_sn.data.register_band."
            )

    def _check_numbers(self):
        for field in _NOT_NEGATIVE:
            value = getattr(self, field)
            self._check(field, _are_finite([value], 1) and value >= 0, "a number, 0 or more")
        for field in ("season", "lost", "rolling", "detection_snr"):
            self._check(field, _are_finite([getattr(self, field)], 1), "a number")
        for field in ("dates", "declinations", "clouds"):
            self._check(field, _are_finite(getattr(self, field), 2), "two numbers")

    def _per_band(self, field):
        value = getattr(self, field)
        values = (value,) * len(self.bands) if isinstance(value, Real) else value
        fits = isinstance(values, list | tuple | np.ndarray) and len(values) == len(self.bands)
        fits = fits and all(isinstance(v, Real) and not np.isnan(v) for v in values)
        self._check(field, fits, "one number, or one per band")
        return tuple(float(v) for v in values)

    def _check(self, field, good, requirement):
        if not good:
            raise ValueError(
                f"The {field!r} of survey {self.name!r} must be {requirement}. "
                f"Got {getattr(self, field)!r} instead."
            )

    def curve(self, band):
        """Transmission curve of a band: wavelength (Å), transmission."""
        if band in (self.curves or {}):
            return self.curves[band]
        return top_hat(band_wavelength([band])[0], self.widths[self.bands.index(band)])

    @cached_property
    def samples(self):
        """Wavelengths at which the bands are sampled, shape (n_bands, n_samples), Å."""
        return np.stack([band_samples(self.curve(band)) for band in self.bands])


def get_survey(name, *, curves=None):
    """Get a survey that is built in.

    Parameters
    ----------
    name : {"ztf", "ztf-gri", "lsst", "ps1", "atlas", "followup"}
        ZTF's public survey in g and r, or with i; Rubin's wide survey; the medium-deep fields of
        Pan-STARRS1; ATLAS; and follow-up of near supernovae in UBVRI and ugriz.
    curves : {"speclite"} or None, default=None
        Transmission curves from speclite (extra ``sim``), which has those of Rubin, Pan-STARRS1,
        SDSS and Bessell, or top hats of like width.

    Returns
    -------
    Survey
        Change it with :func:`dataclasses.replace`.

    Raises
    ------
    ValueError
        If the name is not known, or speclite lacks a curve.
    ImportError
        If speclite is asked for and missing.

    Examples
    --------
    >>> from dataclasses import replace
    >>> from sklearn_sn.datasets import get_survey
    >>> deep = replace(get_survey("lsst"), name="deep", cadences=2.0)
    >>> deep.bands
    ('lsstu', 'lsstg', 'lsstr', 'lssti', 'lsstz', 'lssty')
    """
    if name not in SURVEY_TABLE:
        raise ValueError(
            f"The 'name' parameter of get_survey must be one of {list(SURVEY_TABLE)}. "
            f"Got {name!r} instead."
        )
    survey = Survey(name=name, **SURVEY_TABLE[name])
    if curves is None:
        return survey
    if curves != "speclite":
        raise ValueError(
            f"The 'curves' parameter of get_survey must be 'speclite' or None. Got {curves!r} "
            "instead."
        )
    return replace(survey, curves={band: speclite_curve(band) for band in survey.bands})
