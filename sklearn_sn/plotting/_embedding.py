"""Plot embeddings in two dimensions."""

from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.utils import check_array, check_random_state

from sklearn_sn.plotting._axes import finish_axes, new_axes
from sklearn_sn.plotting._classes import domain_handles, one_per_object, scatter_classes

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_PERPLEXITY = 30.0  # the default of t-SNE
_N_COMPONENTS = 50  # components before t-SNE: 30 in van der Maaten & Hinton (2008), 50 in the code


class EmbeddingDisplay:
    """Map of an embedding: one point per object, coloured by class or by a number.

    A t-SNE map preserves neighbourhoods only. The size of a cluster and the distance between
    clusters have no meaning.

    Parameters
    ----------
    coordinates : array of shape (n_objects, 2)
        Coordinates of the objects in any map. The class methods compute them by t-SNE [1]_.
    y : array-like of shape (n_objects,), optional
        Floats are drawn on a colour scale, other values as classes. None or NaN is unknown.
    domain : array-like of shape (n_objects,), optional
        At most two values, such as "real" and "simulated". The first in sorted order has filled
        markers, the other open ones.

    Attributes
    ----------
    ax_ : matplotlib Axes
        Axes of the plot.
    figure_ : matplotlib Figure
        Figure of the plot.

    Raises
    ------
    ValueError
        If the coordinates have another shape, or `y` or `domain` another length.

    References
    ----------
    .. [1] van der Maaten, L. & Hinton, G. (2008). "Visualizing Data using t-SNE". Journal of
       Machine Learning Research 9, 2579.

    Examples
    --------
    >>> import numpy as np
    >>> from matplotlib.figure import Figure
    >>> from sklearn_sn.plotting import EmbeddingDisplay
    >>> rng = np.random.default_rng(0)
    >>> Z = np.concatenate([rng.normal(0, 1, (20, 8)), rng.normal(6, 1, (20, 8))])
    >>> y = np.repeat(["SN II", "SN Ia"], 20)
    >>> display = EmbeddingDisplay.from_embeddings(Z, y, random_state=0)
    >>> display.coordinates.shape
    (40, 2)
    >>> display.plot(ax=Figure().subplots()).ax_.get_xlabel()
    't-SNE 1'
    """

    def __init__(
        self, coordinates: ArrayLike, y: ArrayLike | None = None, domain: ArrayLike | None = None
    ) -> None:
        self.coordinates = coordinates
        self.y = y
        self.domain = domain

    @classmethod
    def from_estimator(
        cls,
        estimator: BaseEstimator,
        X: pd.DataFrame | ArrayLike,
        y: ArrayLike | None = None,
        *,
        domain: ArrayLike | None = None,
        random_state: int | np.random.RandomState | None = 0,
    ) -> Self:
        """Embed a table and map it.

        Parameters
        ----------
        estimator : fitted estimator
            Estimator whose ``transform`` returns shape (n_objects, n_features).
        X : pandas.DataFrame of n_objects rows
            Input of ``estimator.transform``.
        y, domain : array-like of shape (n_objects,), optional
            As for the class.
        random_state : int, RandomState instance or None, default=0
            Seed of PCA and t-SNE.

        Returns
        -------
        EmbeddingDisplay
            Display with the coordinates of the objects.
        """
        return cls.from_embeddings(
            estimator.transform(X), y, domain=domain, random_state=random_state
        )

    @classmethod
    def from_embeddings(
        cls,
        Z: ArrayLike,
        y: ArrayLike | None = None,
        *,
        domain: ArrayLike | None = None,
        random_state: int | np.random.RandomState | None = 0,
    ) -> Self:
        """Map embeddings with PCA to at most 50 components, then t-SNE to 2.

        Parameters
        ----------
        Z : array-like of shape (n_objects, n_features)
            Embeddings of at least three objects.
        y, domain, random_state
            As for :meth:`from_estimator`.

        Returns
        -------
        EmbeddingDisplay
            Display with the coordinates of the objects.

        Raises
        ------
        ValueError
            If there are fewer than three objects, a value is not finite, or lengths differ.
        """
        Z = check_array(Z, dtype=np.float64, ensure_min_samples=3, input_name="Z")
        one_per_object(y, len(Z), "y")
        one_per_object(domain, len(Z), "domain")
        return cls(_two_dimensions(Z, check_random_state(random_state)), y, domain)

    def plot(
        self,
        ax: "Axes | None" = None,
        *,
        label: str = "Redshift",
        cmap: str = "viridis",
        title: str | None = None,
        **kwargs: Any,
    ) -> Self:
        """Draw the map.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            Axes to draw on. By default a new figure is created.
        label : str, default="Redshift"
            Label of the colour bar, for a float `y`.
        cmap : str, default="viridis"
            Colour map, for a float `y`.
        title : str, optional
            Title of the axes.
        **kwargs : dict
            Options of ``ax.scatter``, such as ``s`` and ``alpha``.

        Returns
        -------
        EmbeddingDisplay
            The display itself.
        """
        points = check_array(self.coordinates, dtype=np.float64, input_name="coordinates")
        if points.shape[1] != 2:
            raise ValueError(
                "The 'coordinates' parameter of EmbeddingDisplay must have shape (n_objects, 2). "
                f"Got {points.shape} instead."
            )
        y = one_per_object(self.y, len(points), "y")
        filled, names = _fills(one_per_object(self.domain, len(points), "domain"), len(points))
        self.ax_ = ax = new_axes(ax)
        self.figure_ = ax.figure
        kwargs = {"s": float(np.clip(12_000 / len(points), 5.0, 36.0)), "alpha": 0.9} | kwargs
        if y is not None and y.dtype.kind == "f":
            _scatter_numbers(ax, points, y, filled, label, cmap, kwargs)
            if names is not None:  # below the axes: the colour bar is beside them
                below = {"loc": "upper right", "bbox_to_anchor": (1.0, -0.01), "ncols": 2}
                ax.legend(handles=domain_handles(names), frameon=False, **below)
        else:
            scatter_classes(ax, *points.T, y, filled=filled, domains=names, **kwargs)
        ax.set(xlabel="t-SNE 1", ylabel="t-SNE 2", xticks=[], yticks=[])
        # The axes of the map have no unit and a common scale.
        ax.set_aspect("equal", adjustable="datalim")
        if title is not None:
            ax.set_title(title)
        finish_axes(ax)
        return self


def _two_dimensions(Z, random_state):
    n_components = min(_N_COMPONENTS, *Z.shape)
    if not np.ptp(Z, axis=0).any():  # the embedding has collapsed to one point
        return np.zeros((len(Z), 2))
    Z = PCA(n_components, random_state=random_state).fit_transform(Z)
    # Initialisation with principal components needs two of them, with a non-zero variance.
    spread = n_components > 1 and Z[:, 0].std() > 0
    return TSNE(
        2,
        perplexity=min(_PERPLEXITY, (len(Z) - 1) / 3),
        init="pca" if spread else "random",
        random_state=random_state,
    ).fit_transform(Z)


def _fills(domain, n_objects):
    if domain is None:
        return np.ones(n_objects, dtype=bool), None
    if pd.isna(domain).any():
        raise ValueError(
            "The 'domain' parameter of EmbeddingDisplay must be given for every object. It holds "
            "None or NaN."
        )
    names = np.unique(domain)
    if len(names) > 2:
        raise ValueError(
            "The 'domain' parameter of EmbeddingDisplay must have at most two values. Got "
            f"{len(names)} instead."
        )
    return domain == names[0], names


def _scatter_numbers(ax, points, y, filled, label, cmap, kwargs):
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    finite = np.isfinite(y)
    low, high = (y[finite].min(), y[finite].max()) if finite.any() else (0.0, 1.0)
    scale = ScalarMappable(Normalize(low, high), cmap)
    for chosen, full in ((~finite, True), (~finite, False), (finite, True), (finite, False)):
        chosen = np.flatnonzero(chosen & (filled == full))
        colours = scale.to_rgba(y[chosen])
        colours[~finite[chosen]] = (0.78, 0.78, 0.78, 1.0)
        fill = {"facecolors": colours} if full else {"facecolors": "none", "edgecolors": colours}
        ax.scatter(*points[chosen].T, linewidths=0.0 if full else 0.9, **(fill | kwargs))
    ax.figure.colorbar(scale, ax=ax, label=label)
