"""Anomaly detection in real light curves: all classes except SN Ia, II and Ib/c.

Five-fold cross-validation by object. Detectors are fitted to the Ia, II and Ib/c of the training
set. In the test set, SLSN-I, IIn and rarer types are anomalies. Scores are the AUROC and the purity
of the 5 % most anomalous objects ("share" is the fraction of anomalies in the test set). Embeddings
are latents of pretrained models, frozen or fine-tuned on the training set, and hand-crafted
features A (shape and colour) and C. "Own head" is the probability of rare classes predicted by the
pretrained model, without training on real objects. Averages are averages of ranks. The control K1
has no flux information.

    python benchmarks/studies/simfm_anomaly.py [--epochs FACTOR] [--objects N]
"""

import numpy as np
from _baselines import MAIN_CLASSES
from _light_curve_features import observing_pattern
from _real_data import CLASSES, load_curves
from _simfm import latent, parser, pretrained, quiet, write
from _simfm_real import features, network, subsample
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


def anomaly_figures(anomaly_score, y):
    """Return AUROC, purity of the most anomalous objects, and AUROC of each anomalous class."""
    anomalous = ~np.isin(y, MAIN_CLASSES)
    first = np.argsort(-anomaly_score, kind="stable")[: max(1, round(FIRST * len(y)))]
    scores = {
        "AUROC": roc_auc_score(anomalous, anomaly_score),
        "purity": anomalous[first].mean(),
        "share": anomalous.mean(),
    }
    for kind in np.unique(y[anomalous]):
        rows = ~anomalous | (y == kind)
        scores[f"AUROC {kind}"] = roc_auc_score(anomalous[rows], anomaly_score[rows])
    return scores


def anomaly_scores(embeddings, y, train, test):
    """Return anomaly scores of the test set by embedding and detector."""
    normal = train[np.isin(y[train], MAIN_CLASSES)]
    scores = {}
    for name, Z in embeddings.items():
        scale = make_pipeline(
            SimpleImputer(strategy="median", keep_empty_features=True), StandardScaler()
        ).fit(Z[normal])
        for kind, detector in DETECTORS.items():
            fitted = clone(detector).fit(scale.transform(Z[normal]), y[normal])
            scores[f"{name}, {kind}"] = -fitted.score_samples(scale.transform(Z[test]))
    return scores


def main():
    options = parser(__doc__)
    options.add_argument(
        "--epochs",
        type=float,
        default=1.0,
        help="factor of the number of epochs; 0: no fine-tuning",
    )
    options.add_argument("--folds", type=int, default=5)
    options.add_argument("--objects", type=int, help="number of objects, for trial runs")
    arguments = options.parse_args()
    quiet()
    X, y = subsample(*load_curves((*CLASSES, "other")), arguments.objects)
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
            normal = train[np.isin(y[train], MAIN_CLASSES)]
            starts = {"contrastive, from scratch": None} | {
                f"{name}, fine-tuned": model for name, model in models.items()
            }
            for name, start in starts.items():
                cls = {"cls": SupConClassifier, "batch_size": 64} if "contrastive" in name else {}
                tuned = network(start, epochs=arguments.epochs, **cls)
                embeddings[name] = tuned.fit(X.iloc[normal], y[normal]).transform(X)
        scores = anomaly_scores(embeddings, y, train, test)
        heads = {f"{name}, own head": values[test] for name, values in own_head.items()}
        scores |= heads
        for name in list(scores):
            if name.endswith(COMBINED[1]) and not name.startswith(("features", "control")):
                parts = [scores[name], scores[COMBINED[0]]]
                scores[f"{name}, and {COMBINED[0]}"] = sum(map(rankdata, parts))
                for head, values in heads.items():
                    if name.startswith(head.removesuffix("own head")) and "scratch" not in name:
                        parts = [*parts, values]
                        scores[f"{name}, {COMBINED[0]}, and own head"] = sum(map(rankdata, parts))
        for name, anomaly_score in scores.items():
            results.setdefault(name, []).append(anomaly_figures(anomaly_score, y[test]))
    write(arguments, "anomaly", results)


if __name__ == "__main__":
    main()
