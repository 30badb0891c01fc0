"""
=========================
Light curves and spectra
=========================

Every estimator takes a table with one row per object and one column per modality. This example
simulates such a table, inspects its columns and plots some objects.
"""

# %%
# A table of objects
# ------------------
# :func:`~sklearn_sn.datasets.make_supernovae` simulates light curves and spectra that share one
# physical state: an expanding, cooling photosphere with the spectral lines of the class.
import matplotlib.pyplot as plt

from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.plotting import LightCurveDisplay, SpectrumDisplay

X, y, truth = make_supernovae(
    40, redshift_range=(0.01, 0.05), n_spectra=3, return_truth=True, random_state=1
)
X[["redshift", "survey", "ebv"]].assign(type=y).head()

# %%
# The columns ``light_curve`` and ``spectrum`` are nested: each cell is a small table, and the
# column is stored as flat arrays. Times are in MJD, fluxes in µJy.
X["light_curve"].iloc[0].head()

# %%
# Light curves
# ------------
# Bands are coloured by wavelength. With ``scale="mag"``, magnitudes are in the AB system and points
# of low significance are shown as upper limits. Shown are one SN Ia observed by the Rubin
# Observatory and one observed by ZTF.
fig, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
for ax, survey in zip(axes, ("lsst", "ztf"), strict=True):
    name = X.index[(y == "SN Ia") & (X["survey"] == survey)][0]
    LightCurveDisplay.from_object(X, name).plot(
        ax, scale="mag", time_zero=truth.t_peak[name].round(1)
    )
    ax.set_title(f"{name}, SN Ia, {survey.upper()}")

# %%
# Spectra
# -------
# Several spectra of one object are plotted with vertical offsets. If the redshift is given,
# spectral lines are marked at their rest wavelengths. Absorption is blueshifted from these by the
# expansion of the ejecta.
fig, axes = plt.subplots(1, 2, figsize=(12, 5), layout="constrained")
for ax, kind in zip(axes, ("SN Ia", "SN II"), strict=True):
    name = X.index[y == kind][0]
    display = SpectrumDisplay.from_object(X, name, redshift=X.redshift[name])
    display.plot(ax, time_zero=truth.t_peak[name])
    ax.set_title(f"{name}, {kind}")

# %%
# Points as flat arrays
# ---------------------
# For numerical work, :func:`~sklearn_sn.data.as_ragged` returns the flat arrays of a column with
# offsets, so no loop over objects is needed.
curves = as_ragged(X["light_curve"])
print(curves.n_rows, "light curves,", curves.n_points, "points")
print("peak fluxes:", curves.reduce("max", "flux")[:4].round(1), "µJy")
