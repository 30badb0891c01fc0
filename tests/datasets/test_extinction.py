import numpy as np
import pytest

from sklearn_sn.datasets._extinction import extinction


@pytest.mark.parametrize("r_v", [2.0, 3.1, 5.0])
def test_extinction_matches_dust_extinction(r_v):
    models = pytest.importorskip("dust_extinction.parameter_averages")
    units = pytest.importorskip("astropy.units")
    wavelength = np.linspace(1050.0, 20000.0, 500)
    theirs = models.O94(r_v)(wavelength * units.AA) * r_v
    np.testing.assert_allclose(extinction(wavelength, r_v), theirs, rtol=2e-3, atol=2e-3)
