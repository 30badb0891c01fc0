"""Colours and markers, suitable for colour-blind readers and for print in black and white.

The class colours are those of Okabe & Ito (2008, Color Universal Design, jfly.uni-koeln.de/color),
with yellow last because it is pale on white.
"""

import numpy as np

CLASS_COLOURS = (
    "#0072B2",
    "#D55E00",
    "#009E73",
    "#CC79A7",
    "#56B4E9",
    "#E69F00",
    "#000000",
    "#F0E442",
)
# Nine markers for eight colours: pairs of colour and marker repeat only after 72 classes.
MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", "*")
UNKNOWN_COLOUR = "#A0A0A0"

# Effective wavelength (Å) and colour: a rainbow that darkens outside the visible range.
_WAVELENGTH_COLOURS = (
    (1900.0, "#B58BE0"),
    (2600.0, "#8A4FD0"),
    (3600.0, "#4B2A9B"),
    (4350.0, "#1464C8"),
    (4800.0, "#00A083"),
    (5450.0, "#86B020"),
    (6200.0, "#E8820C"),
    (6500.0, "#DD4A14"),
    (7700.0, "#B01030"),
    (9000.0, "#501030"),
    (12500.0, "#7A6A60"),
    (22000.0, "#1E1E1E"),
)


def class_style(number):
    """Return the colour and marker of a class, given its number."""
    return CLASS_COLOURS[number % len(CLASS_COLOURS)], MARKERS[number % len(MARKERS)]


def wavelength_colours(wavelengths):
    """Return the RGB colours of effective wavelengths (Å), shape (n, 3); grey if unknown."""
    anchors = np.log([wavelength for wavelength, _ in _WAVELENGTH_COLOURS])
    table = np.array([_rgb(colour) for _, colour in _WAVELENGTH_COLOURS])
    wavelengths = np.asarray(wavelengths, dtype=np.float64)
    known = np.isfinite(wavelengths)
    logs = np.log(np.where(known, wavelengths, 1.0))
    colours = np.stack([np.interp(logs, anchors, channel) for channel in table.T], axis=1)
    colours[~known] = _rgb(UNKNOWN_COLOUR)
    return colours


def _rgb(colour):
    return [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
