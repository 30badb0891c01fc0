"""Spectral models of contaminants: TDE, AGN and dwarf novae."""

import numpy as np

from sklearn_sn.datasets._sed_models import Feature, SedModel


def _from_width(ion, wavelength, width, *equivalent):
    """Return an emission line at rest, from equivalent widths (Å) and a Gaussian width (km/s)."""
    area = np.asarray(equivalent) / (wavelength * width / 299792.458 * np.sqrt(2.0 * np.pi))
    return Feature(ion, wavelength, 0, width, tuple(np.log1p(area).tolist()))


OTHERS = {
    # van Velzen et al. (2021, ApJ 908, 4): a nearly constant temperature near 20,000 K, and broad
    # H and He II lines of some 10,000 to 20,000 km/s (FWHM); equivalent widths are choices near
    # Charalampopoulos et al. (2022, A&A 659, A34).
    "TDE": SedModel(
        (-30, 0, 30, 80, 200),
        (21000, 20000, 19500, 21000, 24000),
        (9000, 8000, 7000, 6000, 5000),
        (
            _from_width("He II", 4686, 6000, 10, 30, 45, 45, 35),
            _from_width("N III", 4100, 5000, 5, 12, 18, 18, 12),
            _from_width("H I", 4861, 5500, 5, 15, 20, 18, 12),
            _from_width("H I", 6563, 6000, 15, 60, 110, 110, 80),
            _from_width("He I", 5876, 5000, 0, 5, 10, 10, 8),
            # Starlight of the host's centre, redder than the flare.
            Feature("host", 8000, 0, 60000, (0.2, 0.1, 0.2, 0.35, 0.5)),
        ),
    ),
    # Equivalent widths and slope: the composite of Vanden Berk et al. (2001, AJ 122, 549), tables
    # 2 and 5, where f_λ ~ λ^-1.56; broad lines of 4,000 km/s (FWHM), narrow ones of 500.
    "AGN": SedModel(
        (0,),
        (20000,),
        (0,),
        (
            _from_width("broad", 1216, 2500, 93),
            _from_width("broad", 1549, 2200, 24),
            _from_width("broad", 1909, 2800, 21),
            _from_width("broad", 2798, 1700, 32),
            _from_width("broad", 4103, 1700, 5),
            _from_width("broad", 4342, 1700, 13),
            _from_width("broad", 4861, 1700, 46),
            _from_width("broad", 5876, 1900, 5),
            _from_width("broad", 6563, 1700, 180),
            _from_width("narrow", 3728, 250, 1.6),
            _from_width("narrow", 4959, 250, 3.5),
            _from_width("narrow", 5007, 250, 13.2),
            _from_width("narrow", 6563, 250, 10),
            _from_width("narrow", 6717, 300, 3),
            # Fe II blends on both sides of Hβ (Boroson & Green 1992, ApJS 80, 109), the small blue
            # bump, and starlight of the host beyond 5000 Å.
            Feature("Fe II", 4570, 0, 4500, (0.12,)),
            Feature("Fe II", 5250, 0, 5000, (0.12,)),
            Feature("Fe II", 3000, 0, 22000, (0.2,)),
            Feature("host", 8500, 0, 60000, (0.35,)),
        ),
        slopes=(-1.56,),
    ),
    # The phase is the magnitude below the maximum of an outburst. A bright disc with weak Balmer
    # absorption in outburst, strong emission in quiescence: Warner (1995, Cataclysmic Variable
    # Stars, ch. 2 and 3); equivalent widths near Szkody et al. (2011, AJ 142, 181). The slope of a
    # steady disc is -7/3 (Lynden-Bell 1969, Nature 223, 690).
    "CV": SedModel(
        (0, 1, 2, 3.5, 5),
        (15000,) * 5,
        (0,) * 5,
        (
            Feature("absorption", 4102, 0, 1500, (-0.25, -0.2, -0.1, 0, 0)),
            Feature("absorption", 4340, 0, 1500, (-0.25, -0.2, -0.1, 0, 0)),
            Feature("absorption", 4861, 0, 1500, (-0.22, -0.15, -0.05, 0, 0)),
            Feature("absorption", 3800, 0, 6000, (-0.15, -0.1, 0, 0, 0)),
            _from_width("emission", 4102, 600, 1, 2, 6, 20, 30),
            _from_width("emission", 4340, 600, 1, 3, 8, 28, 40),
            _from_width("emission", 4861, 600, 2, 5, 14, 45, 60),
            _from_width("emission", 5876, 600, 0, 1, 4, 15, 20),
            _from_width("emission", 6563, 600, 6, 12, 28, 80, 110),
            _from_width("emission", 4686, 600, 2, 2, 2, 3, 4),
        ),
        slopes=(-2.33, -2.2, -2.0, -1.6, -1.3),
    ),
}
