"""
=====================================
Latent representations of two surveys
=====================================

The latent of a network that classifies light curves of two surveys separates the classes, and may
also separate the surveys. A supervised contrastive loss pulls objects of one class together
regardless of the survey. This example compares the latents of networks with and without this loss.
"""

# %%
# Two surveys
# -----------
# ZTF and Rubin observe three classes in different bands, with different depths and cadences. One
# third of the objects is held out.
import matplotlib.pyplot as plt
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import cross_val_score, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_sn import LightCurveClassifier, SupConClassifier
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import GRU
from sklearn_sn.plotting import EmbeddingDisplay

X, y = make_supernovae(
    900, classes=("SN Ia", "SN II", "SLSN-I"), modalities=["light_curve"], random_state=0
)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=1 / 3, random_state=0)

# %%
# Two networks
# ------------
# With ``batch_balance="both"``, batches contain equal numbers of each class from each survey, so
# they include pairs of one class from different surveys.
settings = {"encoder": GRU(d_model=64), "lr": 3e-3, "weight_decay": 0.0, "random_state": 0}
settings |= {"max_epochs": 8, "batch_size": 32}
models = {
    "Cross-entropy only": LightCurveClassifier(**settings),
    "With supervised contrastive loss": SupConClassifier(
        **settings, batch_balance="both", contrastive_weight=2.0, temperature=0.2
    ),
}
latents = {name: m.fit(X_train, y_train).transform(X_test) for name, m in models.items()}

# %%
# Latents of held-out objects
# ---------------------------
# Projected by t-SNE. Colours are classes; open markers are ZTF.
survey = X_test["survey"].to_numpy()
fig, axes = plt.subplots(1, 2, figsize=(12.5, 4.8), layout="constrained")
for ax, (name, Z) in zip(axes, latents.items(), strict=True):
    EmbeddingDisplay.from_embeddings(Z, y_test, domain=survey).plot(ax, title=name)

# %%
# The same objects, coloured by survey.
fig, axes = plt.subplots(1, 2, figsize=(12.5, 4.8), layout="constrained")
for ax, (name, Z) in zip(axes, latents.items(), strict=True):
    EmbeddingDisplay.from_embeddings(Z, survey).plot(ax, title=name)

# %%
# Linear probes
# -------------
# Accuracy of a linear classifier that predicts the survey (chance level 0.5) or the class (0.33)
# from the latent. The contrastive loss moves the surveys closer together, as the figures show, but
# they remain linearly separable. To remove the information on the survey, use
# :class:`~sklearn_sn.classification.DomainAdversarialClassifier`.
head = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
pd.DataFrame(
    {
        name: {
            "survey accuracy": cross_val_score(head, Z, survey, cv=5).mean(),
            "class accuracy": cross_val_score(head, Z, y_test, cv=5).mean(),
        }
        for name, Z in latents.items()
    }
).round(2)
