"""Hand-crafted light-curve features for the classical baselines, and control features.

Shape and colour are evaluated from a Gaussian process in (time, log wavelength), fitted to the
asinh magnitudes of each object. Times are relative to the peak of the fit, so absolute dates are
not used.
"""

import numpy as np
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from sklearn_sn.data import band_wavelength, check_table
from sklearn_sn.preprocessing import LightCurveTruncator

GROUPS = ("UV", "U", "B", "V", "R", "I", "Z", "NIR")
GROUP_EDGES = (3000.0, 4000.0, 5050.0, 5850.0, 7000.0, 8300.0, 11000.0)  # Å, between the groups
MODEL_WAVELENGTHS = {"U": 3600.0, "B": 4500.0, "V": 5450.0, "R": 6350.0, "I": 7700.0, "Z": 9000.0}
PHASES = (-15, -10, -5, 5, 10, 15, 20, 30, 40, 60, 80)
COLOUR_PHASES = (-7, 0, 7, 15, 30, 50)
COLOURS = ("U-B", "B-V", "V-R", "R-I", "B-R", "B-I", "I-Z")

_MAX_POINTS = 240
_SOFTENING = 0.02  # fraction of the largest flux; softening of the asinh magnitude
_FLOOR = 0.05  # mag; error floor for calibration offsets between telescopes
_TIME_SCALES = (8.0, 20.0, 50.0)  # days
_WAVELENGTH_SCALE = 0.35  # of ln(wavelength): about the distance from B to R
_POGSON = 2.5 / np.log(10)
_ZERO_POINT = 23.9  # AB magnitude of 1 µJy
_NOT_A_NUMBER = float("nan")


def light_curve_features(X, *, magnitudes=True, statistics=True):
    """Compute features of the light curves of a table.

    Parameters
    ----------
    X : DataFrame
        With a column ``light_curve`` (time in days, flux in µJy).
    magnitudes : bool, default=True
        Add apparent magnitudes. All other features are independent of distance.
    statistics : bool, default=True
        Add statistics of the observed points of each group of bands.

    Returns
    -------
    DataFrame
        One row per object; NaN where the points do not constrain a feature.
    """
    rows = []
    for time, flux, error, wavelength in _objects(check_table(X[["light_curve"]]).light_curve):
        row = {}
        # The flux scale is undefined without a positive flux.
        if len(time) and flux.max() > 0:
            surface = _Surface(time, flux, error, wavelength)
            row |= surface.shape() | surface.colours()
            if statistics:
                row |= _statistics(time - surface.peak, flux, error, wavelength)
            if magnitudes:
                row |= surface.apparent() | _apparent(flux, error, wavelength)
        rows.append(row)
    return pd.DataFrame(rows, index=X.index, dtype=np.float64).sort_index(axis=1)


def boosting_scores(X, y, folds, days, scoring):
    """Score gradient boosting on features of light curves that are cut some days after detection.

    Parameters
    ----------
    X : DataFrame
        With a column ``light_curve``.
    y : array of shape (n_objects,)
        Classes.
    folds : list of pair of array
        Positions of the training and of the test objects.
    days : float
        Days after the first detection at which all light curves are cut.
    scoring : callable
        Function of a fitted classifier, features and classes.

    Returns
    -------
    list
        Result of `scoring` in each fold.
    """
    early = LightCurveTruncator(days, origin="detection").fit_transform(X[["light_curve"]])
    features = light_curve_features(early)
    results = []
    for train, test in folds:
        known = features.columns[features.iloc[train].nunique() > 1]
        values = features[known].to_numpy()
        model = HistGradientBoostingClassifier(random_state=0).fit(values[train], y[train])
        results.append(scoring(model, values[test], y[test]))
    return results


def observing_pattern(X, level):
    """Compute features of the observing pattern, a control without flux information.

    Parameters
    ----------
    X : DataFrame
        With a column ``light_curve``.
    level : {"K0", "K1"}
        K0 indicates which bands exist. K1 adds counts, time spans, cadence and magnitude errors
        (the last two depend partly on flux and duration).

    Returns
    -------
    DataFrame
        One row per object.
    """
    if level not in ("K0", "K1"):
        raise ValueError(f"level must be 'K0' or 'K1'. Got {level!r} instead.")
    curves = check_table(X[["light_curve"]]).light_curve
    bands = pd.get_dummies(pd.Series(curves["band"]), dtype=np.float64)
    exists = bands.groupby(curves.rows).max().reindex(range(len(X)), fill_value=0.0)
    exists.index = X.index
    exists.columns = [f"has {band}" for band in exists.columns]
    if level == "K0":
        return exists
    rows = [_pattern(*points) for points in _objects(curves)]
    return exists.join(pd.DataFrame(rows, index=X.index, dtype=np.float64))


def _objects(curves):
    """Yield time, flux, flux_err and wavelength of each object, sorted by time."""
    curves = curves.sort("time")
    wavelength = band_wavelength(curves["band"])
    known = np.isfinite(wavelength) & np.isfinite(curves["flux"]) & np.isfinite(curves["time"])
    columns = (curves["time"], curves["flux"], curves["flux_err"], wavelength)
    for start, stop in zip(curves.offsets[:-1], curves.offsets[1:], strict=True):
        keep = known[start:stop]
        yield tuple(values[start:stop][keep] for values in columns)


def _group(wavelength):
    return np.searchsorted(GROUP_EDGES, wavelength)


class _Surface:
    """Gaussian-process fit of the magnitude of one object over time and wavelength."""

    def __init__(self, time, flux, error, wavelength):
        error = np.where(np.isfinite(error), error, 0.1 * np.abs(flux))
        strong = flux > 5 * error
        brightest = np.quantile(flux[strong] if strong.any() else flux, 0.98)
        self.soft = _SOFTENING * max(brightest, 1e-6)
        value = _asinh_magnitude(flux, self.soft)
        noise = np.hypot(_POGSON * error / np.hypot(flux, 2 * self.soft), _FLOOR)
        # Points years before or after the peak do not constrain the shape.
        centre = np.median(time[flux >= 0.7 * brightest])
        near = np.flatnonzero(np.abs(time - centre) < 250)
        if not len(near):  # the median lies between two distant bright points
            centre = time[flux.argmax()]
            near = np.flatnonzero(np.abs(time - centre) < 250)
        if len(near) > _MAX_POINTS:
            near = near[np.linspace(0, len(near) - 1, _MAX_POINTS).astype(int)]
        self.time, self.log_wavelength = time[near], np.log(wavelength[near])
        self._fit(value[near], noise[near])
        self._find_peak(centre)

    def _fit(self, value, noise):
        self.mean = np.median(value) + 1.0  # sparse light curves contain few faint points
        residual = value - self.mean
        best = -np.inf
        for scale in _TIME_SCALES:
            kernel = self._kernel(self.time, self.log_wavelength, scale)
            factor = np.linalg.cholesky(kernel + np.diag(noise**2))
            white = np.linalg.solve(factor, residual)
            evidence = -0.5 * white @ white - np.log(np.diag(factor)).sum()
            if evidence > best:
                best, self.scale, self.factor = evidence, scale, factor
                self.weights = np.linalg.solve(factor.T, white)
        self.evidence = best / len(value)

    def _kernel(self, time, log_wavelength, scale):
        """Return the covariance with the points: a common light curve plus a colour term."""
        gap = np.abs(time[:, None] - self.time)
        apart = (log_wavelength[:, None] - self.log_wavelength) / _WAVELENGTH_SCALE
        quick, slow = np.sqrt(3) * gap / scale, np.sqrt(3) * gap / (4 * scale)
        both = np.exp(-0.5 * apart**2)
        return (1 + quick) * np.exp(-quick) * both + (1 + slow) * np.exp(-slow) * (1 + both)

    def predict(self, time, wavelength):
        """Return magnitude and standard deviation at times (days) for one wavelength (Å)."""
        time = np.atleast_1d(np.asarray(time, dtype=np.float64))
        kernel = self._kernel(time, np.full(len(time), np.log(wavelength)), self.scale)
        half = np.linalg.solve(self.factor, kernel.T)
        variance = np.maximum(3.0 - np.sum(half**2, axis=0), 0.0)
        return self.mean + kernel @ self.weights, np.sqrt(variance)

    def _known(self, time, name, deviation=0.4):
        value, error = self.predict(time, MODEL_WAVELENGTHS[name])
        return np.where(error < deviation, value, np.nan)

    def _find_peak(self, centre):
        start, stop = max(self.time[0], centre - 60), min(self.time[-1], centre + 60)
        grid = np.linspace(start, stop, 121)
        centre_of_bands = np.median(self.log_wavelength)
        # Between B and R, where every class has data.
        self.reference = np.exp(np.clip(centre_of_bands, np.log(4500.0), np.log(6350.0)))
        value, _ = self.predict(grid, self.reference)
        self.peak = grid[np.argmin(value)]
        self.at_edge = float(np.argmin(value) == 0)

    def shape(self):
        row = {"scale": self.scale, "evidence": self.evidence, "peak at edge": self.at_edge}
        grid = np.arange(-40.0, 121.0, 2.0)
        value, error = self.predict(self.peak + grid, self.reference)
        row |= _width(grid, np.where(error < 0.4, value, np.nan), "reference")
        for name in MODEL_WAVELENGTHS:
            value = self._known(self.peak + grid, name)
            at_peak = value[grid == 0][0]
            for phase in PHASES:
                row[f"{name} drop {phase}"] = np.interp(phase, grid, value) - at_peak
            row |= _width(grid, value, name)
            row |= _rates(grid, value, name)
        return row

    def colours(self):
        row = {}
        time = self.peak + np.array(COLOUR_PHASES, dtype=np.float64)
        value = {name: self._known(time, name) for name in MODEL_WAVELENGTHS}
        for pair in COLOURS:
            blue, red = pair.split("-")
            colour = value[blue] - value[red]
            row |= {f"{pair} at {p}": c for p, c in zip(COLOUR_PHASES, colour, strict=True)}
            row[f"{pair} change"] = colour[4] - colour[1]
        return row

    def apparent(self):
        value = {f"peak {n}": self._known(self.peak, n)[0] for n in MODEL_WAVELENGTHS}
        value["peak reference"] = self.predict(self.peak, self.reference)[0][0]
        return value


def _asinh_magnitude(flux, soft):
    """Return the AB magnitude of a flux in µJy; linear in flux below the softening."""
    return _ZERO_POINT - _POGSON * (np.arcsinh(flux / (2 * soft)) + np.log(soft))


def _first(times):
    return times[0] if len(times) else _NOT_A_NUMBER


def _width(grid, value, name):
    """Return peak time, and days from peak to a drop of 0.5, 1 and 2 mag on both sides."""
    row = {}
    if np.isfinite(value).sum() < 3:
        return row
    near = np.where(np.abs(grid) <= 40, value, np.nan)
    if not np.isfinite(near).any():
        return row
    top = np.nanargmin(near)
    row[f"{name} peak time"] = grid[top]
    for depth in (0.5, 1.0, 2.0):
        low = value > value[top] + depth
        row[f"{name} fall {depth}"] = _first(grid[top:][low[top:]]) - grid[top]
        row[f"{name} rise {depth}"] = grid[top] - _first(grid[top::-1][low[top::-1]])
    return row


def _rates(grid, value, name):
    """Return slopes (mag per day) in phase intervals, scatter about them, and flatness."""
    row = {}
    for start, stop in ((-12, 0), (4, 16), (16, 32), (20, 60), (30, 80), (60, 120)):
        inside = (grid >= start) & (grid <= stop) & np.isfinite(value)
        if inside.sum() > 3:
            slope, level = np.polyfit(grid[inside], value[inside], 1)
            row[f"{name} slope {start} {stop}"] = slope
            rest = value[inside] - slope * grid[inside] - level
            row[f"{name} bend {start} {stop}"] = rest.std()
    steps = np.diff(value) / np.diff(grid)
    after = (grid[:-1] >= 2) & np.isfinite(steps)
    if after.any():
        row[f"{name} steepest"] = steps[after].max()
        row[f"{name} steepest time"] = grid[:-1][after][np.argmax(steps[after])]
        row[f"{name} flat days"] = 2.0 * np.sum(np.abs(steps[after]) < 0.01)
        # A second maximum in red bands (SN Ia) is a rise after the first one.
        row[f"{name} rebound"] = steps[after & (grid[:-1] <= 40)].min(initial=1.0)
    return row


def _statistics(phase, flux, error, wavelength):
    """Return statistics per group of bands, relative to its brightest point."""
    row, group = {}, _group(wavelength)
    for number, name in enumerate(GROUPS):
        in_group = group == number
        if in_group.sum() < 2 or flux[in_group].max() <= 0:
            continue
        t, f = phase[in_group], flux[in_group] / flux[in_group].max()
        weight = np.clip(f, 0, None)
        centre = np.average(t, weights=weight)
        row |= {
            f"{name} mean": f.mean(),
            f"{name} deviation": f.std(),
            f"{name} skew": np.mean((f - f.mean()) ** 3) / max(f.std(), 1e-6) ** 3,
            f"{name} bright share": np.mean(f > 0.5),
            f"{name} low": np.quantile(f, 0.1),
            f"{name} middle": np.median(f),
            f"{name} brightest time": t[np.argmax(f)],
            f"{name} centre time": centre,
            f"{name} spread time": np.sqrt(np.average((t - centre) ** 2, weights=weight)),
            f"{name} first": t[0],
            f"{name} last": t[-1],
            f"{name} signal": np.nanmax(flux[in_group] / np.maximum(error[in_group], 1e-9)),
        }
    return row


def _apparent(flux, error, wavelength):
    row, group = {}, _group(wavelength)
    for number, name in enumerate(GROUPS):
        in_group = flux[(group == number) & (flux > 3 * np.nan_to_num(error))]
        if len(in_group) and in_group.max() > 0:
            magnitude = _ZERO_POINT - _POGSON * np.log(in_group[in_group > 0])
            row[f"{name} brightest"] = magnitude.min()
            row[f"{name} faintest"] = magnitude.max()
            row[f"{name} median"] = np.median(magnitude)
    return row


def _pattern(time, flux, error, wavelength):
    if len(time) == 0:
        return {"n": 0}
    # Magnitude errors are relative: they depend on flux only through the noise.
    with np.errstate(divide="ignore", invalid="ignore"):
        relative = np.where(flux > 0, _POGSON * error / flux, np.nan)
    row = {"n": len(time), "nights": len(np.unique(np.floor(time))), "span": np.ptp(time)}
    row |= _cadence(time, "all") | _errors(relative, "all")
    group = _group(wavelength)
    for number, name in enumerate(GROUPS):
        in_group = group == number
        row[f"{name} n"] = in_group.sum()
        if in_group.any():
            row[f"{name} span"] = np.ptp(time[in_group])
            row[f"{name} start"] = time[in_group][0] - time[0]
            row |= _cadence(time[in_group], name) | _errors(relative[in_group], name)
    return row


def _cadence(time, name):
    gaps = np.diff(np.unique(time))
    if len(gaps) == 0:
        return {}
    return {f"{name} gap": np.median(gaps), f"{name} longest gap": gaps.max()}


def _errors(relative, name):
    relative = relative[np.isfinite(relative)]
    if len(relative) == 0:
        return {}
    return {f"{name} error": np.median(relative), f"{name} least error": relative.min()}
