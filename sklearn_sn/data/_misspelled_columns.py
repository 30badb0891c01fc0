"""Columns of modalities under names that are nearly right."""

from collections.abc import Iterable
from difflib import get_close_matches

from sklearn_sn.data._quality import DataQualityWarning, warn_user

# Other names of the columns of modalities, in lower case, without anything but letters.
_MEANT = {
    "light_curve": ("lightcurve", "lightcurves", "lc", "lcs"),
    "spectrum": ("spectra", "spectrums", "spec", "specs"),
    "image": ("images", "cutout", "cutouts", "stamp", "stamps"),
}


def misspelling_remedy(name: str, columns: Iterable[str]) -> str:
    """Return the remedy for a missing column that one of a table resembles; empty without one.

    Parameters
    ----------
    name : str
        Column that is missing.
    columns : iterable of str
        Columns of the table.

    Returns
    -------
    str
        A sentence after a blank, or empty.
    """
    lower = {str(column).lower(): column for column in columns}
    similar = get_close_matches(name.lower(), lower, n=1, cutoff=0.8)
    return f" Rename {lower[similar[0]]!r} if it is this column." if similar else ""


def warn_misspelled(columns: Iterable[str]) -> None:
    """Warn of columns that are not used in fit, since their names are nearly those of modalities.

    Parameters
    ----------
    columns : iterable of str
        Columns of the table.

    Examples
    --------
    >>> from sklearn_sn.data._misspelled_columns import warn_misspelled
    >>> warn_misspelled(["light_curve", "spectrum", "redshift"])
    """
    columns = list(map(str, columns))
    letters = {name: "".join(filter(str.isalpha, name.lower())) for name in columns}
    for modality, others in _MEANT.items():
        found = [name for name in columns if letters[name] in others]
        if found and modality not in columns:
            warn_user(
                f"X has no column {modality!r}, but {found[0]!r}, which fit does not use. Rename "
                f"it if it holds a {modality.replace('_', ' ')} of each object.",
                DataQualityWarning,
            )
