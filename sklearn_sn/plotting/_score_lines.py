"""Base class of plots of scores over a varied quantity, with one line per estimator."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from sklearn_sn.plotting._axes import finish_axes, full_names, legend_beside, new_axes
from sklearn_sn.plotting._palette import class_style

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_NEAR = 0.09  # minimum distance of ticks, in ln(x)


def same_folds(kwargs):
    """Return the arguments with an iterator of folds replaced by a list, which is reusable."""
    cv = kwargs.get("cv")
    return {**kwargs, "cv": list(cv)} if isinstance(cv, Iterator) else kwargs


class ScoreLinesDisplay:
    """Base class of plots of results.

    Subclasses implement ``_positions(result)``, the positions along the axis, and
    ``_tick_labels(result)``, the labels there, and set the label of the axis in ``_xlabel``.
    """

    _xlabel: str | None = None

    def __init__(self, results: dict[str | None, Any]) -> None:
        self.results = results

    @classmethod
    def _from_results(cls, results):
        return cls(dict(results) if isinstance(results, dict) else {None: results})

    def plot(
        self,
        ax: "Axes | None" = None,
        *,
        metric: str | None = None,
        label: str | None = None,
        **kwargs: Any,
    ) -> Self:
        """Draw the means, with a band of one standard deviation.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Axes to draw on. By default a new figure is created.
        metric : str, optional
            Name of the score to draw. By default the first one.
        label : str, optional
            Label of the vertical axis. By default the name of the score.
        **kwargs : dict
            Options of ``ax.plot``, such as ``linewidth`` and ``markersize``.

        Returns
        -------
        display
            The display itself.

        Raises
        ------
        ValueError
            If there is no result, or a result lacks the score.
        """
        if not self.results:
            raise ValueError(
                f"The 'results' parameter of {type(self).__name__} must hold at least one result. "
                "Got none."
            )
        if metric is None:
            metric = next(iter(next(iter(self.results.values())).scores))
        for name, result in self.results.items():
            if metric not in result.scores:
                raise ValueError(
                    f"The result of {name!r} has no score {metric!r}; it has {list(result.scores)}."
                )
        self.metric_ = metric
        self.ax_ = ax = new_axes(ax, figsize=(7.2, 4.4))
        self.figure_ = ax.figure
        handles, ticks, kwargs = [], {}, full_names(kwargs)
        for number, (name, result) in enumerate(self.results.items()):
            colour, marker = class_style(number)
            style = {"color": colour, "marker": marker, "markersize": 5.0, "linewidth": 1.6}
            x = np.asarray(self._positions(result), dtype=np.float64)
            mean, std = result.mean[metric], result.std[metric]
            ax.fill_between(x, mean - std, mean + std, color=colour, alpha=0.13, linewidth=0.0)
            handles += ax.plot(x, mean, label=None if name is None else str(name), **style | kwargs)
            ticks |= dict(zip(x, self._tick_labels(result), strict=True))
        self._finish(ax, ticks, metric if label is None else label)
        if list(self.results) != [None]:
            legend_beside(ax, handles)
        return self

    def _finish(self, ax, ticks, label):
        ax.set_xscale("log")
        # Results may differ slightly in their positions; overlapping labels are unreadable.
        kept = []
        for x in sorted(ticks):
            if not kept or np.log(x / kept[-1]) > _NEAR:
                kept.append(x)
        ax.set_xticks(kept, [ticks[x] for x in kept])
        ax.minorticks_off()
        ax.set(xlabel=self._xlabel, ylabel=label.replace("_", " "))
        ax.grid(axis="y", color="0.9", linewidth=0.8)
        ax.set_axisbelow(True)
        finish_axes(ax)
