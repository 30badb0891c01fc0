"""Data structures of the spectral models, and the sources of their numbers.

A model is a continuum (a blackbody with phase-dependent temperature, or a power law) multiplied by
the exponential of a sum of Gaussians in log wavelength. A Gaussian with velocity factor 0 is at
rest (emission, line blends, line blanketing). A Gaussian with velocity factor f is blueshifted by
f times the photospheric velocity (absorption). A pair of both forms a P Cygni profile.

The rest wavelengths and the ions of each class follow the reviews of Filippenko (1997, ARA&A 35,
309) and Gal-Yam (2017, Handbook of Supernovae, 195). Photospheric velocities are near Wang et al.
(2009, ApJ 699, L139) for SN Ia, Taubenberger (2017, Handbook of Supernovae, 317) for 91bg-likes,
Foley et al. (2013, ApJ 767, 57) for SN Iax, Gutierrez et al. (2017, ApJ 850, 89) for SN II, Liu et
al. (2016, ApJ 827, 90) for SN Ib/c and Liu et al. (2017, ApJ 845, 85) for SLSN-I.

Temperatures and strengths are choices of this package. Those of SN Ia started from a least-squares
fit to the template of Hsiao et al. (2007, ApJ 663, 1187). Those of 91bg-likes are near Nugent et
al. (2002, PASP 114, 803). All were adjusted by eye to mean observed spectra of each class (Open
Supernova Catalog, WISeREP, kaepora) between -5 and 30 days, with the measure of
benchmarks/studies/simulation_realism.py. Class-specific sources are given beside each table.
"""

from typing import NamedTuple


class Feature(NamedTuple):
    """One Gaussian: ion, rest wavelength (Å), velocity factor, width (km/s), strengths.

    The strengths are natural logarithms of the flux factor at the centre, one per phase of the
    model: negative in absorption, positive in emission.
    """

    ion: str
    wavelength: float
    velocity: float
    width: float
    strengths: tuple


class SedModel(NamedTuple):
    """Phases (rest-frame days from peak), temperatures (K), velocities (km/s) and features.

    If `slopes` is given, the continuum is the power law f_λ ~ λ^slope, and temperatures are unused.
    """

    phases: tuple
    temperatures: tuple
    velocities: tuple
    features: tuple
    slopes: tuple | None = None
