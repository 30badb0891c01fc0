"""Simulate supernovae with light curves and spectra: the public functions."""

from collections.abc import Iterator, Sequence
from numbers import Integral, Real
from typing import Any

import numpy as np
from sklearn.utils._param_validation import (
    Interval,
    StrOptions,
    validate_parameter_constraints,
)

from sklearn_sn.datasets._blocks import Block, Plan, rate_cells, simulate, split_table
from sklearn_sn.datasets._rates import RATES, SUBTYPES
from sklearn_sn.datasets._simulation_parameters import (
    CLASSES,
    class_shares,
    count_per_class,
    known_names,
    number_pair,
    redshift_ranges,
    resolve_seds,
    resolve_spectrographs,
    resolve_surveys,
    stream_entropy,
)
from sklearn_sn.datasets._spectrographs import Spectrograph
from sklearn_sn.datasets._surveys import Survey

_CLASSES = ("SN Ia", "SN II", "SN Ib/c", "SN IIn", "SLSN-I")
_MODALITIES = ("light_curve", "spectrum", "image", "metadata")
_CONSTRAINTS = {
    "n_samples": [Interval(Integral, 1, None, closed="left")],
    "classes": [dict, list, tuple, StrOptions({"rates", *CLASSES})],
    "modalities": [list, tuple, StrOptions(set(_MODALITIES))],
    "surveys": [list, tuple, str, Survey],
    "redshift_range": [list, tuple, dict],
    "min_points": [Interval(Integral, 0, None, closed="left")],
    "missing_fraction": [Interval(Real, 0, 1, closed="both")],
    "n_spectra": [Interval(Integral, 1, None, closed="left"), list, tuple],
    "spectrum_snr": [Interval(Real, 0, None, closed="neither"), list, tuple],
    "spectrum_phase": [list, tuple, None],
    "spectrum_wavelength": [list, tuple],
    "n_pixels": [Interval(Integral, 2, None, closed="left")],
    "spectrographs": [list, tuple, str, Spectrograph, None],
    "seds": [dict, None],
    "return_truth": ["boolean"],
    "n_jobs": [Integral, None],
    "chunk_size": [Interval(Integral, 1, None, closed="left")],
    "random_state": ["random_state", np.random.Generator],
}


def make_supernovae(
    n_samples: int = 1000,
    *,
    classes: str | Sequence[str] | dict[str, float] = _CLASSES,
    modalities: str | Sequence[str] = ("light_curve", "spectrum"),
    surveys: str | Survey | Sequence[str | Survey] = ("ztf", "lsst"),
    redshift_range: tuple[float, float] | dict[str, tuple[float, float]] = (0.01, 0.15),
    min_points: int = 4,
    missing_fraction: float = 0.0,
    n_spectra: int | tuple[int, int] = 1,
    spectrum_snr: float | tuple[float, float] = (5.0, 50.0),
    spectrum_phase: tuple[float, float] | None = (-10.0, 40.0),
    spectrum_wavelength: tuple[float, float] = (3500.0, 9000.0),
    n_pixels: int = 256,
    spectrographs: str | Spectrograph | Sequence[str | Spectrograph] | None = None,
    seds: dict[str, Any] | None = None,
    return_truth: bool = False,
    n_jobs: int | None = None,
    random_state: int | np.random.RandomState | np.random.Generator | None = None,
) -> tuple[Any, ...]:
    """Simulate supernovae with light curves and spectra of one physical state.

    An object is a blackbody photosphere that expands and cools, with the lines of its class (P
    Cygni profiles, blueshifted by a velocity that decreases with time), reddened by dust in its
    host and in the Milky Way, and redshifted. Its spectra and every photometric point are computed
    from the same spectral energy distribution (SED). The properties of the object (temperature,
    velocity, line strengths, dust, redshift) therefore affect both modalities. Objects that do not
    pass the trigger of their survey are redrawn, so the sample is flux-limited.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of objects.
    classes : str, sequence of str, dict of str to float or "rates"
        Classes in equal parts, or a dict with the relative frequency of each. Counts are exact to
        rounding. With "rates", all exploding classes are simulated as often as each survey would
        detect them, given their volumetric rates. Available classes: "SN Ia", "SN Ia-91bg",
        "SN Iax", "SN Ib/c", "SN II", "SN IIn", "SLSN-I", "TDE", the subtypes "SN Ib", "SN Ic",
        "SN IIb" and "SN IIP" (not part of "rates"), and the contaminants "AGN" and "CV".
        Default: "SN Ia", "SN II", "SN Ib/c", "SN IIn", "SLSN-I".
    modalities : sequence of str, default=("light_curve", "spectrum")
        Measurements to return, out of these, "image" and "metadata". The last two are those of the
        last alert of each object, as of :func:`make_alerts`. The objects do not depend on it.
    surveys : sequence of str or Survey, default=("ztf", "lsst")
        Each object is observed by one of these surveys, in equal parts (at random; exact to
        rounding if classes="rates"). Names are those of :func:`get_survey`: "ztf", "ztf-gri",
        "lsst", "ps1", "atlas", "followup".
    redshift_range : (float, float) or dict of str to (float, float), default=(0.01, 0.15)
        Lowest and highest redshift, one pair or one per class, within [1e-4, 3]. Before detection,
        redshifts follow the comoving volume times the class's rate evolution. CV are at redshift
        0.
    min_points : int, default=4
        Minimum number of detections, in addition to the survey's trigger. At least one detection
        is always required.
    missing_fraction : float in [0, 1], default=0.0
        Fraction of objects without a spectrum; their cell is empty.
    n_spectra : int or (int, int), default=1
        Number of spectra per object, or the lowest and highest number (all equally probable). The
        spectra differ in time.
    spectrum_snr : float or (float, float), default=(5, 50)
        Signal-to-noise ratio per pixel at the median flux, or a range that is sampled uniformly in
        the logarithm.
    spectrum_phase : (float, float) or None, default=(-10, 40)
        Range of the phases of spectra, in rest-frame days from peak. Spectra are never taken
        earlier than two thirds of the rise before peak. If None, use the spectrograph's range of
        days after explosion.
    spectrum_wavelength : (float, float), default=(3500, 9000)
        Widest range of a spectrum, observer-frame Å, within [3000, 12000].
    n_pixels : int, default=256
        Number of pixels of a spectrum, even in log wavelength. Two pixels are one resolution
        element.
    spectrographs : sequence of str or Spectrograph, optional
        The spectra of each object are taken with one of these spectrographs, chosen at random.
        Names are those of :func:`get_spectrograph`: "sedm", "longslit". If given, `spectrum_snr`,
        `spectrum_wavelength` and `n_pixels` have no effect.
    seds : dict of str to SED or list of SEDs, optional
        SEDs that replace the built-in one of a class. Include "built-in" in the list to keep it.
        Each SED is a DataFrame with columns phase, wavelength and flux (optionally flux_scale, and
        template, which separates several SEDs), a tuple of arrays (phase, wavelength, flux), or an
        ``sncosmo.Source``.
    return_truth : bool, default=False
        Also return the drawn parameters.
    n_jobs : int, optional
        Number of processes; -1 uses all cores. It pays off beyond a few thousand objects. The
        objects do not depend on it.
    random_state : int, RandomState, Generator or None, default=None
        Seed. Equal integers give equal tables. None draws a fresh seed; global generators are not
        used.

    Returns
    -------
    X : pandas.DataFrame of n_samples rows
        Index: names "sim-000000" …. Columns: light_curve (nested: time in MJD, band, flux and
        flux_err in µJy, AB), spectrum (nested: wavelength in Å, flux and flux_err in
        1e-15 erg/s/cm²/Å, time in MJD), redshift, survey, ebv (Milky Way), ra, dec (degrees). On
        request also image and the other columns of :func:`make_alerts`, of the last alert.
    y : ndarray of str, shape (n_samples,)
        Class names.
    truth : pandas.DataFrame of n_samples rows
        Only if ``return_truth``: class, redshift, t_peak and t_explosion (MJD), peak_abs_mag
        (rest-frame B at t_peak, AB, before dust), sed (its label), distance_modulus, gal_l and
        gal_b (degrees), and the parameters of the SED. t_peak is the maximum in rest-frame B for
        SN Ia, SN Ia-91bg and SN Iax, and in V for the other classes, whose B peaks some days
        earlier. SED parameters include stretch, rise (rest-frame days), colour (mag of B-V
        relative to the class mean), velocity (factor), ebv_host, the strength of each ion
        (factor), and temperature (K) and radius (1e15 cm) at peak. SN Ia and most other
        hydrogen-free classes also have x1, nickel_mass, ejecta_mass (solar masses) and
        kinetic_energy (1e51 erg). SN II have a plateau (end in days after explosion, drop in mag,
        slope in mag per 100 days). Parameters that a class lacks are NaN.

    Raises
    ------
    ValueError
        If a name or range is invalid, or if a class cannot be detected in the redshift range.
    TypeError
        If an SED is of an unsupported type.

    See Also
    --------
    iter_supernovae : Simulate the same objects in chunks.
    make_alerts : Simulate alerts, several per object.
    Survey : Define a survey.
    Spectrograph : Define a spectrograph.

    Notes
    -----
    The source code cites the origin of every constant. The cosmology is Planck18. Peak magnitudes
    are from [1]_, the dust law from [2]_ and [3]_, and the surveys follow [4]_ and [5]_.

    References
    ----------
    .. [1] Richardson, D., Jenkins, R. L., Wright, J. & Maddox, L. (2014). "Absolute-Magnitude
       Distributions of Supernovae". The Astronomical Journal 147, 118.
    .. [2] Cardelli, J. A., Clayton, G. C. & Mathis, J. S. (1989). "The Relationship between
       Infrared, Optical, and Ultraviolet Extinction". The Astrophysical Journal 345, 245.
    .. [3] O'Donnell, J. E. (1994). "R_v-dependent Optical and Near-Ultraviolet Extinction". The
       Astrophysical Journal 422, 158.
    .. [4] Bellm, E. C. et al. (2019). "The Zwicky Transient Facility: System Overview,
       Performance, and First Results". PASP 131, 018002.
    .. [5] Ivezić, Ž. et al. (2019). "LSST: From Science Drivers to Reference Design and
       Anticipated Data Products". The Astrophysical Journal 873, 111.

    Examples
    --------
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(10, classes=("SN Ia", "SN II"), random_state=0)
    >>> X.shape, sorted(set(y.tolist()))
    ((10, 7), ['SN II', 'SN Ia'])
    >>> X["light_curve"].iloc[0].columns.tolist()
    ['time', 'band', 'flux', 'flux_err']
    """
    parameters = {key: value for key, value in locals().items() if key != "n_jobs"}
    validate_parameter_constraints(
        _CONSTRAINTS, parameters | {"n_jobs": n_jobs}, caller_name="make_supernovae"
    )
    plan, groups = make_plan(**parameters)
    block = Block.concatenate(list(simulate(plan, groups, n_jobs)))
    X, y, truth = split_table(block, plan.modalities)
    return (X, y, truth) if return_truth else (X, y)


def iter_supernovae(
    n_samples: int = 1000, *, chunk_size: int = 10000, **parameters: Any
) -> Iterator[tuple[Any, ...]]:
    """Simulate supernovae in chunks, so that memory use does not grow with the sample size.

    Parameters
    ----------
    n_samples : int, default=1000
        Total number of objects.
    chunk_size : int, default=10000
        Number of objects per chunk; the last chunk may hold fewer.
    **parameters
        Other parameters of :func:`make_supernovae`.

    Yields
    ------
    X, y or X, y, truth
        Chunks of what :func:`make_supernovae` returns for the same parameters and seed. The
        objects do not depend on `chunk_size`.

    Raises
    ------
    TypeError
        If a parameter is not one of make_supernovae.
    ValueError
        If a parameter is invalid; see :func:`make_supernovae`.

    Examples
    --------
    >>> from sklearn_sn.datasets import iter_supernovae
    >>> [len(X) for X, y in iter_supernovae(25, chunk_size=10, random_state=0)]
    [10, 10, 5]
    """
    defaults = make_supernovae.__kwdefaults__
    unknown = sorted(set(parameters) - set(defaults))
    if unknown:
        raise TypeError(
            f"iter_supernovae got an unexpected parameter {unknown[0]!r}. It accepts 'chunk_size' "
            "and the parameters of make_supernovae."
        )
    parameters = defaults | parameters
    validate_parameter_constraints(
        _CONSTRAINTS,
        parameters | {"n_samples": n_samples, "chunk_size": chunk_size},
        caller_name="iter_supernovae",
    )
    n_jobs = parameters.pop("n_jobs")
    plan, groups = make_plan(n_samples=n_samples, **parameters)
    return _chunks(plan, groups, chunk_size, parameters["return_truth"], n_jobs)


def _chunks(plan, groups, chunk_size, return_truth, n_jobs):
    waiting, n_waiting = [], 0
    for block in simulate(plan, groups, n_jobs):
        waiting.append(block)
        n_waiting += len(block.table)
        while n_waiting >= chunk_size:
            whole = Block.concatenate(waiting)
            yield split_table(whole.take(slice(0, chunk_size)), plan.modalities)[: 2 + return_truth]
            n_waiting -= chunk_size
            waiting = [whole.take(slice(chunk_size, None))]
    if n_waiting:
        whole = Block.concatenate(waiting)
        yield split_table(whole, plan.modalities)[: 2 + return_truth]


def make_plan(
    n_samples,
    classes,
    modalities,
    surveys,
    redshift_range,
    min_points,
    missing_fraction,
    n_spectra,
    spectrum_snr,
    spectrum_phase,
    spectrum_wavelength,
    n_pixels,
    spectrographs,
    seds,
    return_truth,
    random_state,
):
    """Validate parameters; return the plan and the class (or rate cell) of each object."""
    by_rate = isinstance(classes, str) and classes == "rates"
    shares = class_shares([name for name in RATES if name not in SUBTYPES] if by_rate else classes)
    if spectrum_phase is not None:
        spectrum_phase = number_pair("spectrum_phase", spectrum_phase, -100.0, 300.0)
    plan = Plan(
        classes=list(shares),
        seds=resolve_seds(seds, list(shares)),
        surveys=resolve_surveys(surveys),
        spectrographs=_spectrographs(spectrographs, spectrum_wavelength, spectrum_snr, n_pixels),
        ranges=redshift_ranges(redshift_range, list(shares)),
        modalities=known_names("modalities", modalities, _MODALITIES),
        min_points=min_points,
        missing_fraction=missing_fraction,
        n_spectra=number_pair("n_spectra", n_spectra, 1, np.inf, kind=Integral),
        phase_range=spectrum_phase,
        entropy=stream_entropy(random_state),
    )
    shares = list(shares.values())
    if by_rate:
        plan.cells, shares = rate_cells(plan)
    counts = count_per_class(n_samples, shares)
    groups = np.repeat(np.arange(len(counts), dtype=np.int16), counts)
    return plan, plan.stream(0).permutation(groups)


def _spectrographs(spectrographs, wavelength, snr, n_pixels):
    if spectrographs is not None:
        return resolve_spectrographs(spectrographs)
    low, high = number_pair("spectrum_wavelength", wavelength, 3000.0, 12000.0)
    if 0.94 * high <= 1.06 * low:
        raise ValueError(
            "The 'spectrum_wavelength' parameter of make_supernovae must span at least 13 % of its "
            f"lower end. Got {wavelength!r} instead."
        )
    snr = number_pair("spectrum_snr", snr, 1e-3, np.inf)
    # Choices: two pixels per resolution element; each edge moves inwards by up to 6 %.
    resolution = max(10.0, (n_pixels - 1) / (2.0 * np.log(high / low)))
    return [Spectrograph("any", (low, high), resolution, n_pixels, snr, edge_scatter=0.06)]
