import numpy as np

from sklearn_sn.datasets._subtracted_novae import SubtractedNova


def test_difference_photometry_vanishes_in_quiescence():
    sed, rng = SubtractedNova(), np.random.default_rng(0)
    objects = sed.draw(50, rng)
    sed.complete(objects, rng)
    rows = np.arange(50)
    wavelength = np.broadcast_to(np.geomspace(4000.0, 7000.0, 12), (50, 12))
    peak, quiet = np.zeros(50), 0.5 * objects["recurrence"]
    quiescent = sed.magnitude(objects, rows, quiet) == objects["outburst_amplitude"]
    assert quiescent.sum() > 10
    difference = sed.flux(objects, rows, quiet, wavelength, difference=True)
    total = sed.flux(objects, rows, quiet, wavelength)
    np.testing.assert_allclose(difference[quiescent], 0.0, atol=1e-12)
    assert (total > 0).all()
    assert (sed.flux(objects, rows, peak, wavelength, difference=True) > 0).all()
