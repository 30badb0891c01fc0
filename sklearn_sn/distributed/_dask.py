"""Import Dask when it is needed, and accept its collections."""

from types import ModuleType
from typing import Any


def dask_dataframe(function: str) -> ModuleType:
    """Return the module dask.dataframe.

    Parameters
    ----------
    function : str
        Name of the function that needs it, for the error.

    Raises
    ------
    ImportError
        If Dask is not installed. The message names the extra.
    """
    try:
        import dask.dataframe as dd
        import distributed  # noqa: F401
    except ImportError as error:
        raise ImportError(
            f"{function} needs dask and distributed. Install them with pip install "
            "'sklearn-sn[distributed]'."
        ) from error
    return dd


def as_dask(catalog: Any, dd: ModuleType) -> Any:
    """Return a catalogue as a Dask DataFrame.

    Parameters
    ----------
    catalog : dask.dataframe.DataFrame or lsdb.Catalog
        The catalogue.
    dd : module
        The module dask.dataframe.

    Raises
    ------
    TypeError
        If it is neither. The message gives the call that makes one.
    """
    # LSDB itself need not be imported: a catalogue of it converts itself.
    if not isinstance(catalog, dd.DataFrame) and hasattr(catalog, "to_dask_dataframe"):
        catalog = catalog.to_dask_dataframe()
    if not isinstance(catalog, dd.DataFrame):
        raise TypeError(
            "The catalogue must be a Dask DataFrame or a catalogue of LSDB. Got an object of type "
            f"{type(catalog).__name__} instead. dask.dataframe.from_pandas(X, npartitions=8) "
            "splits a table, and lsdb.open_catalog(path) opens a catalogue in the format HATS."
        )
    return catalog


def active_client() -> Any:
    """Return the client of a Dask cluster in this process, or None."""
    from distributed import get_client

    try:
        return get_client()
    except ValueError:
        return None
