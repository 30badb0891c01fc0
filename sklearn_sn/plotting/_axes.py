"""Where a display draws, and where its legend goes."""


def new_axes(ax=None, figsize=(6.4, 4.8)):
    """`ax`, or the axes of a new figure that makes room for a legend beside them."""
    if ax is not None:
        return ax
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            "Plotting needs matplotlib: pip install 'sklearn-sn[plot]' (or matplotlib)."
        ) from error
    _, ax = plt.subplots(figsize=figsize, layout="constrained")
    return ax


def legend_beside(ax, handles, **kwargs):
    """A legend to the right of the axes; inside, where the figure makes no room for it."""
    kwargs = {"ncols": 1 + (len(handles) - 1) // 18} | kwargs
    if ax.figure.get_layout_engine() is None:
        return ax.legend(handles=handles, loc="best", fontsize="small", **kwargs)
    style = {"borderaxespad": 0.0, "frameon": False} | kwargs
    return ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.02, 1.0), **style)


def finish_axes(ax):
    """Leave out the frame's top and right, as nothing is read off there."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(direction="out")


def full_names(kwargs):
    """Options of a line by their full names, ``markersize`` for ``ms``."""
    from matplotlib.cbook import normalize_kwargs
    from matplotlib.lines import Line2D

    return normalize_kwargs(kwargs, Line2D)
