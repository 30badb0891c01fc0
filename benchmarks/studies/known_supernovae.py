"""Embed real supernovae with "contrastive-sim" as the known objects of sklearn_sn.catalog.

Writes sklearn_sn/catalog/known_supernovae.npz: names, classes, redshifts, embeddings and a map, but
no light curve and no spectrum. Run it again whenever "contrastive-sim" changes. Takes about two
minutes on one core.

    python benchmarks/studies/known_supernovae.py
"""

import time
import warnings
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pandas as pd
from _real_data import CLASSES, data_folder, load_curves, load_pairs, read
from sklearn.manifold import TSNE

import sklearn_sn
from sklearn_sn import load_pretrained
from sklearn_sn.catalog._fingerprint import fingerprint
from sklearn_sn.catalog._known_objects import FILE, KnownObjects
from sklearn_sn.data import DataQualityWarning, check_table

MODALITIES = ("light_curve", "spectrum")
CARD = {
    "content": "Names, classes, redshifts and embeddings of real supernovae; no light curves, no "
    "spectra.",
    "embedder": "contrastive-sim",
    "recipe": "benchmarks/studies/known_supernovae.py: objects without conflicting classes; light "
    "curves binned to half days; of the SN Ia, only those with a light curve.",
    "sources": [
        "Open Supernova Catalog (Guillochon et al. 2017)",
        "WISeREP (Yaron & Gal-Yam 2012)",
        "kaepora (Siebert et al. 2019): CfA, BSNIP and CSP",
        "slsne (Gomez et al. 2024)",
        "GPSNtempl (Khakpash et al. 2024)",
    ],
    "limits": "Classes are those of the sources. Unit vectors are rounded to half precision. The "
    "map is a t-SNE of both modalities, each centred; distances in it have no meaning.",
}


def main():
    warnings.simplefilter("ignore", DataQualityWarning)
    start = time.time()
    embedder = load_pretrained("contrastive-sim")
    X = objects()
    table = check_table(X[[*MODALITIES]], warn=False)
    rows = {name: np.flatnonzero(table.present(name)) for name in MODALITIES}
    codes = {name: embedder.encode(X.iloc[rows[name]][[name]], name) for name in MODALITIES}
    known = KnownObjects(
        X.index.to_numpy(dtype=object),
        X["class"].to_numpy(dtype=object),
        X["redshift"].to_numpy(dtype=np.float32),
        rows,
        codes,
        positions(len(X), rows, codes),
        fingerprint(embedder),
        CARD | {"made": datetime.now(UTC).date().isoformat()},
    )
    path = Path(sklearn_sn.__file__).parent / "catalog" / FILE
    known.save(path)
    print(X["class"].value_counts().to_dict())
    print({name: len(number) for name, number in rows.items()})
    print(f"{path}: {path.stat().st_size / 1e6:.2f} MB, {time.time() - start:.0f} s")


def objects():
    """Return all labelled objects with class, redshift, light curve and spectra."""
    curves, y = load_curves()
    curves = curves.assign(**{"class": y})
    pairs, y = load_pairs()
    pairs = pairs.assign(**{"class": y})
    spectra = pd.concat([pairs.drop(columns="light_curve"), rare_spectra()])
    spectra = spectra[~spectra.index.duplicated()]
    X = curves.join(spectra[["spectrum"]], how="outer")
    for name in ("class", "redshift"):
        X[name] = X[name].where(X[name].notna(), spectra[name].reindex(X.index))
    X["redshift"] = X["redshift"].where(X["redshift"].between(-0.002, 5))
    X = X.sort_index()
    X.index = X.index.astype(str)
    return X


def rare_spectra():
    """Return the spectra of objects without a light curve, except those of SN Ia."""
    folder = data_folder()
    objects = pd.read_parquet(folder / "spectra_only_objects.parquet").drop_duplicates("object_id")
    chosen = objects["class"].isin(set(CLASSES) - {"SN Ia"})
    objects = objects[chosen & ~objects["in_pairs"] & ~objects["type_conflict"]]
    pixels = pd.read_parquet(folder / "spectra_only_spectra.parquet")
    pixels = pixels[pixels["object_id"].isin(objects["object_id"])]
    return read(objects[["object_id", "class", "redshift"]], None, pixels)


def positions(n_objects, rows, codes):
    """Return coordinates of a map in [0, 1]: t-SNE of the mean of the centred modalities."""
    total = np.zeros((n_objects, codes["spectrum"].shape[1]))
    for name in MODALITIES:
        centred = codes[name] - codes[name].mean(axis=0)
        total[rows[name]] += centred / np.linalg.norm(centred, axis=1, keepdims=True)
    places = TSNE(metric="cosine", init="pca", random_state=0).fit_transform(total)
    low, high = places.min(axis=0), places.max(axis=0)
    return (places - low) / (high - low)


if __name__ == "__main__":
    main()
