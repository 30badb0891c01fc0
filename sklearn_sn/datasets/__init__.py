"""Simulated supernovae, and readers of real ones."""

from sklearn_sn.datasets._supernovae import make_supernovae
from sklearn_sn.datasets._tables import read_tables

__all__ = ["make_supernovae", "read_tables"]
