"""Colours and markers."""

import numpy as np

from sklearn_sn.data import band_wavelength, list_bands
from sklearn_sn.plotting._palette import class_style, wavelength_colours


def test_72_classes_look_different():
    assert len({class_style(number) for number in range(72)}) == 72


def test_bands_are_dark_enough_for_white_paper_and_differ():
    names = ["lsstu", "lsstg", "lsstr", "lssti", "lsstz"]
    colours = wavelength_colours(band_wavelength(names))
    apart = np.linalg.norm(np.diff(colours, axis=0), axis=1)
    assert apart.min() > 0.25
    every = wavelength_colours(band_wavelength(list_bands()))
    luminance = every @ [0.2126, 0.7152, 0.0722]
    assert every.min() >= 0 and luminance.max() < 0.72


def test_unknown_wavelengths_are_grey():
    (grey,) = wavelength_colours([np.nan])
    assert np.ptp(grey) == 0
