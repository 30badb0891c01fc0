"""Mixin for transformers that return a table."""

from typing import Self


class TableOutput:
    """Mixin whose output is a pandas table, independent of ``set_output``.

    It must come first in the bases. The automatic wrapping of scikit-learn is disabled, since it
    would rename the columns of the output to those seen in fit.
    """

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(auto_wrap_output_keys=None, **kwargs)

    def set_output(self, *, transform: str | None = None) -> Self:
        """Do nothing: the output is always a pandas table with the index of the input.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"} or None, default=None
            Ignored.

        Returns
        -------
        self
            The transformer.
        """
        return self
