"""
=====================================================
Images and spectra of galaxies in one space
=====================================================

The packaged model ``"galaxies-sim"`` embeds images and spectra of galaxies in one space, as in
AstroCLIP. It was trained on simulated pairs, without redshifts and masses. This example searches by
an image, and takes redshift and mass from the neighbours of galaxies that the model has not seen.
"""

# %%
# Galaxies
# --------
import matplotlib.pyplot as plt
from sklearn.metrics import r2_score

from sklearn_sn import load_pretrained
from sklearn_sn.cross_modal import CrossModalRetriever
from sklearn_sn.datasets import make_galaxies, make_supernovae
from sklearn_sn.embedding import attention_maps
from sklearn_sn.plotting import AttentionDisplay, MaskFillingDisplay, RetrievalDisplay

TRUTHS = ["redshift", "log_stellar_mass"]
X, y = make_galaxies(3000, random_state=7)
X = X.join(y[TRUTHS])
gallery, queries = X[:2400], X[2400:]
embedder = load_pretrained("galaxies-sim")

# %%
# Search by an image
# ------------------
# The gallery holds spectra, and the query is an image. Both are compared in the shared space.
search = CrossModalRetriever(
    embedder, query="image", target="spectrum", columns=TRUTHS, n_neighbors=64
).fit(gallery)
RetrievalDisplay.from_estimator(search, queries[:3], gallery=gallery, n_neighbors=3).plot()

# %%
# Redshift and mass across modalities
# -----------------------------------
# The means over the 64 neighbours are predictions for the query. Nothing was trained for this task.
fig, axes = plt.subplots(2, 4, figsize=(11, 5.4), layout="constrained", sharex="row", sharey="row")
for column, (query, target) in enumerate(
    [("image", "image"), ("image", "spectrum"), ("spectrum", "image"), ("spectrum", "spectrum")]
):
    search = CrossModalRetriever(
        embedder, query=query, target=target, columns=TRUTHS, n_neighbors=64
    ).fit(gallery)
    predicted = search.predict_columns(queries[[query]])
    axes[0, column].set_title(f"{query} query,\n{target} neighbours")
    for ax, name in zip(axes[:, column], TRUTHS, strict=True):
        ax.plot(queries[name], predicted[name], ".", markersize=2)
        ends = [queries[name].min(), queries[name].max()]
        ax.plot(ends, ends, color="0.5", linewidth=0.8)
        score = r2_score(queries[name], predicted[name])
        ax.text(0.05, 0.9, f"$R^2$ = {score:.2f}", transform=ax.transAxes)
        ax.set(xlabel=f"true {name}", ylabel=f"predicted {name}" if column == 0 else None)

# %%
# Attention over wavelength
# -------------------------
# The last block of the spectrum encoder reads all windows of a spectrum by four heads.
galaxy = queries[["spectrum"]][:1]
maps = attention_maps(load_pretrained("galaxies-sim"), galaxy, layer="pooling")
AttentionDisplay.from_object(galaxy, galaxy.index[0], *maps).plot()

# %%
# Hidden segments of a supernova spectrum
# ---------------------------------------
# ``"supernova-spectra"`` was trained to fill hidden segments of real spectra of supernovae, without
# their classes. Here it fills a simulated one.
supernovae, _ = make_supernovae(5, classes=["SN Ia"], modalities=["spectrum"], random_state=0)
masked = load_pretrained("supernova-spectra")
MaskFillingDisplay.from_estimator(masked, supernovae, 0).plot()
