"""Dwarf novae in difference images."""

import numpy as np

from sklearn_sn.datasets._seds import spectral_shape
from sklearn_sn.datasets._variables import DwarfNova


class SubtractedNova(DwarfNova):
    """CV whose photometry is that of difference images: the flux minus that in quiescence.

    Spectra contain the total flux.
    """

    variable = True

    def draw(self, n, rng):
        """Draw the peak brightness of n objects: dict of str to array of shape (n,)."""
        drawn = super().draw(n, rng)
        # A survey that reaches 20 mag sees outbursts at farther distances (pc) than catalogues of
        # bright dwarf novae: a choice.
        drawn["distance"] = np.exp(rng.normal(np.log(1300.0), 0.7, n))
        return drawn

    def flux(self, objects, rows, phase, wavelength, spacing=None, *, difference=False):
        """Return f_λ (minus that in quiescence if `difference`), relative to 5450 Å at maximum."""
        flux = super().flux(objects, rows, phase, wavelength, spacing)
        if difference:
            faint = objects["outburst_amplitude"][rows]
            shape = spectral_shape(self.name, objects, rows, faint, wavelength, spacing)
            flux -= shape * 10.0 ** (-0.4 * faint)[:, None]
        return flux
