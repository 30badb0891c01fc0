"""Classes and redshifts of PLAsTiCC, from scratch and pretrained on our simulations.

Five-fold cross-validation. The tasks are the eight classes of our simulations, and all fourteen
classes, including variable stars that we do not simulate. Models are gradient boosting on per-band
statistics; a recurrent classifier trained from scratch; and for each pretrained classifier, its own
head and the 100 nearest simulated objects (zero-shot, eight classes), an MLP on the frozen latent,
boosting on statistics and frozen latent, fine-tuning of all layers, and the average of the last
two. Redshifts (true_z) are predicted by heads on statistics and on frozen latents, and by a
transformer trained end to end, from scratch and pretrained on redshifts of simulated LSST objects,
alone and averaged with the trees. Redshift, position and host are not inputs of any model.

    python benchmarks/studies/simfm_plasticc.py [--tasks eight fourteen redshift] [--objects N]
        [--epochs E]
"""

import time

import numpy as np
from _baselines import redshift_regressor
from _plasticc import EIGHT, band_statistics, load_plasticc
from _simfm import (
    N_NEIGHBORS,
    TRAINING,
    figures,
    latent,
    mlp_classifier,
    parser,
    pretrained,
    quiet,
    redshift_figures,
    redshift_head,
    simulate,
    write,
)
from lightgbm import LGBMClassifier
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import KFold, StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier

from sklearn_sn.classification import LightCurveClassifier
from sklearn_sn.encoders import GRU, LightCurveTransformer
from sklearn_sn.regression import LightCurveRegressor

SKIPPED = ("boosting", "scratch", "latent boosting", "fine-tuned", "transformer")


def boosting(seed=0):
    """Return the LightGBM classifier."""
    return LGBMClassifier(
        n_estimators=300,
        learning_rate=0.05,
        num_leaves=20,
        min_child_samples=10,
        subsample=0.8,
        subsample_freq=1,
        colsample_bytree=0.3,
        class_weight="balanced",
        n_jobs=1,
        random_state=seed,
        verbose=-1,
    )


def network(arguments, start=None):
    """Return a recurrent classifier, from scratch or initialised with a pretrained one."""
    params = {
        **TRAINING,
        "batch_size": arguments.batch_size,
        "class_weight": "balanced",
        "prior": "weighted",
        "random_state": 0,
    }
    if start is None:
        params |= {"encoder": GRU(max_points=200), "max_epochs": arguments.epochs}
        return LightCurveClassifier(**params, lr=arguments.lr)
    params |= {"encoder": GRU(), "max_epochs": max(1, arguments.epochs // 2)}
    return LightCurveClassifier(**params, lr=arguments.lr / 3, pretrained=FrozenEstimator(start))


def classes_task(arguments, name, X, y, models, tables, simulated):
    """Return the scores of each model, one dict per fold."""
    results, classes = {}, np.unique(y)
    folds = StratifiedKFold(5, shuffle=True, random_state=0).split(X, y)
    neighbours = {}
    if name == "eight":
        sims, names = simulated
        for key, model in models.items():
            near = KNeighborsClassifier(min(N_NEIGHBORS, len(names)), weights="distance")
            neighbours[key] = near.fit(latent(model, sims), names)
    statistics = tables["statistics"]
    for fold, (train, test) in enumerate(list(folds)[: arguments.folds]):
        start = time.time()

        def score(what, proba, fold=fold, truth=y[test]):
            results.setdefault(what, []).append(figures(truth, proba, classes))
            print(fold, what, {k: round(v, 3) for k, v in results[what][-1].items()}, flush=True)
            return proba

        def trees(what, values, train=train, test=test, score=score):
            model = boosting().fit(values[train], y[train])
            return score(what, model.predict_proba(values[test]))

        if "boosting" not in arguments.skip:
            trees("boosting on statistics", statistics)
        if "scratch" not in arguments.skip:
            model = network(arguments).fit(X.iloc[train], y[train])
            score("from scratch", model.predict_proba(X.iloc[test]))
        for key, model in models.items():
            Z = tables[key]
            if key in neighbours:
                score(f"{key}, zero-shot, own head", model.predict_proba(X.iloc[test]))
                score(f"{key}, zero-shot, kNN", neighbours[key].predict_proba(Z[test]))
            head = mlp_classifier().fit(Z[train], y[train])
            score(f"{key}, frozen + MLP", head.predict_proba(Z[test]))
            if "latent boosting" not in arguments.skip:
                by_trees = np.hstack([statistics, Z])
                by_trees = trees(f"{key}, boosting on statistics and latent", by_trees)
            if "fine-tuned" not in arguments.skip:
                tuned = network(arguments, model).fit(X.iloc[train], y[train])
                by_network = score(f"{key}, fine-tuned", tuned.predict_proba(X.iloc[test]))
                if "latent boosting" not in arguments.skip:
                    score(f"{key}, fine-tuned, and boosting", 0.5 * (by_network + by_trees))
        print(f"fold {fold}: {time.time() - start:.0f} s", flush=True)
    return results


def regressor(epochs, **params):
    """Return the redshift transformer."""
    params = {"lr": 1e-3, **params}
    encoder = LightCurveTransformer(max_points=150)
    return LightCurveRegressor(
        encoder=encoder, **params, batch_size=32, max_epochs=epochs, random_state=0
    )


def pretrained_regressor(epochs, n_objects=40_000):
    """Train a transformer on the redshifts of simulated LSST objects."""
    X, _ = simulate(n_objects, seed=0)
    X = X[(X["survey"] == "lsst").to_numpy()]
    start = time.time()
    model = regressor(epochs).set_params(batch_size=64)
    model.fit(X[["light_curve"]], np.log1p(X["redshift"].to_numpy()))
    print(f"pretrained in {time.time() - start:.0f} s", flush=True)
    return model


def redshift_task(arguments, X, z, models, tables, simulated=None):
    """Return the scores of each model, one dict per fold."""
    results = {}
    folds = KFold(5, shuffle=True, random_state=0).split(X)
    statistics = tables["statistics"]
    for train, test in list(folds)[: arguments.folds]:

        def score(what, predicted, truth=z[test]):
            results.setdefault(what, []).append(redshift_figures(truth, predicted))
            print(what, results[what][-1], flush=True)
            return predicted

        def trees(what, values, train=train, test=test, score=score):
            model = redshift_regressor().fit(values[train], z[train])
            return score(what, model.predict(values[test]))

        by_trees = None
        if "boosting" not in arguments.skip:
            by_trees = trees("trees on statistics", statistics)
        for key in models:
            Z = tables[key]
            for kind in ("kNN", "MLP"):
                head = redshift_head(kind, len(train)).fit(Z[train], z[train])
                score(f"{key}, frozen + {kind}", head.predict(Z[test]))
            by_trees = trees(f"{key}, trees on statistics and latent", np.hstack([statistics, Z]))
        if "transformer" not in arguments.skip:
            by_network = {"end to end": regressor(arguments.epochs)}
            if simulated is not None:
                tuned = regressor(
                    max(1, arguments.epochs // 2), lr=5e-4, pretrained=FrozenEstimator(simulated)
                )
                by_network["pretrained on simulations"] = tuned
            for name, model in by_network.items():
                model.fit(X.iloc[train], np.log1p(z[train]))
                predicted = model.predict(X.iloc[test])
                score(f"transformer, {name}", np.expm1(predicted))
                if by_trees is not None:
                    both = 0.5 * (predicted + np.log1p(by_trees))
                    score(f"transformer, {name}, and trees", np.expm1(both))
    return results


def main():
    options = parser(__doc__)
    options.add_argument("--tasks", nargs="+", default=["eight", "fourteen", "redshift"])
    options.add_argument(
        "--objects", type=int, help="approximate number of objects, for trial runs"
    )
    options.add_argument(
        "--simulated", type=int, default=6_000, help="simulated objects for zero-shot kNN"
    )
    options.add_argument("--epochs", type=int, default=40)
    options.add_argument("--pretrain", type=int, default=8, help="epochs on simulated redshifts")
    options.add_argument("--batch-size", type=int, default=64)
    options.add_argument("--lr", type=float, default=2e-3)
    options.add_argument("--folds", type=int, default=5)
    options.add_argument(
        "--skip", nargs="+", choices=SKIPPED, default=[], help="models to skip, to save time"
    )
    arguments = options.parse_args()
    quiet()
    X, y, z = load_plasticc(arguments.objects)
    X = X[["light_curve"]]
    models = pretrained(arguments.models, arguments.tag)
    models = {name + arguments.tag: model for name, model in models.items()}
    tables = {"statistics": band_statistics(X).to_numpy()}
    tables |= {name: latent(model, X) for name, model in models.items()}
    main_classes = np.isin(y, EIGHT)
    parts = {
        "eight": main_classes,
        "fourteen": np.full(len(y), True),
        "redshift": main_classes & np.isfinite(z),
    }
    simulated = simulate(arguments.simulated, seed=0) if "eight" in arguments.tasks else None
    for task in arguments.tasks:
        rows = parts[task]
        own = {name: values[rows] for name, values in tables.items()}
        if task == "redshift":
            start = None
            if arguments.pretrain and "transformer" not in arguments.skip:
                start = pretrained_regressor(arguments.pretrain)
            results = redshift_task(arguments, X[rows], z[rows], models, own, start)
        else:
            results = classes_task(arguments, task, X[rows], y[rows], models, own, simulated)
        write(arguments, f"plasticc_{task}", results)


if __name__ == "__main__":
    main()
