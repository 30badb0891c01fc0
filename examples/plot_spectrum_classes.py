"""
===============================
Types and redshifts of spectra
===============================

A live event has a noisy spectrum, and no redshift. Two networks type it, one of them with a
redshift, and both say on which wavelengths the answer rests.
"""

# %%
# Two networks
# ------------
# The first reads the shape of a spectrum at several widths; the second correlates what it reads
# with templates that it has learned, at all redshifts. Only its training looks at the redshifts.
import matplotlib.pyplot as plt
from sklearn.metrics import ConfusionMatrixDisplay, balanced_accuracy_score
from sklearn.model_selection import train_test_split

from sklearn_sn import SpectralRedshiftClassifier, SpectraNetClassifier
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import SpectralFeatures, SpectraNet
from sklearn_sn.plotting import RedshiftDisplay, SpectrumExplanationDisplay

X, y = make_supernovae(1000, modalities=["spectrum"], spectrum_snr=(1, 5), random_state=0)
X_train, X_new, y_train, y_new = train_test_split(X, y, train_size=0.5, random_state=0)
settings = {"max_epochs": 15, "batch_size": 16, "lr": 4e-3, "random_state": 0}
shape = SpectraNet(n_bins=256, widths=(8, 16), kernels=((3, 9, 63), (3, 9, 31)), latent_dim=32)
types = SpectraNetClassifier(encoder=shape, **settings).fit(X_train, y_train)
features = SpectralFeatures(n_bins=256, widths=(16, 16), kernels=(9, 9), n_features=16)
both = SpectralRedshiftClassifier(encoder=features, redshift_range=(0, 0.2), **settings)
both.fit(X_train, y_train)

# %%
# Types
# -----
# Rows are the true classes, and the title says how many are right in the mean of the classes: by
# chance a fifth.
fig, axes = plt.subplots(1, 2, figsize=(10.5, 4.8), layout="constrained")
for ax, model in zip(axes, (types, both), strict=True):
    found = model.predict(X_new)
    ConfusionMatrixDisplay.from_predictions(
        y_new, found, normalize="true", values_format=".0%", cmap="Blues", colorbar=False, ax=ax
    )
    ax.set_title(f"{type(model).__name__}: {balanced_accuracy_score(y_new, found):.0%}")

# %%
# Redshifts
# ---------
# The redshift found, of spectra alone.
redshift, error = both.predict_redshift(X_new, return_std=True)
RedshiftDisplay(X_new["redshift"], redshift, y_new).plot()

# %%
# How probable each redshift is, for the least and the largest error. A second peak, at which other
# lines fit, makes it large.
grid, posterior = both.predict_redshift_proba(X_new)
clear, doubtful = error.argsort()[[0, -1]]
fig, ax = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
for row, colour in ((clear, "C0"), (doubtful, "C1")):
    label = f"{X_new.index[row]}: {redshift[row]:.3f} ± {error[row]:.3f}"
    ax.plot(grid, posterior[row], color=colour, label=label)
    ax.axvline(X_new["redshift"].iloc[row], color=colour, linestyle="--")
ax.set(xlabel="Redshift (dashed: the true one)", ylabel="Probability of each bin")
ax.legend()

# %%
# What the answers rest on
# ------------------------
# Windows of the spectrum of least error are hidden, one after the other: orange is what speaks for
# the type.
SpectrumExplanationDisplay.from_estimator(both, X_new, X_new.index[clear]).plot()

# %%
# And for the redshift.
SpectrumExplanationDisplay.from_estimator(both, X_new, X_new.index[clear], of="redshift").plot()
