"""
========================================
The host galaxy as a third modality
========================================

A supernova has a light curve, often a spectrum, and nearly always a picture of its surroundings
and a catalogue entry of its host. This example trains the same contrastive embedder without and
with the host and compares both on held-out objects that have no spectrum.
"""

# %%
# Objects with four modalities
# ----------------------------
# ``"image"`` adds the cutouts of the last alert (science, reference and difference), ``"metadata"``
# the columns of its packet. Those that describe the host and the position on it are used here.
import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, recall_score
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_sn import ContrastiveEmbedder
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import ConvNeXtImage, LightCurveTransformer, SpectrumCNN

HOST = ["sgscore1", "distpsnr1", "sgscore2", "distpsnr2", "nmtchps", "ra", "dec"]
X, y = make_supernovae(
    800,
    classes=("SN Ia", "SN II", "TDE", "AGN", "CV"),
    modalities=("light_curve", "spectrum", "image", "metadata"),
    surveys="ztf",
    random_state=0,
)
print(X["image"].iloc[0].shape, *X[HOST].iloc[0].round(2).items())

# %%
# Two embedders
# -------------
# Both read the light curve and the spectrum in training. The second one also aligns the cutouts and
# the columns of the host with them. InfoNCE is computed for every pair of modalities.
SIZES = {
    "light_curve": LightCurveTransformer(n_layers=2),
    "spectrum": SpectrumCNN(n_bins=128),
    "embedding_dim": 64,
    "batch_size": 32,
    "max_epochs": 8,
    "random_state": 0,
}
embedders = {
    "light curve + spectrum": ContrastiveEmbedder(image=None, **SIZES),
    "and host": ContrastiveEmbedder(
        image=ConvNeXtImage(crop=31), metadata="mlp", metadata_columns=HOST, **SIZES
    ),
}

# %%
# Classes of objects without a spectrum
# -------------------------------------
# The embeddings of the light curve, the cutouts and the columns are concatenated and classified by
# logistic regression. The host helps most for TDEs and AGN, which lie in nuclei. The embedding of
# the light curve alone does not profit from a host in training: InfoNCE keeps what modalities
# share, and a host says little about the shape of a light curve.
inputs = {
    "light curve": ("light curve + spectrum", ["light_curve"]),
    "light curve, trained with the host": ("and host", ["light_curve"]),
    "host": ("and host", ["image", "metadata"]),
    "light curve and host": ("and host", ["light_curve", "image", "metadata"]),
}
train, test = train_test_split(np.arange(len(X)), test_size=0.4, stratify=y, random_state=0)
for embedder in embedders.values():
    embedder.fit(X.iloc[train])
recalls, scores = {}, {}
for label, (name, modalities) in inputs.items():
    Z = np.hstack([embedders[name].encode(X, modality) for modality in modalities])
    head = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000))
    predicted = head.fit(Z[train], y[train]).predict(Z[test])
    classes = head.classes_
    recalls[label] = recall_score(y[test], predicted, average=None, labels=classes)
    scores[label] = f1_score(y[test], predicted, average="macro")
    print(f"{label:35s} macro-F1 {scores[label]:.3f}")

fig, ax = plt.subplots(figsize=(8.0, 3.8), layout="constrained")
for i, (label, recall) in enumerate(recalls.items()):
    position = np.arange(len(classes)) + 0.2 * (i - 1.5)
    ax.bar(position, recall, 0.18, label=f"{label} ({scores[label]:.2f})")
ax.set(xticks=np.arange(len(classes)), xticklabels=classes, ylabel="Recall", ylim=(0, 1))
ax.legend(title="Input (macro-F1)", loc="upper left", bbox_to_anchor=(1, 1))
