"""Axes, legends and line properties."""

import pytest
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sklearn_sn.plotting._axes import finish_axes, full_names, legend_beside, new_axes


def handles(n):
    return [Line2D([], [], label=str(i)) for i in range(n)]


def test_given_axes_are_used_and_others_created_with_the_size():
    ax = Figure().subplots()
    assert new_axes(ax) is ax
    created = new_axes(figsize=(3.0, 2.0))
    assert tuple(created.figure.get_size_inches()) == (3.0, 2.0)
    assert created.figure.get_layout_engine() is not None


def test_legend_is_beside_axes_with_a_layout_engine_and_inside_others():
    beside = legend_beside(new_axes(), handles(2))
    assert not beside.get_frame_on()
    assert beside.get_bbox_to_anchor() is not None and beside._loc == 2  # upper left
    inside = legend_beside(Figure().subplots(), handles(2))
    assert inside._loc == 0  # best


@pytest.mark.parametrize("n, columns", [(1, 1), (18, 1), (19, 2), (40, 3)])
def test_long_legends_have_several_columns(n, columns):
    assert legend_beside(new_axes(), handles(n))._ncols == columns


def test_options_of_the_caller_win():
    assert legend_beside(new_axes(), handles(40), ncols=1)._ncols == 1


def test_finished_axes_have_no_top_and_right_spines():
    ax = Figure().subplots()
    finish_axes(ax)
    visible = {name: spine.get_visible() for name, spine in ax.spines.items()}
    assert visible == {"top": False, "right": False, "bottom": True, "left": True}


def test_short_names_are_expanded_and_clash_with_full_ones():
    assert full_names({"ms": 3, "lw": 1.0, "color": "k"}) == {
        "markersize": 3,
        "linewidth": 1.0,
        "color": "k",
    }
    with pytest.raises(TypeError, match="markersize"):
        full_names({"ms": 3, "markersize": 4})
