"""Redshifts of real light curves with 128 or all labels, pretrained on simulations.

Five folds by object (those of maven_real.py). "Limited" uses five draws of 128 labelled objects
from each training set, "full" all of it. Models are the mean; gradient boosting and extra trees on
hand-crafted features; a recurrent network trained from scratch ("without pretraining"); and for
each pretrained network a head on the frozen latent, chosen among ridge regression, nearest
neighbours and an MLP within the labelled objects, and fine-tuning of all layers. All models learn
ln(1 + z). Samples are "near", all classes at z < 0.15, and "wide", the three main classes at
z < 1. Scores of each model are written to a file of its own, and models with a file are skipped.

    python benchmarks/studies/simfm_redshift.py [--samples near wide] [--rows NAME ...] [--again]
"""

import json
import time

import numpy as np
import pandas as pd
from _baselines import MAIN_CLASSES, Z_MAX, redshift_regressor
from _real_data import load_curves
from _simfm import (
    NOT_SETTINGS,
    checkpoint,
    fits,
    latent,
    parser,
    pretrained,
    quiet,
    redshift_figures,
    to_redshift,
)
from _simfm_real import features, network, on_columns, subsample
from simfm_real import BUDGETS, folds_of
from sklearn.compose import TransformedTargetRegressor
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.neighbors import KNeighborsRegressor
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, QuantileTransformer, StandardScaler

from sklearn_sn.encoders import GRU
from sklearn_sn.model_selection import limited_labels_curve
from sklearn_sn.regression import LightCurveRegressor

HEADS = (
    {"head": [Ridge()], "head__alpha": [1.0, 10.0, 100.0, 1000.0]},
    {"head": [KNeighborsRegressor(weights="distance")], "head__n_neighbors": [5, 15, 40]},
    {
        "head": [MLPRegressor(hidden_layer_sizes=(100,), early_stopping=True, random_state=0)],
        "head__alpha": [1e-2, 1.0],
    },
)
ROWS = ("baselines", "scratch", "frozen", "fine-tuned")


def of_logarithm(regressor):
    """Return a regressor of the standardised ln(1 + z)."""
    logarithm = FunctionTransformer(np.log1p, inverse_func=to_redshift)
    scaled = make_pipeline(logarithm, StandardScaler())
    return TransformedTargetRegressor(regressor, transformer=scaled)


def chosen_head():
    """Return a regressor of latents, chosen by the squared error within the labelled objects.

    Latents are not bounded: ranks keep a head from extrapolating.
    """
    ranks = QuantileTransformer(n_quantiles=64, output_distribution="normal", random_state=0)
    folds = KFold(3, shuffle=True, random_state=0)
    steps = Pipeline([("ranks", ranks), ("head", Ridge())])
    return GridSearchCV(
        steps, list(HEADS), cv=folds, scoring="neg_mean_squared_error", error_score="raise"
    )


def regressor(start, epochs):
    """Return a recurrent network of redshifts, from scratch or from a pretrained one."""
    encoder = GRU(max_points=100)
    return of_logarithm(network(start, cls=LightCurveRegressor, epochs=epochs, encoder=encoder))


def candidates(models, rows, epochs):
    """Return estimators by name; each selects its columns of the table of `samples`."""
    found = {}
    if "baselines" in rows:
        found["mean"] = on_columns("features:", DummyRegressor())
        found["boosting on features C"] = on_columns("features:", redshift_regressor())
    if "scratch" in rows:
        found["without pretraining"] = regressor(None, epochs)
    for name, model in models.items():
        if "frozen" in rows:
            found[f"{name}, frozen"] = of_logarithm(on_columns(f"latent {name}:", chosen_head()))
        if "fine-tuned" in rows:
            found[f"{name}, fine-tuned"] = regressor(model, epochs)
    return found


def in_sample(name, y, z):
    """Return a mask of the objects of a sample."""
    if name == "near":
        return (z > 0) & (z < Z_MAX)
    return (z > 0) & (z < 1.0) & np.isin(y, MAIN_CLASSES)


def table(X, models):
    """Return light curves, features and latents in prefixed columns."""
    parts = {"features:": features(X)}
    for name, model in models.items():
        parts[f"latent {name}:"] = pd.DataFrame(latent(model, X), index=X.index)
    parts = [part.add_prefix(prefix) for prefix, part in parts.items()]
    return pd.concat([X[["light_curve"]], *parts], axis=1)


def score(estimator, X, z):
    """Return the scores, with the signature of a scikit-learn scorer."""
    return redshift_figures(np.asarray(z), estimator.predict(X))


def main():
    options = parser(__doc__)
    options.add_argument("--samples", nargs="+", choices=("near", "wide"), default=["near"])
    options.add_argument("--rows", nargs="+", choices=ROWS, default=list(ROWS))
    options.add_argument(
        "--labels", type=int, default=BUDGETS["limited"], help="of the limited budget"
    )
    options.add_argument("--draws", type=int, default=5)
    options.add_argument("--epochs", type=float, default=1.0, help="factor of the number of epochs")
    options.add_argument("--objects", type=int, help="number of objects, for trial runs")
    options.add_argument("--again", action="store_true", help="do not skip models with a file")
    arguments = options.parse_args()
    quiet()
    X, y = subsample(*load_curves(), arguments.objects)
    z = X["redshift"].to_numpy(np.float64)
    names = arguments.models if {"frozen", "fine-tuned"} & set(arguments.rows) else []
    trained = [name for name in names if checkpoint(name, arguments.tag).exists()]
    print(f"pretrained: {trained} of {names}", flush=True)
    models = pretrained(trained, arguments.tag)
    X = table(X, models)
    settings = {k: str(v) for k, v in sorted(vars(arguments).items()) if k not in NOT_SETTINGS}
    for sample in arguments.samples:
        kept = in_sample(sample, y, z)
        folder = arguments.out / f"redshift_{sample}"
        folder.mkdir(parents=True, exist_ok=True)
        for name, estimator in candidates(models, arguments.rows, arguments.epochs).items():
            path = folder / f"{name.replace(', ', '_').replace(' ', '_')}.json"
            if path.exists() and not arguments.again:
                continue
            start, content = time.process_time(), {"model": name, "settings": settings}
            for budget, n_labels in {**BUDGETS, "limited": arguments.labels}.items():
                result = limited_labels_curve(
                    estimator,
                    X[kept],
                    z[kept],
                    n_labels=(n_labels,),
                    cv=list(folds_of(y, kept)),
                    n_draws=arguments.draws,
                    scoring=score,
                    n_jobs=arguments.jobs,
                    random_state=0,
                )
                content[budget] = fits(result.scores)
            content["CPU seconds"] = time.process_time() - start
            path.write_text(json.dumps(content, indent=1))
            means = {
                f"{budget} {figure}": float(np.mean([fit[figure] for fit in content[budget]]))
                for budget in BUDGETS
                for figure in ("MSE", "R2")
            }
            print(sample, name, means, f"{content['CPU seconds']:.0f} s", flush=True)


if __name__ == "__main__":
    main()
