"""Tables of objects: columns, units, bands, and the one check of what comes in."""

from sklearn_sn.data._bands import (
    Band,
    band_wavelength,
    canonical_band,
    canonical_bands,
    get_band,
    list_bands,
    register_band,
    unregister_band,
)
from sklearn_sn.data._carried_bands import registered_bands, restore_bands
from sklearn_sn.data._check import CheckedTable, check_table, quality_report
from sklearn_sn.data._continuum import continuum
from sklearn_sn.data._convert import as_ragged
from sklearn_sn.data._quality import DataQualityWarning
from sklearn_sn.data._ragged import Ragged
from sklearn_sn.data._resample import resample, wavelength_grid
from sklearn_sn.data._series import is_table, series_table
from sklearn_sn.data._units import flux_to_mag, mag_to_flux, to_unit

__all__ = [
    "Band",
    "CheckedTable",
    "DataQualityWarning",
    "Ragged",
    "as_ragged",
    "band_wavelength",
    "canonical_band",
    "canonical_bands",
    "check_table",
    "continuum",
    "flux_to_mag",
    "get_band",
    "is_table",
    "list_bands",
    "mag_to_flux",
    "quality_report",
    "register_band",
    "registered_bands",
    "resample",
    "restore_bands",
    "series_table",
    "to_unit",
    "unregister_band",
    "wavelength_grid",
]
