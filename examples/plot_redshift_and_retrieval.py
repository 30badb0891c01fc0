"""
=======================
Redshift and retrieval
=======================

This example uses one embedding for two tasks: redshift regression from light curves, and retrieval
of the spectrum of the same supernova.
"""

# %%
# An embedder with a redshift head
# --------------------------------
# With ``aux_weight``, a linear head on the embeddings predicts the columns listed in
# ``aux_columns``; its loss is added to the contrastive loss. The redshift is needed in training
# only, not in prediction.
import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsRegressor

from sklearn_sn import ContrastiveEmbedder
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import LightCurveTransformer, SpectrumCNN
from sklearn_sn.metrics import nmad, recall_at_k
from sklearn_sn.plotting import RedshiftDisplay

X, y = make_supernovae(750, classes=("SN Ia", "SN II"), redshift_range=(0.01, 0.3), random_state=0)
X_train, X_test, _, y_test = train_test_split(X, y, test_size=1 / 3, random_state=0)
embedder = ContrastiveEmbedder(
    light_curve=LightCurveTransformer(n_layers=2),
    spectrum=SpectrumCNN(n_bins=128),
    embedding_dim=64,
    batch_size=32,
    max_epochs=10,
    aux_weight=1.0,
    aux_columns=("redshift",),
    random_state=0,
).fit(X_train)

# %%
# Redshift from the light curve
# -----------------------------
regressor = KNeighborsRegressor(15, weights="distance")
regressor.fit(embedder.transform(X_train[["light_curve"]]), X_train["redshift"])
predicted = regressor.predict(embedder.transform(X_test[["light_curve"]]))
RedshiftDisplay.from_predictions(X_test["redshift"].to_numpy(), predicted, y_test).plot()
print(f"NMAD {nmad(X_test['redshift'], predicted):.3f}")

# %%
# Cross-modal retrieval
# ---------------------
# ``encode`` returns the embedding of one modality. Both modalities share one space, so candidates
# are ranked by cosine similarity.
light_curves = embedder.encode(X_test, "light_curve")
spectra = embedder.encode(X_test, "spectrum")
ks = np.array([1, 2, 5, 10, 20, 50, 100])
_, ax = plt.subplots(figsize=(5.6, 4.2), layout="constrained")
ax.plot(ks, recall_at_k(light_curves, spectra, k=ks), marker="o", label="light curve → spectrum")
ax.plot(ks, recall_at_k(spectra, light_curves, k=ks), marker="s", label="spectrum → light curve")
ax.plot(ks, ks / len(X_test), color="0.5", linestyle="--", label="chance")
ax.set(xscale="log", xlabel="k", ylabel="Recall@k", ylim=(0, 1), xticks=ks, xticklabels=ks)
ax.minorticks_off()
ax.legend(frameon=False)
