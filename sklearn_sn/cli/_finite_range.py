"""Numbers of options."""

import math

import click


class FiniteRange(click.FloatRange):
    """Range of numbers that rejects NaN and infinity, which click.FloatRange lets pass."""

    def convert(self, value, param, ctx):
        """Return the number, or fail with a usage error."""
        number = super().convert(value, param, ctx)
        if not math.isfinite(number):
            self.fail(f"{value!r} is not a finite number.", param, ctx)
        return number
