"""The one place that decides what happens to bad input."""

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from sklearn_sn.data._check_points import check_light_curves, check_spectra
from sklearn_sn.data._convert import as_ragged, as_series
from sklearn_sn.data._fields import REQUIRED, alias_map
from sklearn_sn.data._images import check_images
from sklearn_sn.data._metadata import check_metadata
from sklearn_sn.data._quality import QualityLog
from sklearn_sn.data._ragged import Ragged

NESTED_COLUMNS = ("light_curve", "spectrum")
MODALITIES = ("light_curve", "spectrum", "image", "metadata")


@dataclass(frozen=True, repr=False)
class CheckedTable:
    """A table that passed the check, as flat arrays.

    Attributes
    ----------
    index : pandas.Index of shape (n_objects,)
    light_curve : Ragged or None
        Fields time, band, flux, flux_err; one row per object.
    spectrum : Ragged or None
        Fields wavelength, flux, flux_err, time; one row per **spectrum**.
    spectrum_offsets : array of int, shape (n_objects + 1,), or None
        Spectra of object ``i`` are rows ``spectrum_offsets[i]`` to ``spectrum_offsets[i + 1] - 1``.
    image : list of array or None, length n_objects
        Float32 arrays of shape (C, H, W), None where the object has no image.
    metadata : pandas.DataFrame or None
        Float or categorical columns.
    report : pandas.DataFrame
        What :func:`quality_report` returns.

    Examples
    --------
    >>> from sklearn_sn.data import check_table
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(5, random_state=0)
    >>> check_table(X)
    CheckedTable(5 objects: 5 light_curve, 5 spectrum; 0 flagged)
    """

    index: pd.Index
    light_curve: Ragged | None = None
    spectrum: Ragged | None = None
    spectrum_offsets: np.ndarray | None = None
    image: list | None = None
    metadata: pd.DataFrame | None = None
    report: pd.DataFrame | None = None

    def __len__(self):
        return len(self.index)

    def __repr__(self):
        parts = [f"{self.present(m).sum()} {m}" for m in MODALITIES if self.has(m)]
        flagged = "" if self.report is None else f"; {(self.report['flag'] != '').sum()} flagged"
        return f"CheckedTable({len(self)} objects: {', '.join(parts) or 'nothing'}{flagged})"

    def present(self, modality):
        """Which objects have something usable of a modality, boolean of shape (n_objects,)."""
        if modality == "light_curve":
            return self.light_curve.lengths > 0
        if modality == "spectrum":
            return np.diff(self.spectrum_offsets) > 0
        if modality == "image":
            return np.array([image is not None for image in self.image], dtype=bool)
        return self.metadata.notna().any(axis=1).to_numpy()

    def has(self, modality):
        """True when the table holds this modality as a column."""
        return getattr(self, modality) is not None


def check_table(
    X, *, modalities=None, metadata_columns=(), training=False, warn=True, positions=False
):
    """Check a table of objects once, and turn its modalities into flat arrays.

    Three things can happen to bad input. It is mended and said once per call, in one warning that
    points at the caller's line; or it counts as missing; or it is refused by a ValueError that
    names object, column, value and remedy. Times that are Julian dates become MJD. What only looks
    wrong (fluxes that may be magnitudes) stays as it is, and the same warning says so.

    Parameters
    ----------
    X : pandas.DataFrame or pyarrow.Table of n_objects rows
        One row per object. Columns ``light_curve`` and ``spectrum`` are nested-pandas or Arrow
        columns or Python containers (see :func:`as_ragged`), ``image`` holds (C, H, W) arrays,
        all other columns are metadata.
    modalities : sequence of str, optional
        The modalities that are wanted; a wanted column that is missing is refused. By default
        those of light_curve, spectrum and image that `X` has.
    metadata_columns : sequence of str, default=()
        Plain columns to read as metadata.
    training : bool, default=False
        At fit, an object with nothing usable is refused, and so is a negative ``flux_err`` in a
        light curve. Otherwise that point is dropped. A pixel of a spectrum with a negative error is
        dropped in any case, and a zero error counts as unknown.
    warn : bool, default=True
        Whether to warn of what was mended or looks wrong.
    positions : bool, default=False
        Whether light curves and spectra get a field ``position``: which point of
        ``as_ragged(X[modality])`` each of theirs is.

    Returns
    -------
    CheckedTable

    Raises
    ------
    ValueError
        For input that cannot be mended.

    Warns
    -----
    DataQualityWarning
        At most one per call.

    Examples
    --------
    >>> from sklearn_sn.data import check_table
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(5, random_state=0)
    >>> table = check_table(X)
    >>> len(table), table.has("spectrum")
    (5, True)
    """
    X = as_frame(X)
    wanted = _wanted(X, modalities, metadata_columns)
    if training and len(X) == 0:
        raise ValueError("X has no objects; fit needs at least two.")
    findings = QualityLog(X.index)
    parts = {}
    for modality in NESTED_COLUMNS:
        if modality in wanted:
            ragged = as_ragged(X[modality], kind=modality)
            findings.count(f"{modality}_given", ragged.lengths)
            if positions:
                ragged = ragged.with_fields(position=np.arange(ragged.n_points))
            if modality == "light_curve":
                parts[modality] = check_light_curves(ragged, findings, training)
            else:
                parts[modality], parts["spectrum_offsets"] = check_spectra(ragged, findings)
    if "image" in wanted:
        parts["image"] = check_images(X["image"], findings)
    if metadata_columns:
        parts["metadata"] = check_metadata(X, metadata_columns, findings)
    table = CheckedTable(index=X.index, **parts)
    present = np.zeros(len(X), dtype=bool)
    for modality in wanted:
        present |= table.present(modality)
    findings.flag("NOTHING", ~present)
    if training and not present.all():
        row = int(np.flatnonzero(~present)[0])
        findings.refuse(
            row,
            " and ".join(wanted),
            "hold nothing usable",
            f"drop the {int((~present).sum())} such objects before fit (quality_report finds them)",
        )
    if warn:
        findings.warn()
    return replace(table, report=findings.report())


def quality_report(X, *, metadata_columns=()):
    """Say of every object how much of it is usable, and what is doubtful.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows
        As for :func:`check_table`.
    metadata_columns : sequence of str, default=()
        Plain columns to check too.

    Returns
    -------
    pandas.DataFrame of n_objects rows
        Points and pixels given and kept, number of spectra, and ``flag``, a comma-separated list
        of EMPTY (no usable photometry), LOWDATA (fewer than three points), NOERROR (no errors),
        RANGE (fluxes outside 1e-15 … 1e15 µJy), JD (times that were Julian dates), MAGNITUDES
        (the fluxes of the table look like magnitudes), EMPTY_SPECTRUM, EMPTY_IMAGE, NOTHING (no
        modality is usable).

    Raises
    ------
    ValueError
        For input that no estimator accepts.

    Examples
    --------
    >>> from sklearn_sn.data import quality_report
    >>> from sklearn_sn.datasets import make_supernovae
    >>> X, y = make_supernovae(3, random_state=0)
    >>> list(quality_report(X)["flag"])
    ['', '', '']
    """
    return check_table(X, metadata_columns=metadata_columns, warn=False).report


def as_frame(X):
    """A DataFrame of objects, from a DataFrame or an Arrow table; anything else is refused."""
    if isinstance(X, pd.DataFrame):
        return X
    if hasattr(X, "to_pandas") and hasattr(X, "schema"):
        return X.to_pandas(types_mapper=pd.ArrowDtype)
    if isinstance(X, dict):
        return _frame_of(X)
    raise ValueError(
        f"X must be a pandas DataFrame with one row per object; got {type(X).__name__}. "
        "sklearn_sn.datasets.read_tables builds one from long tables."
    )


def _frame_of(columns):
    """A DataFrame from a dict of columns; pandas would fill unequal ones up with NaN."""
    columns = {
        name: cells if isinstance(cells, pd.Series) else as_series(cells).infer_objects()
        for name, cells in columns.items()
    }
    first = next(iter(columns), None)
    named = {n: c.index for n, c in columns.items() if not isinstance(c.index, pd.RangeIndex)}
    index = next(iter(named.values()), None)
    for name, cells in columns.items():
        if len(cells) != len(columns[first]):
            raise ValueError(
                f"X has {len(columns[first])} objects in {first!r} but {len(cells)} in {name!r}."
            )
        if name in named and not named[name].equals(index):
            raise ValueError(
                f"The columns {next(iter(named))!r} and {name!r} of X differ in index."
            )
    return pd.DataFrame({n: c.array for n, c in columns.items()}, index=index)


def _remedy_of_long(X):
    """What to do with a long table, of one row per point; empty where X is none."""
    for kind, arguments in (("light_curve", "None, X"), ("spectrum", "None, None, X")):
        if set(REQUIRED[kind]) - {"flux"} <= set(alias_map(X.columns, kind).values()):
            what = "point" if kind == "light_curve" else "pixel"
            return (
                f" This looks like a long table, with one row per {what}: "
                f"sklearn_sn.datasets.read_tables({arguments}) makes one row per object of it."
            )
    return ""


def _remedy_of_missing(name):
    if name in MODALITIES:
        return " Give every object that lacks a modality a null cell."
    return ""


def _wanted(X, modalities, metadata_columns):
    if modalities is None:
        found = [name for name in ("light_curve", "spectrum", "image") if name in X.columns]
        modalities = found + (["metadata"] if len(metadata_columns) else [])
        if not modalities:
            raise ValueError(
                "X has none of the columns 'light_curve', 'spectrum' and 'image'; it has "
                f"{list(X.columns)[:10]}.{_remedy_of_long(X)}"
            )
    needed = [name for name in modalities if name != "metadata"] + list(metadata_columns)
    for name in needed:
        if name not in X.columns:
            raise ValueError(
                f"X lacks the column {name!r}; it has {list(X.columns)[:10]}."
                + (_remedy_of_long(X) or _remedy_of_missing(name))
            )
        if isinstance(X[name], pd.DataFrame):
            raise ValueError(f"X has {X[name].shape[1]} columns {name!r}; keep one.")
    return list(modalities)
