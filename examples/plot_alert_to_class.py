"""
========================
From an alert to a class
========================

Alerts are scored as they arrive. Objects that a spectrum would help most are scored again with it.
"""

# %%
# Train a fusion
# --------------
# One classifier for light curves, one for spectra. Fine classes are summed to coarse ones.
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from sklearn_sn import LateFusionClassifier, LightCurveClassifier, SpectraNetClassifier
from sklearn_sn.alerts import score_alerts, suggest_follow_up
from sklearn_sn.datasets import make_supernovae, read_alerts
from sklearn_sn.encoders import SpectrumCNN

coarse = {"SN Ia": "SN I", "SN Ib/c": "SN I", "SN II": "SN II", "SN IIn": "SN II"}
X, y = make_supernovae(320, redshift_range=(0.01, 0.1), surveys=("ztf",), random_state=0)
common = {"lr": 3e-3, "random_state": 0}
curves = LightCurveClassifier(encoder="deep_sets", max_epochs=25, **common)
spectra = SpectraNetClassifier(encoder=SpectrumCNN(n_bins=64), max_epochs=12, **common)
members = [("photometry", curves, "light_curve"), ("spectrum", spectra, "spectrum")]
model = LateFusionClassifier(members, class_map=coarse).fit(X[:240], y[:240])

# %%
# Alerts arrive
# -------------
# The other objects as packets of ZTF: each detection sends one, with the earlier detections.
new = X[240:].set_axis([f"ZTF{number:02d}" for number in range(80)])
truth = pd.Series(y[240:], index=new.index).replace(coarse)


def packets():
    for number, (name, curve) in enumerate(new["light_curve"].items()):
        curve = curve[(curve["flux"] > 5 * curve["flux_err"]) & (curve["flux"] > 0)]
        points = pd.DataFrame({"jd": curve["time"] + 2400000.5, "isdiffpos": "t"})
        points["fid"] = curve["band"].astype(str).str[-1]
        points["magpsf"] = 23.9 - 2.5 * np.log10(curve["flux"].astype(float))
        points["sigmapsf"] = 1.086 * curve["flux_err"] / curve["flux"]
        for n, point in enumerate(points := points.to_dict("records")):
            ids = {"objectId": name, "candid": 1000 * number + n}
            yield ids | {"candidate": point, "prv_candidates": points[:n]}


scores = score_alerts(model, packets())
table = pd.DataFrame([{"object": s.object_id, "mjd": s.mjd, **s.probabilities} for s in scores])

# %%
# The expected decrease of the entropy by a spectrum, after the last alert of each object:
known = read_alerts(packets()).assign(spectrum=None)
suggested = suggest_follow_up(model, known, n_objects=30)
suggested.head().round(2)

# %%
# Spectra come
# ------------
# The accuracy with spectra of the suggested objects, and with as many of random objects (expected).
followed = known.assign(spectrum=new["spectrum"][known.index])
before, after = (model.predict(table) == truth[known.index] for table in (known, followed))
chosen = known.index.isin(suggested.index)
accuracy = {"no spectra": before.mean(), "suggested": after.where(chosen, before).mean()}
accuracy["random"] = before.mean() + chosen.mean() * (after.mean() - before.mean())
pd.Series(accuracy).round(3)

# %%
# The probability of the true class of all suggested objects, before and with their spectra, and all
# probabilities of the one whose change is the median, after each alert and with a spectrum (star).
names = suggested.index
columns = np.searchsorted(model.classes_, truth[names].to_numpy(dtype=str))
proba = [model.predict_proba(part.loc[names]) for part in (known, followed)]
old, new_value = (part[np.arange(len(names)), columns] for part in proba)
typical = np.argsort(new_value - old)[len(names) // 2]
rows = table[table["object"] == names[typical]]
figure, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
axes[0].plot([0, 1], [0, 1], "k:")
axes[0].plot(old, new_value, "o")
axes[0].plot(old.mean(), new_value.mean(), "k*", ms=14, label="mean")
axes[0].set(xlabel="p(true class) before", ylabel="p(true class) with spectrum", title="Suggested")
for label, value in zip(model.classes_, proba[1][typical], strict=True):
    (line,) = axes[1].plot(rows["mjd"], rows[label], "o-", label=label)
    axes[1].plot(rows["mjd"].iloc[-1] + 3, value, "*", ms=14, color=line.get_color())
axes[1].set(xlabel="MJD", ylabel="Probability", title=f"{names[typical]}, {truth[names[typical]]}")
for axis in axes:
    axis.legend()
