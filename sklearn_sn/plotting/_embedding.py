"""Embeddings in two dimensions."""

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE
from sklearn.utils import check_array, check_random_state

from sklearn_sn.plotting._axes import finish_axes, new_axes
from sklearn_sn.plotting._classes import domain_handles, one_per_object, scatter_classes

_PERPLEXITY = 30.0  # the default of t-SNE
_N_COMPONENTS = 50  # van der Maaten & Hinton (2008) reduce to 30 before t-SNE, its code to 50


class EmbeddingDisplay:
    """Map of an embedding: one point per object, coloured by class or by a number.

    Distances in a t-SNE map are those of neighbours only: neither the size of a cluster nor the
    gap between two means anything.

    Parameters
    ----------
    coordinates : array of shape (n_objects, 2)
        Where the objects lie; any map will do. The class methods compute it by t-SNE [1]_.
    y : array-like of shape (n_objects,), optional
        Floats are drawn on a colour scale, anything else as classes. None or NaN is unknown.
    domain : array-like of shape (n_objects,), optional
        Two values, such as "real" and "simulated": the first in sorted order has filled markers,
        the other open ones.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure

    Raises
    ------
    ValueError
        For coordinates of another shape, or `y` and `domain` that do not fit them.

    References
    ----------
    .. [1] van der Maaten & Hinton (2008), "Visualizing Data using t-SNE", JMLR 9, 2579.

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

    def __init__(self, coordinates, y=None, domain=None):
        self.coordinates = coordinates
        self.y = y
        self.domain = domain

    @classmethod
    def from_estimator(cls, estimator, X, y=None, *, domain=None, random_state=0):
        """Embed a table and map it.

        Parameters
        ----------
        estimator : fitted estimator
            With a ``transform`` that returns shape (n_objects, n_features).
        X : pandas.DataFrame of n_objects rows
            What ``estimator.transform`` takes.
        y, domain : array-like of shape (n_objects,), optional
            As for the class.
        random_state : int, RandomState instance or None, default=0
            Seed of PCA and t-SNE.

        Returns
        -------
        EmbeddingDisplay
        """
        return cls.from_embeddings(
            estimator.transform(X), y, domain=domain, random_state=random_state
        )

    @classmethod
    def from_embeddings(cls, Z, y=None, *, domain=None, random_state=0):
        """Map embeddings: PCA to at most 50 components, then t-SNE to 2.

        Parameters
        ----------
        Z : array-like of shape (n_objects, n_features)
            At least three objects.
        y, domain, random_state
            As for :meth:`from_estimator`.

        Returns
        -------
        EmbeddingDisplay

        Raises
        ------
        ValueError
            For fewer than three objects, values that are not finite, or lengths that differ.
        """
        Z = check_array(Z, dtype=np.float64, ensure_min_samples=3, input_name="Z")
        one_per_object(y, len(Z), "y")
        one_per_object(domain, len(Z), "domain")
        return cls(_two_dimensions(Z, check_random_state(random_state)), y, domain)

    def plot(self, ax=None, *, label="Redshift", cmap="viridis", title=None, **kwargs):
        """Draw the map.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            A new figure where absent.
        label : str, default="Redshift"
            Label of the colour bar, for a float `y`.
        cmap : str, default="viridis"
            Colour map for a float `y`.
        title : str, optional
        **kwargs : dict
            Passed to ``ax.scatter``, such as ``s`` and ``alpha``.

        Returns
        -------
        EmbeddingDisplay
            Itself.
        """
        points = check_array(self.coordinates, dtype=np.float64, input_name="coordinates")
        if points.shape[1] != 2:
            raise ValueError(f"coordinates must have shape (n_objects, 2); got {points.shape}.")
        y = one_per_object(self.y, len(points), "y")
        filled, names = _fills(one_per_object(self.domain, len(points), "domain"), len(points))
        self.ax_ = ax = new_axes(ax)
        self.figure_ = ax.figure
        kwargs = {"s": float(np.clip(12_000 / len(points), 5.0, 36.0)), "alpha": 0.9} | kwargs
        if y is not None and y.dtype.kind == "f":
            _scatter_numbers(ax, points, y, filled, label, cmap, kwargs)
            if names is not None:  # beside the axes stands the colour bar
                below = {"loc": "upper right", "bbox_to_anchor": (1.0, -0.01), "ncols": 2}
                ax.legend(handles=domain_handles(names), frameon=False, **below)
        else:
            scatter_classes(ax, *points.T, y, filled=filled, domains=names, **kwargs)
        ax.set(xlabel="t-SNE 1", ylabel="t-SNE 2", xticks=[], yticks=[])
        # The axes of such a map have no unit, and one scale.
        ax.set_aspect("equal", adjustable="datalim")
        if title is not None:
            ax.set_title(title)
        finish_axes(ax)
        return self


def _two_dimensions(Z, random_state):
    n_components = min(_N_COMPONENTS, *Z.shape)
    if not np.ptp(Z, axis=0).any():  # collapsed to one point, and shown so
        return np.zeros((len(Z), 2))
    Z = PCA(n_components, random_state=random_state).fit_transform(Z)
    # The start from principal components needs two of them, and a spread.
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
        raise ValueError("domain must be known of every object; it holds None or NaN.")
    names = np.unique(domain)
    if len(names) > 2:
        raise ValueError(f"domain must have at most two values; got {len(names)}.")
    return domain == names[0], names


def _scatter_numbers(ax, points, y, filled, label, cmap, kwargs):
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import Normalize

    known = np.isfinite(y)
    low, high = (y[known].min(), y[known].max()) if known.any() else (0.0, 1.0)
    scale = ScalarMappable(Normalize(low, high), cmap)
    for chosen, full in ((~known, True), (~known, False), (known, True), (known, False)):
        chosen = np.flatnonzero(chosen & (filled == full))
        colours = scale.to_rgba(y[chosen])
        colours[~known[chosen]] = (0.78, 0.78, 0.78, 1.0)
        fill = {"facecolors": colours} if full else {"facecolors": "none", "edgecolors": colours}
        ax.scatter(*points[chosen].T, linewidths=0.0 if full else 0.9, **(fill | kwargs))
    ax.figure.colorbar(scale, ax=ax, label=label)
