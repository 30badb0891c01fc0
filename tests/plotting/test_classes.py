"""Scatter plots by class."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from sklearn_sn.plotting._classes import domain_handles, one_per_object, scatter_classes
from sklearn_sn.plotting._palette import CLASS_COLOURS, UNKNOWN_COLOUR

X = np.arange(6.0)
CLASSES = np.array(["b", "a", "b", "b", None, "a"], dtype=object)


@pytest.fixture
def ax():
    return Figure().subplots()


def points(ax):
    """Face or edge colour of each collection, and the x coordinates of its points."""
    found = []
    for collection in ax.collections:
        faces = collection.get_facecolor()
        colours = faces if len(faces) else collection.get_edgecolor()
        found.append((to_hex(colours[0]).upper(), collection.get_offsets()[:, 0].tolist()))
    return found


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def test_classes_have_colours_in_sorted_order_and_rare_ones_are_on_top(ax):
    scatter_classes(ax, X, X, CLASSES)
    assert points(ax) == [
        (UNKNOWN_COLOUR, [4.0]),
        (CLASS_COLOURS[1], [0.0, 2.0, 3.0]),
        (CLASS_COLOURS[0], [1.0, 5.0]),
    ]
    assert legend(ax) == ["a", "b", "unknown"]


def test_without_classes_there_is_one_colour_and_no_legend(ax):
    scatter_classes(ax, X, X, None)
    assert [x for _, x in points(ax)] == [X.tolist()]
    assert ax.get_legend() is None


def test_open_markers_have_no_face(ax):
    scatter_classes(ax, X, X, None, filled=X < 2, domains=("real", "simulated"))
    full, hollow = ax.collections
    assert len(full.get_facecolor()) == 1 and len(hollow.get_facecolor()) == 0
    assert full.get_offsets()[:, 0].tolist() == [0.0, 1.0]
    assert legend(ax) == ["real", "simulated"]


def test_options_of_the_caller_win(ax):
    scatter_classes(ax, X, X, CLASSES, linewidths=3.0, s=7.0)
    for collection in ax.collections:
        assert collection.get_linewidths()[0] == 3.0 and collection.get_sizes()[0] == 7.0


def test_the_second_domain_is_hollow():
    real, simulated = domain_handles(["real", "simulated"])
    assert real.get_markerfacecolor() == "0.3" and simulated.get_markerfacecolor() == "none"
    assert len(domain_handles(["real"])) == 1


@pytest.mark.parametrize(
    "values", [[1.0, np.nan], pd.Series([1.0, None]), pd.array([1.0, pd.NA], dtype="Float64")]
)
def test_values_become_an_array_with_nan(values):
    np.testing.assert_array_equal(one_per_object(values, 2, "y"), [1.0, np.nan])
    assert one_per_object(None, 2, "y") is None


@pytest.mark.parametrize("values", [[1.0], [[1.0, 2.0]], "ab"])
def test_other_shapes_are_rejected(values):
    with pytest.raises(ValueError, match=r"The 'y' parameter must have shape \(2,\)"):
        one_per_object(values, 2, "y")
