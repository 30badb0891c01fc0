"""Simulated supernovae, and readers of real ones."""

from sklearn_sn.datasets._supernovae import make_supernovae

__all__ = ["make_supernovae"]
