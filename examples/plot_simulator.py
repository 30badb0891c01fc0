"""
===============================
Simulated classes and surveys
===============================

:func:`~sklearn_sn.datasets.make_supernovae` simulates ten classes, five surveys and two
spectrographs. This example shows light curves, spectra and the physical parameters of the objects.
"""

# %%
# Surveys
# -------
# The same class observed by four surveys. Bands, cadence, depth and gaps are configurable:
# ``get_survey`` returns a built-in survey, and :class:`~sklearn_sn.datasets.Survey` defines a new
# one.
import matplotlib.pyplot as plt
import numpy as np

from sklearn_sn.data import as_ragged
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.plotting import LightCurveDisplay

fig, axes = plt.subplots(1, 4, figsize=(15, 3.6), layout="constrained")
for ax, survey in zip(axes, ("ztf", "lsst", "atlas", "followup"), strict=True):
    X, y, truth = make_supernovae(
        20, classes=["SN Ia"], surveys=survey, redshift_range=(0.02, 0.05), min_points=15,
        return_truth=True, random_state=3,
    )  # fmt: skip
    name = X["light_curve"].map(len).idxmax()
    LightCurveDisplay.from_object(X, name).plot(
        ax, scale="mag", time_zero=truth.t_peak[name].round(1)
    )
    ax.set_title(f"SN Ia, {survey}")

# %%
# Spectra of every class
# ----------------------
# Shown is the post-peak spectrum with the highest S/N of each class, from a long-slit spectrograph
# with R = 1000.
CLASSES = (
    *("SN Ia", "SN Ia-91bg", "SN Iax", "SN Ib/c", "SN II", "SN IIn", "SLSN-I", "TDE"),
    *("AGN", "CV"),
)
X, y, truth = make_supernovae(
    60, classes=CLASSES, surveys="ztf", spectrographs="longslit", spectrum_phase=(5, 15),
    redshift_range=(0.01, 0.04), return_truth=True, random_state=0,
)  # fmt: skip
spectra = as_ragged(X["spectrum"])
snr = spectra.reduce("mean", spectra["flux"] / spectra["flux_err"])
fig, ax = plt.subplots(figsize=(9, 8), layout="constrained")
for level, kind in enumerate(CLASSES):
    row = np.argmax(np.where(y == kind, snr, 0.0))
    one = spectra.take([row])
    wavelength = one["wavelength"] / (1 + X["redshift"].iloc[row])
    flux = one["flux"] / np.median(one["flux"])
    ax.plot(wavelength, np.clip(flux, 0, 4) / 2 - level, lw=0.8)
    ax.text(9250, 0.35 - level, kind)
ax.set(xlabel="rest-frame wavelength (Å)", ylabel="flux + offset", xlim=(3300, 10200), yticks=[])

# %%
# Correlated parameters
# ---------------------
# The truth table contains the simulated parameters. Slowly declining SN Ia are brighter and have
# more nickel; fast ones are redder. Samples are flux-limited. With ``classes="rates"``, the class
# proportions follow from the volumetric rates and the flux limit.
_, _, truth = make_supernovae(800, classes=["SN Ia"], return_truth=True, random_state=1)
fig, axes = plt.subplots(1, 3, figsize=(13, 3.8), layout="constrained")
for ax, (x, v) in zip(
    axes, [("x1", "peak_abs_mag"), ("x1", "ejecta_mass"), ("nickel_mass", "peak_abs_mag")],
    strict=True,
):  # fmt: skip
    points = ax.scatter(truth[x], truth[v], c=truth["colour"], s=8, cmap="coolwarm")
    ax.set(xlabel=x, ylabel=v)
fig.colorbar(points, label="colour (mag)")
