"""Tables of objects: columns, units, bands, and the one check of what comes in."""

from sklearn_sn.data._band_registry import as_text
from sklearn_sn.data._bands import (
    Band,
    band_wavelength,
    canonical_band,
    canonical_bands,
    factorize_names,
    get_band,
    list_bands,
    register_band,
    unregister_band,
)
from sklearn_sn.data._carried_bands import registered_bands, restore_bands
from sklearn_sn.data._cells import cell_items
from sklearn_sn.data._check import (
    NESTED_COLUMNS,
    CheckedTable,
    as_frame,
    check_table,
    quality_report,
)
from sklearn_sn.data._check_points import check_light_curves
from sklearn_sn.data._continuum import CONTINUUM_FLOOR, continuum, row_median
from sklearn_sn.data._convert import as_ragged
from sklearn_sn.data._error_units import microjansky_of, reject_logarithmic
from sklearn_sn.data._fields import FIELD_ALIASES, scale_of_name
from sklearn_sn.data._flux_density import FLUX_UNIT, flux_per_wavelength, is_flux_density
from sklearn_sn.data._metadata import MIN_REDSHIFT, read_redshifts, reject_text
from sklearn_sn.data._phase_frame import (
    DETECTION_SNR,
    PhaseFrame,
    peaks,
    phase_frame,
    smoothed_peaks,
    warn_estimated,
    warn_unknown_phase,
)
from sklearn_sn.data._quality import DataQualityWarning, QualityLog, warn_quality, warn_user
from sklearn_sn.data._query_coordinates import (
    REFERENCE_WAVELENGTH,
    light_curve_coordinates,
    plain_coordinates,
    spectrum_coordinates,
    warn_outside_range,
)
from sklearn_sn.data._ragged import Ragged
from sklearn_sn.data._resample import resample, wavelength_grid
from sklearn_sn.data._series import is_table, series_table
from sklearn_sn.data._spectra_with_phase import spectra_with_phase
from sklearn_sn.data._table_output import TableOutput
from sklearn_sn.data._units import AB_ZERO_POINT, flux_to_mag, mag_to_flux, to_mjd, to_unit
from sklearn_sn.data._zero_points import magnitude_system, unknown_system

__all__ = [
    "AB_ZERO_POINT",
    "CONTINUUM_FLOOR",
    "DETECTION_SNR",
    "FIELD_ALIASES",
    "FLUX_UNIT",
    "MIN_REDSHIFT",
    "NESTED_COLUMNS",
    "REFERENCE_WAVELENGTH",
    "Band",
    "CheckedTable",
    "DataQualityWarning",
    "PhaseFrame",
    "QualityLog",
    "Ragged",
    "TableOutput",
    "as_frame",
    "as_ragged",
    "as_text",
    "band_wavelength",
    "canonical_band",
    "canonical_bands",
    "cell_items",
    "check_light_curves",
    "check_table",
    "continuum",
    "factorize_names",
    "flux_per_wavelength",
    "flux_to_mag",
    "get_band",
    "is_flux_density",
    "is_table",
    "light_curve_coordinates",
    "list_bands",
    "mag_to_flux",
    "magnitude_system",
    "microjansky_of",
    "peaks",
    "phase_frame",
    "plain_coordinates",
    "quality_report",
    "read_redshifts",
    "register_band",
    "registered_bands",
    "reject_logarithmic",
    "reject_text",
    "resample",
    "restore_bands",
    "row_median",
    "scale_of_name",
    "series_table",
    "smoothed_peaks",
    "spectra_with_phase",
    "spectrum_coordinates",
    "to_mjd",
    "to_unit",
    "unknown_system",
    "unregister_band",
    "warn_estimated",
    "warn_outside_range",
    "warn_quality",
    "warn_unknown_phase",
    "warn_user",
    "wavelength_grid",
]
