"""Check of a table of objects: bad input is repaired, treated as missing or rejected."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from sklearn_sn.data._check_light_curves import check_light_curves
from sklearn_sn.data._check_spectra import check_spectra
from sklearn_sn.data._convert import as_ragged, as_series
from sklearn_sn.data._distant_spectra import flag_distant_spectra
from sklearn_sn.data._fields import REQUIRED, alias_map
from sklearn_sn.data._images import check_images
from sklearn_sn.data._metadata import check_metadata
from sklearn_sn.data._misspelled_columns import misspelling_remedy, warn_misspelled
from sklearn_sn.data._names import as_python
from sklearn_sn.data._quality import QualityLog
from sklearn_sn.data._ragged import Ragged
from sklearn_sn.data._reported import digest_names, digest_points
from sklearn_sn.data._training_range import flag_unlike_training

NESTED_COLUMNS = ("light_curve", "spectrum")
MODALITIES = ("light_curve", "spectrum", "image", "metadata")


@dataclass(frozen=True, repr=False)
class CheckedTable:
    """Checked table of objects, as flat arrays.

    A modality that was not requested is None.

    Attributes
    ----------
    index : pandas.Index of shape (n_objects,)
        Names of the objects.
    light_curve : Ragged of n_objects rows or None
        Fields time, band, flux, flux_err; one row per object.
    spectrum : Ragged of n_spectra rows or None
        Fields wavelength, flux, flux_err, time; one row per **spectrum**.
    spectrum_offsets : ndarray of int, shape (n_objects + 1,), or None
        Spectra of object ``i`` are rows ``spectrum_offsets[i]`` to ``spectrum_offsets[i + 1] - 1``.
    image : list of ndarray or None, length n_objects
        Float32 arrays of shape (C, H, W), None if the object has no image.
    metadata : pandas.DataFrame or None
        Float or categorical columns.
    log : QualityLog or None
        Log of the check.
    report : pandas.DataFrame or None
        Report as returned by :func:`quality_report`.

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
    image: list[np.ndarray | None] | None = None
    metadata: pd.DataFrame | None = None
    log: QualityLog | None = None

    def __len__(self):
        return len(self.index)

    @cached_property
    def report(self) -> pd.DataFrame | None:
        """Report as returned by :func:`quality_report`; None for a table without a log."""
        # Built on request: for a single alert, it would cost as much as a third of the check.
        return None if self.log is None else self.log.report()

    def __repr__(self):
        parts = [f"{self.present(m).sum()} {m}" for m in MODALITIES if self.has(m)]
        flagged = "" if self.report is None else f"; {(self.report['flag'] != '').sum()} flagged"
        return f"CheckedTable({len(self)} objects: {', '.join(parts) or 'nothing'}{flagged})"

    def present(self, modality: str) -> np.ndarray:
        """Return a mask of the objects with usable data of a modality.

        Parameters
        ----------
        modality : {"light_curve", "spectrum", "image", "metadata"}
            A modality of the table.

        Returns
        -------
        ndarray of bool, shape (n_objects,)
        """
        if modality == "light_curve":
            return self.light_curve.lengths > 0
        if modality == "spectrum":
            return np.diff(self.spectrum_offsets) > 0
        if modality == "image":
            return np.array([image is not None for image in self.image], dtype=bool)
        return self.metadata.notna().any(axis=1).to_numpy()

    def has(self, modality: str) -> bool:
        """Return whether the table holds a modality.

        Parameters
        ----------
        modality : {"light_curve", "spectrum", "image", "metadata"}
            Any modality.

        Returns
        -------
        bool
        """
        return getattr(self, modality) is not None


def check_table(
    X: pd.DataFrame | pa.Table | dict[str, Any],
    *,
    modalities: Sequence[str] | None = None,
    metadata_columns: Sequence[str] = (),
    training: bool = False,
    warn: bool = True,
    positions: bool = False,
    training_range: dict[str, tuple[float, float]] | None = None,
    warn_missing: bool = False,
) -> CheckedTable:
    """Check a table of objects and convert its modalities to flat arrays.

    Bad input has one of three outcomes:

    - It is repaired. One warning per call counts the repairs and names the first object.
    - It is treated as missing, if nothing in a modality of an object is usable.
    - It is rejected by a ValueError that names object, column, value and remedy.

    One point in an unknown or ambiguous band, or with a time beyond ±1e6 days, is dropped and never
    stops a table. Julian dates become MJD. Values that are only suspect, such as fluxes that may be
    magnitudes, are left unchanged and mentioned in the same warning.

    Parameters
    ----------
    X : pandas.DataFrame or pyarrow.Table of n_objects rows
        One row per object. Columns ``light_curve`` and ``spectrum`` are nested-pandas or Arrow
        columns or Python containers (see :func:`as_ragged`), ``image`` holds (C, H, W) arrays,
        all other columns are metadata.
    modalities : sequence of str, optional
        Modalities to check; each must be a column of `X`. By default those of light_curve,
        spectrum and image that `X` has.
    metadata_columns : sequence of str, default=()
        Plain columns to read as metadata.
    training : bool, default=False
        Whether the table is used to fit. Then an object with nothing usable is rejected, and so is
        a negative ``flux_err`` of a light curve, whose point is dropped otherwise. A pixel of a
        spectrum with a negative error is always dropped, and a zero error counts as unknown.
    warn : bool, default=True
        Whether to warn about repairs and suspect values.
    positions : bool, default=False
        Whether light curves and spectra get a field ``position``: the index of each point in
        ``as_ragged(X[modality])``.
    training_range : dict, optional
        Result of :func:`training_range` for the training data of an estimator. Objects far outside
        are flagged, and mentioned in the warning.
    warn_missing : bool, default=False
        Whether the warning mentions objects with nothing usable.

    Returns
    -------
    CheckedTable
        The modalities, as flat arrays.

    Raises
    ------
    ValueError
        If input cannot be repaired.

    Warns
    -----
    DataQualityWarning
        At most once per call.

    See Also
    --------
    quality_report : The report alone, without a warning.

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
    modalities = _choose_modalities(X, modalities, metadata_columns)
    if training and len(X) == 0:
        raise ValueError("X has no objects; fit needs at least two.")
    if training and warn:
        warn_misspelled(X.columns)
    log = QualityLog(X.index)
    parts = {}
    for modality in NESTED_COLUMNS:
        if modality in modalities:
            ragged = as_ragged(X[modality], kind=modality)
            # The report compares the numbers of points before and after the repairs.
            log.count(f"{modality}_given", ragged.lengths)
            log.examine(partial(_digest_rows, ragged))
            if positions:
                ragged = ragged.with_fields(position=np.arange(ragged.n_points))
            if modality == "light_curve":
                parts[modality] = check_light_curves(ragged, log, training)
            else:
                parts[modality], parts["spectrum_offsets"] = check_spectra(ragged, log)
    if {"light_curve", "spectrum"} <= set(parts):
        flag_distant_spectra(
            parts["light_curve"], parts["spectrum"], parts["spectrum_offsets"], log
        )
    if "image" in modalities:
        parts["image"] = check_images(X["image"], log)
    if metadata_columns:
        log.examine(partial(_digest_cells, X[list(metadata_columns)]))
        parts["metadata"] = check_metadata(X, metadata_columns, log)
    table = CheckedTable(index=X.index, log=log, **parts)
    # An object is rejected in training only if none of its modalities is usable.
    present = np.zeros(len(X), dtype=bool)
    for modality in modalities:
        present |= table.present(modality)
    log.flag("NOTHING", ~present)
    if training and not present.all():
        _reject_empty_objects(log, modalities, present)
    if warn_missing and not present.all():
        _notice_empty_objects(log, modalities, np.flatnonzero(~present))
    if training_range:
        flag_unlike_training(table, training_range, log)
    if warn:
        log.warn()
    return table


def _digest_rows(ragged, objects):
    return digest_points(ragged.take(objects))


def _digest_cells(columns, objects):
    return digest_names(pd.MultiIndex.from_frame(columns.iloc[objects].astype(str)))


def _reject_empty_objects(log, modalities, present):
    """Raise for the first object with nothing usable, and name the repairs that may be why."""
    repairs = log.summary().removesuffix(".")
    log.reject(
        int(np.flatnonzero(~present)[0]),
        " and ".join(modalities),
        "holds nothing usable" if len(modalities) == 1 else "hold nothing usable",
        f"drop the {int((~present).sum())} such objects before fit (quality_report finds them)"
        + (f". {repairs}" if repairs else ""),
    )


def _notice_empty_objects(log, modalities, objects):
    what = " and no usable ".join(name.replace("_", " ") for name in modalities)
    log.notice(
        f"{len(objects)} objects have no usable {what} (first "
        f"{as_python(log.index[objects[0]])!r}); their "
        "output is that of an object without data",
        "no usable data",
        objects,
    )


def as_frame(X: pd.DataFrame | pa.Table | dict[str, Any]) -> pd.DataFrame:
    """Return a table of objects as a DataFrame.

    Parameters
    ----------
    X : pandas.DataFrame, pyarrow.Table or dict of columns
        Table with one row per object.

    Returns
    -------
    pandas.DataFrame of n_objects rows
        `X` itself if it is a DataFrame.

    Raises
    ------
    ValueError
        If `X` is of another type, or if the columns of a dict differ in length or index.
    """
    if isinstance(X, pd.DataFrame):
        return X
    # Arrow types are kept, so that nested columns are read from their buffers.
    if hasattr(X, "to_pandas") and hasattr(X, "schema"):
        return X.to_pandas(types_mapper=pd.ArrowDtype)
    if isinstance(X, dict):
        return _frame_from_dict(X)
    raise ValueError(
        f"X must be a pandas DataFrame with one row per object; got {type(X).__name__}. "
        f"{_remedy_of_type(X)}"
    )


def _remedy_of_type(X):
    """Return what to do with an input that is no table of objects."""
    if isinstance(X, pd.Series):
        return "Make it a column, as in X.to_frame('light_curve'), or select rows with X.iloc[[0]]."
    if isinstance(X, str | os.PathLike):
        return f"Read the file with sklearn_sn.datasets.read_tables({os.fspath(X)!r})."
    if hasattr(X, "colnames"):
        return (
            "An astropy Table with one row per object becomes one with X.to_pandas(), one with a "
            "row per point with sklearn_sn.datasets.read_tables(None, X)."
        )
    if isinstance(X, list | tuple) and X and isinstance(X[0], pd.DataFrame):
        return (
            "If each table is one light curve, make them cells: "
            "pd.DataFrame({'light_curve': X}, index=names)."
        )
    return "sklearn_sn.datasets.read_tables builds one from long tables."


def _frame_from_dict(columns):
    """Return a DataFrame; unequal columns, which pandas would fill up with NaN, raise."""
    # Names of objects come from the first column that has an index of its own.
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


def _long_table_remedy(X):
    """Return the remedy for a long table, of one row per point; empty for other tables."""
    # Columns of a long table are the fields of a modality, where a table has one column for all.
    for kind, arguments in (("light_curve", "None, X"), ("spectrum", "None, None, X")):
        if set(REQUIRED[kind]) - {"flux"} <= set(alias_map(X.columns, kind).values()):
            what = "point" if kind == "light_curve" else "pixel"
            return (
                f" This looks like a long table, with one row per {what}: "
                f"sklearn_sn.datasets.read_tables({arguments}) makes one row per object of it."
            )
    return ""


def _missing_column_remedy(name, columns):
    remedy = misspelling_remedy(name, columns)
    if not remedy and name in MODALITIES:
        return " Give every object that lacks a modality a null cell."
    return remedy


def _choose_modalities(X, modalities, metadata_columns):
    """Return the modalities to check, and raise if a column is missing or repeated."""
    if modalities is None:
        modalities = [name for name in ("light_curve", "spectrum", "image") if name in X.columns]
        modalities += ["metadata"] if len(metadata_columns) else []
        if not modalities:
            raise ValueError(
                "X has none of the columns 'light_curve', 'spectrum' and 'image'; it has "
                f"{list(X.columns)[:10]}."
                + (_long_table_remedy(X) or misspelling_remedy("light_curve", X.columns))
            )
    needed = [name for name in modalities if name != "metadata"] + list(metadata_columns)
    for name in needed:
        if name not in X.columns:
            raise ValueError(
                f"X lacks the column {name!r}; it has {list(X.columns)[:10]}."
                + (_long_table_remedy(X) or _missing_column_remedy(name, X.columns))
            )
        if not X.columns.is_unique and isinstance(X[name], pd.DataFrame):
            raise ValueError(f"X has {X[name].shape[1]} columns {name!r}; keep one.")
    return list(modalities)
