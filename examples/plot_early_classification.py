"""
=================================
Early, and with few labels
=================================

A new survey starts: labels are few, and light curves are young. How much does a network help that
was trained on simulations of other surveys, and how soon?
"""

# %%
# Pretrain on two surveys, use on a third
# ---------------------------------------
# Bands enter by their wavelength, so that Pan-STARRS1 is no problem to a network that has seen ZTF
# and Rubin only.
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
# Two candidates
# --------------
# A linear head on the frozen latent, and a network that starts from nothing. ``FrozenEstimator``
# keeps what was learned through the clones of cross-validation.
head = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
models = {
    "pretrained, frozen": make_pipeline(FrozenEstimator(pretrained), head),
    "from scratch": LightCurveClassifier(**settings, max_epochs=8),
}
folds = StratifiedKFold(2, shuffle=True, random_state=0)

# %%
# Few labels
# ----------
# :func:`~sklearn_sn.model_selection.limited_labels_curve` draws so many labelled objects from each
# training part, and scores on the whole test part. All candidates get the same draws.
display = LimitedLabelsDisplay.from_estimators(
    models, X, y, n_labels=(12, 40, None), cv=folds, n_draws=2, scoring="roc_auc_ovr"
)
display.plot(label="Macro AUROC")

# %%
# As numbers:
display.results["pretrained, frozen"].to_frame().round(3)

# %%
# Early
# -----
# :func:`~sklearn_sn.model_selection.horizon_sweep` ends the light curves of the test part so many
# days after the first detection.
display = HorizonDisplay.from_estimators(
    models, X, y, days=(3, 10, 20, 50, 100), cv=folds, scoring="roc_auc_ovr"
)
display.plot(label="Macro AUROC")

# %%
# After every point
# -----------------
# ``predict_proba_history`` answers after each point, in one pass; here for the first object.
history = pretrained.predict_proba_history(X.iloc[:1])
history.iloc[0].round(2).tail()
