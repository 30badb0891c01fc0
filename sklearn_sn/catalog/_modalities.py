"""Tell which objects of a table have a light curve or a spectrum."""

import numpy as np

from sklearn_sn.data import as_frame, check_table

MODALITIES = ("light_curve", "spectrum")
_EMPTY = {"light_curve": "EMPTY", "spectrum": "EMPTY_SPECTRUM"}
# Models of spectra would return the frequencies of classes, and no error, for less than this.
_MIN_PIXELS = 10
_WAVELENGTHS = (3500.0, 9000.0)  # Å, the grid of the packaged models


class Objects:
    """Table of objects with the quality report and the objects that have each modality.

    Parameters
    ----------
    X : pandas.DataFrame of n_objects rows
        Table with a column light_curve, spectrum or both.

    Attributes
    ----------
    X : pandas.DataFrame of n_objects rows
        The table.
    given : list of str
        Modalities that the table has as columns.
    present : dict of str to array of bool, shape (n_objects,)
        Objects with usable data, for each modality in `MODALITIES`. A spectrum is usable with ten
        pixels within 3500-9000 Å, observed.
    flags : array of str, shape (n_objects,)
        Flags of the quality report. An object that was given no points or pixels of a modality,
        as in a table of light curves and spectra of different objects, has no flag about it.

    Raises
    ------
    ValueError
        If the table has neither column, or cannot be repaired.
    """

    def __init__(self, X):
        self.X = as_frame(X)
        self.given = given = [name for name in MODALITIES if name in self.X.columns]
        if not given:
            raise ValueError(
                "X has neither a column 'light_curve' nor a column 'spectrum'; it has "
                f"{list(self.X.columns)[:10]}. Read files with sklearn_sn.datasets.read_tables. A "
                "table with one row per point becomes one with a row per object with "
                "read_tables(None, X), or read_tables(None, X, object_id=name) for a single object."
            )
        absent = np.zeros(len(self.X), dtype=bool)
        self.present = dict.fromkeys(MODALITIES, absent)
        if not len(self.X):
            self.flags = np.empty(0, dtype=object)
            return
        table = check_table(self.X, modalities=given, warn=False)
        self.present |= {name: table.present(name) for name in given}
        self.flags = _flags_of_given(table.report)
        if "spectrum" in given:
            lost = self.present["spectrum"] & ~_with_enough_pixels(table)
            self.present["spectrum"] = self.present["spectrum"] & ~lost
            self.flags[lost] += np.where(self.flags[lost] == "", "", ",") + _EMPTY["spectrum"]

    def predict(self, modality, method, n_columns=1, dtype=float, **params):
        """Call a method of a model for the objects that have a modality.

        Parameters
        ----------
        modality : str
            One of `MODALITIES`.
        method : callable
            Takes a table and `params`; returns an array of one row per object, or a tuple of
            arrays, which become columns.
        n_columns : int, default=1
            Number of columns of the result.
        dtype : type, default=float
            Type of the result: float, with NaN for the other objects, or bool, with False.
        **params : dict
            Parameters of the method.

        Returns
        -------
        array of shape (n_objects, n_columns)
        """
        present = self.present[modality]
        values = np.full((len(present), n_columns), np.nan if dtype is float else False, dtype)
        if present.any():
            found = method(self.X.loc[present, [modality]], **params)
            found = np.column_stack(found) if isinstance(found, tuple) else np.asarray(found)
            values[present] = found.reshape(-1, n_columns)
        return values


def _with_enough_pixels(table):
    """Return which objects have a spectrum that covers more than a few pixels of the models."""
    spectra, (low, high) = table.spectrum, _WAVELENGTHS
    inside = (spectra["wavelength"] >= low) & (spectra["wavelength"] <= high)
    n_pixels = np.bincount(spectra.rows[inside], minlength=len(spectra.lengths))
    objects = np.repeat(np.arange(len(table)), np.diff(table.spectrum_offsets))
    enough = np.zeros(len(table), dtype=bool)
    enough[objects[n_pixels >= _MIN_PIXELS]] = True
    return enough


def _flags_of_given(report):
    """Return the flags of a quality report, without those of modalities that are not given."""
    flags = report["flag"].str.split(",")
    for modality, flag in _EMPTY.items():
        if f"{modality}_given" in report:
            absent = (report[f"{modality}_given"] == 0).to_numpy()
            flags[absent] = [[n for n in names if n != flag] for names in flags[absent]]
    return np.array(flags.str.join(","), dtype=object)
