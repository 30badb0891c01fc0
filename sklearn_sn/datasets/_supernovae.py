"""Simulated supernovae with light curves and spectra: the public function."""

from numbers import Integral, Real

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from sklearn_sn.data._ragged import Ragged
from sklearn_sn.datasets._simulation import draw_spectra, draw_triggered
from sklearn_sn.datasets._simulation_parameters import (
    class_shares,
    count_per_class,
    known_names,
    number_pair,
    redshift_ranges,
)
from sklearn_sn.datasets._surveys import SURVEYS

_CLASSES = ("SN Ia", "SN II", "SN Ib/c", "SN IIn", "SLSN-I")
_MODALITIES = ("light_curve", "spectrum")


@validate_params(
    {
        "n_samples": [Interval(Integral, 1, None, closed="left")],
        "classes": [dict, list, tuple],
        "modalities": [list, tuple, StrOptions(set(_MODALITIES))],
        "surveys": [list, tuple, StrOptions(set(SURVEYS))],
        "redshift_range": [list, tuple, dict],
        "min_points": [Interval(Integral, 0, None, closed="left")],
        "missing_fraction": [Interval(Real, 0, 1, closed="both")],
        "n_spectra": [Interval(Integral, 1, None, closed="left"), list, tuple],
        "spectrum_snr": [Interval(Real, 0, None, closed="neither"), list, tuple],
        "spectrum_phase": [list, tuple],
        "spectrum_wavelength": [list, tuple],
        "n_pixels": [Interval(Integral, 2, None, closed="left")],
        "return_truth": ["boolean"],
        "random_state": ["random_state", np.random.Generator],
    },
    prefer_skip_nested_validation=True,
)
def make_supernovae(
    n_samples=1000,
    *,
    classes=_CLASSES,
    modalities=_MODALITIES,
    surveys=("ztf", "lsst"),
    redshift_range=(0.01, 0.15),
    min_points=4,
    missing_fraction=0.0,
    n_spectra=1,
    spectrum_snr=(5.0, 50.0),
    spectrum_phase=(-10.0, 40.0),
    spectrum_wavelength=(3500.0, 9000.0),
    n_pixels=256,
    return_truth=False,
    random_state=None,
):
    """Simulate supernovae: light curves and spectra that share one physical state.

    An object is a blackbody photosphere that expands and cools, crossed by the lines of its class
    (P Cygni profiles, blueshifted by a velocity that falls with time), dimmed by dust in its host
    and in the Milky Way, and redshifted. Its spectra and every photometric point come from the
    same spectral energy distribution, so that what is peculiar to the object (temperature,
    velocity, line strengths, dust, redshift) is in both. Objects that a survey does not detect are
    drawn anew: the sample is flux-limited.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of objects.
    classes : sequence of str or dict of str to float
        Classes, in equal parts, or the proportion of each (any positive scale). Counts are exact
        to rounding. Known: "SN Ia", "SN II", "SN Ib/c", "SN IIn", "SLSN-I" (the default).
    modalities : sequence of str, default=("light_curve", "spectrum")
        Columns of measurements to return; the objects do not depend on it.
    surveys : sequence of {"ztf", "lsst"}, default=("ztf", "lsst")
        Each object is observed by one of these, in equal parts at random.
    redshift_range : (float, float) or dict of str to (float, float), default=(0.01, 0.15)
        Lowest and highest redshift, one pair or one for each class, within [1e-4, 3]. Drawn
        uniformly in comoving volume before detection.
    min_points : int, default=4
        Least number of photometric points above 5 sigma (at least one point is always asked for).
    missing_fraction : float in [0, 1], default=0.0
        Share of the objects without a spectrum; their cell is empty.
    n_spectra : int or (int, int), default=1
        Spectra of an object, or the lowest and highest number, each equally probable. They differ
        in time.
    spectrum_snr : float or (float, float), default=(5, 50)
        Signal-to-noise ratio per pixel at the median flux, or a range, uniform in its logarithm.
    spectrum_phase : (float, float), default=(-10, 40)
        Rest-frame days from peak between which spectra are taken, later than two thirds of the
        rise before peak in any case.
    spectrum_wavelength : (float, float), default=(3500, 9000)
        Widest range of a spectrum, Å (observer frame), within [3000, 12000].
    n_pixels : int, default=256
        Pixels of a spectrum, even in log wavelength.
    return_truth : bool, default=False
        Also return what was drawn.
    random_state : int, RandomState, Generator or None, default=None
        Equal integers give equal tables. None draws a fresh seed; global generators are not used.

    Returns
    -------
    X : pandas.DataFrame of n_samples rows
        Index: names "sim-000000" …. Columns: light_curve (nested: time in MJD, band, flux and
        flux_err in µJy, AB), spectrum (nested: wavelength in Å, flux and flux_err in
        1e-15 erg/s/cm²/Å, time in MJD), redshift, survey, ebv (Milky Way), ra, dec (degrees).
    y : ndarray of str, shape (n_samples,)
        Class names.
    truth : pandas.DataFrame of n_samples rows
        Only if ``return_truth``: class, redshift, t_peak and t_explosion (MJD), peak_abs_mag
        (rest-frame B, AB, before dust), stretch, rise (rest-frame days), colour (mag of B-V
        beyond the class's mean), velocity (factor), ebv_host, strength of each ion (factor) and
        the plateau of SN II (end in days after explosion, drop in mag, slope in mag per 100
        days). NaN where a class lacks a parameter.

    Raises
    ------
    ValueError
        If a name or range is not valid, or if a class cannot be detected in the redshift range.

    Notes
    -----
    Sources of the constants stand beside them in the code. Cosmology: Planck18.

    References
    ----------
    .. [1] Richardson et al. (2014), AJ 147, 118 (peak magnitudes).
    .. [2] Cardelli, Clayton & Mathis (1989), ApJ 345, 245; O'Donnell (1994), ApJ 422, 158 (dust).
    .. [3] Bellm et al. (2019), PASP 131, 018002 (ZTF); Ivezic et al. (2019), ApJ 873, 111 (LSST).

    Examples
    --------
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(10, classes=("SN Ia", "SN II"), random_state=0)
    >>> X.shape, sorted(set(y.tolist()))
    ((10, 7), ['SN II', 'SN Ia'])
    >>> X["light_curve"].iloc[0].columns.tolist()
    ['time', 'band', 'flux', 'flux_err']
    """
    shares = class_shares(classes)
    modalities = known_names("modalities", modalities, _MODALITIES)
    surveys = known_names("surveys", surveys, tuple(SURVEYS))
    ranges = redshift_ranges(redshift_range, shares)
    low_count, high_count = number_pair("n_spectra", n_spectra, 1, np.inf, kind=Integral)
    options = {
        "snr": number_pair("spectrum_snr", spectrum_snr, 1e-3, np.inf),
        "phase": number_pair("spectrum_phase", spectrum_phase, -100.0, 300.0),
        "wavelength": number_pair("spectrum_wavelength", spectrum_wavelength, 3000.0, 12000.0),
        "n_pixels": n_pixels,
    }
    if 0.94 * options["wavelength"][1] <= 1.06 * options["wavelength"][0]:
        raise ValueError(
            "The 'spectrum_wavelength' parameter of make_supernovae must span at least 13 %. "
            f"Got {spectrum_wavelength!r} instead."
        )
    # One stream for the table, one for light curves, one for spectra: the choice of modalities or
    # of spectra does not change the objects.
    table_rng, curve_rng, spectrum_rng = _generator(random_state).spawn(3)
    place = table_rng.permutation(n_samples)
    observed = table_rng.integers(len(surveys), size=n_samples)
    groups = np.repeat(np.arange(len(shares)), count_per_class(n_samples, list(shares.values())))
    tables, curves, spectra = [], [], []
    for group, name in enumerate(shares):
        for number, survey in enumerate(surveys):
            # Every part is simulated from its own streams, however many objects the others hold.
            part_rng, light_rng = spectrum_rng.spawn(1)[0], curve_rng.spawn(1)[0]
            n = int(np.sum((groups == group) & (observed == number)))
            if not n:
                continue
            objects, light = draw_triggered(name, survey, ranges[name], n, min_points, light_rng)
            tables.append(_table(name, survey, objects))
            bands = pd.Categorical.from_codes(light["band"], list(SURVEYS[survey].bands))
            curves.append(light.select("time", "flux", "flux_err").with_fields(band=bands))
            if "spectrum" in modalities:
                present = part_rng.random(n) >= missing_fraction
                counts = part_rng.integers(low_count, high_count, endpoint=True, size=n) * present
                rows = np.repeat(np.arange(n), counts)
                drawn = draw_spectra(name, objects, rows, options, part_rng)
                spectra.append(_spectra_ragged(drawn, counts, n_pixels))
    table = pd.concat(tables, ignore_index=True).iloc[place]
    table.index = pd.Index([f"sim-{number:06d}" for number in range(n_samples)], name="object_id")
    X = table[["redshift", "survey", "ebv", "ra", "dec"]].copy()
    if "spectrum" in modalities:
        column = Ragged.concatenate(spectra).take(place)
        X.insert(0, "spectrum", column.to_nested(index=X.index, name="spectrum"))
    if "light_curve" in modalities:
        column = Ragged.concatenate(curves).take(place)
        column = column.select("time", "band", "flux", "flux_err")
        X.insert(0, "light_curve", column.to_nested(index=X.index, name="light_curve"))
    y = table["class"].to_numpy(dtype=str)
    if not return_truth:
        return X, y
    return X, y, table.drop(columns=["survey", "ebv", "ra", "dec"])


def _table(name, survey, objects):
    start = objects["t_peak"] - objects["rise"] * (1.0 + objects["redshift"])
    drawn = {key: values for key, values in objects.items() if key != "amplitude"}
    return pd.DataFrame({"class": name, "survey": survey, "t_explosion": start, **drawn})


def _spectra_ragged(drawn, counts, n_pixels):
    offsets = np.concatenate([[0], np.cumsum(counts)]) * n_pixels
    names = ("wavelength", "flux", "flux_err", "time")
    return Ragged({key: drawn[key].ravel() for key in names}, offsets)


def _generator(random_state):
    if isinstance(random_state, np.random.RandomState):
        return np.random.default_rng(random_state.randint(2**32, size=4, dtype=np.uint32))
    if isinstance(random_state, np.random.Generator):
        # A child would be the same at every call: draw a seed, so that calls differ.
        return np.random.default_rng(random_state.integers(2**32, size=4))
    return np.random.default_rng(random_state)
