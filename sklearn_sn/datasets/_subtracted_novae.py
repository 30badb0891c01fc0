"""Dwarf novae in difference images."""

from sklearn_sn.datasets._seds import spectral_shape
from sklearn_sn.datasets._variables import DwarfNova


class SubtractedNova(DwarfNova):
    """CV whose photometry is that of difference images: the flux minus that in quiescence.

    Spectra contain the total flux.
    """

    variable = True

    def flux(self, objects, rows, phase, wavelength, spacing=None, *, difference=False):
        """Return f_λ (minus that in quiescence if `difference`), relative to 5450 Å at maximum."""
        flux = super().flux(objects, rows, phase, wavelength, spacing)
        if difference:
            faint = objects["outburst_amplitude"][rows]
            shape = spectral_shape(self.name, objects, rows, faint, wavelength, spacing)
            flux -= shape * 10.0 ** (-0.4 * faint)[:, None]
        return flux
