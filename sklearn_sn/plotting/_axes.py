"""Create axes and legends, and style them."""


def new_axes(ax=None, figsize=(6.4, 4.8)):
    """Return `ax`, or the axes of a new figure with room for a legend beside them."""
    if ax is not None:
        return ax
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            "Plotting needs matplotlib. Install it with pip install 'sklearn-sn[plot]'."
        ) from error
    _, ax = plt.subplots(figsize=figsize, layout="constrained")
    return ax


def legend_beside(ax, handles, **kwargs):
    """Add a legend to the right of the axes, or inside them if the figure has no layout engine."""
    kwargs = {"ncols": 1 + (len(handles) - 1) // 18} | kwargs
    if ax.figure.get_layout_engine() is None:
        return ax.legend(handles=handles, loc="best", fontsize="small", **kwargs)
    style = {"borderaxespad": 0.0, "frameon": False} | kwargs
    return ax.legend(handles=handles, loc="upper left", bbox_to_anchor=(1.02, 1.0), **style)


def finish_axes(ax):
    """Hide the top and right spines, which carry no ticks."""
    ax.spines[["top", "right"]].set_visible(False)
    ax.tick_params(direction="out")


def full_names(kwargs):
    """Expand the abbreviated names of line properties, such as ``ms`` to ``markersize``."""
    from matplotlib.cbook import normalize_kwargs
    from matplotlib.lines import Line2D

    return normalize_kwargs(kwargs, Line2D)
