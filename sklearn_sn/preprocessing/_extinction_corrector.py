"""Correct fluxes for extinction by Milky Way dust."""

from collections.abc import Sequence
from numbers import Real

import numpy as np
import pandas as pd
from sklearn.utils._param_validation import Interval, StrOptions

from sklearn_sn.data import NESTED_COLUMNS, as_python, band_wavelength, warn_quality
from sklearn_sn.preprocessing._plain_column import read_numbers
from sklearn_sn.preprocessing._table import TableTransformer

_MODELS = {"CCM89", "O94", "F99", "F04", "F19", "G23"}
_LARGEST_EBV = 100.0
_CORRECTED = "extinction_corrected"  # key of the corrections in the attrs of a table
# Wavelengths (Å) of the tabulated law; linear interpolation between them is exact to 1e-6.
_TABLE = np.geomspace(900.0, 35000.0, 16384)


class ExtinctionCorrector(TableTransformer):
    """Correct fluxes and errors for extinction by Milky Way dust.

    Fluxes are multiplied by ``10 ** (0.4 * r_v * ebv * k)``, where ``k`` is the law's A(λ) / A(V)
    at the effective wavelength of the band (light curves) or at each pixel (spectra, observer
    frame). Objects with unknown E(B−V) are left unchanged, with a warning. Point fields other than
    flux and flux_err are kept unchanged.

    Parameters
    ----------
    ebv : str or float, default="ebv"
        Name of the column with E(B−V) in magnitudes, or one value for all objects.
    r_v : float, default=3.1
        Ratio of total to selective extinction, A(V) / E(B−V). The laws F19 and G23 accept 2.5–6 and
        2.3–5.6.
    model : {"CCM89", "O94", "F99", "F04", "F19", "G23"}, default="F99"
        Extinction law, by its name in :mod:`dust_extinction.parameter_averages`. Outside its range
        (1,000 Å–3.3 µm for most, 912 Å–32 µm for G23) the law is constant.
    columns : sequence of {"light_curve", "spectrum"}, default=None
        Columns to correct; by default those that the table has.

    Attributes
    ----------
    n_features_in_ : int
        Number of columns seen during `fit`.
    feature_names_in_ : array of str
        Names of the columns seen during `fit`.

    Notes
    -----
    The attribute ``X.attrs["extinction_corrected"]`` of the result records the correction, and
    `transform` raises a ValueError for a table that was corrected already with the same `ebv`. A
    correction for a second E(B−V), such as that of the host in another column, is possible.

    The effective wavelength of a band depends on the spectrum. For E(B−V) below 0.3 the resulting
    error is a few hundredths of a magnitude in blue bands. The default law is that of Fitzpatrick
    [1]_, with which the dust maps of Schlegel et al. were recalibrated [2]_.

    References
    ----------
    .. [1] Fitzpatrick, E. L. (1999). "Correcting for the Effects of Interstellar Extinction". PASP
       111, 63.
    .. [2] Schlafly, E. F. & Finkbeiner, D. P. (2011). "Measuring Reddening with Sloan Digital Sky
       Survey Stellar Spectra and Recalibrating SFD". The Astrophysical Journal 737, 103.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn_sn.data import as_ragged
    >>> from sklearn_sn.preprocessing import ExtinctionCorrector
    >>> curve = {"time": [0.0, 1.0], "band": ["ztfg", "ztfr"], "flux": [100.0, 100.0]}
    >>> X = pd.DataFrame({"light_curve": [curve], "ebv": [0.1]}, index=["SN2011fe"])
    >>> as_ragged(ExtinctionCorrector().fit_transform(X)["light_curve"])["flux"].round(0)
    array([140., 125.])
    """

    _parameter_constraints = {
        "ebv": [str, Interval(Real, 0, _LARGEST_EBV, closed="both")],
        "r_v": [Interval(Real, 2, 6, closed="both")],
        "model": [StrOptions(_MODELS)],
        "columns": ["array-like", None],
    }

    def __init__(
        self,
        ebv: str | float = "ebv",
        *,
        r_v: float = 3.1,
        model: str = "F99",
        columns: Sequence[str] | None = None,
    ) -> None:
        self.ebv = ebv
        self.r_v = r_v
        self.model = model
        self.columns = columns

    def _columns(self, names):
        if self.columns is not None:
            if not set(self.columns) <= set(NESTED_COLUMNS):
                raise ValueError(
                    "The 'columns' parameter of ExtinctionCorrector must be a sequence of "
                    f"'light_curve' and 'spectrum'. Got {self.columns!r} instead."
                )
            return list(self.columns)
        if not names:
            raise ValueError(
                "ExtinctionCorrector needs the column 'light_curve' or 'spectrum', but X has "
                "neither."
            )
        return names

    def _plain_columns(self):
        return [self.ebv] if isinstance(self.ebv, str) else []

    def transform(self, X: pd.DataFrame) -> pd.DataFrame:
        self._reject_corrected(X)
        out = super().transform(X)
        marks = [self._mark(name) for name in self.columns or NESTED_COLUMNS if name in out.columns]
        out.attrs = {**out.attrs, _CORRECTED: [*out.attrs.get(_CORRECTED, []), *marks]}
        if isinstance(self.ebv, str) and self.ebv in out.columns:
            unknown = np.isnan(read_numbers(out, self.ebv, low=0.0, high=_LARGEST_EBV))
            if unknown.any():
                warn_quality(
                    f"{unknown.sum()} objects without {self.ebv!r} are not corrected for "
                    f"extinction (first {as_python(out.index[np.argmax(unknown)])!r})."
                )
        return out

    transform.__doc__ = TableTransformer.transform.__doc__

    def _mark(self, column):
        """Return the text that records the correction of a column by this E(B−V)."""
        return f"{column} by {self.ebv}"

    def _reject_corrected(self, X):
        """Raise if a table is corrected already for the same E(B−V)."""
        done = getattr(X, "attrs", {}).get(_CORRECTED, [])
        for name in self.columns or NESTED_COLUMNS:
            if name in X and self._mark(name) in done:
                raise ValueError(
                    f"ExtinctionCorrector has corrected the column {name!r} of X already, with "
                    f"ebv={self.ebv!r}. Correct a table once; if the column holds other fluxes "
                    f"now, delete X.attrs[{_CORRECTED!r}]."
                )

    def _convert(self, points, object_index, X, column):
        if isinstance(self.ebv, str):
            ebv = np.nan_to_num(read_numbers(X, self.ebv, low=0.0, high=_LARGEST_EBV))
        else:
            ebv = np.full(len(X), float(self.ebv))
        if column == "light_curve":
            bands = points["band"]
            law = self._law(band_wavelength(np.asarray(bands.categories, dtype=object)))[
                bands.codes
            ]
        else:
            law = np.interp(points["wavelength"], _TABLE, self._law(_TABLE))
        factor = 10.0 ** (0.4 * self.r_v * ebv[object_index[points.rows]] * law)
        return points.with_fields(
            flux=points["flux"] * factor, flux_err=points["flux_err"] * factor
        )

    def _law(self, wavelength):
        """Return A(λ) / A(V) at wavelengths in Å."""
        if len(wavelength) == 0:
            return np.empty(0)
        try:
            from dust_extinction import parameter_averages
        except ImportError as error:
            raise ImportError(
                "ExtinctionCorrector needs the package dust_extinction. Install it with "
                "pip install 'sklearn-sn[preprocessing]'."
            ) from error
        from astropy import units

        model = getattr(parameter_averages, self.model)
        low, high = model.Rv_range
        if not low <= self.r_v <= high:
            raise ValueError(
                f"The 'r_v' parameter of ExtinctionCorrector must lie in [{low:g}, {high:g}] with "
                f"model={self.model!r}. Got {self.r_v} instead."
            )
        # The law's range is in 1/µm; shrink it slightly so that rounding stays inside.
        lowest, highest = model.x_range[0] * (1 + 1e-9), model.x_range[1] * (1 - 1e-9)
        wave_number = np.clip(1e4 / wavelength, lowest, highest)
        return model(Rv=self.r_v)(wave_number / units.micron)
