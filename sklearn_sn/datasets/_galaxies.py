"""Simulate galaxies with images and spectra: the public functions."""

from collections.abc import Iterator, Sequence
from itertools import islice
from numbers import Integral, Real
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from joblib import Parallel, delayed, effective_n_jobs
from sklearn.utils._param_validation import (
    Interval,
    StrOptions,
    validate_parameter_constraints,
)

from sklearn_sn.data import Ragged
from sklearn_sn.datasets._draw_alerts import image_column
from sklearn_sn.datasets._galaxy_images import observe_images
from sklearn_sn.datasets._galaxy_photometry import PIXEL_SCALE, SKY_NOISE, draw_selected
from sklearn_sn.datasets._galaxy_population import MAX_REDSHIFT, MIN_REDSHIFT, TYPES
from sklearn_sn.datasets._galaxy_seds import BANDS
from sklearn_sn.datasets._galaxy_spectra import observe_spectra
from sklearn_sn.datasets._simulation_parameters import known_names, number_pair, stream_entropy

_BLOCK_SIZE = 256  # galaxies with one random stream: a compromise between speed and memory
_WINDOW = 4  # blocks per process, finished or not, that may wait for the consumer
_MODALITIES = ("image", "spectrum")
_MAX_WAVELENGTHS = (3310.0, 11500.0)  # Å; the templates cover it at all redshifts
_TRUTHS = ("redshift", "log_stellar_mass", "log_sfr", "type", "inclination", "size")
_MORE_TRUTHS = ("age", "metallicity", "av", "velocity_dispersion")
_CONSTRAINTS = {
    "n_samples": [Interval(Integral, 1, None, closed="left")],
    "image_size": [Interval(Integral, 4, 1024, closed="both")],
    "pixel_scale": [Interval(Real, 0, None, closed="neither")],
    "n_bins": [Interval(Integral, 16, None, closed="left")],
    "wavelength_range": [list, tuple],
    "redshift_range": [list, tuple],
    "magnitude_limit": [Interval(Real, 12, 22, closed="both")],
    "modalities": [list, tuple, StrOptions(set(_MODALITIES))],
    "n_jobs": [Integral, None],
    "chunk_size": [Interval(Integral, 1, None, closed="left")],
    "random_state": ["random_state", np.random.Generator],
}


def make_galaxies(
    n_samples: int = 1000,
    *,
    image_size: int = 64,
    pixel_scale: float = PIXEL_SCALE,
    n_bins: int = 1000,
    wavelength_range: tuple[float, float] = (3600.0, 9800.0),
    redshift_range: tuple[float, float] = (0.01, MAX_REDSHIFT),
    magnitude_limit: float = 19.5,
    modalities: str | Sequence[str] = _MODALITIES,
    n_jobs: int | None = None,
    random_state: int | np.random.RandomState | np.random.Generator | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Simulate galaxies with images, spectra and magnitudes of one physical state.

    The sample is limited in r, as the Bright Galaxy Survey of DESI, with images like those of the
    Legacy Surveys. Mass, star formation, age, metallicity and dust determine the spectral energy
    distribution, from which spectra, magnitudes and the fluxes of images follow; mass, type and
    inclination determine the shape.

    Parameters
    ----------
    n_samples : int, default=1000
        Number of galaxies.
    image_size : int, default=64
        Pixels per side of an image; 152 in the DESI-Legacy sample of [1]_.
    pixel_scale : float, default=0.262
        Arcsec per pixel.
    n_bins : int, default=1000
        Number of pixels of a spectrum, evenly spaced. The native grid of DESI has 7781 pixels from
        3600 to 9824 Å.
    wavelength_range : (float, float), default=(3600, 9800)
        Centres of the first and the last pixel, observer-frame Å (vacuum), within [3310, 11500].
    redshift_range : (float, float), default=(0.01, 0.6)
        Lowest and highest redshift, within [0.005, 0.6].
    magnitude_limit : float, default=19.5
        Faintest measured r magnitude.
    modalities : sequence of str, default=("image", "spectrum")
        Columns to return besides the magnitudes. The galaxies do not depend on it.
    n_jobs : int, optional
        Number of processes; -1 uses all cores. The galaxies do not depend on it.
    random_state : int, RandomState, Generator or None, default=None
        Seed. Equal integers give equal tables. None draws a fresh seed; global generators are not
        used.

    Returns
    -------
    X : pandas.DataFrame of n_samples rows
        Index: names "gal-000000" ….

        - image: float32 array of shape (3, image_size, image_size), bands g, r and z, in
          nanomaggies per pixel (1 nanomaggy is magnitude 22.5).
        - spectrum (nested: wavelength in Å, flux and flux_err in 1e-17 erg/s/cm²/Å; float32).
        - g, r, z: measured AB magnitudes, corrected for dust of the Milky Way. They serve as
          metadata, for example with ``metadata_columns=["g", "r", "z"]``.
    y : pandas.DataFrame of n_samples rows
        True properties: redshift; log_stellar_mass (solar masses); log_sfr (solar masses per
        year); type ("elliptical", "lenticular", "spiral" or "irregular"); inclination (degrees, 0
        is face-on); size (effective radius along the major axis in r, arcsec); age (mass-weighted,
        of old stars, Gyr); metallicity (12 + log(O/H)); av (mag, of stars); velocity_dispersion
        (km/s).

    Raises
    ------
    ValueError
        If a range is invalid, or no galaxy of the redshift range is bright enough.

    See Also
    --------
    iter_galaxies : Simulate the same galaxies in chunks.
    load_desi_legacy : Read observed galaxies in the same form.

    Notes
    -----
    Masses follow [2]_, sizes [3]_, metallicities [4]_ and star formation [5]_. Spectra consist of
    blackbodies with the 4000 Å break and absorption lines, dust with the slope of [6]_, and
    emission lines by star-formation rate and metallicity [7]_, at a resolution of 2000 to 5000.
    The source code cites the origin of the other constants. Images have an exponential disc with
    spiral arms, a de Vaucouleurs bulge, and neighbours in the field. Lines of sight, PSF and depth
    vary. The simulator is calibrated by the accuracy of redshift and mass from magnitudes, in
    ``benchmarks/results/galaxies.md``.

    Galaxies are drawn in blocks of 256, each with its own seed, so that chunk size and number of
    processes have no effect.

    References
    ----------
    .. [1] Lanusse, F., Parker, L., Golkar, S., Cranmer, M. et al. (2023). "AstroCLIP: Cross-Modal
       Pre-Training for Astronomical Foundation Models".
    .. [2] Baldry, I. K. et al. (2012). "Galaxy And Mass Assembly (GAMA): the galaxy stellar mass
       function at z < 0.06". Monthly Notices of the Royal Astronomical Society 421, 621.
    .. [3] van der Wel, A. et al. (2014). "3D-HST+CANDELS: The Evolution of the Galaxy Size-Mass
       Distribution since z = 3". The Astrophysical Journal 788, 28.
    .. [4] Tremonti, C. A. et al. (2004). "The Origin of the Mass-Metallicity Relation: Insights
       from 53,000 Star-forming Galaxies in the Sloan Digital Sky Survey". The Astrophysical
       Journal 613, 898.
    .. [5] Renzini, A. & Peng, Y. (2015). "An Objective Definition for the Main Sequence of
       Star-forming Galaxies". The Astrophysical Journal 801, L29.
    .. [6] Charlot, S. & Fall, S. M. (2000). "A Simple Model for the Absorption of Starlight by Dust
       in Galaxies". The Astrophysical Journal 539, 718.
    .. [7] Kennicutt, R. C. & Evans, N. J. (2012). "Star Formation in the Milky Way and Nearby
       Galaxies". Annual Review of Astronomy and Astrophysics 50, 531.

    Examples
    --------
    >>> from sklearn_sn.datasets import make_galaxies
    >>> X, y = make_galaxies(5, image_size=32, n_bins=200, random_state=0)
    >>> X.columns.tolist(), X["image"].iloc[0].shape
    (['image', 'spectrum', 'g', 'r', 'z'], (3, 32, 32))
    >>> y.columns.tolist()[:3]
    ['redshift', 'log_stellar_mass', 'log_sfr']
    """
    parameters = {key: value for key, value in locals().items() if key != "n_samples"}
    plan = _make_plan("make_galaxies", n_samples, parameters)
    return _join(list(_blocks(plan)))


def iter_galaxies(
    n_samples: int = 1000, *, chunk_size: int = 4096, **parameters: Any
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Simulate galaxies in chunks, so that memory use does not grow with the sample size.

    Parameters
    ----------
    n_samples : int, default=1000
        Total number of galaxies.
    chunk_size : int, default=4096
        Number of galaxies per chunk; the last chunk may hold fewer.
    **parameters
        Other parameters of :func:`make_galaxies`.

    Yields
    ------
    X, y
        Chunks of what :func:`make_galaxies` returns for the same parameters and seed. The galaxies
        do not depend on `chunk_size`.

    Raises
    ------
    TypeError
        If a parameter is not one of make_galaxies.
    ValueError
        If a parameter is invalid; see :func:`make_galaxies`.

    Examples
    --------
    >>> from sklearn_sn.datasets import iter_galaxies
    >>> chunks = iter_galaxies(25, chunk_size=10, image_size=16, n_bins=50, random_state=0)
    >>> [len(X) for X, y in chunks]
    [10, 10, 5]
    """
    defaults = make_galaxies.__kwdefaults__
    unknown = sorted(set(parameters) - set(defaults))
    if unknown:
        raise TypeError(
            f"iter_galaxies got an unexpected parameter {unknown[0]!r}. It accepts 'chunk_size' "
            "and the parameters of make_galaxies."
        )
    checked = defaults | parameters | {"chunk_size": chunk_size}
    plan = _make_plan("iter_galaxies", n_samples, checked)
    return _chunks(plan, chunk_size)


class _Plan(NamedTuple):
    """Validated parameters."""

    n_samples: int
    image_size: int
    pixel_scale: float
    wavelength: np.ndarray  # centres of the pixels of spectra, Å
    redshift_range: tuple
    magnitude_limit: float
    modalities: list
    n_jobs: int | None
    entropy: tuple  # integers of the seed


def _make_plan(caller, n_samples, parameters):
    validate_parameter_constraints(
        _CONSTRAINTS, parameters | {"n_samples": n_samples}, caller_name=caller
    )
    lowest, highest = number_pair(
        "wavelength_range", parameters["wavelength_range"], *_MAX_WAVELENGTHS, caller=caller
    )
    redshifts = number_pair(
        "redshift_range", parameters["redshift_range"], MIN_REDSHIFT, MAX_REDSHIFT, caller=caller
    )
    for name, (low, high) in {
        "wavelength_range": (lowest, highest),
        "redshift_range": redshifts,
    }.items():
        if not low < high:
            raise ValueError(
                f"The {name!r} parameter of {caller} must be a pair of increasing numbers. "
                f"Got {parameters[name]!r} instead."
            )
    return _Plan(
        n_samples=int(n_samples),
        image_size=int(parameters["image_size"]),
        pixel_scale=float(parameters["pixel_scale"]),
        wavelength=np.linspace(lowest, highest, parameters["n_bins"]),
        redshift_range=(float(redshifts[0]), float(redshifts[1])),
        magnitude_limit=float(parameters["magnitude_limit"]),
        modalities=known_names("modalities", parameters["modalities"], _MODALITIES, caller),
        n_jobs=parameters["n_jobs"],
        entropy=stream_entropy(parameters["random_state"]),
    )


def _blocks(plan):
    """Yield the parts of X and y of each block."""
    tasks = ((plan, start) for start in range(0, plan.n_samples, _BLOCK_SIZE))
    if plan.n_jobs in (None, 1) or plan.n_samples <= _BLOCK_SIZE:
        for task in tasks:
            yield _simulate_block(*task)
        return
    # Submit blocks in windows: otherwise finished blocks would pile up for a slow consumer.
    with Parallel(n_jobs=plan.n_jobs, return_as="generator") as parallel:
        size = _WINDOW * effective_n_jobs(plan.n_jobs)
        while window := list(islice(tasks, size)):
            yield from parallel(delayed(_simulate_block)(*task) for task in window)


class _Block(NamedTuple):
    """Images, spectra (flux, flux_err), magnitudes and truths of consecutive galaxies."""

    wavelength: np.ndarray
    images: np.ndarray | None
    flux: np.ndarray | None
    flux_err: np.ndarray | None
    magnitudes: np.ndarray
    truths: pd.DataFrame

    def take(self, rows):
        """Return the galaxies of a slice."""
        arrays = [None if part is None else part[rows] for part in self[1:5]]
        return _Block(self.wavelength, *arrays, self.truths.iloc[rows])


def _simulate_block(plan, start):
    number, n = start // _BLOCK_SIZE, min(_BLOCK_SIZE, plan.n_samples - start)
    # Separate streams: modalities and sizes of images do not change the galaxies.
    seeds = [np.random.SeedSequence(plan.entropy, spawn_key=(number, part)) for part in range(3)]
    # SFC64 is the fastest generator of numpy; noise takes a third of the time.
    streams = [np.random.Generator(np.random.SFC64(seed)) for seed in seeds]
    images = flux = error = None
    if "image" in plan.modalities:
        noise = SKY_NOISE * plan.pixel_scale / PIXEL_SCALE
        images = np.empty((n, len(BANDS), plan.image_size, plan.image_size), dtype=np.float32)
    if "spectrum" in plan.modalities:
        flux, error = np.empty((2, n, len(plan.wavelength)), dtype=np.float32)
    magnitudes, truths, first = np.empty((n, len(BANDS))), [], 0
    for galaxies in draw_selected(n, plan.redshift_range, plan.magnitude_limit, streams[0]):
        rows = slice(first, first + len(galaxies.fluxes))
        first = rows.stop
        if images is not None:
            size = plan.image_size, plan.pixel_scale
            images[rows] = observe_images(galaxies, noise, *size, streams[1])
        if flux is not None:
            flux[rows], error[rows] = observe_spectra(galaxies, plan.wavelength, streams[2])
        magnitudes[rows] = galaxies.magnitudes
        truths.append({key: galaxies.properties[key] for key in (*_TRUTHS, *_MORE_TRUTHS)})
    truths = {key: np.concatenate([part[key] for part in truths]) for key in truths[0]}
    truths["type"] = np.array(TYPES, dtype=object)[truths["type"]]
    index = pd.Index([f"gal-{i:06d}" for i in range(start, start + n)], name="object_id")
    truths = pd.DataFrame(truths, index=index)
    return _Block(plan.wavelength, images, flux, error, magnitudes, truths)


def _join(blocks):
    """Return X and y of blocks."""
    y = pd.concat([block.truths for block in blocks])
    magnitudes = np.concatenate([block.magnitudes for block in blocks])
    X = pd.DataFrame(magnitudes, index=y.index, columns=list(BANDS))
    if blocks[0].flux is not None:
        n, n_bins = len(X), len(blocks[0].wavelength)
        fields = {
            "wavelength": np.tile(blocks[0].wavelength.astype(np.float32), n),
            "flux": np.concatenate([block.flux.ravel() for block in blocks]),
            "flux_err": np.concatenate([block.flux_err.ravel() for block in blocks]),
        }
        spectra = Ragged(fields, np.arange(n + 1) * n_bins)
        X.insert(0, "spectrum", spectra.to_nested(index=X.index, name="spectrum"))
    if blocks[0].images is not None:
        images = [image for block in blocks for image in block.images]
        X.insert(0, "image", image_column(images, X.index))
    return X, y


def _chunks(plan, chunk_size):
    waiting, n_waiting = [], 0
    for block in _blocks(plan):
        waiting.append(block)
        n_waiting += len(block.truths)
        while n_waiting >= chunk_size:
            excess = n_waiting - chunk_size
            last = waiting.pop()
            size = len(last.truths) - excess
            yield _join([*waiting, last.take(slice(0, size))])
            waiting = [last.take(slice(size, None))] if excess else []
            n_waiting = excess
    if n_waiting:
        yield _join(waiting)
