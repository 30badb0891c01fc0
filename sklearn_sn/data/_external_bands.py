"""Bands of the packages sncosmo and speclite, from their transmission curves."""

import importlib
import os
from collections.abc import Sequence
from contextlib import contextmanager

import numpy as np

from sklearn_sn.data import _bands
from sklearn_sn.data._quality import warn_quality
from sklearn_sn.data._vega import pivot_wavelength, vega_ab_offset

# A band of this name exists already if its wavelength agrees to this fraction.
SAME_WAVELENGTH = 0.01


def register_bands_from(package: str, names: Sequence[str] | None = None) -> list[str]:
    """Register the bands of sncosmo or speclite.

    Pivot wavelengths and m_AB - m_Vega are computed from the transmission curves, with photon
    weights and the CALSPEC spectrum of Vega. Magnitudes in these bands are taken as AB. Bands keep
    the names of the package, such as ``"Euclid-VIS"``. A name that is known already keeps its
    meaning.

    Parameters
    ----------
    package : {"sncosmo", "speclite"}
        Package whose bands are registered. sncosmo downloads most of its curves on first use; only
        those that are present on this machine are read.
    names : sequence of str, optional
        Names of bands in the package; all by default.

    Returns
    -------
    list of str
        Names of the bands that were registered. Those that were known by the same name and, within
        1 %, the same wavelength are not listed.

    Raises
    ------
    ImportError
        If the package is not installed.
    ValueError
        If `package` is another one, or if it has no band of a name in `names`.

    Warns
    -----
    DataQualityWarning
        If bands were left out because their curves are not on this machine or vary over the focal
        plane, or because their names mean bands of other wavelengths.

    See Also
    --------
    register_band : Register one band by its wavelength.

    Examples
    --------
    >>> from sklearn_sn.data import get_band, register_bands_from, unregister_band
    >>> names = register_bands_from("speclite", ["Euclid-VIS", "sdss2010-g"])  # doctest: +SKIP
    >>> names  # doctest: +SKIP
    ['Euclid-VIS']
    """
    if package not in _PACKAGES:
        raise ValueError(
            "The 'package' parameter of register_bands_from must be 'sncosmo' or 'speclite'. "
            f"Got {package!r} instead."
        )
    if isinstance(names, str | bytes):
        raise ValueError(
            "The 'names' parameter of register_bands_from must be a sequence of str, not one str. "
            f"Got {names!r} instead."
        )
    surveys, load = _PACKAGES[package]()
    unknown = [name for name in names or () if name not in surveys]
    if unknown:
        raise ValueError(
            f"{package} has no band {unknown[0]!r}; see the list in its documentation."
        )
    added, absent, taken = [], [], []
    for name in surveys if names is None else dict.fromkeys(names):
        curve = load(name)
        if curve is None:
            absent.append(name)
            continue
        wavelength = pivot_wavelength(*curve)
        present = _bands.band_candidates(name)
        if not present:
            offset = vega_ab_offset(*curve)
            _bands.register_band(name, wavelength, survey=surveys[name], vega_ab_offset=offset)
            added.append(name)
        elif len(present) > 1 or not _agrees(present[0], wavelength):
            taken.append(name)
    _report(package, absent, taken)
    return added


def _agrees(name, wavelength):
    return abs(_bands.get_band(name).wavelength / wavelength - 1) < SAME_WAVELENGTH


def _report(package, absent, taken):
    if absent:
        warn_quality(
            f"Bands of {package} without one curve on this machine were left out: "
            f"{', '.join(absent)}. {package}.get_bandpass downloads those that it can."
        )
    if taken:
        warn_quality(
            f"Bands of {package} whose names mean bands of other wavelengths were left out: "
            f"{', '.join(taken)}. register_band(..., overwrite=True) takes a name."
        )


def _import(name):
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise ImportError(
            f"The bands of {name.partition('.')[0]} need this package: install it with "
            "pip install 'sklearn-sn[sim]', or use register_band."
        ) from error


def _speclite():
    """Return the bands of speclite with their surveys, and the function that loads a curve."""
    filters = _import("speclite.filters")
    responses = {
        f"{group}-{response.meta['band_name']}": response
        for group in filters.filter_group_names
        for response in filters.load_filters(f"{group}-*")
    }

    def load(name):
        return np.array(responses[name].wavelength), np.array(responses[name].response)

    return {name: name.partition("-")[0] for name in responses}, load


def _sncosmo():
    """Return the bands of sncosmo with their surveys, and the function that loads a curve."""
    sncosmo = _import("sncosmo")
    bandpasses = _import("sncosmo.bandpasses")
    mirror = _import("sncosmo.builtins").DATADIR
    entries = bandpasses._BANDPASSES.get_loaders_metadata()  # there is no public list

    def load(name):
        try:
            with _without_downloads(mirror):
                band = sncosmo.get_bandpass(name)
        except FileNotFoundError:
            return None
        return (band.wave, band.trans) if hasattr(band, "wave") else None

    return {entry["name"]: entry.get("filterset", "") for entry in entries}, load


@contextmanager
def _without_downloads(mirror):
    """Let sncosmo find the files of this machine only."""

    def abspath(relpath, isdir=False):
        path = os.path.join(mirror.rootdir(), relpath)
        if not os.path.exists(path):
            raise FileNotFoundError(path)
        return path

    mirror.abspath = abspath  # hides the method of the class until it is deleted
    try:
        yield
    finally:
        del mirror.abspath


_PACKAGES = {"sncosmo": _sncosmo, "speclite": _speclite}
