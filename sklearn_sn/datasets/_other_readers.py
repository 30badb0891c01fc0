"""Hand files that are no tables of points to the reader of their kind."""

from os import PathLike
from pathlib import Path
from typing import Any

import pandas as pd

_AVRO = b"Obj\x01"
_NO_UNIT = "have no unit and look like"  # of the error about wavelengths that are not in Å


class OtherReaderError(ValueError):
    """Error for a file that is no table, and may be for another reader."""


def lone_file(given: dict[str, Any]) -> Path | None:
    """Return the path of the only file that read_tables receives.

    Parameters
    ----------
    given : dict of str to object
        Arguments by parameter, without those that are None.

    Returns
    -------
    Path or None
        None if there are several arguments, or the only one is no path of a file.
    """
    only = given.get("objects") if len(given) == 1 else None
    if not isinstance(only, str | PathLike):
        return None
    path = Path(only).expanduser()
    return path if path.is_file() else None


def lone_files(given: dict[str, Any]) -> Any:
    """Return the path, pattern, folder or list of paths that may be spectra, or None.

    Parameters
    ----------
    given : dict of str to object
        Arguments of read_tables by parameter, without those that are None.

    Returns
    -------
    str, Path, list of these, or None
        None if there are several arguments, or the only one holds anything but paths, or is that
        of the light curves.
    """
    only = given.get("objects", given.get("spectra")) if len(given) == 1 else None
    paths = only if isinstance(only, list) else [only]
    return only if all(isinstance(one, str | PathLike) for one in paths) else None


def read_other(
    paths: Any, error: OtherReaderError | None, columns: dict | None, object_id: Any, verbose: int
) -> pd.DataFrame:
    """Read files of spectra, or a file of alerts, as the content says.

    Parameters
    ----------
    paths : str, Path or list of these
        The files, as of :func:`lone_files`.
    error : OtherReaderError or None
        Error of read_tables; None if it can read the file too, so that the other error counts.
    columns : dict of str to str, optional
        Columns of spectra.
    object_id : str or int, optional
        Name of the object.
    verbose : int
        Verbosity of read_spectra.

    Returns
    -------
    pandas.DataFrame
        Table of :func:`read_alerts` or :func:`read_spectra`.

    Raises
    ------
    ValueError
        If a file is no spectrum either; then it is the error of read_tables. If it is one whose
        wavelengths have no unit, the message names the argument of read_spectra.
    """
    # Imported here, since most calls need neither.
    from sklearn_sn.datasets._alerts import read_alerts
    from sklearn_sn.datasets._read_spectra import read_spectra

    path = lone_file({"objects": paths})
    if path is not None:
        with path.open("rb") as file:
            if file.read(len(_AVRO)) == _AVRO:
                return read_alerts(path)
    name = None if object_id is None else str(object_id)
    try:
        return read_spectra(paths, columns=columns, object_id=name, verbose=verbose)
    except ValueError as other:
        if _NO_UNIT in str(other):
            if error is None:
                raise OtherReaderError(
                    f"{other}. Read this spectrum with sklearn_sn.datasets.read_spectra."
                ) from None
            # The reason first: the command line prints one sentence.
            raise OtherReaderError(
                f"{other}. Read it with sklearn_sn.datasets.read_spectra. If it is no spectrum: "
                f"{error}"
            ) from None
        raise other if error is None else error from None
