"""The command line of the package: ``sklearn-sn``."""

from sklearn_sn.cli._main import main

__all__ = ["main"]
