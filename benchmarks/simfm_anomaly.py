"""Anomalies among real light curves: what is neither Ia nor II nor Ib/c.

Five folds by object. Detectors learn from the Ia, II and Ib/c of a training part, and rank the test
part, in which SLSN-I, IIn and rarer types are the anomalies: AUROC, and their share in the first
5 % (beside "share", theirs among all). Embeddings: latents of pretrained models as they are
("frozen") and fine-tuned on the training part, and hand-made features A (shape and colour) and C.
"Own head": the probability that a model which knows rarer classes from simulations gives to these,
without a real object. Averages are of ranks. The control K1 sees no flux.

    python benchmarks/simfm_anomaly.py [--epochs FACTOR] [--objects N]
"""

import numpy as np
from _baselines import MAIN_CLASSES
from _light_curve_features import observing_pattern
from _real_data import CLASSES, load_curves
from _simfm import latent, parser, pretrained, quiet, write
from _simfm_real import features, network, some
from scipy.stats import rankdata
from sklearn.base import clone
from sklearn.ensemble import IsolationForest
from sklearn.impute import SimpleImputer
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_sn.anomaly import ClassDistanceDetector, MultiClassIsolationForest
from sklearn_sn.classification import SupConClassifier

FIRST = 0.05
DETECTORS = {
    "forest per class": MultiClassIsolationForest(n_estimators=200, random_state=0),
    "one forest": IsolationForest(n_estimators=200, random_state=0),
    "Mahalanobis": ClassDistanceDetector(method="mahalanobis"),
    "kNN": ClassDistanceDetector(method="knn"),
    "Mahalanobis and kNN": ClassDistanceDetector(method="both"),
}
COMBINED = ("features A, one forest", "Mahalanobis and kNN")


def anomaly_figures(strangeness, y):
    """AUROC, purity of the most anomalous, and AUROC of each kind against the usual objects."""
    strange = ~np.isin(y, MAIN_CLASSES)
    first = np.argsort(-strangeness, kind="stable")[: max(1, round(FIRST * len(y)))]
    found = {
        "AUROC": roc_auc_score(strange, strangeness),
        "purity": strange[first].mean(),
        "share": strange.mean(),
    }
    for kind in np.unique(y[strange]):
        rows = ~strange | (y == kind)
        found[f"AUROC {kind}"] = roc_auc_score(strange[rows], strangeness[rows])
    return found


def ranked(embeddings, y, train, test):
    """How strange each detector finds the objects of the test part, by embedding and detector."""
    usual = train[np.isin(y[train], MAIN_CLASSES)]
    found = {}
    for name, Z in embeddings.items():
        scale = make_pipeline(
            SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler()
        ).fit(Z[usual])
        for kind, detector in DETECTORS.items():
            fitted = clone(detector).fit(scale.transform(Z[usual]), y[usual])
            found[f"{name}, {kind}"] = -fitted.score_samples(scale.transform(Z[test]))
    return found


def main():
    options = parser(__doc__)
    options.add_argument("--epochs", type=float, default=1.0, help="factor; 0: no fine-tuning")
    options.add_argument("--folds", type=int, default=5)
    options.add_argument("--objects", type=int, help="a trial with so many objects")
    arguments = options.parse_args()
    quiet()
    X, y = some(*load_curves((*CLASSES, "other")), arguments.objects)
    X = X[["light_curve"]]
    models = pretrained(arguments.models, arguments.tag)
    models = {name + arguments.tag: model for name, model in models.items()}
    fixed = {
        "features A": features(X, magnitudes=False, statistics=False).to_numpy(),
        "features C": features(X).to_numpy(),
        "control K1": observing_pattern(X, "K1").to_numpy(),
    }
    fixed |= {f"{name}, frozen": latent(model, X) for name, model in models.items()}
    own_head = {}
    for name, model in models.items():
        rare = ~np.isin(model.classes_, MAIN_CLASSES)
        own_head[name] = model.predict_proba(X)[:, rare].sum(axis=1)
    results = {}
    folds = list(StratifiedKFold(5, shuffle=True, random_state=0).split(X, y))
    for train, test in folds[: arguments.folds]:
        embeddings = dict(fixed)
        if arguments.epochs:
            usual = train[np.isin(y[train], MAIN_CLASSES)]
            starts = {"contrastive, from scratch": None} | {
                f"{name}, fine-tuned": model for name, model in models.items()
            }
            for name, start in starts.items():
                cls = {"cls": SupConClassifier, "batch_size": 64} if "contrastive" in name else {}
                tuned = network(start, epochs=arguments.epochs, **cls)
                embeddings[name] = tuned.fit(X.iloc[usual], y[usual]).transform(X)
        found = ranked(embeddings, y, train, test)
        heads = {f"{name}, own head": values[test] for name, values in own_head.items()}
        found |= heads
        for name in list(found):
            if name.endswith(COMBINED[1]) and not name.startswith(("features", "control")):
                parts = [found[name], found[COMBINED[0]]]
                found[f"{name}, and {COMBINED[0]}"] = sum(map(rankdata, parts))
                for head, values in heads.items():
                    if name.startswith(head.removesuffix("own head")) and "scratch" not in name:
                        parts = [*parts, values]
                        found[f"{name}, {COMBINED[0]}, and own head"] = sum(map(rankdata, parts))
        for name, strangeness in found.items():
            results.setdefault(name, []).append(anomaly_figures(strangeness, y[test]))
    write(arguments, "anomaly", results)


if __name__ == "__main__":
    main()
