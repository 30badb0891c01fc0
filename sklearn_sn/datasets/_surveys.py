"""Surveys: their parameters, and the built-in ones."""

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
    """Return whether values are n finite numbers."""
    if not isinstance(values, list | tuple | np.ndarray) or len(values) != n:
        return False
    return all(isinstance(v, Real) and np.isfinite(v) for v in values)


def _is_curve(curve):
    """Return whether a value is a transmission curve: increasing wavelengths, not all zero."""
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
    """Parameters of a photometric survey: bands, cadence, depth and trigger.

    A parameter that may differ between bands is one number for all bands or a tuple with one number
    per band.

    Parameters
    ----------
    name : str
        Name in the column "survey".
    bands : tuple of str
        Names of bands. Unknown bands need a curve.
    depths : float or tuple of float
        5 sigma depth of a visit, AB mag.
    cadences : float or tuple of float
        Days between visits in a band.
    widths : float or tuple of float, default=1200.0
        Full widths of the top hats that approximate transmission curves, Å.
    curves : dict of str to (array, array) or None, default=None
        Transmission curves that replace top hats: wavelength (Å, increasing) and transmission (any
        scale), by band.
    depth_scatter : float, default=0.3
        Standard deviation of the depth of a visit, mag.
    systematic : float, default=0.01
        Calibration error as a fraction of the flux, added in quadrature.
    saturation : float or tuple of float, default=-inf
        Points brighter than this AB magnitude are lost.
    season : float, default=240.0
        Days per year, around opposition, in which a field is observed.
    lost : float in [0, 1), default=0.15
        Fraction of failed visits.
    clouds : (float, float), default=(25.0, 4.0)
        Mean days between the starts of cloudy periods, and their mean length in days.
    moon_gap : float or tuple of float, default=0.0
        Days around full moon without visits.
    moon_loss : float or tuple of float, default=0.0
        Loss of depth at full moon, mag.
    rolling : float in [0, 1), default=0.0
        A field gets 1 + rolling times the visits in one season, and 1 - rolling in the next.
    nightly : bool, default=False
        If True, observe all bands in the same nights, with the cadence of the first band. If
        False, bands are independent.
    cadence_scatter : float, default=0.0
        Standard deviation of ln(cadence) between objects.
    band_sets : tuple of (tuple of str, float), default=()
        Sets of bands in which an object is observed, with their relative frequencies. If empty,
        every object is observed in all bands.
    baseline : float, default=15.0
        Days of forced photometry before the first detection. Visits begin this many days before
        the explosion, unless `delay` is set.
    delay : (float, float) or None, default=None
        Range of the days after the explosion at which visits start (uniform), as for follow-up. If
        None, the field is observed before the explosion.
    stop : (float, float) or None, default=None
        Median of the days after the peak at which visits stop, and the standard deviation of its
        logarithm. If None, visits continue while the class is bright.
    calibration : float, default=0.0
        Standard deviation of the zero point of a band, drawn for each object, mag. Flux errors do
        not include it.
    declinations : (float, float), default=(-90.0, 90.0)
        Limits of the survey area, degrees.
    dates : (float, float), default=(58200.0, 60600.0)
        Range of the peak dates, MJD.
    peak_limit : (float, float) or None, default=None
        Mean and standard deviation of a magnitude limit drawn for each object. Only objects with a
        brighter peak (rest-frame B, AB, including distance and extinction in V) are followed. If
        None, all are.
    detection_snr : float, default=5.0
        Minimum signal-to-noise ratio of a detection.
    min_detections : int, default=1
        Trigger: minimum number of detections.
    min_bands : int, default=1
        Trigger: minimum number of bands with a detection.
    min_nights : int, default=1
        Trigger: minimum number of nights with a detection.

    See Also
    --------
    get_survey : Return a built-in survey.
    make_supernovae : Simulate the observations of a survey.

    Examples
    --------
    >>> from sklearn_sn.datasets import Survey, make_supernovae
    >>> survey = Survey("mine", ("sdssg", "sdssr"), depths=22.0, cadences=(4.0, 2.0), min_bands=2)
    >>> X, y = make_supernovae(5, surveys=[survey], random_state=0)
    >>> sorted(X["light_curve"].iloc[0]["band"].unique())
    ['sdssg', 'sdssr']
    """

    name: str
    bands: tuple[str, ...]
    depths: float | tuple[float, ...]
    cadences: float | tuple[float, ...]
    widths: float | tuple[float, ...] = 1200.0
    curves: dict[str, tuple[np.ndarray, np.ndarray]] | None = None
    depth_scatter: float = 0.3
    systematic: float = 0.01
    saturation: float | tuple[float, ...] = -np.inf
    season: float = 240.0
    lost: float = 0.15
    clouds: tuple[float, float] = (25.0, 4.0)
    moon_gap: float | tuple[float, ...] = 0.0
    moon_loss: float | tuple[float, ...] = 0.0
    rolling: float = 0.0
    nightly: bool = False
    cadence_scatter: float = 0.0
    band_sets: tuple[tuple[tuple[str, ...], float], ...] = ()
    baseline: float = 15.0
    delay: tuple[float, float] | None = None
    stop: tuple[float, float] | None = None
    calibration: float = 0.0
    declinations: tuple[float, float] = (-90.0, 90.0)
    dates: tuple[float, float] = (58200.0, 60600.0)
    peak_limit: tuple[float, float] | None = None
    detection_snr: float = 5.0
    min_detections: int = 1
    min_bands: int = 1
    min_nights: int = 1

    def __post_init__(self):
        object.__setattr__(self, "bands", tuple(self.bands))
        if not self.bands or len(set(self.bands)) < len(self.bands):
            raise ValueError(
                f"The 'bands' parameter of survey {self.name!r} must hold distinct names. Got "
                f"{self.bands!r} instead."
            )
        self._check_numbers()
        for field in ("depths", "cadences", "widths", "saturation", "moon_gap", "moon_loss"):
            object.__setattr__(self, field, self._per_band(field))
        self._check("cadences", min(self.cadences) > 0, "positive")
        self._check("widths", min(self.widths) > 0, "positive")
        self._check("moon_gap", min(self.moon_gap) >= 0, "at least 0")
        self._check("moon_loss", max(map(abs, self.moon_loss)) < np.inf, "finite")
        self._check("depths", max(map(abs, self.depths)) < np.inf, "finite")
        self._check("season", 0 < self.season <= 365.25, "in (0, 365.25]")
        self._check("lost", 0 <= self.lost < 1, "in [0, 1)")
        self._check("rolling", 0 <= self.rolling < 1, "in [0, 1)")
        self._check(
            "clouds",
            self.clouds[0] > 0 <= self.clouds[1],
            "a positive and a non-negative number of days",
        )
        self._check("dates", self.dates[0] < self.dates[1], "two increasing MJD")
        low, high = self.declinations
        self._check("declinations", -90 <= low < high <= 90, "two angles within [-90, 90]")
        self._check("min_bands", self.min_bands <= len(self.bands), "at most the number of bands")
        for field, middle in (("peak_limit", "mean"), ("stop", "positive median")):
            value = getattr(self, field)
            good = value is None or (_are_finite(value, 2) and value[1] >= 0)
            good &= field != "stop" or value is None or value[0] > 0
            self._check(field, good, f"a {middle} and a standard deviation, or None")
        good = self.delay is None or (_are_finite(self.delay, 2) and self.delay[0] <= self.delay[1])
        self._check("delay", good, "two increasing numbers of days, or None")
        for band, curve in (self.curves or {}).items():
            if not _is_curve(curve):
                raise ValueError(
                    f"The 'curves' parameter of survey {self.name!r} must hold pairs of increasing "
                    "wavelengths and non-negative transmissions that are not all 0. That of "
                    f"{band!r} is invalid."
                )
        try:
            good = all(names and 0 < share < np.inf for names, share in self.band_sets)
        except (TypeError, ValueError):
            good = False
        self._check("band_sets", good, "pairs of band names and a positive frequency")
        unknown = {band for names, _ in self.band_sets for band in names} - set(self.bands)
        self._check("band_sets", not unknown, "sets of bands of the survey")
        missing = [
            band
            for band, wavelength in zip(self.bands, band_wavelength(list(self.bands)), strict=True)
            if band not in (self.curves or {}) and np.isnan(wavelength)
        ]
        if missing:
            raise ValueError(
                f"The bands {missing!r} of survey {self.name!r} are unknown. Give their 'curves', "
                "or register them with sklearn_sn.data.register_band."
            )

    def _check_numbers(self):
        for field in _NOT_NEGATIVE:
            value = getattr(self, field)
            self._check(field, _are_finite([value], 1) and value >= 0, "a number of at least 0")
        for field in ("season", "lost", "rolling", "detection_snr"):
            self._check(field, _are_finite([getattr(self, field)], 1), "a number")
        for field in ("dates", "declinations", "clouds"):
            self._check(field, _are_finite(getattr(self, field), 2), "two numbers")

    def _per_band(self, field):
        value = getattr(self, field)
        values = (value,) * len(self.bands) if isinstance(value, Real) else value
        fits = isinstance(values, list | tuple | np.ndarray) and len(values) == len(self.bands)
        fits = fits and all(isinstance(v, Real) and not np.isnan(v) for v in values)
        self._check(field, fits, "one number or one per band")
        return tuple(float(v) for v in values)

    def _check(self, field, good, requirement):
        if not good:
            raise ValueError(
                f"The {field!r} parameter of survey {self.name!r} must be {requirement}. "
                f"Got {getattr(self, field)!r} instead."
            )

    def curve(self, band: str) -> tuple[np.ndarray, np.ndarray]:
        """Return the transmission curve of a band.

        Parameters
        ----------
        band : str
            Name in `bands`.

        Returns
        -------
        wavelength : array
            Wavelengths in Å, increasing.
        transmission : array
            Transmission, on any scale.
        """
        if band in (self.curves or {}):
            return self.curves[band]
        return top_hat(band_wavelength([band])[0], self.widths[self.bands.index(band)])

    @cached_property
    def samples(self) -> np.ndarray:
        """Wavelengths that sample the bands, shape (n_bands, n_samples), Å."""
        return np.stack([band_samples(self.curve(band)) for band in self.bands])


def get_survey(name: str, *, curves: str | None = None) -> Survey:
    """Return a built-in survey.

    Parameters
    ----------
    name : {"ztf", "ztf-gri", "lsst", "ps1", "atlas", "followup"}
        Name: the public survey of ZTF in g and r, or with i; Rubin's wide survey; the medium-deep
        fields of Pan-STARRS1; ATLAS; and follow-up of nearby supernovae in UBVRI and ugriz.
    curves : {"speclite"} or None, default=None
        Use the transmission curves of speclite (extra ``sim``), which has those of Rubin,
        Pan-STARRS1, SDSS and Bessell. If None, use top hats of equal width.

    Returns
    -------
    Survey
        The survey. Modify it with :func:`dataclasses.replace`.

    Raises
    ------
    ValueError
        If the name is unknown, or speclite lacks a curve.
    ImportError
        If curves="speclite" and speclite is not installed.

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
