"""
=============
Preprocessing
=============

Transformers take a table and return a table, so they can precede an embedder in a pipeline.
Transformers of spectra can also return a 2-D array for any scikit-learn estimator.
"""

# %%
# Light curves: correct, bin, truncate
# ------------------------------------
# Milky Way extinction is corrected with the column ``ebv``, points of one night are binned, and the
# light curves are truncated 30 days after the first detection.
import matplotlib.pyplot as plt
from sklearn.decomposition import PCA
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score
from sklearn.pipeline import make_pipeline

from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.plotting import LightCurveDisplay
from sklearn_sn.preprocessing import (
    ContinuumNormalizer,
    ExtinctionCorrector,
    LightCurveBinner,
    LightCurveTruncator,
    MedianFilter,
    SpectrumResampler,
)

X, y = make_supernovae(400, redshift_range=(0.01, 0.08), random_state=2)
steps = make_pipeline(
    ExtinctionCorrector(), LightCurveBinner(), LightCurveTruncator(30, origin="detection")
)
early = steps.fit_transform(X)
name = X.index[(y == "SN Ia") & (X["survey"] == "lsst")][0]
fig, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained", sharex=True, sharey=True)
for ax, table, title in zip(axes, (X, early), ("as observed", "after 30 days"), strict=True):
    LightCurveDisplay.from_object(table, name).plot(ax)
    ax.set_title(f"{name}, {title}")

# %%
# The input is not modified: ``X`` still contains every point.
n_observed, n_early = (as_ragged(table["light_curve"]).n_points for table in (X, early))
print(f"{n_observed} points as observed, {n_early} after 30 days")

# %%
# Spectra: filter, resample, divide by the continuum
# --------------------------------------------------
# In the rest frame, spectral lines fall on the same bins for all objects.
spectra = make_pipeline(
    MedianFilter(3),
    SpectrumResampler((3600, 8000), n_bins=200, frame="rest"),
    ContinuumNormalizer(),
)
flux = spectra.fit_transform(X)
wavelength = spectra["spectrumresampler"].wavelength_
# sphinx_gallery_thumbnail_number = 2
_, ax = plt.subplots(figsize=(8, 4.6), layout="constrained")
for i, kind in enumerate(("SN Ia", "SN II", "SN Ib/c")):
    kind_flux = flux[y == kind]
    ax.plot(wavelength, SimpleImputer().fit(kind_flux).statistics_ + i, label=kind)
ax.set(xlabel="Rest wavelength (Å)", ylabel="Mean of flux / continuum + constant")
ax.legend(frameon=False, ncols=3)

# %%
# The 2-D array can be used with any scikit-learn estimator.
classifier = make_pipeline(spectra, SimpleImputer(), PCA(20), LogisticRegression(max_iter=1000))
scores = cross_val_score(classifier, X, y, cv=3)
print(f"class from spectra: accuracy {scores.mean():.2f} ± {scores.std():.2f}")
