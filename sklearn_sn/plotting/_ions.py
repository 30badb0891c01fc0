"""Lines of supernovae that a spectrum display marks.

Rest wavelengths in air, Å, rounded; a blend stands at the single wavelength by which velocities of
supernovae are customarily measured (Si II 6347 and 6371 at 6355).
"""

ION_LINES = {
    "Ca II H&K": 3945.0,
    "Hβ": 4861.0,
    "Fe II": 5169.0,
    "S II": 5640.0,
    "He I": 5876.0,
    "Si II": 6355.0,
    "Hα": 6563.0,
    "O I": 7774.0,
    "Ca II IR": 8579.0,
}
