"""Plot queries and their neighbours in another modality."""

from collections.abc import Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator

from sklearn_sn.data import as_frame, check_table
from sklearn_sn.plotting._axes import finish_axes, full_names
from sklearn_sn.plotting._objects import find_positions
from sklearn_sn.plotting._palette import CLASS_COLOURS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_SPREAD = (1.0, 99.0)  # percentiles of fluxes that are scaled to 0 and 1
_BRIGHT = (1.0, 99.7)  # percentiles of pixels that are drawn black and white
_SHOWN = ("image", "spectrum")


class RetrievalDisplay:
    """Plot of queries and their nearest neighbours, as images and spectra with their columns.

    A line of panels shows one query, framed in the first column, and its neighbours in order of
    distance.

    Parameters
    ----------
    names : array of str, shape (n_queries, 1 + n_neighbors)
        Names of each query and its neighbours.
    distance : array of shape (n_queries, n_neighbors)
        Distances of the neighbours.
    images : list of list of (array of shape (C, H, W) or None), optional
        Image of each object, in the shape of `names`.
    spectra : list of list of ((wavelength, flux) or None), optional
        Spectrum of each object: wavelengths in Å, and fluxes in any unit.
    columns : dict of str to array of shape (n_queries, 1 + n_neighbors), optional
        Values to print above each object. Unknown ones (None or NaN) are left out.
    metric : {"cosine", "euclidean", "frobenius"}, default="cosine"
        Metric of the distances. For "cosine", the similarity 1 - distance is printed.

    Attributes
    ----------
    axes_ : array of matplotlib Axes, shape (n_rows, 1 + n_neighbors)
        Axes of the plot, with one row for the images and one for the spectra of each query.
    figure_ : matplotlib Figure
        Figure of the plot.

    See Also
    --------
    sklearn_sn.cross_modal.CrossModalRetriever : The search.

    Examples
    --------
    >>> from sklearn_sn import ContrastiveEmbedder
    >>> from sklearn_sn.cross_modal import CrossModalRetriever
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.plotting import RetrievalDisplay
    >>> X, y = make_supernovae(60, missing_fraction=0.0, random_state=0)
    >>> embedder = ContrastiveEmbedder(light_curve="deep_sets", max_epochs=2, random_state=0)
    >>> search = CrossModalRetriever(embedder, columns=["redshift"]).fit(X[:40])
    >>> display = RetrievalDisplay.from_estimator(search, X[40:], [0, 1], n_neighbors=3)
    >>> display.names.shape, display.columns["redshift"].shape
    ((2, 4), (2, 4))
    """

    def __init__(
        self,
        names: np.ndarray,
        distance: np.ndarray,
        *,
        images: Sequence[Sequence[np.ndarray | None]] | None = None,
        spectra: Sequence[Sequence[tuple | None]] | None = None,
        columns: dict[str, np.ndarray] | None = None,
        metric: str = "cosine",
    ) -> None:
        self.names = names
        self.distance = distance
        self.images = images
        self.spectra = spectra
        self.columns = columns
        self.metric = metric

    @classmethod
    def from_estimator(
        cls,
        retriever: BaseEstimator,
        X: pd.DataFrame,
        objects: Sequence[Any] | None = None,
        *,
        gallery: pd.DataFrame | None = None,
        columns: Sequence[str] | None = None,
        n_neighbors: int = 4,
    ) -> Self:
        """Search the neighbours of some objects.

        Parameters
        ----------
        retriever : CrossModalRetriever
            Fitted retriever.
        X : pandas.DataFrame of n_objects rows
            Table with the query modality. Its images, spectra and columns are shown.
        objects : sequence of label or int, optional
            Labels in the index of `X`, or positions if the index does not hold integers. By default
            the first three rows.
        gallery : pandas.DataFrame, optional
            The table of the retriever's fit, whose index must be unique. Without it, neighbours are
            drawn in the modality of the gallery only.
        columns : sequence of str, optional
            Columns to print. By default those that the gallery has kept, the parameter `columns` of
            the retriever.
        n_neighbors : int, default=4
            Number of neighbours.

        Returns
        -------
        RetrievalDisplay
            Display of the queries and their neighbours.

        Raises
        ------
        KeyError
            If an object is not in `X`, or a neighbour is not in `gallery`.
        ValueError
            If the gallery has not kept a column, or `n_neighbors` exceeds its size.
        """
        X = as_frame(X)
        chosen = np.arange(min(3, len(X))) if objects is None else find_positions(X, objects)
        X = X.iloc[chosen]
        table = retriever.neighbors(X, columns, n_neighbors=n_neighbors)
        shape = (len(X), n_neighbors)
        found = {name: table[name].to_numpy().reshape(shape) for name in table.columns}
        if gallery is None:
            indices = retriever.kneighbors(X, n_neighbors, return_distance=False).ravel()
            column = retriever.gallery_.take(indices, pd.RangeIndex(len(indices)))
            near = pd.DataFrame({retriever.target: column})
        else:
            near = gallery.iloc[find_positions(gallery, list(found["neighbor"].ravel()))]
        queries, neighbors = _pictures(X), _pictures(near)
        pictures = {
            name: [
                [queries[name][row], *neighbors[name][row * n_neighbors : (row + 1) * n_neighbors]]
                for row in range(len(X))
            ]
            for name in _SHOWN
        }
        values = {}
        for name in list(table.columns)[4:]:
            own = X[name].to_numpy(dtype=object) if name in X.columns else [None] * len(X)
            values[name] = np.column_stack([np.asarray(own, dtype=object), found[name]])
        return cls(
            np.column_stack([X.index.astype(str), found["neighbor"].astype(str)]).astype(object),
            found["distance"].astype(np.float64),
            images=pictures["image"],
            spectra=pictures["spectrum"],
            columns=values,
            metric=retriever.metric,
        )

    def plot(
        self,
        axes: "np.ndarray | Sequence[Sequence[Axes]] | None" = None,
        *,
        channels: int | tuple[int, int, int] = 0,
        cmap: str = "gray",
        **kwargs: Any,
    ) -> Self:
        """Draw all queries.

        Parameters
        ----------
        axes : array of matplotlib Axes, shape (n_rows, 1 + n_neighbors), optional
            Axes to draw on, with one row for the images of each query, if any object has one, and
            one for its spectra. By default a new figure is created.
        channels : int or tuple of three int, default=0
            Channel of the images to draw, or those of red, green and blue, such as (2, 1, 0) for
            images in g, r and z.
        cmap : str, default="gray"
            Colour map of a single channel.
        **kwargs : dict
            Options of ``ax.plot`` for spectra.

        Returns
        -------
        RetrievalDisplay
            The display itself.

        Raises
        ------
        ValueError
            If no object has an image or a spectrum, an image lacks a channel, or the axes have
            another shape.
        """
        kinds = [name for name in _SHOWN if _has_any(self._pictures_of(name))]
        if not kinds:
            raise ValueError(
                "RetrievalDisplay has neither an image nor a spectrum to draw. Pass X and gallery "
                "with the columns 'image' or 'spectrum'."
            )
        shape = (len(self.names) * len(kinds), len(self.names[0]))
        self.axes_ = _new_grid(shape, kinds) if axes is None else np.asarray(axes)
        if self.axes_.shape != shape:
            raise ValueError(
                f"The 'axes' parameter of RetrievalDisplay.plot must have shape {shape}. Got "
                f"{self.axes_.shape} instead."
            )
        self.figure_ = self.axes_[0, 0].figure
        style = full_names(kwargs)
        for row, panels in enumerate(self.axes_):
            query, kind = divmod(row, len(kinds))
            pictures = self._pictures_of(kinds[kind])[query]
            for number, (ax, picture) in enumerate(zip(panels, pictures, strict=True)):
                if kind == 0:
                    ax.set_title(self._title(query, number), fontsize=8.5)
                if picture is None:
                    _draw_nothing(ax, kinds[kind])
                elif kinds[kind] == "image":
                    _draw_image(ax, picture, channels, cmap)
                else:
                    _draw_spectrum(ax, *picture, number == 0, style)
            if kinds[kind] == "spectrum":
                _share_wavelengths(panels, pictures)
            _frame(panels[0], kinds[kind] == "image")
        return self

    def _pictures_of(self, name):
        return self.images if name == "image" else self.spectra

    def _title(self, query, number):
        lines = [str(self.names[query][number])]
        if number == 0:
            lines.append("query")
        elif self.metric == "cosine":
            lines.append(f"similarity {1.0 - self.distance[query][number - 1]:.3f}")
        else:
            lines.append(f"distance {self.distance[query][number - 1]:.3g}")
        for name, values in (self.columns or {}).items():
            value = values[query][number]
            if not pd.isna(value):
                lines.append(f"{name} {_text(value)}")
        return "\n".join(lines)


def _pictures(X):
    """Return the images and the first spectra of objects, by modality; None where missing."""
    pictures = {name: [None] * len(X) for name in _SHOWN}
    present = [name for name in _SHOWN if name in X.columns]
    if not present:
        return pictures
    table = check_table(X, modalities=present, warn=False)
    if "image" in present:
        pictures["image"] = table.image
    if "spectrum" in present:
        counts = np.diff(table.spectrum_offsets)
        for row in np.flatnonzero(counts):
            cell = table.spectrum.take([table.spectrum_offsets[row]])
            pictures["spectrum"][row] = (cell["wavelength"], cell["flux"])
    return pictures


def _has_any(pictures):
    return pictures is not None and any(one is not None for row in pictures for one in row)


def _text(value):
    if isinstance(value, str | bool | np.bool_ | Integral):
        return str(value)
    return f"{value:.3g}"


def _draw_nothing(ax, kind):
    ax.text(0.5, 0.5, f"no {kind}", ha="center", va="center", transform=ax.transAxes, color="0.5")
    ax.set(xticks=[], yticks=[])


def _draw_image(ax, image, channels, cmap):
    wanted = [channels] if isinstance(channels, Integral) else list(channels)
    if max(wanted) >= len(image):
        raise ValueError(
            f"The 'channels' parameter of RetrievalDisplay.plot is {channels!r}, but an image has "
            f"{len(image)} channels."
        )
    pixels = np.stack([_stretched(image[channel]) for channel in wanted], axis=-1)
    ax.imshow(pixels if len(wanted) == 3 else pixels[..., 0], cmap=cmap, origin="lower")
    ax.set(xticks=[], yticks=[])


def _stretched(pixels):
    """Return the brightness from 0 to 1, linear for faint and logarithmic for bright pixels."""
    pixels = np.asarray(pixels, dtype=np.float64)
    finite = pixels[np.isfinite(pixels)]
    low, high = np.percentile(finite, _BRIGHT) if len(finite) else (0.0, 1.0)
    scaled = (np.nan_to_num(pixels, nan=low) - low) / (high - low if high > low else 1.0)
    return np.arcsinh(5.0 * np.clip(scaled, 0.0, 1.0)) / np.arcsinh(5.0)


def _draw_spectrum(ax, wavelength, flux, is_query, style):
    low, high = np.nanpercentile(np.asarray(flux, dtype=np.float64), _SPREAD)
    scaled = (flux - low) / (high - low if high > low else 1.0)
    colour = CLASS_COLOURS[1] if is_query else CLASS_COLOURS[0]
    ax.plot(wavelength, scaled, **({"color": colour, "linewidth": 0.7} | style))
    ax.set(ylim=(-0.25, 1.25), yticks=[], xlabel="Wavelength (Å)")
    ax.tick_params(labelsize=7.5)
    ax.xaxis.label.set_size(8)
    finish_axes(ax)


def _share_wavelengths(panels, pictures):
    """Give all spectra of a line of panels the same limits."""
    ends = [(w.min(), w.max()) for w, _ in (one for one in pictures if one is not None)]
    if not ends:
        return
    low, high = min(end[0] for end in ends), max(end[1] for end in ends)
    for ax, picture in zip(panels, pictures, strict=True):
        if picture is not None:
            ax.set_xlim(low, high)


def _frame(ax, is_image):
    """Frame the panel of a query."""
    for spine in ax.spines.values():
        if is_image or spine.get_visible():
            spine.set(color=CLASS_COLOURS[1], linewidth=2.0)


def _new_grid(shape, kinds):
    try:
        import matplotlib.pyplot as plt
    except ImportError as error:
        raise ImportError(
            "Plotting needs matplotlib. Install it with pip install 'sklearn-sn[plot]'."
        ) from error
    heights = [2.5 if kind == 0 else 1.5 for kind in range(len(kinds))]
    n_queries = shape[0] // len(kinds)
    _, axes = plt.subplots(
        *shape,
        figsize=(2.1 * shape[1], n_queries * sum(heights)),
        height_ratios=heights * n_queries,
        squeeze=False,
        layout="constrained",
    )
    return axes
