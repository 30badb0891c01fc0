"""Rules that several encoders share."""

from types import SimpleNamespace

import numpy as np
import pytest

from sklearn_sn.encoders import check_wavelength_range
from sklearn_sn.encoders._checks import check_heads


@pytest.mark.parametrize(("d_model", "n_heads"), [(8, 1), (8, 4), (6, 3)])
def test_widths_that_fit(d_model, n_heads):
    check_heads(SimpleNamespace(d_model=d_model, n_heads=n_heads))


@pytest.mark.parametrize(("d_model", "n_heads"), [(8, 3), (9, 3), (7, 1), (4, 8)])
def test_widths_that_do_not(d_model, n_heads):
    message = rf"of SimpleNamespace must be even and a multiple of 'n_heads'\. Got {d_model} and"
    with pytest.raises(ValueError, match=message):
        check_heads(SimpleNamespace(d_model=d_model, n_heads=n_heads))


@pytest.mark.parametrize("ends", [(3500.0, 9000.0), [1000, 30000], np.array([4000.0, 5000.0])])
def test_ranges_of_wavelengths(ends):
    check_wavelength_range(ends)


@pytest.mark.parametrize(
    "ends", [(9000.0, 3500.0), (350.0, 900.0), (3500.0,), (3500.0, 4e4), ("a", "b"), (5e3, 5e3)]
)
def test_ranges_that_are_none(ends):
    with pytest.raises(ValueError, match=r"'wavelength_range' parameter must be two increasing"):
        check_wavelength_range(ends)
    with pytest.raises(ValueError, match=r"'wavelength_range' parameter of Mine must be two"):
        check_wavelength_range(ends, "Mine")
