"""Simulated supernovae, and readers of real ones."""

from sklearn_sn.datasets._data_home import get_data_home
from sklearn_sn.datasets._open_supernova_catalog import fetch_open_supernova_catalog
from sklearn_sn.datasets._supernovae import make_supernovae
from sklearn_sn.datasets._tables import read_tables

__all__ = [
    "fetch_open_supernova_catalog",
    "get_data_home",
    "make_supernovae",
    "read_tables",
]
