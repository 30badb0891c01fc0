"""Bands of the user's own, restored where others may go by their names."""

import pickle

import pytest

from sklearn_sn.data import DataQualityWarning, get_band, register_band, restore_bands
from sklearn_sn.data._bands import temporary_bands


def there(**changes):
    with temporary_bands():
        band = register_band("mytel_w", changes.pop("wavelength", 6100.0), **changes)
        return pickle.loads(pickle.dumps(band))


@pytest.mark.parametrize(
    "changes", [{"wavelength": 6000.0}, {"vega_ab_offset": 0.5}, {"system": "Vega"}]
)
def test_another_band_of_one_name_is_said_and_stays(changes):
    other = there(**changes)
    with temporary_bands():
        here = register_band("mytel_w", 6100.0)
        with pytest.warns(DataQualityWarning, match="'mytel_w' .* in this process, which is kept"):
            restore_bands([other])
        assert get_band("mytel_w") is here


@pytest.mark.parametrize("changes", [{}, {"vega_ab_offset": 0.1}, {"survey": "mytel"}])
def test_the_same_band_passes(changes):
    offset = {k: v for k, v in changes.items() if k == "vega_ab_offset"}
    same = there(**changes)
    with temporary_bands():
        register_band("mytel_w", 6100.0, **offset)
        restore_bands([same])
