"""Tables of objects: columns, units, bands, and the check of the input of estimators."""

from importlib import import_module
from typing import TYPE_CHECKING

from sklearn_sn.data._band_points import conflicting_codes
from sklearn_sn.data._band_registry import Band
from sklearn_sn.data._band_wavelength import band_wavelength
from sklearn_sn.data._bands import (
    canonical_band,
    canonical_bands,
    get_band,
    list_bands,
    mixed_codes,
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
)
from sklearn_sn.data._check_light_curves import check_light_curves
from sklearn_sn.data._confirmation import DETECTION_SNR, confirmed_detections
from sklearn_sn.data._continuum import CONTINUUM_FLOOR, continuum, row_median
from sklearn_sn.data._convert import as_ragged
from sklearn_sn.data._detection_window import (
    DAYS_BEFORE,
    event_mask,
    prefix_starts,
    stray_intervals,
    stray_mask,
    window_mask,
)
from sklearn_sn.data._external_bands import register_bands_from
from sklearn_sn.data._fields import FIELD_ALIASES, bare_name, scale_of_name
from sklearn_sn.data._file_argument import is_object_files
from sklearn_sn.data._merge_points import merge_points
from sklearn_sn.data._metadata import MIN_REDSHIFT, read_redshifts, reject_text
from sklearn_sn.data._names import as_python, as_text, factorize_names
from sklearn_sn.data._not_measured import (
    MAX_FLUX,
    METADATA_FILL_VALUES,
    MJD_RANGE,
    errors_copy_values,
    is_absurd_flux,
    is_fill_value,
    is_masked_pixel,
    is_unmeasured_error,
    is_unmeasured_flux,
    is_unmeasured_mag_err,
    is_unmeasured_magnitude,
)
from sklearn_sn.data._phase_frame import (
    PhaseFrame,
    first_significant_detections,
    peaks,
    phase_frame,
    smoothed_peaks,
    warn_estimated,
    warn_unknown_phase,
)
from sklearn_sn.data._quality import DataQualityWarning, QualityLog, warn_quality, warn_user
from sklearn_sn.data._quality_report import quality_report
from sklearn_sn.data._query_coordinates import (
    REFERENCE_WAVELENGTH,
    light_curve_coordinates,
    plain_coordinates,
    spectrum_coordinates,
    warn_outside_range,
)
from sklearn_sn.data._ragged import Ragged
from sklearn_sn.data._repeated_exposures import SAME_EXPOSURE, is_repeated_exposure
from sklearn_sn.data._resample import resample, wavelength_grid
from sklearn_sn.data._series import is_table, series_table
from sklearn_sn.data._spectra_with_phase import spectra_with_phase
from sklearn_sn.data._table_output import TableOutput
from sklearn_sn.data._times import MAX_ABS_TIME, to_mjd
from sklearn_sn.data._training_range import training_range
from sklearn_sn.data._units import AB_ZERO_POINT, flux_to_mag, mag_to_flux, to_unit
from sklearn_sn.data._zero_points import magnitude_system, unknown_system

if TYPE_CHECKING:
    from sklearn_sn.data._error_units import microjansky_of, reject_logarithmic
    from sklearn_sn.data._flux_density import FLUX_UNIT, flux_per_wavelength, is_flux_density
    from sklearn_sn.data._spectrum_objects import spectrum_fields

# These load astropy, whose import takes half as long as that of all estimators, when they are used.
_LATE = {
    "FLUX_UNIT": "sklearn_sn.data._flux_density",
    "flux_per_wavelength": "sklearn_sn.data._flux_density",
    "is_flux_density": "sklearn_sn.data._flux_density",
    "microjansky_of": "sklearn_sn.data._error_units",
    "reject_logarithmic": "sklearn_sn.data._error_units",
    "spectrum_fields": "sklearn_sn.data._spectrum_objects",
}

__all__ = [  # noqa: RUF022 - grouped by subject
    # Tables and their check
    "check_table",
    "quality_report",
    "training_range",
    "check_light_curves",
    "CheckedTable",
    "NESTED_COLUMNS",
    "QualityLog",
    "DataQualityWarning",
    "warn_quality",
    "warn_user",
    "as_frame",
    "is_object_files",
    "is_table",
    "series_table",
    "TableOutput",
    # Columns and fields
    "Ragged",
    "as_ragged",
    "cell_items",
    "spectrum_fields",
    "FIELD_ALIASES",
    "bare_name",
    "as_python",
    "as_text",
    "factorize_names",
    "read_redshifts",
    "reject_text",
    "MIN_REDSHIFT",
    # Values that are not measured
    "MAX_FLUX",
    "METADATA_FILL_VALUES",
    "MJD_RANGE",
    "errors_copy_values",
    "is_absurd_flux",
    "is_fill_value",
    "is_masked_pixel",
    "is_unmeasured_error",
    "is_unmeasured_flux",
    "is_unmeasured_mag_err",
    "is_unmeasured_magnitude",
    "SAME_EXPOSURE",
    "is_repeated_exposure",
    # Bands
    "Band",
    "canonical_band",
    "canonical_bands",
    "get_band",
    "band_wavelength",
    "list_bands",
    "register_band",
    "unregister_band",
    "registered_bands",
    "register_bands_from",
    "restore_bands",
    "conflicting_codes",
    "mixed_codes",
    # Units, magnitudes and times
    "AB_ZERO_POINT",
    "flux_to_mag",
    "mag_to_flux",
    "merge_points",
    "magnitude_system",
    "unknown_system",
    "to_unit",
    "scale_of_name",
    "microjansky_of",
    "reject_logarithmic",
    "FLUX_UNIT",
    "flux_per_wavelength",
    "is_flux_density",
    "MAX_ABS_TIME",
    "to_mjd",
    # Spectra on a grid
    "resample",
    "wavelength_grid",
    "continuum",
    "CONTINUUM_FLOOR",
    "row_median",
    # Phases and coordinates
    "PhaseFrame",
    "phase_frame",
    "confirmed_detections",
    "first_significant_detections",
    "window_mask",
    "stray_mask",
    "stray_intervals",
    "event_mask",
    "prefix_starts",
    "DAYS_BEFORE",
    "peaks",
    "smoothed_peaks",
    "DETECTION_SNR",
    "warn_estimated",
    "warn_unknown_phase",
    "spectra_with_phase",
    "REFERENCE_WAVELENGTH",
    "spectrum_coordinates",
    "light_curve_coordinates",
    "plain_coordinates",
    "warn_outside_range",
]


def __getattr__(name):
    if name in _LATE:
        return getattr(import_module(_LATE[name]), name)
    raise AttributeError(f"module 'sklearn_sn.data' has no attribute {name!r}")
