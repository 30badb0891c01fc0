"""
=========================
Light curves and spectra
=========================

One row per object, and a column per modality: this is the table that every estimator takes. Here we
simulate one, look into its columns, and draw an object.
"""

# %%
# A table of objects
# ------------------
# :func:`~sklearn_sn.datasets.make_supernovae` simulates light curves and spectra that share one
# physical state: an expanding, cooling photosphere, crossed by the lines of its class.
import matplotlib.pyplot as plt

from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.plotting import LightCurveDisplay, SpectrumDisplay

X, y, truth = make_supernovae(
    40, redshift_range=(0.01, 0.05), n_spectra=3, return_truth=True, random_state=1
)
X[["redshift", "survey", "ebv"]].assign(type=y).head()

# %%
# The columns ``light_curve`` and ``spectrum`` are nested: a cell is a small table of its own, and
# the column is flat memory below. Times are MJD, fluxes µJy.
X["light_curve"].iloc[0].head()

# %%
# Light curves
# ------------
# Bands are coloured by wavelength. With ``scale="mag"`` magnitudes are AB, and weak points become
# upper limits. Below, a type Ia seen by the Rubin observatory and one seen by ZTF.
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
# Several spectra of one object are drawn one above the other. With the redshift, lines are marked
# where they would be at rest; the ejecta come towards us, so that absorption lies to the blue.
fig, axes = plt.subplots(1, 2, figsize=(12, 5), layout="constrained")
for ax, kind in zip(axes, ("SN Ia", "SN II"), strict=True):
    name = X.index[y == kind][0]
    display = SpectrumDisplay.from_object(X, name, redshift=X.redshift[name])
    display.plot(ax, time_zero=truth.t_peak[name])
    ax.set_title(f"{name}, {kind}")

# %%
# Points as flat arrays
# ---------------------
# For numerical work :func:`~sklearn_sn.data.as_ragged` gives the flat arrays of a column, with
# offsets, and there is no loop over objects.
curves = as_ragged(X["light_curve"])
print(curves.n_rows, "light curves,", curves.n_points, "points")
print("brightest points:", curves.reduce("max", "flux")[:4].round(1), "µJy")
