"""Fetch supernovae of the Open Supernova Catalog by name."""

import json
import re
from collections.abc import Sequence
from numbers import Integral, Real
from os import PathLike
from urllib.parse import quote

import numpy as np
import pandas as pd
from sklearn.utils import Bunch
from sklearn.utils._param_validation import Interval, validate_params

from sklearn_sn.data import Ragged, warn_quality
from sklearn_sn.datasets._data_home import data_home_path, download, write_atomically
from sklearn_sn.datasets._open_supernova_json import (
    parse_metadata,
    parse_photometry,
    parse_spectra,
)
from sklearn_sn.datasets._spectra import gather_spectra

# The catalogue is no longer updated. Its repositories hold one file per object, by year of
# discovery. The API joins quantities with a plus sign.
_REPOSITORY_URL = "https://raw.githubusercontent.com/astrocatalogs/{repository}/master/{name}.json"
_API_URL = (
    "https://api.astrocats.space/{name}/alias+claimedtype+dec+discoverdate+ebv+host+maxdate+"
    "photometry+ra+redshift+spectra"
)
_REPOSITORIES = {
    "sne-2015-2019": (2015, 2019),
    "sne-2010-2014": (2010, 2014),
    "sne-2005-2009": (2005, 2009),
    "sne-2000-2004": (2000, 2004),
    "sne-1990-1999": (1990, 1999),
    "sne-pre-1990": (0, 1989),
    "sne-2020-2024": (2020, 2024),
    "sne-boneyard": None,  # objects that were reclassified as other than supernovae
}
_FOLDER = "open_supernova_catalog"
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .:+_()'\[\]/-]{0,119}")
_FIELDS = {
    "light_curve": ("time", "band", "flux", "flux_err"),
    "spectrum": ("wavelength", "flux", "flux_err", "time"),
}
_DESCR = """Supernovae of the Open Supernova Catalog
========================================

Photometry and spectra that the Open Supernova Catalog (Guillochon et al. 2017, ApJ 835, 64)
collected from publications. The catalogue is no longer updated. Cite it and the publications; the
field `sources` lists them for each object.

Magnitudes are converted to µJy (AB) with the magnitude system that the catalogue gives, or else
with the system in which the band is usually published. Flux zero points without a system are AB.
Limits (also those written as text, such as ">19.5"), model points, K-corrected magnitudes,
count rates, radio and X-ray points and points in unknown bands are left out (field `dropped`).
No extinction correction is applied; some publications give corrected magnitudes without a note.
Spectra are in the observer frame, in erg/s/cm²/Å if calibrated and on a relative scale otherwise.
The type, redshift, position and reddening are the first values that the catalogue lists.
"""


@validate_params(
    {
        "names": [str, list, tuple, np.ndarray, pd.Index, pd.Series],
        "data_home": [str, PathLike, None],
        "download_if_missing": ["boolean"],
        "return_X_y": ["boolean"],
        "n_retries": [Interval(Integral, 0, None, closed="left")],
        "delay": [Interval(Real, 0, None, closed="left")],
    },
    prefer_skip_nested_validation=True,
)
def fetch_open_supernova_catalog(
    names: str | Sequence[str],
    data_home: str | PathLike | None = None,
    download_if_missing: bool = True,
    *,
    return_X_y: bool = False,
    n_retries: int = 3,
    delay: float = 1.0,
) -> Bunch | tuple[pd.DataFrame, np.ndarray]:
    """Fetch supernovae of the Open Supernova Catalog by name, from the cache or the web.

    Parameters
    ----------
    names : str or sequence of str
        Names in the catalogue, such as ``"SN2011fe"`` (or ``"SN 2011fe"``, ``"2011fe"``) or
        ``"PTF11iqb"``.
    data_home : str or path-like, optional
        Folder of the cache; see :func:`get_data_home` for the default.
    download_if_missing : bool, default=True
        Download objects that are not in the cache. If False, raise an OSError for them.
    return_X_y : bool, default=False
        Return ``(data, target)`` instead of a Bunch.
    n_retries : int, default=3
        Number of retries of an address after a connection failure.
    delay : float, default=1.0
        Seconds before the first retry; doubled at each further retry.

    Returns
    -------
    dataset : :class:`~sklearn.utils.Bunch`
        data : pandas.DataFrame of n_objects rows
            Index: the given names. Columns light_curve (nested: time in MJD, band, flux and
            flux_err in µJy), spectrum (nested: wavelength in Å of the observer frame, flux,
            flux_err, time in MJD), redshift, ra, dec (degrees), ebv (Milky Way), host, alias,
            discoverdate, maxdate. Missing values are NaN or None.
        target : ndarray of object, shape (n_objects,)
            The first claimed type, such as "Ia" or "II P"; "" if there is none.
        target_names : list of str
            The distinct types.
        dropped : pandas.DataFrame of n_objects rows
            Number of points and spectra left out, by reason.
        sources : dict of str to list of str
            Bibliographic codes (or names) of the publications of each object.
        DESCR : str
            Description of the data set.
    (data, target) : tuple if ``return_X_y``
        The table and the types.

    Raises
    ------
    OSError
        If an object is neither in the cache nor on the web, or if `download_if_missing` is False
        and an object is not in the cache.
    ValueError
        If a name is invalid or given twice, or if a file of the cache is damaged.

    Warns
    -----
    DataQualityWarning
        Once per call, if rest-frame spectra were shifted to the observer frame or points in
        unknown bands were left out.

    See Also
    --------
    read_tables : Build the same table from local files.

    Notes
    -----
    The catalogue is described in [1]_. If the telescope or instrument identifies the survey, a band
    name is interpreted within that survey (Swift's U, Pan-STARRS1's g). Spectra that the catalogue
    marks as deredshifted are shifted to the observer frame. Spectra of one object that share a time
    are separated by 8.6 s (see :func:`read_tables`).

    References
    ----------
    .. [1] Guillochon, J., Parrent, J., Kelley, L. Z. & Margutti, R. (2017). "An Open Catalog for
       Supernova Data". The Astrophysical Journal 835, 64.

    Examples
    --------
    >>> from sklearn_sn.datasets import fetch_open_supernova_catalog
    >>> sn = fetch_open_supernova_catalog(["SN2011fe", "SN2013L"])  # doctest: +SKIP
    >>> sn.target.tolist()  # doctest: +SKIP
    ['Ia', 'IIn']
    """
    names = [names] if isinstance(names, str) else list(names)
    keys = [_catalogue_name(name) for name in names]
    repeated = {key for key in keys if keys.count(key) > 1} if len(set(keys)) < len(keys) else ()
    if repeated:
        raise ValueError(
            "The 'names' parameter of fetch_open_supernova_catalog must not repeat an object. Got "
            f"{sorted(repeated)[0]!r} more than once."
        )
    folder = data_home_path(data_home) / _FOLDER
    # Fetch all files first: after a failure, the next call finds the finished ones in the cache.
    events = [_event(key, folder, download_if_missing, n_retries, delay) for key in keys]
    dataset = _assemble(names, events)
    return (dataset.data, dataset.target) if return_X_y else dataset


def _assemble(names, events):
    index = pd.Index(names, name="object_id", dtype=object if not names else None)
    metadata, points, pixels, dropped = [], [], [], []
    for row, event in enumerate(events):
        values = parse_metadata(event)
        metadata.append(values)
        fields, lost_points = parse_photometry(event)
        points.append((row, fields))
        spectra, lost_spectra = parse_spectra(event, values["redshift"])
        pixels += [(row, spectrum) for spectrum in spectra]
        dropped.append(
            {f"points: {reason}": n for reason, n in lost_points.items()}
            | {f"spectra: {reason}": n for reason, n in lost_spectra.items()}
        )
    X = pd.DataFrame(metadata, index=index, columns=list(parse_metadata({})))
    types = X.pop("type")
    rows, fields, _ = _stack(points, "light_curve")
    curves = Ragged.from_groups(rows, len(index), fields).sort("time")
    rows, fields, spectrum = _stack(pixels, "spectrum")
    spectra = gather_spectra(rows, len(index), fields, spectrum)
    X.insert(0, "spectrum", spectra.to_nested(index=index, name="spectrum"))
    X.insert(0, "light_curve", curves.to_nested(index=index, name="light_curve"))
    target = np.array([kind or "" for kind in types], dtype=object)
    dropped = pd.DataFrame(dropped, index=index).fillna(0).astype(int)
    _warn(events, dropped)
    return Bunch(
        data=X,
        target=target,
        target_names=sorted(set(target) - {""}),
        dropped=dropped[sorted(dropped.columns)],
        sources={name: _sources(event) for name, event in zip(names, events, strict=True)},
        DESCR=_DESCR,
    )


def _stack(parts, kind):
    """Concatenate the arrays of objects; return row and part of every point, and flat fields."""
    sizes = [len(fields["time"]) for _, fields in parts]
    rows = np.repeat(np.array([row for row, _ in parts], dtype=np.int64), sizes)
    number = np.repeat(np.arange(len(parts), dtype=np.int64), sizes)
    flat = {}
    for name in _FIELDS[kind]:
        arrays = [fields[name] for _, fields in parts]
        if name == "band":
            flat[name] = pd.Categorical(np.concatenate([np.empty(0, dtype=object), *arrays]))
        else:
            flat[name] = np.concatenate([np.empty(0), *arrays])
    return rows, flat, number


def _warn(events, dropped):
    remarks = []
    shifted = sum(bool(s.get("deredshifted")) for event in events for s in event.get("spectra", ()))
    if shifted:
        remarks.append(f"{shifted} rest-frame spectra shifted to the observer frame")
    unknown = dropped.get("points: unknown band")
    if unknown is not None and unknown.any():
        remarks.append(
            f"{unknown.sum()} points in unknown or ambiguous bands left out (first object "
            f"{unknown.index[unknown > 0][0]!r})"
        )
    if remarks:
        warn_quality(f"Open Supernova Catalog: {'; '.join(remarks)}. See the field 'dropped'.")


def _sources(event):
    entries = event.get("sources") or ()
    return [entry.get("bibcode") or entry.get("name", "") for entry in entries]


def _catalogue_name(name):
    """Return a name in the spelling of the catalogue; reject invalid names."""
    text = name.strip() if isinstance(name, str) else ""
    if not _NAME.fullmatch(text) or ".." in text:
        raise ValueError(
            "The 'names' parameter of fetch_open_supernova_catalog must hold names such as "
            f"'SN2011fe'. Got {name!r} instead, which is not a name of the catalogue."
        )
    match = re.fullmatch(r"(?:(SN|AT)\s*)?((?:1[6-9]|20)\d\d[A-Za-z]{1,5})", text, re.IGNORECASE)
    return f"{(match[1] or 'SN').upper()}{match[2]}" if match else text


def _event(key, folder, download_if_missing, n_retries, delay):
    # The repositories write a slash as an underscore; some file systems forbid a colon.
    path = folder / f"{re.sub('[/:]', '_', key)}.json"
    if path.exists():
        event = _read_event(path.read_bytes())
        if event is None:
            raise ValueError(
                f"The cached file {path} is damaged (it holds no object of the catalogue); delete "
                "it and fetch again."
            )
        return event
    if not download_if_missing:
        raise OSError(
            f"The object {key!r} is not in the cache ({path}); set download_if_missing=True to "
            "download it."
        )
    for _, content in download(_urls(key), n_retries=n_retries, delay=delay):
        event = _read_event(content)
        if event is not None:
            write_atomically(path, content)
            return event
    raise OSError(f"The Open Supernova Catalog has no object {key!r} (needed for {path}).")


def _read_event(content):
    """Return the one object of a file; None if there is none, as in a server's error message."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(document, dict) or len(document) != 1:
        return None
    event = next(iter(document.values()))
    return event if isinstance(event, dict) else None


def _urls(key):
    year = _discovery_year(key)

    def holds(repository):
        years = _REPOSITORIES[repository]
        return year is not None and years is not None and years[0] <= year <= years[1]

    repositories = sorted(_REPOSITORIES, key=lambda name: not holds(name))
    name = quote(key.replace("/", "_"), safe="")
    urls = [_REPOSITORY_URL.format(repository=one, name=name) for one in repositories]
    return [*urls, _API_URL.format(name=quote(key, safe=""))]


def _discovery_year(key):
    """Return the year in a name such as SN2011fe, PTF11iqb or PS1-12sk, or None."""
    match = re.search(r"(?<!\d)((?:1[6-9]|20)\d\d)(?=[A-Za-z-])", key)
    if match:
        return int(match[1])
    match = re.search(r"(?:[A-Za-z]|PS1)-?(\d\d)(?=[a-z])", key)
    if match is None:
        return None
    return 2000 + int(match[1]) if int(match[1]) < 50 else 1900 + int(match[1])
