"""What transformers have in common that answer a table."""


class TableOutput:
    """A mixin, the first of its class: the output is a pandas table, whatever is asked for.

    scikit-learn would give it the names of the columns of fit, whatever it holds.
    """

    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(auto_wrap_output_keys=None, **kwargs)

    def set_output(self, *, transform=None):
        """Do nothing: the output is always a pandas table with the index of the input.

        Parameters
        ----------
        transform : ignored

        Returns
        -------
        self
        """
        return self
