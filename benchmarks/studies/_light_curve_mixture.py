"""Real and simulated light curves at several horizons: training data of the packaged models."""

import numpy as np
import pandas as pd
from _real_data import data_folder, load_curves
from pretrain_simulated import FAR, NEAR, bright

from sklearn_sn.datasets import make_supernovae
from sklearn_sn.preprocessing import LightCurveTruncator

REAL_CLASSES = ("SN Ia", "SN II", "SN Ib/c", "SN IIn", "SLSN-I")
SIMULATED_CLASSES = ("AGN", "CV", "SN Ia-91bg", "SN Iax", "TDE")
# Days after the first detection, or number of points.
HORIZONS = {
    "full": {},
    "30 days": {"n_days": 30.0},
    "10 days": {"n_days": 10.0},
    "5 days": {"n_days": 5.0},
    "10 points": {"n_points": 10},
}
# Shares of the simulated objects. Classes without real objects are half of them.
SHARES = {
    "SN Ia": 0.14,
    "SN II": 0.11,
    "SN Ib/c": 0.11,
    "SN IIn": 0.07,
    "SLSN-I": 0.07,
    "SN Ia-91bg": 0.1,
    "SN Iax": 0.1,
    "TDE": 0.1,
    "AGN": 0.1,
    "CV": 0.1,
}
_NEAR = {**NEAR, "AGN": (0.01, 0.5), "CV": (0.001, 0.002)}
_FAR = {**FAR, "AGN": (0.05, 1.0), "CV": (0.001, 0.002)}
_SURVEYS = {
    "near": (0.6, _NEAR, ("followup", bright("ztf", 18.5, 0.7), bright("atlas", 18.0, 0.7))),
    "far": (0.4, _FAR, ("ztf", "atlas", "ps1", "lsst")),
}


def real_curves():
    """Return light curves, classes and a table with redshift and telescope of each real object."""
    X, y = load_curves()
    files = ("osc_pairs_lightcurves.parquet", "osc_lc_extra_lightcurves.parquet")
    points = pd.concat([pd.read_parquet(data_folder() / f, columns=_COLUMNS) for f in files])
    most = points.fillna("").groupby("object_id")["telescope"].agg(lambda t: t.mode().iloc[0])
    telescope = most.reindex(X.index).fillna("").to_numpy(dtype=str)
    pairs = pd.read_parquet(data_folder() / "osc_pairs_objects.parquet", columns=["object_id"])
    objects = pd.DataFrame(
        {
            "redshift": X["redshift"],
            "telescope": np.where(telescope == "", "not stated", telescope),
            "pair": X.index.isin(pairs["object_id"]),
        },
        index=X.index,
    )
    return X[["light_curve"]], y, objects


_COLUMNS = ["object_id", "telescope"]


def real_subtypes(names, y):
    """Return classes with the subtypes SN Ia-91bg and SN Iax where the catalogue states them."""
    objects = pd.read_parquet(data_folder() / "osc_lc_objects.parquet")
    subtype = objects.drop_duplicates("object_id").set_index("object_id")["subtype"]
    subtype = subtype.reindex(names).map({"Ia-91bg": "SN Ia-91bg", "Iax": "SN Iax"})
    return np.where(subtype.notna(), subtype.fillna(""), y).astype(str)


def simulated_curves(n_objects, seed):
    """Return light curves, classes and redshifts of simulated objects."""
    tables, classes = [], []
    for number, (share, redshifts, surveys) in enumerate(_SURVEYS.values()):
        X, y = make_supernovae(
            round(share * n_objects),
            classes=SHARES,
            modalities=["light_curve"],
            redshift_range=redshifts,
            surveys=surveys,
            random_state=seed + number,
        )
        tables.append(X[["light_curve", "redshift"]])
        classes.append(y)
    X, y = pd.concat(tables, ignore_index=True), np.concatenate(classes)
    X.index = [f"sim-{seed}-{i:05d}" for i in range(len(X))]
    return X[["light_curve"]], y, X["redshift"].to_numpy()


def cut(X, horizon):
    """Return light curves at a horizon of `HORIZONS`."""
    limits = HORIZONS[horizon]
    return LightCurveTruncator(**limits, origin="detection").fit_transform(X) if limits else X


def horizon_copies(X):
    """Return a table with a copy of each object at every horizon, and the horizons."""
    tables = [cut(X, horizon) for horizon in HORIZONS]
    return pd.concat(tables), np.repeat(list(HORIZONS), len(X))


def random_copies(X, seed):
    """Return a table with each object once as it is and once at a random horizon."""
    names = np.random.default_rng(seed).choice(list(HORIZONS)[1:], len(X))
    early = [cut(X[names == name], name) for name in list(HORIZONS)[1:]]
    order = np.concatenate([np.flatnonzero(names == name) for name in list(HORIZONS)[1:]])
    return pd.concat([X, *early]), np.concatenate([np.arange(len(X)), order])
