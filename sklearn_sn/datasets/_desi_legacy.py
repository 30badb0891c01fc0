"""Read galaxies of the DESI spectroscopic survey with images of the Legacy Surveys."""

import os
from collections.abc import Iterator, Sequence
from numbers import Integral
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import Interval, StrOptions, validate_params

from sklearn_sn.data import Ragged
from sklearn_sn.datasets._desi_legacy_files import is_hdf5, read_hdf5, read_parquet
from sklearn_sn.datasets._draw_alerts import image_column
from sklearn_sn.datasets._provabgs import MAGNITUDES, read_properties, targetid_index

_WAVELENGTHS = (3600.0, 9824.0)  # Å, of the first and last pixel of DESI's grid
_N_CHANNELS = 3
_CHECKS = {
    "path": [str, os.PathLike],
    "properties": [str, os.PathLike, pd.DataFrame, None],
    "split": [StrOptions({"train", "test", "all"})],
    "modalities": [list, tuple, StrOptions({"image", "spectrum"})],
    "chunk_size": [Interval(Integral, 1, None, closed="left")],
}


@validate_params(
    {key: value for key, value in _CHECKS.items() if key != "chunk_size"}
    | {"n_samples": [Interval(Integral, 1, None, closed="left"), None]},
    prefer_skip_nested_validation=True,
)
def load_desi_legacy(
    path: str | os.PathLike,
    *,
    properties: str | os.PathLike | pd.DataFrame | None = None,
    split: str = "all",
    n_samples: int | None = None,
    modalities: str | Sequence[str] = ("image", "spectrum"),
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Load the DESI-Legacy sample of AstroCLIP from a file on disk.

    The sample has images of 152 × 152 pixels in g, r and z, and spectra of 7781 pixels [1]_. One
    galaxy takes 0.4 MB; use :func:`iter_desi_legacy` or `n_samples` if memory does not suffice.

    Parameters
    ----------
    path : str or Path
        HDF5 file with the data sets images, spectra, redshifts and targetids, in groups or at the
        top level; Parquet file with the columns image, spectrum, redshift and targetid; or folder
        of such Parquet files.
    properties : str, Path or DataFrame, optional
        The PROVABGS catalogue [2]_ (HDF5 or Parquet file) or a table, with TARGETID and any of
        PROVABGS_LOGMSTAR_BF (or LOG_MSTAR), AVG_SFR, TAGE_MW, Z_MW, MAG_G, MAG_R and MAG_Z. Its
        rows are joined by TARGETID.
    split : {"train", "test", "all"}, default="all"
        The first 80 % of each group (or of each Parquet file), the rest, or both; the split of the
        authors.
    n_samples : int, optional
        Read only the first galaxies of the split.
    modalities : sequence of str, default=("image", "spectrum")
        Columns to return.

    Returns
    -------
    X : pandas.DataFrame of n_galaxies rows
        Index: TARGETID (exact int64). Columns as of :func:`make_galaxies`: image (float32, shape
        (3, H, W), nanomaggies) and spectrum (nested: wavelength in Å and flux in
        1e-17 erg/s/cm²/Å). Pixels of spectra that are exactly 0 or not finite are missing and left
        out. With MAG_G, MAG_R and MAG_Z in `properties`: the magnitudes g, r and z.
    y : pandas.DataFrame of n_galaxies rows
        redshift, and with `properties` log_stellar_mass (solar masses), log_sfr (solar masses per
        year), age (mass-weighted, Gyr) and stellar_metallicity (mass fraction), as far as given.
        Missing values are NaN.

    Raises
    ------
    ImportError
        If h5py is needed and not installed.
    FileNotFoundError
        If the file does not exist.
    ValueError
        If the file lacks a field, or a shape or TARGETID is not as expected.

    See Also
    --------
    iter_desi_legacy : Load the same sample in chunks.
    make_galaxies : Simulate galaxies in the same form.

    Notes
    -----
    The file is not downloaded by this function. Errors of fluxes are not part of the sample.

    References
    ----------
    .. [1] Lanusse, F., Parker, L., Golkar, S., Cranmer, M. et al. (2023). "AstroCLIP: Cross-Modal
       Pre-Training for Astronomical Foundation Models".
    .. [2] Hahn, C. et al. (2023). "The DESI PRObabilistic Value-added Bright Galaxy Survey
       (PROVABGS) Mock Challenge". The Astrophysical Journal 945, 16.

    Examples
    --------
    >>> from sklearn_sn.datasets import load_desi_legacy
    >>> X, y = load_desi_legacy(
    ...     "astroclip_desi.h5", properties="BGS_ANY_full.provabgs.sv3.v0.hdf5"
    ... )  # doctest: +SKIP
    """
    # As many rows at once as hold some 100 MB.
    chunks = iter_desi_legacy(
        path, properties=properties, split=split, modalities=modalities, chunk_size=256
    )
    parts, n = [], 0
    for X, y in chunks:
        keep = len(X) if n_samples is None else min(len(X), n_samples - n)
        parts.append((X.iloc[:keep], y.iloc[:keep]))
        n += keep
        if n == n_samples:
            break
    if not parts:
        raise ValueError(f"{os.fspath(path)} has no galaxy in the split {split!r}.")
    X, y = (pd.concat(tables) for tables in zip(*parts, strict=True))
    return X, y


@validate_params(_CHECKS, prefer_skip_nested_validation=True)
def iter_desi_legacy(
    path: str | os.PathLike,
    *,
    properties: str | os.PathLike | pd.DataFrame | None = None,
    split: str = "all",
    modalities: str | Sequence[str] = ("image", "spectrum"),
    chunk_size: int = 1024,
) -> Iterator[tuple[pd.DataFrame, pd.DataFrame]]:
    """Load the DESI-Legacy sample in chunks, with bounded memory.

    Parameters
    ----------
    path, properties, split, modalities
        As of :func:`load_desi_legacy`.
    chunk_size : int, default=1024
        Maximum number of galaxies per chunk. Chunks end where groups and files end.

    Yields
    ------
    X, y
        Chunks of what :func:`load_desi_legacy` returns.

    Raises
    ------
    ImportError
        If h5py is needed and not installed.
    FileNotFoundError
        If the file does not exist.
    ValueError
        If the file lacks a field, or a shape or TARGETID is not as expected.

    Examples
    --------
    >>> from sklearn_sn.datasets import iter_desi_legacy
    >>> for X, y in iter_desi_legacy("astroclip_desi.h5"):  # doctest: +SKIP
    ...     embedder.transform(X)
    """
    path = Path(path).expanduser()
    if not path.exists():
        raise FileNotFoundError(f"{path} does not exist.")
    modalities = [modalities] if isinstance(modalities, str) else list(modalities)
    if not modalities or not set(modalities) <= {"image", "spectrum"}:
        raise ValueError(
            "The 'modalities' parameter of load_desi_legacy must hold 'image' or 'spectrum'. Got "
            f"{modalities!r} instead."
        )
    catalogue = None if properties is None else read_properties(properties)
    return _tables(path, catalogue, split, modalities, chunk_size)


def _tables(path, catalogue, split, modalities, chunk_size):
    names = [*modalities, "redshift", "targetid"]
    read = read_hdf5 if is_hdf5(path) else read_parquet
    for fields, label in read(path, names, split, chunk_size):
        index = targetid_index(fields.pop("targetid"), label)
        X = pd.DataFrame(index=index)
        y = pd.DataFrame({"redshift": np.asarray(fields["redshift"], np.float64)}, index=index)
        if "image" in fields:
            X["image"] = image_column(_channels_first(fields["image"], label), index)
        if "spectrum" in fields:
            X["spectrum"] = _spectra(fields["spectrum"], label).to_nested(index, "spectrum")
        if catalogue is not None:
            rows = catalogue.reindex(index)
            for name in rows.columns:
                (X if name in MAGNITUDES else y)[name] = rows[name]
        yield X, y


def _channels_first(images, label):
    images = np.asarray(images, dtype=np.float32)
    if images.ndim != 4 or _N_CHANNELS not in (images.shape[1], images.shape[3]):
        raise ValueError(
            f"Images of {label} must have shape (n, H, W, 3) or (n, 3, H, W). Got {images.shape}."
        )
    if images.shape[3] == _N_CHANNELS:
        images = np.moveaxis(images, 3, 1)
    return np.ascontiguousarray(images)


def _spectra(flux, label):
    """Return spectra as a Ragged of the pixels that were measured."""
    flux = np.asarray(flux, dtype=np.float32)
    if flux.ndim == 3 and flux.shape[2] == 1:
        flux = flux[..., 0]
    if flux.ndim != 2 or flux.shape[1] < 2:
        raise ValueError(
            f"Spectra of {label} must have shape (n, n_pixels) or (n, n_pixels, 1). Got "
            f"{flux.shape}."
        )
    wavelength = np.linspace(*_WAVELENGTHS, flux.shape[1]).astype(np.float32)
    measured = np.isfinite(flux) & (flux != 0.0)
    offsets = np.append(0, np.cumsum(measured.sum(axis=1)))
    wavelengths = np.broadcast_to(wavelength, flux.shape)[measured]
    return Ragged({"wavelength": wavelengths, "flux": flux[measured]}, offsets)
