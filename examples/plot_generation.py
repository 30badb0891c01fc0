"""
=============================
Spectra from light curves
=============================

A multimodal autoencoder sees light curves and spectra of the same supernovae. Of a new one that has
only a light curve it then says what spectrum it would show, at any phase, and how sure that is.
"""

# %%
# SN Ia with light curves and spectra
# -----------------------------------
# The time of peak is known here; without the column ``t_peak`` it is estimated from the light
# curve. Objects are held out for calibration and for the pictures.
from sklearn.frozen import FrozenEstimator
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
# A small network and few epochs: this page has to be quick. Small batches give the steps that few
# objects need. A fifth of them calibrates the intervals.
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
# From the light curves of objects that the model has not seen, at the phases at which a spectrum
# was measured. The mean of all spectra of a phase is what there is to beat, and the spectra of the
# nearest training objects, in the space of the packaged contrastive embedder.
mean = MeanSpectrumGenerator(phase_bins=5).fit(X_train)
embedder = FrozenEstimator(load_pretrained("contrastive-sim"))
neighbours = CrossModalGenerator(embedder, n_neighbors=5).fit(X_train)
others = {"mean spectrum": mean, "five neighbours": neighbours}
GenerationDisplay.from_estimator(model, X_test, others=others).plot()

# %%
# What a light curve is worth
# ---------------------------
# Hide a growing part of its points. Calibrated intervals hold about nine in ten fluxes all the
# same, and the residual climbs from below the mean spectrum towards it. How far below is a matter
# of training: with thousands of objects and 60 epochs of the default sizes the residual is about a
# quarter of the mean spectrum's.
models = {"MMVAE": model, "mean spectrum": mean}
MaskingDisplay.from_estimators(models, X_test, fractions=(0.0, 0.5, 0.9)).plot()
