"""
=============================
Spectra from light curves
=============================

A multimodal autoencoder is trained on light curves and spectra of the same supernovae. For an
object with only a light curve, it predicts the spectrum at any phase, with an uncertainty.
"""

# %%
# SN Ia with light curves and spectra
# -----------------------------------
# The time of peak is known here; without the column ``t_peak`` it is estimated from the light
# curve. The test set is used for the figures.
from sklearn.model_selection import train_test_split

from sklearn_sn import MMVAEEmbedder, load_pretrained
from sklearn_sn.cross_modal import CrossModalGenerator, MeanSpectrumGenerator
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import LightCurveTransceiver, SpectrumTransceiver, TransceiverDecoder
from sklearn_sn.plotting import GenerationDisplay, MaskingDisplay

X, y, truth = make_supernovae(
    460,
    classes=["SN Ia"],
    redshift_range=(0.01, 0.08),
    n_spectra=(1, 3),
    n_pixels=100,
    spectrum_phase=(-10.0, 30.0),
    return_truth=True,
    random_state=0,
)
X["t_peak"] = truth["t_peak"]
X_train, X_test = train_test_split(X, test_size=60, random_state=0)

# %%
# Train
# -----
# The network is small and the epochs are few to keep the example fast. Small batches give enough
# optimiser steps for few objects. One fifth of the objects calibrates the intervals.
sizes = {"d_model": 16, "n_layers": 1, "n_frequencies": 8}
points = {"max_points": 60, "max_pixels": 100, "spectra_per_object": 1}
model = MMVAEEmbedder(
    light_curve=LightCurveTransceiver(**sizes),
    spectrum=SpectrumTransceiver(**sizes),
    decoder=TransceiverDecoder(**sizes, **points),
    batch_size=8,
    max_epochs=40,
    lr=5e-3,
    calibration_fraction=0.2,
    random_state=0,
).fit(X_train)

# %%
# Generate
# --------
# Generate spectra of test objects from their light curves, at the phases of their measured spectra.
# Two baselines are shown: the mean spectrum near each phase, and the spectra of the nearest
# training objects in the space of the packaged contrastive embedder.
mean = MeanSpectrumGenerator(phase_bins=5).fit(X_train)
embedder = load_pretrained("contrastive-sim")
neighbours = CrossModalGenerator(embedder, n_neighbors=5).fit(X_train)
others = {"mean spectrum": mean, "five neighbours": neighbours}
GenerationDisplay.from_estimator(model, X_test, others=others).plot()

# %%
# Dependence on the number of points
# ----------------------------------
# Hide a growing fraction of the points of the light curves. The coverage of the calibrated
# intervals remains near 90 %. The residual increases towards that of the mean spectrum. With
# thousands of objects, 60 epochs and the default sizes, the residual without hidden points is about
# one quarter of that of the mean spectrum.
models = {"MMVAE": model, "mean spectrum": mean}
MaskingDisplay.from_estimators(models, X_test, fractions=(0.0, 0.5, 0.9)).plot()
