"""
===================================================
Calibration and conformal prediction for spectra
===================================================

A network classifies supernovae from noisy spectra. This example calibrates its probabilities and
converts them into prediction sets with a guaranteed coverage.
"""

# %%
# An overconfident classifier
# ---------------------------
# The network is trained on 400 objects. Separate sets calibrate the probabilities, set the
# conformal thresholds and test the results. Augmentation and dropout are off, so the network
# overfits and becomes overconfident.
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
unregularised = {"augmentation": False, "noise_augmentation": False, "dropout": 0.0}
encoder = SpectraNet(**small, **unregularised)
model = SpectraNetClassifier(encoder=encoder, batch_size=16, lr=4e-3, random_state=0)
model.fit(X_train, y_train)
accuracy, majority = np.mean(model.predict(X_new) == y_new), np.mean(y_new == "SN Ia")
print(f"accuracy {accuracy:.0%}; majority-class baseline {majority:.0%}")

# %%
# Calibration
# -----------
# Temperature scaling divides the log-probabilities by one number and leaves the predicted class
# unchanged. Isotonic regression fits a step function per class. ``FrozenEstimator`` prevents
# refitting of the network. (``"temperature"`` requires scikit-learn 1.8; use ``"sigmoid"`` with
# older versions.)
calibrated = {"uncalibrated": model}
for method in ("temperature", "isotonic"):
    classifier = CalibratedClassifierCV(FrozenEstimator(model), method=method)
    calibrated[method] = classifier.fit(X_calibrate, y_calibrate)

# %%
# Each point of the reliability diagram is one eighth of the test objects. Isotonic regression is
# closest to the diagonal, but some of its probabilities are 0, which increases the log-loss.
fig, ax = plt.subplots(figsize=(5.2, 4.8), layout="constrained")
ax.plot([0, 1], [0, 1], color="0.6", linestyle="--", label="perfect calibration")
for (name, estimator), style in zip(calibrated.items(), ("o-", "s-", "^-"), strict=True):
    proba = estimator.predict_proba(X_new)
    confidence, correct = proba.max(axis=1), model.classes_[proba.argmax(axis=1)] == y_new
    parts = np.array_split(confidence.argsort(), 8)
    means = [(confidence[part].mean(), correct[part].mean()) for part in parts]
    ax.plot(*np.transpose(means), style, label=f"{name}: log-loss {log_loss(y_new, proba):.2f}")
ax.set(xlabel="Confidence (probability of the predicted class)", ylabel="Accuracy")
ax.set(xlim=(0.3, 1.02), ylim=(0.3, 1.02))
ax.legend(loc="upper left")

# %%
# Prediction sets
# ---------------
# A prediction set contains the true class with a given probability, here 90 %. Conformal prediction
# computes the probability threshold above which a class is included. MAPIE computes one threshold
# for all objects. It uses three members of a classifier; they are passed in a namespace because
# MAPIE would test a complete estimator on an array of zeros, which is not a valid table.
scaled = calibrated["temperature"]
wrapped = SimpleNamespace(
    classes_=scaled.classes_, predict=scaled.predict, predict_proba=scaled.predict_proba
)
conformal = SplitConformalClassifier(wrapped, confidence_level=0.9).conformalize(X_limit, y_limit)
sets = {"one threshold": conformal.predict_set(X_new)[1][:, :, 0]}

# %%
# A coverage of 90 % over all objects may be much lower for a rare class. One threshold per class,
# computed from the scores of the objects of this class, guarantees the coverage of every class. The
# appended 1 is the score of the test object in the conformal quantile.
score = 1 - scaled.predict_proba(X_limit)
thresholds = [
    np.quantile(np.append(score[y_limit == name, k], 1), 0.9, method="inverted_cdf")
    for k, name in enumerate(scaled.classes_)
]
sets["one threshold per class"] = 1 - scaled.predict_proba(X_new) <= thresholds

# %%
# Class-wise thresholds give larger sets. Error bars are binomial standard errors of both samples.
fig, (left, right) = plt.subplots(1, 2, figsize=(10.5, 4.2), layout="constrained")
position, true = np.arange(len(scaled.classes_)), np.searchsorted(scaled.classes_, y_new)
count = np.bincount(true)
error = np.sqrt(0.9 * 0.1 * (1 / count + 1 / np.unique(y_limit, return_counts=True)[1]))
for i, (name, included) in enumerate(sets.items()):
    coverage = np.bincount(true, included[np.arange(len(true)), true]) / count
    left.errorbar(position + 0.2 * i - 0.1, coverage, error, fmt="os"[i], capsize=3, label=name)
    sizes = np.bincount(included.sum(axis=1), minlength=len(position) + 1) / len(true)
    label = f"{name}: {included.sum(axis=1).mean():.2f} on average"
    right.bar(np.arange(len(sizes)) + 0.4 * i - 0.2, sizes, width=0.4, label=label)
left.axhline(0.9, color="0.6", linestyle="--")
left.set(ylabel="Coverage", xticks=position, xticklabels=scaled.classes_)
left.legend(loc="lower left")
right.set(xlabel="Classes in the set", ylabel="Fraction of objects", ylim=(0, 1.1))
right.legend()
