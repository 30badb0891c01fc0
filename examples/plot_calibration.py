"""
====================================
How sure is a type from a spectrum?
====================================

A network types supernovae from noisy spectra. This page calibrates its probabilities, and turns
them into sets of classes that hold the true one as often as they promise.
"""

# %%
# Few spectra to learn from
# -------------------------
# 400 objects train. The others, which the network does not see, are to calibrate it, to set limits
# and to look at. It reads its spectra again and again as they are, and so learns to be too sure.
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
from mapie.classification import SplitConformalClassifier
from sklearn.calibration import CalibratedClassifierCV
from sklearn.frozen import FrozenEstimator
from sklearn.metrics import log_loss

from sklearn_sn import SpectraNetClassifier
from sklearn_sn.datasets import make_supernovae
from sklearn_sn.encoders import SpectraNet

shares = {"SN Ia": 5, "SN II": 3, "SN Ib/c": 2, "SN Ia-91bg": 1}
X, y = make_supernovae(
    4000, classes=shares, modalities=["spectrum"], spectrum_snr=(1, 5), random_state=0
)
rows = np.split(np.random.default_rng(0).permutation(len(y)), [400, 1000, 2500])
X_train, X_calibrate, X_limit, X_new = (X.iloc[part] for part in rows)
y_train, y_calibrate, y_limit, y_new = (y[part] for part in rows)

small = {"n_bins": 128, "widths": (8, 16), "kernels": ((3, 9, 31), (3, 5, 9)), "latent_dim": 16}
careless = {"augmentation": False, "noise_augmentation": False, "dropout": 0.0}
encoder = SpectraNet(**small, **careless)
model = SpectraNetClassifier(encoder=encoder, batch_size=16, lr=4e-3, random_state=0)
model.fit(X_train, y_train)
print(f"{np.mean(model.predict(X_new) == y_new):.0%} right; {np.mean(y_new == 'SN Ia'):.0%} are Ia")

# %%
# Too sure, and mended
# --------------------
# One number, the temperature, divides the logarithms of the probabilities and leaves what is
# predicted as it is; isotonic regression draws a staircase for each class. ``FrozenEstimator``
# keeps the network. (``"temperature"`` needs scikit-learn 1.8; before, take ``"sigmoid"``.)
answers = {"as trained": model}
for method in ("temperature", "isotonic"):
    calibrated = CalibratedClassifierCV(FrozenEstimator(model), method=method)
    answers[method] = calibrated.fit(X_calibrate, y_calibrate)

# %%
# Each point is an eighth of the objects. Stairs follow the diagonal best, and end in
# probabilities of 0, which log-loss does not forgive.
fig, ax = plt.subplots(figsize=(5.2, 4.8), layout="constrained")
ax.plot([0, 1], [0, 1], color="0.6", linestyle="--", label="right as often as sure")
for (name, estimator), style in zip(answers.items(), ("o-", "s-", "^-"), strict=True):
    proba = estimator.predict_proba(X_new)
    sure, right = proba.max(axis=1), model.classes_[proba.argmax(axis=1)] == y_new
    means = [(sure[part].mean(), right[part].mean()) for part in np.array_split(sure.argsort(), 8)]
    ax.plot(*np.transpose(means), style, label=f"{name}: log-loss {log_loss(y_new, proba):.2f}")
ax.set(xlabel="How sure (probability of the predicted class)", ylabel="How often right")
ax.set(xlim=(0.3, 1.02), ylim=(0.3, 1.02))
ax.legend(loc="upper left")

# %%
# Sets of classes
# ---------------
# An answer may also be a set of classes that holds the true one nine times in ten. Conformal
# prediction finds how probable a class must be to be named. MAPIE does so over all objects; it asks
# a classifier for three things. (The whole one it would try on an array of zeros, which is no
# table.)
sure = answers["temperature"]
asked = SimpleNamespace(
    classes_=sure.classes_, predict=sure.predict, predict_proba=sure.predict_proba
)
conformal = SplitConformalClassifier(asked, confidence_level=0.9).conformalize(X_limit, y_limit)
sets = {"one limit for all": conformal.predict_set(X_new)[1][:, :, 0]}

# %%
# Nine in ten of all may be far fewer of a rare class. A limit for each class, from the scores of
# its own objects, keeps the promise to each; the 1 stands for the object to come.
score = 1 - sure.predict_proba(X_limit)
limits = [
    np.quantile(np.append(score[y_limit == name, k], 1), 0.9, method="inverted_cdf")
    for k, name in enumerate(sure.classes_)
]
sets["one limit for each class"] = 1 - sure.predict_proba(X_new) <= limits

# %%
# The price is larger sets. Error bars are those of counting, where limits are set and here.
fig, (left, right) = plt.subplots(1, 2, figsize=(10.5, 4.2), layout="constrained")
place, true = np.arange(len(sure.classes_)), np.searchsorted(sure.classes_, y_new)
count = np.bincount(true)
error = np.sqrt(0.9 * 0.1 * (1 / count + 1 / np.unique(y_limit, return_counts=True)[1]))
for i, (name, named) in enumerate(sets.items()):
    held = np.bincount(true, named[np.arange(len(true)), true]) / count
    left.errorbar(place + 0.2 * i - 0.1, held, error, fmt="os"[i], capsize=3, label=name)
    sizes = np.bincount(named.sum(axis=1), minlength=len(place) + 1) / len(true)
    label = f"{name}: {named.sum(axis=1).mean():.2f} on average"
    right.bar(np.arange(len(sizes)) + 0.4 * i - 0.2, sizes, width=0.4, label=label)
left.axhline(0.9, color="0.6", linestyle="--")
left.set(ylabel="Sets that hold the true class", xticks=place, xticklabels=sure.classes_)
left.legend(loc="lower left")
right.set(xlabel="Classes in the set", ylabel="Share of the objects", ylim=(0, 1.1))
right.legend()
