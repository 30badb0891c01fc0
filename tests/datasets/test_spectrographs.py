import numpy as np
import pytest

from sklearn_sn.datasets._spectrographs import SPECTROGRAPHS, Spectrograph, get_spectrograph


def test_built_in_ones_sample_their_resolution():
    for name in SPECTROGRAPHS:
        device = get_spectrograph(name)
        low, high = device.wavelength
        per_element = device.n_pixels / (device.resolution * (high / low - 1) * 0.65)
        assert 1.5 < per_element < 4


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"wavelength": (9000.0, 4000.0)}, "wavelength"),
        ({"resolution": 1.0}, "resolution"),
        ({"n_pixels": 1}, "n_pixels"),
        ({"snr": (0.0, 5.0)}, "snr"),
        ({"days": (-5.0, 5.0)}, "days"),
        ({"edge_scatter": 0.5}, "edge_scatter"),
        ({"wavelength": 5000.0}, "wavelength"),
        ({"snr": 5.0}, "snr"),
        ({"days": (np.nan, 5.0)}, "days"),
        ({"n_pixels": 20.5}, "n_pixels"),
        ({"limit": np.nan}, "limit"),
        ({"limit": "faint"}, "limit"),
        ({"slit_loss": -0.1}, "slit_loss"),
        ({"warp": -0.1}, "warp"),
    ],
)
def test_bad_numbers_are_named(changes, named):
    good = {"name": "s", "wavelength": (4000.0, 9000.0), "resolution": 500.0, "n_pixels": 500}
    with pytest.raises(ValueError, match=f"The '{named}' parameter of spectrograph 's'"):
        Spectrograph(**(good | changes))


def test_unknown_names_are_rejected():
    with pytest.raises(ValueError, match="'name' parameter of get_spectrograph"):
        get_spectrograph("hst")
