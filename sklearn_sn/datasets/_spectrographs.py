"""Spectrographs: their parameters, and the built-in ones."""

from dataclasses import dataclass
from numbers import Integral, Real

import numpy as np


def _is_finite(value):
    return isinstance(value, Real) and np.isfinite(value)


@dataclass(frozen=True)
class Spectrograph:
    """Parameters of a spectrograph: range, resolution, exposure and calibration.

    Parameters
    ----------
    name : str
        Name.
    wavelength : (float, float)
        Observer-frame wavelength range, Å.
    resolution : float
        Resolving power R = λ / FWHM, the same at all wavelengths.
    n_pixels : int
        Number of pixels, even in log wavelength.
    snr : (float, float), default=(5.0, 50.0)
        Range of the target signal-to-noise ratio per pixel at the median flux. It is drawn
        uniformly in the logarithm.
    limit : float, default=inf
        AB magnitude at which the longest exposure reaches a ratio of 1 per pixel. Objects fainter
        than about this do not reach the target ratio. If infinite, exposures are not limited.
    days : (float, float), default=(0.0, 60.0)
        Rest-frame days after the explosion between which spectra are taken.
    edge_scatter : float, default=0.0
        Maximum fraction by which each edge of the range moves inwards, drawn for each spectrum.
    slit_loss : float, default=0.15
        Standard deviation of ln(flux scale).
    warp : float, default=0.05
        Standard deviation of the terms of the wavelength-dependent calibration error, in ln(flux).

    See Also
    --------
    get_spectrograph : Return a built-in spectrograph.

    Examples
    --------
    >>> from sklearn_sn.datasets import Spectrograph, make_supernovae
    >>> mine = Spectrograph("mine", (4000.0, 8000.0), resolution=500.0, n_pixels=700)
    >>> X, y = make_supernovae(3, spectrographs=[mine], random_state=0)
    >>> [len(cell) for cell in X["spectrum"]]
    [700, 700, 700]
    """

    name: str
    wavelength: tuple[float, float]
    resolution: float
    n_pixels: int
    snr: tuple[float, float] = (5.0, 50.0)
    limit: float = np.inf
    days: tuple[float, float] = (0.0, 60.0)
    edge_scatter: float = 0.0
    slit_loss: float = 0.15
    warp: float = 0.05

    def __post_init__(self):
        for field in ("wavelength", "snr", "days"):
            value = getattr(self, field)
            good = isinstance(value, list | tuple | np.ndarray) and len(value) == 2
            good = good and all(_is_finite(v) for v in value)
            self._check(field, good, "two numbers")
        for field in ("resolution", "n_pixels", "edge_scatter", "slit_loss", "warp"):
            self._check(field, _is_finite(getattr(self, field)), "a number")
        low, high = self.wavelength
        self._check("wavelength", 1000.0 <= low < high <= 30000.0, "a range within [1000, 30000]")
        self._check("resolution", self.resolution >= 10.0, "at least 10")
        whole = isinstance(self.n_pixels, Integral) and self.n_pixels >= 2
        self._check("n_pixels", whole, "an int of at least 2")
        self._check("snr", 0.0 < self.snr[0] <= self.snr[1], "a range of positive numbers")
        self._check("limit", isinstance(self.limit, Real) and self.limit > -np.inf, "a number")
        self._check("days", 0.0 <= self.days[0] <= self.days[1], "a range of non-negative days")
        self._check("edge_scatter", 0.0 <= self.edge_scatter < 0.2, "in [0, 0.2)")
        for field in ("slit_loss", "warp"):
            self._check(field, getattr(self, field) >= 0.0, "at least 0")

    def _check(self, field, good, requirement):
        if not good:
            raise ValueError(
                f"The {field!r} parameter of spectrograph {self.name!r} must be {requirement}. "
                f"Got {getattr(self, field)!r} instead."
            )


SPECTROGRAPHS = {
    # SEDM on the 60-inch of Palomar: Blagorodnova et al. (2018, PASP 130, 035003), 3650-10000 Å,
    # R ~ 100; Rigault et al. (2019, A&A 627, A115). S/N range and limit: choices.
    "sedm": Spectrograph("sedm", (3700.0, 9500.0), 100.0, 230, (4.0, 25.0), 20.0),
    # A long-slit spectrograph on a telescope of 2 to 4 m, such as EFOSC2, Kast or FAST, all of
    # R ~ 300 to 1500.
    "longslit": Spectrograph("longslit", (3500.0, 9200.0), 1000.0, 1900, (5.0, 50.0), 21.5),
}


def get_spectrograph(name: str) -> Spectrograph:
    """Return a built-in spectrograph.

    Parameters
    ----------
    name : {"sedm", "longslit"}
        Name: an instrument like SEDM (R ~ 100), or a generic long slit (R ~ 1000).

    Returns
    -------
    Spectrograph
        The spectrograph. Modify it with :func:`dataclasses.replace`.

    Raises
    ------
    ValueError
        If the name is unknown.

    Examples
    --------
    >>> from sklearn_sn.datasets import get_spectrograph
    >>> get_spectrograph("sedm").resolution
    100.0
    """
    if name not in SPECTROGRAPHS:
        raise ValueError(
            f"The 'name' parameter of get_spectrograph must be one of {list(SPECTROGRAPHS)}. "
            f"Got {name!r} instead."
        )
    return SPECTROGRAPHS[name]
