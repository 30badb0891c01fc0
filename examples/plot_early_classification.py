"""
===========================================
Early classification and few labels
===========================================

At the start of a survey, labels are few and light curves are short. This example measures the
benefit of pretraining on simulations of other surveys for few labels and for short light curves.
"""

# %%
# Pretrain on two surveys, apply to a third
# -----------------------------------------
# Bands are represented by their wavelength. A network trained on ZTF and Rubin can therefore be
# applied to Pan-STARRS1.
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_sn import LightCurveClassifier, SupConClassifier
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import GRU
from sklearn_sn.plotting import HorizonDisplay, LimitedLabelsDisplay

classes = ("SN Ia", "SN II", "SLSN-I")
settings = {"encoder": GRU(d_model=48), "batch_size": 32, "lr": 3e-3, "random_state": 0}
X_sim, y_sim = make_supernovae(
    750, classes=classes, modalities=["light_curve"], surveys=("ztf", "lsst"), random_state=0
)
pretrained = SupConClassifier(**settings, max_epochs=8, batch_balance="both").fit(X_sim, y_sim)
X, y = make_supernovae(
    240, classes=classes, modalities=["light_curve"], surveys=("ps1",), random_state=1
)
X = X[["light_curve"]]

# %%
# Two models
# ----------
# A linear head on the frozen latent, and a network trained from scratch. ``FrozenEstimator``
# preserves the fitted weights when cross-validation clones the model.
head = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
models = {
    "pretrained, frozen": make_pipeline(FrozenEstimator(pretrained), head),
    "from scratch": LightCurveClassifier(**settings, max_epochs=8),
}
folds = StratifiedKFold(2, shuffle=True, random_state=0)

# %%
# Few labels
# ----------
# :func:`~sklearn_sn.model_selection.limited_labels_curve` draws ``n_labels`` labelled objects from
# each training set and scores on the whole test set. All models use the same draws.
display = LimitedLabelsDisplay.from_estimators(
    models, X, y, n_labels=(12, 40, None), cv=folds, n_draws=2, scoring="roc_auc_ovr"
)
display.plot(label="Macro AUROC")

# %%
# The scores as a table:
display.results["pretrained, frozen"].to_frame().round(3)

# %%
# Early classification
# --------------------
# :func:`~sklearn_sn.model_selection.horizon_sweep` truncates the light curves of the test set at
# ``days`` after the first detection.
display = HorizonDisplay.from_estimators(
    models, X, y, days=(3, 10, 20, 50, 100), cv=folds, scoring="roc_auc_ovr"
)
display.plot(label="Macro AUROC")

# %%
# Probabilities after every point
# -------------------------------
# ``predict_proba_history`` returns the class probabilities after each point of a light curve, in
# one pass. Shown are the last points of the first object.
history = pretrained.predict_proba_history(X.iloc[:1])
history.iloc[0].round(2).tail()
