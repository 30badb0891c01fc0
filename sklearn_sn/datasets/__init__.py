"""Simulated supernovae and readers of observed ones."""

from sklearn_sn.datasets._alert_batches import AlertBatch, iter_alerts
from sklearn_sn.datasets._alerts import read_alerts
from sklearn_sn.datasets._data_home import get_data_home
from sklearn_sn.datasets._desi_legacy import iter_desi_legacy, load_desi_legacy
from sklearn_sn.datasets._extinction import extinction
from sklearn_sn.datasets._galaxies import iter_galaxies, make_galaxies
from sklearn_sn.datasets._make_alerts import make_alerts
from sklearn_sn.datasets._object_files import ObjectFiles
from sklearn_sn.datasets._open_supernova_catalog import fetch_open_supernova_catalog
from sklearn_sn.datasets._parquet import read_written, write_tables
from sklearn_sn.datasets._read_spectra import read_spectra
from sklearn_sn.datasets._sources import list_files
from sklearn_sn.datasets._spectrographs import Spectrograph, get_spectrograph
from sklearn_sn.datasets._supernovae import iter_supernovae, make_supernovae
from sklearn_sn.datasets._survey_files import write_survey_files
from sklearn_sn.datasets._surveys import Survey, get_survey
from sklearn_sn.datasets._table_batches import count_objects, iter_tables, parquet_layout
from sklearn_sn.datasets._table_writer import TableWriter
from sklearn_sn.datasets._tables import read_tables

__all__ = [
    "AlertBatch",
    "ObjectFiles",
    "Spectrograph",
    "Survey",
    "TableWriter",
    "count_objects",
    "extinction",
    "fetch_open_supernova_catalog",
    "get_data_home",
    "get_spectrograph",
    "get_survey",
    "iter_alerts",
    "iter_desi_legacy",
    "iter_galaxies",
    "iter_supernovae",
    "iter_tables",
    "list_files",
    "load_desi_legacy",
    "make_alerts",
    "make_galaxies",
    "make_supernovae",
    "parquet_layout",
    "read_alerts",
    "read_spectra",
    "read_tables",
    "read_written",
    "write_survey_files",
    "write_tables",
]
