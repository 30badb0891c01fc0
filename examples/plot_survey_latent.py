"""
==============================
The latent of two surveys
==============================

A network that classifies light curves of two surveys has a latent in which objects lie by class,
and perhaps by survey. Supervised contrast asks that objects of one class be near each other,
whichever survey has seen them. This page compares the latents of networks with and without it.
"""

# %%
# Two surveys
# -----------
# ZTF and Rubin see three classes in other bands, at other depths and intervals. Every third object
# is held out.
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
# ``batch_balance="both"`` puts equal numbers of each class in each survey into a batch, so that
# there are pairs of one class across surveys.
settings = {"encoder": GRU(d_model=64), "lr": 3e-3, "weight_decay": 0.0, "random_state": 0}
settings |= {"max_epochs": 8, "batch_size": 32}
models = {
    "Cross-entropy alone": LightCurveClassifier(**settings),
    "With supervised contrast": SupConClassifier(
        **settings, batch_balance="both", contrastive_weight=2.0, temperature=0.2
    ),
}
latents = {name: m.fit(X_train, y_train).transform(X_test) for name, m in models.items()}

# %%
# Their latents
# -------------
# Held-out objects, mapped by t-SNE: colours are classes; markers of ZTF are open.
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
# In numbers
# ----------
# How often a linear classifier guesses the survey from the latent (a half by chance), and the class
# (a third). Supervised contrast brings the surveys near each other, as the maps show, and still a
# line can part them. To hide the survey is what
# :class:`~sklearn_sn.classification.DomainAdversarialClassifier` is made for.
head = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
pd.DataFrame(
    {
        name: {
            "survey guessed": cross_val_score(head, Z, survey, cv=5).mean(),
            "class guessed": cross_val_score(head, Z, y_test, cv=5).mean(),
        }
        for name, Z in latents.items()
    }
).round(2)
