"""
=========================
Redshift from what exists
=========================

One regressor reads light curves and spectra, and predicts the redshift from either or from both.
"""

# %%
# A regressor of both modalities
# ------------------------------
# Each modality has an encoder, and a head reads both. In training, ``modality_dropout`` hides the
# light curve of one object in four and the spectrum of another one in four, so that the network
# learns to predict from the rest. ``loss="gaussian"`` also learns an error for each object.
import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import train_test_split

from sklearn_sn import MultimodalRegressor
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import DeepSets, SpectrumCNN
from sklearn_sn.metrics import nmad
from sklearn_sn.plotting import RedshiftDisplay

X, y = make_supernovae(600, classes=("SN Ia", "SN II"), redshift_range=(0.01, 0.3), random_state=0)
X_train, X_test, _, y_test = train_test_split(X, y, test_size=1 / 3, random_state=0)
model = MultimodalRegressor(
    light_curve=DeepSets(),
    spectrum=SpectrumCNN(n_bins=128),
    loss="gaussian",
    modality_dropout=0.25,
    max_epochs=16,
    lr=3e-3,
    random_state=0,
).fit(X_train, X_train["redshift"])

# %%
# Redshifts from one modality, and from both
# ------------------------------------------
# A cell of None means that the object lacks the modality. The spectrum tells more than the light
# curve, and the learned errors are smallest with both.
inputs = {
    "light curve": X_test.assign(spectrum=None),
    "spectrum": X_test.assign(light_curve=None),
    "both": X_test,
}
z = X_test["redshift"].to_numpy()
figure, axes = plt.subplots(1, 3, figsize=(11, 4), layout="constrained", sharey=True)
for ax, (name, table) in zip(axes, inputs.items(), strict=True):
    predicted, error = model.predict(table, return_std=True)
    RedshiftDisplay.from_predictions(z, predicted, y_test).plot(ax=ax)
    ax.set_title(f"{name}: NMAD {nmad(z, predicted):.3f}")
    print(f"{name}: NMAD {nmad(z, predicted):.3f}, median error {np.median(error):.3f}")
