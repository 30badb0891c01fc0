"""Which wavelengths of a spectrum an answer rests on."""

import numpy as np

from sklearn_sn.data import as_frame
from sklearn_sn.plotting._ions import mark_lines
from sklearn_sn.plotting._objects import find_positions
from sklearn_sn.plotting._spectrum import SpectrumDisplay

_COLOURS = "PuOr_r"  # orange speaks for, violet against; told apart by everybody


class SpectrumExplanationDisplay:
    """The spectra of one object over what their wavelengths say for and against an answer.

    Parameters
    ----------
    wavelengths, fluxes : list of array, each of shape (n_pixels,)
        As for :class:`SpectrumDisplay`: observer frame, Å.
    bins : array of shape (n_bins,)
        Rising wavelengths of `importance`, observer frame, Å.
    importance : array of shape (n_bins,)
        Positive where the bin speaks for the answer.
    redshift : float, optional
        For the marks of ions and the axis of rest wavelengths; without it neither is drawn.
    answer : str, optional
        What is explained.
    name : str, optional
        Of the object.

    Attributes
    ----------
    ax_ : matplotlib Axes
    figure_ : matplotlib Figure
    colorbar_ : matplotlib Colorbar

    See Also
    --------
    SpectrumDisplay : The spectra alone.

    Examples
    --------
    >>> from sklearn_sn.classification import SpectraNetClassifier
    >>> from sklearn_sn.datasets import make_supernovae
    >>> from sklearn_sn.plotting import SpectrumExplanationDisplay
    >>> X, y = make_supernovae(40, modalities=["spectrum"], random_state=0)
    >>> few = {"n_bins": 64, "widths": (8, 8), "kernels": ((3, 9), (3, 5)), "latent_dim": 8}
    >>> model = SpectraNetClassifier(**few, max_epochs=2, random_state=0).fit(X, y)
    >>> display = SpectrumExplanationDisplay.from_estimator(model, X, X.index[0])
    >>> display.answer == model.predict(X.iloc[:1])[0], display.importance.shape
    (True, (64,))
    """

    def __init__(
        self, wavelengths, fluxes, bins, importance, *, redshift=None, answer=None, name=None
    ):
        self.wavelengths = wavelengths
        self.fluxes = fluxes
        self.bins = bins
        self.importance = importance
        self.redshift = redshift
        self.answer = answer
        self.name = name

    @classmethod
    def from_estimator(cls, estimator, X, name_or_position, redshift=None, **kwargs):
        """Explain what an estimator says of one object.

        Parameters
        ----------
        estimator : fitted estimator
            With a method ``explain``.
        X : pandas.DataFrame of n_objects rows
            With a column ``spectrum``.
        name_or_position : label or int
            Label in the index of `X`; where the index does not hold integers, an int is a
            position.
        redshift : float, optional
            By default the column ``redshift`` of `X`, where there is one; else what the estimator
            finds, where it finds one. An estimator at rest is asked with it.
        **kwargs : dict
            Passed to ``estimator.explain``, such as ``y`` and ``method``.

        Returns
        -------
        SpectrumExplanationDisplay

        Raises
        ------
        KeyError
            If no object has this name.
        ValueError
            If the object has no usable spectrum.
        """
        X = as_frame(X)
        spectra = SpectrumDisplay.from_object(X, name_or_position, redshift)
        row = X.iloc[find_positions(X, [name_or_position])]
        at_rest = getattr(estimator, "frame", "observer") == "rest"
        if at_rest and redshift is not None:
            row = row.assign(redshift=redshift)
        bins, importance = estimator.explain(row, **kwargs)
        redshift = spectra.redshift
        if at_rest and redshift is not None:
            bins = bins * (1.0 + redshift)
        if redshift is None and getattr(estimator, "n_redshifts_", 0):
            redshift = float(estimator.predict_redshift(row)[0])
        return cls(
            spectra.wavelengths,
            spectra.fluxes,
            bins,
            importance[0],
            redshift=redshift,
            answer=_answer(estimator, row, kwargs),
            name=spectra.name,
        )

    def plot(self, ax=None, *, lines=None, **kwargs):
        """Draw the spectra over stripes that are orange where a bin speaks for the answer.

        Parameters
        ----------
        ax : matplotlib Axes, optional
            A new figure where absent.
        lines : dict of str to float, optional
            Name and rest wavelength (Å) of the lines to mark; a table of nine by default.
        **kwargs : dict
            Passed to ``ax.plot``, which draws the spectra.

        Returns
        -------
        SpectrumExplanationDisplay
            Itself.

        Raises
        ------
        ValueError
            For bins that are not one for each importance, or spectra that cannot be drawn.
        """
        bins, importance = np.asarray(self.bins, float), np.asarray(self.importance, float)
        if bins.ndim != 1 or bins.shape != importance.shape or len(bins) < 2:
            raise ValueError(
                "bins and importance must be two arrays of one length; got shapes "
                f"{bins.shape} and {importance.shape}."
            )
        style = {"color": "0.1"} | kwargs
        display = SpectrumDisplay(self.wavelengths, self.fluxes).plot(ax, **style)
        self.ax_, self.figure_ = ax, _ = display.ax_, display.figure_
        low, high = ax.get_ylim()
        limits = ax.get_xlim()
        middle = 0.5 * (bins[1:] + bins[:-1])
        edges = np.concatenate([[2 * bins[0] - middle[0]], middle, [2 * bins[-1] - middle[-1]]])
        most = np.abs(importance).max() or 1.0
        stripes = ax.pcolormesh(
            edges,
            [low, high],
            importance[None],
            cmap=_COLOURS,
            vmin=-most,
            vmax=most,
            alpha=0.75,
            linewidth=0,
            zorder=-1,
            rasterized=True,
        )
        ax.set(xlim=limits, ylim=(low, high))
        self.colorbar_ = self.figure_.colorbar(stripes, ax=ax, pad=0.02, aspect=30)
        self.colorbar_.set_label("Speaks against  ←  →  speaks for")
        parts = [self.name or "", self.answer or ""]
        if self.redshift is not None and np.isfinite(self.redshift):
            parts.append(f"z = {self.redshift:.3g}")
            mark_lines(ax, self.redshift, lines)
            ax.spines["top"].set_visible(True)
        ax.set_title(",  ".join(part for part in parts if part))
        return self


def _answer(estimator, row, asked):
    """What was explained, in words."""
    if asked.get("of") == "redshift":
        return "redshift"
    if asked.get("y") is not None:
        return str(np.asarray(asked["y"]).ravel()[0])
    if hasattr(estimator, "classes_"):
        return str(estimator.predict(row)[0])
    return f"{estimator.predict(row)[0]:.4g}"
