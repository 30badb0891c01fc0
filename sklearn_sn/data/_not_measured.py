"""Values that files write for "not measured", in one place."""

import numpy as np

from sklearn_sn.data._ragged import Ragged
from sklearn_sn.data._times import is_valid_time

# Fill values of points and pixels, and of their errors: catalogues of magnitudes write 99 and
# 99.99, SNANA 128 (a magnitude of a negative flux), -9 and -777, brokers and archives -999 and
# -99999.
_FILL_VALUES = np.array(
    [-99999.0, -9999.0, -999.0, -777.0, -99.0, -9.0, 99.0, 99.9, 99.99, 128.0, 999.0]
)
# Values that brokers and catalogues write for "unknown" in plain columns (ZTF and SNANA).
METADATA_FILL_VALUES = (-999.0, -99.0, -9999.0)
MAGNITUDE_RANGE = (-5.0, 30.0)  # apparent magnitudes of supernovae, seen and to be seen
MAX_FLUX = 1e9  # µJy, magnitude 1.4
# Errors of magnitudes from here on (9.99, 99, 100) say that there is none.
MAX_MAG_ERR = 9.0
MJD_RANGE = (15020.0, 88069.0)  # the years 1900 to 2100
_FILL_CANDIDATES = (-8.9, 98.9)  # no fill value lies between them
_OUTLIER = 20.0  # a fill value among fluxes without errors is so many times the median away
_NEGATIVE_OUTLIER = 3.0  # and a negative one, so many times lower than the lowest other flux
_FEWEST = 3  # points that must agree before a whole column is taken as a copy of another


def is_fill_value(values: np.ndarray) -> np.ndarray:
    """Return a mask of the values that files write for "not measured".

    Parameters
    ----------
    values : ndarray of float
        Fluxes, magnitudes or their errors.

    Returns
    -------
    ndarray of bool

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn_sn.data import is_fill_value
    >>> is_fill_value(np.array([99.99, -999.0, 18.2]))
    array([ True,  True, False])
    """
    values = np.asarray(values)
    mask = np.zeros(values.shape, dtype=bool)
    # Few fluxes are near a fill value, so that the exact comparison is of few.
    with np.errstate(invalid="ignore"):
        candidates = (values < _FILL_CANDIDATES[0]) | (
            (values > _FILL_CANDIDATES[1]) & (values < 128.1)
        )
        candidates |= (values > 998.9) & (values < 999.1)
    if candidates.any():
        some = np.asarray(values[candidates], dtype=np.float64)
        nearest = np.clip(np.searchsorted(_FILL_VALUES, some), 1, len(_FILL_VALUES) - 1)
        # A tolerance instead of equality, since float32 cannot hold 99.99.
        close = np.zeros(len(some), dtype=bool)
        for neighbour in (_FILL_VALUES[nearest - 1], _FILL_VALUES[nearest]):
            close |= np.abs(some - neighbour) <= 1e-7 * np.abs(neighbour)
        mask[candidates] = close
    return mask


def is_unmeasured_flux(flux: np.ndarray, error: np.ndarray | None = None) -> np.ndarray:
    """Return a mask of the fluxes that stand for "not measured".

    A flux of -99 may be real, so a fill value counts only beside an error that is a fill value or
    not positive, or, if negative and large, beside a missing error.

    Parameters
    ----------
    flux : ndarray of float, shape (n_points,)
        Fluxes, on the scale of the file.
    error : ndarray of float, shape (n_points,), optional
        Their errors; NaN where missing.

    Returns
    -------
    ndarray of bool, shape (n_points,)
    """
    mask = is_fill_value(flux)
    if not mask.any() or error is None:
        return mask & (flux <= -777.0)
    with np.errstate(invalid="ignore"):
        invalid = is_fill_value(error) | (error <= 0)
        return mask & (invalid | (np.isnan(error) & (flux <= -777.0)))


def is_unmeasured_error(error: np.ndarray) -> np.ndarray:
    """Return a mask of the flux errors that stand for "unknown": negative fill values.

    Parameters
    ----------
    error : ndarray of float
        Errors, on the scale of the file.

    Returns
    -------
    ndarray of bool
    """
    with np.errstate(invalid="ignore"):
        negative = error < -5.0
    return negative & is_fill_value(error) if negative.any() else negative


def is_unmeasured_magnitude(mag: np.ndarray) -> np.ndarray:
    """Return a mask of finite magnitudes outside -5 … 30, among them all fill values.

    Parameters
    ----------
    mag : ndarray of float
        Apparent magnitudes.

    Returns
    -------
    ndarray of bool
    """
    with np.errstate(invalid="ignore"):
        return (mag < MAGNITUDE_RANGE[0]) | (mag > MAGNITUDE_RANGE[1])


def is_unmeasured_mag_err(mag_err: np.ndarray) -> np.ndarray:
    """Return a mask of magnitude errors that stand for "unknown": negative, or 9 and larger.

    Parameters
    ----------
    mag_err : ndarray of float
        Errors in magnitudes.

    Returns
    -------
    ndarray of bool
    """
    with np.errstate(invalid="ignore"):
        return (mag_err < 0) | (mag_err >= MAX_MAG_ERR)


def is_ordinary(curves: Ragged) -> bool:
    """Return whether all values of a table of light curves are beyond doubt.

    True if no rule for fill values, huge fluxes, errors or dates can concern any point, so that
    these rules need not be applied. Most tables are, and few reductions show it.

    Parameters
    ----------
    curves : Ragged
        Fields time (MJD), flux and, optionally, flux_err.

    Returns
    -------
    bool
        False for a table without points or errors, or with a value that is not finite.
    """
    if "flux_err" not in curves or curves.n_points == 0:
        return False
    time, flux, errors = curves["time"], curves["flux"], curves["flux_err"]
    # A comparison with NaN is False.
    return bool(
        time.min() >= MJD_RANGE[0]
        and time.max() <= MJD_RANGE[1]
        and errors.min() > 0
        and errors.max() < _FILL_CANDIDATES[1]
        and flux.min() >= -MAX_FLUX
        and flux.max() <= MAX_FLUX
        and not (errors == np.abs(flux)).any()
    )


def is_absurd_flux(curves: Ragged) -> np.ndarray:
    """Return a mask of the fluxes beyond 1e9 µJy, in objects most of whose fluxes are smaller.

    An object with other fluxes throughout is on another scale, and is left alone.

    Parameters
    ----------
    curves : Ragged
        Points with the field flux (µJy).

    Returns
    -------
    ndarray of bool, shape (n_points,)
    """
    size = np.abs(curves["flux"])
    large = (size > MAX_FLUX) & np.isfinite(size)
    if not large.any():
        return large
    groups = Ragged({}, curves.offsets)
    n_large = groups.reduce("sum", large.astype(np.int64))
    n_small = groups.reduce("sum", (size <= MAX_FLUX).astype(np.int64))
    return large & (n_small > n_large)[groups.rows]


def is_implausible_time(points: Ragged) -> np.ndarray:
    """Return a mask of the times outside 1900–2100, in objects whose other times are inside.

    Times from another origin, such as days from the first point, are legal: an object with most
    of its times outside the range is left alone.

    Parameters
    ----------
    points : Ragged
        Points with the field time (MJD).

    Returns
    -------
    ndarray of bool, shape (n_points,)
    """
    time = points["time"]
    with np.errstate(invalid="ignore"):
        inside = (time >= MJD_RANGE[0]) & (time <= MJD_RANGE[1])
    outside = ~inside & is_valid_time(time)  # larger times have a rule of their own
    if not outside.any():
        return outside
    groups = Ragged({}, points.offsets)
    n_inside = groups.reduce("sum", inside.astype(np.int64))
    n_outside = groups.reduce("sum", outside.astype(np.int64))
    return outside & (n_inside > n_outside)[groups.rows]


def errors_copy_values(values: np.ndarray, errors: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """Return a mask of the points of objects whose errors repeat the values.

    Values that are all equal are no evidence, since a constant may have an error of its size.

    Parameters
    ----------
    values, errors : ndarray of float, shape (n_points,)
        Fluxes or magnitudes, and their errors.
    offsets : ndarray of int, shape (n_objects + 1,)
        Points of object ``i`` are ``offsets[i]`` to ``offsets[i + 1] - 1``.

    Returns
    -------
    ndarray of bool, shape (n_points,)
    """
    equal = (errors == np.abs(values)) & (errors > 0)
    if not equal.any():
        return equal
    groups = Ragged({}, offsets)
    n_equal = groups.reduce("sum", equal.astype(np.int64))
    n_given = groups.reduce("sum", (np.isfinite(errors) & (errors > 0)).astype(np.int64))
    size = np.abs(values)
    varies = groups.reduce("max", np.where(equal, size, -np.inf), empty=0.0) > groups.reduce(
        "min", np.where(equal, size, np.inf), empty=0.0
    )
    copied = (n_equal >= _FEWEST) & (n_equal == n_given) & varies
    return equal & copied[groups.rows]


def is_masked_pixel(spectra: Ragged) -> np.ndarray:
    """Return a mask of the pixels that a pipeline has masked.

    These are pixels of which flux and error are 0, zeros without an error among pixels that have
    one, and fill values far from all other fluxes.

    Parameters
    ----------
    spectra : Ragged
        Fields flux and flux_err (NaN or 0 where unknown), in order of wavelength.

    Returns
    -------
    ndarray of bool, shape (n_pixels,)
    """
    flux, error = spectra["flux"], spectra["flux_err"]
    masked = (flux == 0) & (error == 0)
    bare = (flux == 0) & np.isnan(error)
    if bare.any():
        masked |= bare & spectra.reduce("any", error > 0)[spectra.rows]
    filled = is_fill_value(flux)
    if filled.any():
        # Few spectra have one, by chance or not: only they are looked at closely.
        some = spectra.reduce("any", filled)
        positions, offsets = spectra.points_of(np.flatnonzero(some))
        masked[positions] |= _is_filled_pixel(
            Ragged({"flux": flux[positions], "flux_err": error[positions]}, offsets),
            filled[positions],
        )
    return masked


def _is_filled_pixel(spectra, filled):
    """Return a mask of those of the fill values that are no fluxes."""
    flux, error = spectra["flux"], spectra["flux_err"]
    others = np.where(filled | ~np.isfinite(flux), 0.0, flux)
    largest = spectra.reduce("max", np.abs(others), empty=0.0)[spectra.rows]
    lowest = spectra.reduce("min", others, empty=0.0)[spectra.rows]  # at most 0
    # Fluxes are positive but for noise, so that a negative fill value stands out sooner.
    size = np.where(flux < 0, -_NEGATIVE_OUTLIER * lowest, _OUTLIER * largest)
    alone = spectra.reduce("all", filled | ~np.isfinite(flux))[spectra.rows]
    with np.errstate(invalid="ignore"):
        masked = filled & (is_fill_value(error) | (error <= 0))
        masked |= filled & (np.abs(flux) > size) & ~alone  # a constant may be meant
    return masked
