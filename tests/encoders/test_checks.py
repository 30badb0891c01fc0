"""Rules that several encoders share."""

from types import SimpleNamespace

import pytest

from sklearn_sn.encoders._checks import check_heads


@pytest.mark.parametrize(("d_model", "n_heads"), [(8, 1), (8, 4), (6, 3)])
def test_widths_that_fit(d_model, n_heads):
    check_heads(SimpleNamespace(d_model=d_model, n_heads=n_heads))


@pytest.mark.parametrize(("d_model", "n_heads"), [(8, 3), (9, 3), (7, 1), (4, 8)])
def test_widths_that_do_not(d_model, n_heads):
    message = rf"of SimpleNamespace must be even and a multiple of 'n_heads'\. Got {d_model} and"
    with pytest.raises(ValueError, match=message):
        check_heads(SimpleNamespace(d_model=d_model, n_heads=n_heads))
