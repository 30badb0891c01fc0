"""The base of encoders of spectra."""

import numpy as np
import pandas as pd
import pytest

from sklearn_sn.encoders import DataSettings, SpectralFeatures, SpectrumCNN
from sklearn_sn.preprocessors import CHANNELS, FluxArray, SpectrumPreprocessor


def test_all_parameters_reach_the_preprocessor():
    encoder = SpectrumCNN(
        n_bins=40,
        grid="linear",
        channels=["amplitude"],
        noise_augmentation=False,
        augmentation=False,
        max_crop=0.1,
        max_shift=0.05,
    )
    encoder.check()
    preprocessor = encoder.make_preprocessor(DataSettings((4000, 8000), rest_frame=True))
    assert type(preprocessor) is SpectrumPreprocessor
    assert vars(preprocessor) == {
        "wavelength_range": (4000.0, 8000.0),
        "n_bins": 40,
        "grid": "linear",
        "rest": True,
        "channels": ("amplitude",),
        "noise": False,
        "augmentation": False,
        "max_crop": 0.1,
        "max_shift": 0.05,
    }


def test_an_array_sets_the_bins_and_has_all_channels():
    settings = DataSettings(n_array_columns=31)
    preprocessor = SpectrumCNN().make_preprocessor(settings)
    assert preprocessor.n_bins == 31 and preprocessor.channels == CHANNELS
    own = SpectrumCNN(channels=("flux",)).make_preprocessor(settings)
    assert own.channels == ("flux",)
    assert SpectrumCNN().make_preprocessor(DataSettings()).channels == CHANNELS[:2]


def test_a_shift_of_none_is_no_shift_without_an_estimator():
    assert SpectrumCNN().make_preprocessor(DataSettings()).max_shift == 0.0


@pytest.mark.parametrize(
    ("grid", "rest_frame", "on_array", "expected"),
    [
        ("log", False, False, 0.1),
        ("log", True, False, 0.003),
        ("linear", False, False, 0.003),
        ("log", False, True, 0.003),
    ],
)
def test_a_shift_is_a_redshift_where_that_is_unknown(grid, rest_frame, on_array, expected):
    assert SpectrumCNN(grid=grid).default_shift(rest_frame, on_array) == expected


@pytest.mark.parametrize("channels", [(), ("colour",), ("flux", "colour")])
def test_unknown_channels(channels):
    with pytest.raises(ValueError, match=r"'channels' parameter of SpectrumCNN must be a sequence"):
        SpectrumCNN(channels=channels).check()


def test_arrays_are_spectra_on_one_grid():
    values = np.random.default_rng(0).normal(size=(3, 5))
    index = pd.RangeIndex(3)
    table = SpectralFeatures().table_from_array(values, index)
    assert isinstance(table, FluxArray) and table.wavelength.tolist() == [0, 1, 2, 3, 4]
    assert table.flux is values and table.index is index
    wavelength = np.linspace(4000.0, 8000.0, 5)
    assert SpectrumCNN().table_from_array(values, index, wavelength).wavelength is wavelength
