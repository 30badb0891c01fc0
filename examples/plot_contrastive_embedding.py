"""
=======================
Contrastive embedding
=======================

A contrastive embedder maps the light curve and the spectrum of one supernova to nearby points. It
is trained to match the pairs, and so encodes the information that both modalities share. Any
scikit-learn classifier can then be trained on the embeddings of light curves alone.
"""

# %%
# Train on pairs
# --------------
# Two thirds of the objects are the training set. The embedder does not use the labels here. The
# example is small to keep it fast; more objects and epochs separate the classes further.
import matplotlib.pyplot as plt
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import Pipeline

from sklearn_sn import ContrastiveEmbedder
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import LightCurveTransformer, SpectrumCNN
from sklearn_sn.plotting import EmbeddingDisplay

X, y = make_supernovae(750, redshift_range=(0.01, 0.1), random_state=0)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=1 / 3, random_state=0)
embedder = ContrastiveEmbedder(
    light_curve=LightCurveTransformer(n_layers=2),
    spectrum=SpectrumCNN(n_bins=128),
    embedding_dim=64,
    batch_size=32,
    max_epochs=10,
    random_state=0,
)
pipe = Pipeline([("emb", embedder), ("knn", KNeighborsClassifier(10))]).fit(X_train, y_train)

# %%
# The embedding space
# -------------------
# :class:`~sklearn_sn.plotting.EmbeddingDisplay` projects the embeddings of held-out light curves to
# two dimensions by t-SNE.
light_curves = X_test[["light_curve"]]
display = EmbeddingDisplay.from_estimator(pipe[:-1], light_curves, y_test, random_state=0)
fig, axes = plt.subplots(1, 2, figsize=(12.5, 4.8), layout="constrained")
display.plot(axes[0], title="Class")
redshift = X_test["redshift"].to_numpy()
EmbeddingDisplay(display.coordinates, redshift).plot(axes[1], title="Redshift")

# %%
# Classification
# --------------
# The pipeline predicts from a table that contains only light curves.
_, ax = plt.subplots(figsize=(5.6, 4.8), layout="constrained")
ConfusionMatrixDisplay.from_estimator(
    pipe, light_curves, y_test, normalize="true", values_format=".2f", cmap="Blues", ax=ax
)
print(f"accuracy {pipe.score(light_curves, y_test):.2f}, chance level {1 / len(set(y)):.2f}")

# %%
# Training history
# ----------------
# ``history_`` contains the losses of every epoch.
_, ax = plt.subplots(figsize=(5.6, 3.6), layout="constrained")
history = pipe["emb"].history_
ax.plot([row["epoch"] for row in history], [row["train_loss"] for row in history], marker="o")
ax.set(xlabel="Epoch", ylabel="InfoNCE on training pairs")
