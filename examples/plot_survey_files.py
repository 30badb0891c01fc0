"""
=======================================
From survey files to class and redshift
=======================================

This example reads two files of forced photometry, of ATLAS and of ZTF, joins their light curves,
and predicts the class and the redshift of the object with the packaged embedder.
"""

# %%
# Two files
# ---------
# The files are written from a simulated object that both surveys observe. With your own files, only
# their paths change.
import tempfile

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsRegressor

from sklearn_sn import load_pretrained
from sklearn_sn.datasets import Survey, make_supernovae, read_tables, write_survey_files
from sklearn_sn.metrics import nmad
from sklearn_sn.plotting import LightCurveDisplay, RedshiftDisplay

bands = ("ztfg", "ztfr", "atlasc", "atlaso")
both = Survey("both", bands, depths=(20.7, 20.6, 19.7, 19.7), cadences=3.0, min_detections=15)
settings = {"surveys": [both], "modalities": ["light_curve"], "redshift_range": (0.01, 0.1)}
settings |= {"classes": ("SN Ia", "SN Ib/c", "SN II")}
simulated, kind = make_supernovae(100, **settings, random_state=1)
name = simulated["light_curve"][kind == "SN Ia"].map(len).idxmax()
example = simulated.loc[[name]].rename({name: "SN 2099a"})
folder = tempfile.TemporaryDirectory()
(atlas,) = write_survey_files(example, f"{folder.name}/atlas", format="atlas")
(ztf,) = write_survey_files(example, f"{folder.name}/ztf", format="ztf-forced")
print(atlas.read_text()[:420])

# %%
# Read them
# ---------
# The columns identify the survey. ATLAS gives µJy, ZTF counts with a zero point in each row. The
# record tells how they were read.
X = read_tables(light_curves=[atlas, ztf])
folder.cleanup()
pd.DataFrame(X.attrs["read"]["tables"])[["dialect", "scale", "survey_of_letters"]]

# %%
# The light curves of both surveys are on one scale.
brightest = X["light_curve"].iloc[0].set_index("time")["flux"].idxmax().round()
fig, axes = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
for ax, scale in zip(axes, ("flux", "mag"), strict=True):
    LightCurveDisplay.from_object(X, "SN 2099a").plot(ax, scale=scale, time_zero=brightest)

# %%
# Class and redshift
# ------------------
# Two heads are trained on embeddings of 400 simulated objects, and tested on 99 others.
training, labels = make_supernovae(400, **settings, random_state=0)
embedder = load_pretrained("contrastive-sim")
Z = embedder.transform(training[["light_curve"]])
classifier = LogisticRegression(C=100, max_iter=1000).fit(Z, labels)
regressor = KNeighborsRegressor(10, weights="distance").fit(Z, training["redshift"])

z = embedder.transform(X)
print(f"redshift {regressor.predict(z)[0]:.3f}, simulated with {example['redshift'].iloc[0]:.3f}")
pd.Series(classifier.predict_proba(z)[0], classifier.classes_).round(3)

# %%
# Objects with known answers
# --------------------------
# The heads and the objects come from one simulation. On real data, expect larger errors, and test
# on real objects.
test = simulated.index != name
Z_test = embedder.transform(simulated.loc[test, ["light_curve"]])
redshifts = simulated["redshift"][test].to_numpy()
predicted = regressor.predict(Z_test)
RedshiftDisplay.from_predictions(redshifts, predicted, kind[test]).plot()
print(f"accuracy {classifier.score(Z_test, kind[test]):.2f}, NMAD {nmad(redshifts, predicted):.3f}")
