"""Spectra held by objects of specutils."""

import numpy as np

from sklearn_sn.data import spectrum_fields
from sklearn_sn.datasets._spectrum_header import facts_of, plain_key
from sklearn_sn.datasets._spectrum_record import SpectrumRecord


def is_spectrum_object(item: object) -> bool:
    """Return whether an item is a Spectrum of specutils, or like one."""
    return hasattr(item, "spectral_axis") and hasattr(item, "flux")


def read_spectrum_object(item: object) -> list:
    """Read a Spectrum of specutils.

    Parameters
    ----------
    item : object
        Object with `spectral_axis` and `flux`, and optionally `uncertainty`, `mask` and `meta`.

    Returns
    -------
    list of SpectrumRecord
        One spectrum for each row of the fluxes.
    """
    flux = np.atleast_2d(np.asarray(getattr(item.flux, "value", item.flux)))
    rows = [item] if flux.shape[0] == 1 and np.ndim(item.flux) == 1 else [*item]
    return [_record(row) for row in rows]


def _record(item):
    fields = dict(spectrum_fields(item))
    units = {name: getattr(values, "unit", None) for name, values in fields.items()}
    values = {name: np.array(getattr(v, "value", v), dtype=float) for name, v in fields.items()}
    record = SpectrumRecord(
        "Spectrum object",
        values["wavelength"],
        values["flux"],
        values.get("flux_err"),
        units={name: unit for name, unit in units.items() if unit is not None},
        sources={"wavelength": "spectral_axis", "flux": "flux"},
    )
    if "flux_err" in values:
        record.sources["flux_err"] = "uncertainty"
    good = ~np.isnan(values["flux"])
    if not good.all():
        record.keep(good)
    meta = dict(getattr(item, "meta", None) or {})
    header = meta.get("header") if hasattr(meta.get("header"), "items") else {}
    return record.describe(facts_of({plain_key(k): v for k, v in {**meta, **header}.items()}))
