"""User-supplied SEDs on a grid of phase and wavelength: tables, arrays and sncosmo sources."""

import numpy as np
import pandas as pd

from sklearn_sn.datasets._explosions import complete_explosions, draw_peaks
from sklearn_sn.datasets._extinction import extinction
from sklearn_sn.datasets._populations import POPULATIONS
from sklearn_sn.datasets._seds import REST_BANDS, rest_band_flux

_STEP = 1.0  # days between phases of the grid
_RATIO = 1.0025  # ratio of neighbouring wavelengths of the grid: 750 km/s, a choice
_DECLINE = 1.5  # mag per 100 days after the last phase: 56Co decay (0.98) plus leakage, a choice


class GridSed:
    """SED of a class on a grid; magnitudes, stretch and dust follow the class's population.

    Parameters
    ----------
    name : str
        Class, a key of POPULATIONS.
    label : str
        Name of the SED in the truth table.
    phase : array of shape (n_phases,)
        Rest-frame days, increasing, with any zero point. The maximum in rest-frame B becomes
        phase 0.
    wavelength : array of shape (n_wavelengths,)
        Rest-frame wavelengths in Å, increasing. They must cover the B band.
    flux : array of shape (n_phases, n_wavelengths)
        Flux density f_λ in any unit.
    """

    in_disc = False
    variable = False

    def __init__(self, name, label, phase, wavelength, flux):
        phase, wavelength, flux = (np.asarray(v, dtype=float) for v in (phase, wavelength, flux))
        _check(label, phase, wavelength, flux)
        self.name, self.label = name, label
        self.duration = POPULATIONS[name].duration
        self.r_v = POPULATIONS[name].r_v
        n = int(np.log(wavelength[-1] / wavelength[0]) / np.log(_RATIO)) + 1
        grid = wavelength[0] * _RATIO ** np.arange(n)
        days = np.arange(phase[0], phase[-1] + 1e-6, _STEP)
        flux = np.stack([np.interp(grid, wavelength, row) for row in np.maximum(flux, 0.0)])
        flux = np.stack([np.interp(days, phase, column) for column in flux.T], axis=1)
        blue = np.stack([np.interp(REST_BANDS["B"], grid, row) for row in flux]).sum(axis=1)
        if not blue.max() > 0:
            raise ValueError(f"The SED {label!r} of class {name!r} has no flux in the B band.")
        self._first = days[0] - days[np.argmax(blue)]
        self._n_days = len(days)
        self._log_start = np.log(grid[0])
        self._log_flux_scale = blue.max() / len(REST_BANDS["B"])
        self._flux = flux / self._log_flux_scale

    def draw(self, n, rng):
        """Draw the peak brightness of n objects, as for the built-in SED of the class."""
        return draw_peaks(self.name, n, rng)

    def complete(self, objects, rng):
        """Draw the other class parameters that a fixed SED leaves free, and add them."""
        complete_explosions(self.name, objects, rng)
        # The grid fixes the light curve and the lines.
        fixed = {"plateau_slope", "plateau_end", "plateau_drop", "velocity"}
        for key in [key for key in objects if key in fixed or key.startswith("strength_")]:
            del objects[key]
        if self._first < -5.0:
            objects["rise"] = (2.0 - self._first) * objects["stretch"]

    def flux(self, objects, rows, phase, wavelength, spacing=None):
        """Return f_λ in units of its mean in B at phase 0, shape (n_points, n_wavelengths)."""
        stretch = objects["stretch"][rows]
        first = self._first * stretch
        position = (np.maximum(phase, first) / stretch - self._first) / _STEP
        last = self._n_days - 1.0
        scale = 10.0 ** (-0.4 * _DECLINE / 100.0 * np.clip(position - last, 0.0, None) * _STEP)
        # Before the first phase, an expanding fireball: flux ~ (time since explosion)².
        rise = objects["rise"][rows]
        age = np.maximum(phase + rise, 0.0) / np.maximum(first + rise, 1e-3)
        scale *= np.where(phase < first, np.minimum(age, 1.0) ** 2, phase > -rise)
        position = np.clip(position, 0.0, max(last - 1e-9, 0.0))
        row = position.astype(np.int64)
        part = (position - row)[:, None]
        column_position = (np.log(wavelength) - self._log_start) / np.log(_RATIO)
        # Extrapolate with the flux at the ends of the grid.
        column_position = np.clip(column_position, 0.0, self._flux.shape[1] - 1.0 - 1e-9)
        column = column_position.astype(np.int64)
        share = column_position - column
        row = row[:, None]
        below = np.minimum(row + 1, self._n_days - 1)
        flux = (1.0 - part) * self._pixel(row, column, share)
        flux += part * self._pixel(below, column, share)
        # Model intrinsic colour as a dust law that leaves B unchanged.
        law = extinction(wavelength) - extinction(np.array(4400.0))
        flux *= 10.0 ** (-0.4 * objects["colour"][rows][:, None] * law)
        return flux * scale[:, None]

    def _pixel(self, row, column, share):
        left, right = self._flux[row, column], self._flux[row, column + 1]
        return left + share * (right - left)

    def peak_flux(self, objects):
        """Return the flux in rest-frame B at phase 0, in the units of `flux`."""
        n = len(objects["rise"])
        rows, phase = np.arange(n), np.zeros(n)
        return rest_band_flux(lambda w, s: self.flux(objects, rows, phase, w, s), n, "B")

    def add_derived(self, objects):
        """Do nothing: a grid SED has no derived parameters."""


def grid_seds(name, given):
    """Convert user-supplied SEDs of a class to a list of GridSed.

    Parameters
    ----------
    name : str
        Class.
    given : DataFrame, tuple or sncosmo.Source
        A table with columns phase, wavelength and flux, and optionally flux_scale and template
        (which separates several SEDs); a tuple of arrays (phase, wavelength, flux); or an object
        with sncosmo's methods minphase, maxphase, minwave, maxwave and flux.

    Returns
    -------
    list of GridSed
        One SED, or one per template.

    Raises
    ------
    ValueError
        If a column is missing or the grid is invalid.
    TypeError
        If `given` is of another type.
    """
    if isinstance(given, pd.DataFrame):
        missing = {"phase", "wavelength", "flux"} - set(given.columns)
        if missing:
            raise ValueError(
                f"A table of SEDs for class {name!r} must have the columns 'phase', 'wavelength' "
                f"and 'flux'. It lacks {sorted(missing)}."
            )
        if "template" not in given:
            return [_from_table(name, "table", given)]
        groups = given.groupby("template", sort=True, observed=True)
        return [_from_table(name, str(label), part) for label, part in groups]
    if isinstance(given, tuple) and len(given) == 3:
        return [GridSed(name, "arrays", *given)]
    if all(hasattr(given, key) for key in ("minphase", "maxphase", "minwave", "maxwave", "flux")):
        return [_from_source(name, given)]
    raise TypeError(
        f"An SED of class {name!r} must be a DataFrame of phase, wavelength and flux, a tuple of "
        f"such arrays, or an sncosmo.Source. Got {type(given).__name__} instead."
    )


def _from_table(name, label, table):
    flux = table["flux"] * table["flux_scale"] if "flux_scale" in table else table["flux"]
    cells = pd.DataFrame({"p": table["phase"], "w": table["wavelength"], "f": flux})
    # Interpolate the wavelengths that some phases lack.
    grid = cells.groupby(["p", "w"])["f"].mean().unstack("w").sort_index()
    grid = grid.interpolate("index", axis=1, limit_direction="both")
    return GridSed(name, label, grid.index.to_numpy(), grid.columns.to_numpy(), grid.to_numpy())


def _from_source(name, source):
    phase = np.arange(source.minphase(), source.maxphase() + 1e-6, _STEP)
    low, high = max(source.minwave(), 1000.0), min(source.maxwave(), 25000.0)
    wavelength = np.geomspace(low, high, int(np.log(high / low) / np.log(_RATIO)) + 1)
    wavelength = np.clip(wavelength, low, high)
    flux = np.asarray(source.flux(phase, wavelength), dtype=float)
    return GridSed(name, str(getattr(source, "name", None) or "source"), phase, wavelength, flux)


def _check(label, phase, wavelength, flux):
    good = flux.ndim == 2 and flux.shape == (len(phase), len(wavelength))
    if not good or len(phase) < 2 or len(wavelength) < 2 or not np.isfinite(flux).all():
        raise ValueError(
            f"The flux of SED {label!r} must be finite and of shape (n_phases, n_wavelengths), "
            f"with at least two of each. Got shape {flux.shape} for {len(phase)} phases and "
            f"{len(wavelength)} wavelengths."
        )
    if np.any(np.diff(phase) <= 0) or np.any(np.diff(wavelength) <= 0) or wavelength[0] <= 0:
        raise ValueError(f"The phases and wavelengths of SED {label!r} must increase strictly.")
    low, high = REST_BANDS["B"][[0, -1]]
    if wavelength[0] > low or wavelength[-1] < high:
        raise ValueError(
            f"The SED {label!r} must cover {low:.0f} to {high:.0f} Å, the rest-frame B band that "
            f"sets its scale. It covers {wavelength[0]:.0f} to {wavelength[-1]:.0f} Å."
        )
