"""
====================================
Classes and redshifts from spectra
====================================

New transients often have a noisy spectrum and no redshift. This example classifies such spectra
with two networks, one of which also predicts the redshift, and shows which wavelengths contribute
to the predictions.
"""

# %%
# Two networks
# ------------
# The first network applies convolutions of several widths. The second one correlates learned
# features with learned templates at all redshifts; it needs redshifts in training only.
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
# Classes
# -------
# Rows are the true classes. The title gives the balanced accuracy; the chance level is 20 %.
fig, axes = plt.subplots(1, 2, figsize=(10.5, 4.8), layout="constrained")
for ax, model in zip(axes, (types, both), strict=True):
    predicted = model.predict(X_new)
    ConfusionMatrixDisplay.from_predictions(
        y_new, predicted, normalize="true", values_format=".0%", cmap="Blues", colorbar=False, ax=ax
    )
    ax.set_title(f"{type(model).__name__}: {balanced_accuracy_score(y_new, predicted):.0%}")

# %%
# Redshifts
# ---------
# Redshifts are predicted from the spectra alone.
redshift, error = both.predict_redshift(X_new, return_std=True)
RedshiftDisplay(X_new["redshift"], redshift, y_new).plot()

# %%
# Posterior probability of the redshift for the objects with the smallest and the largest predicted
# error. The error is large if there is a second peak, at which other spectral lines match.
grid, posterior = both.predict_redshift_proba(X_new)
certain, uncertain = error.argsort()[[0, -1]]
fig, ax = plt.subplots(figsize=(6.5, 3.6), layout="constrained")
for row, colour in ((certain, "C0"), (uncertain, "C1")):
    label = f"{X_new.index[row]}: {redshift[row]:.3f} ± {error[row]:.3f}"
    ax.plot(grid, posterior[row], color=colour, label=label)
    ax.axvline(X_new["redshift"].iloc[row], color=colour, linestyle="--")
ax.set(xlabel="Redshift (dashed: true value)", ylabel="Probability of each bin")
ax.legend()

# %%
# Importance of wavelengths
# -------------------------
# Windows of the spectrum with the smallest error are hidden one after the other. Orange regions
# support the predicted class.
SpectrumExplanationDisplay.from_estimator(both, X_new, X_new.index[certain]).plot()

# %%
# The same for the predicted redshift.
SpectrumExplanationDisplay.from_estimator(both, X_new, X_new.index[certain], of="redshift").plot()
