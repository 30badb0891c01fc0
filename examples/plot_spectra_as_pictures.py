"""
====================
Spectra as pictures
====================

A network of images can classify any measurement that is drawn. This example draws spectra, raw and
smoothed, and compares a network of pictures with a network of spectra on the same objects. The
network of spectra is better, because a picture has fewer pixels along the wavelength and along the
flux than a spectrum has values.
"""

# %%
# Spectra on one grid
# -------------------
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from sklearn.metrics import ConfusionMatrixDisplay, balanced_accuracy_score
from sklearn.model_selection import train_test_split

from sklearn_sn import AstroMiNNClassifier, SpectraNetClassifier
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import ConvNeXtImage, SpectraNet
from sklearn_sn.preprocessing import SpectrumResampler

X, y = make_supernovae(600, modalities=["spectrum"], spectrum_snr=(2, 10), random_state=0)
flux = SpectrumResampler(n_bins=256).fit_transform(X)


# %%
# Smoothing and drawing
# ---------------------
# LOESS fits a line to the nearest bins of each bin, with weights that fall with the distance. The
# three curves are the channels of a picture: the spectrum, and LOESS over 5 % and 10 % of the bins.
def loess(flux, span):
    """Smooth spectra (n, n_bins) by local lines over a fraction `span` of the bins."""
    bins = np.arange(flux.shape[1])
    step = bins - bins[:, None]
    weight = np.clip(1.0 - np.abs(2.0 * step / (span * len(bins))) ** 3, 0.0, None) ** 3
    known = np.isfinite(flux)
    values = np.where(known, flux, 0.0)
    s0, s1, s2 = (known @ (weight * step**k).T for k in range(3))
    t0, t1 = (values @ (weight * step**k).T for k in range(2))
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(known, (s2 * t0 - s1 * t1) / (s0 * s2 - s1**2), np.nan)


def draw(flux, side, line_width=1.0):
    """Draw spectra as lines in pictures (n, side, side), scaled to the range of each spectrum."""
    canvas = FigureCanvasAgg(Figure(figsize=(side / 72, side / 72), dpi=72))
    axes = canvas.figure.add_axes((0, 0, 1, 1))
    axes.set_axis_off()
    (line,) = axes.plot(np.arange(flux.shape[1]), flux[0], "k", linewidth=line_width)
    pictures = np.empty((len(flux), side, side), dtype=np.float32)
    for picture, curve in zip(pictures, flux, strict=True):
        line.set_ydata(curve)
        axes.set_ylim(np.nanmin(curve), np.nanmax(curve))
        canvas.draw()
        picture[:] = 1.0 - np.asarray(canvas.buffer_rgba())[..., 0] / 255.0
    return pictures


side = 72  # pixels; the paper uses 288
curves = [flux, loess(flux, 0.05), loess(flux, 0.1)]
pictures = np.stack([draw(curve, side) for curve in curves], axis=1)
fig, axes = plt.subplots(1, 4, figsize=(10.5, 2.8), layout="constrained")
for ax, row in zip(axes, [np.flatnonzero(y == name)[0] for name in np.unique(y)], strict=False):
    ax.imshow(1.0 - pictures[row].transpose(1, 2, 0))
    ax.set(title=y[row], xticks=[], yticks=[])

# %%
# Two networks on the same objects
# --------------------------------
# The pictures are not turned or flipped in training, because wavelength and flux have a direction.
train, new = train_test_split(np.arange(len(y)), train_size=0.6, stratify=y, random_state=0)
settings = {"max_epochs": 12, "batch_size": 16, "random_state": 0}
images = pd.DataFrame({"image": list(pictures)}, index=X.index)
stages = {"depths": (1, 1, 1, 1), "widths": (16, 32, 64, 128), "dropout": 0.0}
picture = ConvNeXtImage(crop=None, augmentation=False, hidden_fraction=0.0, **stages)
of_pictures = AstroMiNNClassifier(
    image=picture, metadata=None, n_experts=1, loss="cross_entropy", lr=1e-3, **settings
).fit(images.iloc[train], y[train])
spectrum = SpectraNet(n_bins=256, widths=(8, 16), kernels=((3, 9, 63), (3, 9, 31)), latent_dim=32)
of_spectra = SpectraNetClassifier(encoder=spectrum, lr=4e-3, **settings).fit(
    X.iloc[train], y[train]
)

fig, axes = plt.subplots(1, 2, figsize=(10.5, 4.8), layout="constrained")
for ax, model, table in zip(axes, (of_pictures, of_spectra), (images, X), strict=True):
    predicted = model.predict(table.iloc[new])
    ConfusionMatrixDisplay.from_predictions(
        y[new],
        predicted,
        normalize="true",
        values_format=".0%",
        cmap="Blues",
        colorbar=False,
        ax=ax,
    )
    kind = "Pictures" if table is images else "Spectra"
    ax.set_title(f"{kind}: {balanced_accuracy_score(y[new], predicted):.0%}")
