"""Early classes of real light curves: points within N days of the first detection.

Ia, II and Ib/c, five folds by object (those of maven_real.py). Networks are fitted once on whole
light curves (augmentation cuts them) and asked at each horizon; gradient boosting on features C and
the control K1 are fitted anew at each. Writes the figures and, with --picture, their lines.

    python benchmarks/simfm_horizon.py [--days 3 5 ...] [--epochs FACTOR] [--picture FILE]
"""

import numpy as np
from _baselines import MAIN_CLASSES, boosting_classifier
from _light_curve_features import light_curve_features, observing_pattern
from _real_data import load_curves
from _simfm import fits, parser, pretrained, quiet, score_classes, write
from _simfm_real import network, some
from simfm_real import folds_of
from sklearn.model_selection import cross_validate

from sklearn_sn.data import as_ragged
from sklearn_sn.model_selection import HorizonResult, horizon_sweep
from sklearn_sn.plotting import HorizonDisplay
from sklearn_sn.preprocessing import LightCurveTruncator

DAYS = (3, 5, 10, 20, 30, 50, 100)
TABLES = {
    "boosting on features C": light_curve_features,
    "control K1": lambda X: observing_pattern(X, "K1"),
}


def boosted(table_of, X, y, days, folds, n_jobs):
    """A sweep that computes the features of each horizon once, for all folds."""
    scores, n_points = {}, []
    for number, horizon in enumerate(days):
        known = LightCurveTruncator(horizon, origin="detection").fit_transform(X)
        values = table_of(known).to_numpy()
        found = cross_validate(
            boosting_classifier(), values, y, cv=folds, scoring=score_classes, n_jobs=n_jobs
        )
        for key, value in found.items():
            if key.startswith("test_"):
                empty = np.full((len(days), len(folds)), np.nan)
                scores.setdefault(key.removeprefix("test_"), empty)[number] = value
        lengths = as_ragged(known["light_curve"], kind="light_curve").lengths
        n_points.append(np.median(lengths))
    return HorizonResult(scores, np.array(days, dtype=float), np.array(n_points))


def main():
    options = parser(__doc__)
    options.add_argument("--days", nargs="+", type=float, default=list(DAYS))
    options.add_argument("--epochs", type=float, default=1.0, help="factor of all epochs")
    options.add_argument("--folds", type=int, default=5)
    options.add_argument("--objects", type=int, help="a trial with so many objects")
    options.add_argument("--only", nargs="+", help="parts of names of models to run")
    options.add_argument("--picture", help="file of the picture")
    arguments = options.parse_args()
    quiet()
    X, y = some(*load_curves(), arguments.objects)
    kept = np.isin(y, MAIN_CLASSES)
    folds = list(folds_of(y, kept))[: arguments.folds]
    X, y = X.loc[kept, ["light_curve"]], y[kept]
    models = pretrained(arguments.models, arguments.tag)
    networks = {"no pretraining": network(epochs=arguments.epochs)}
    for name, model in models.items():
        key = f"{name}{arguments.tag}, fine-tuned"
        networks[key] = network(model, epochs=arguments.epochs)
    results = {}
    for name in (*TABLES, *networks):
        if arguments.only and not any(part in name for part in arguments.only):
            continue
        if name in TABLES:
            result = boosted(TABLES[name], X, y, arguments.days, folds, arguments.jobs)
        else:
            result = horizon_sweep(
                networks[name],
                X,
                y,
                days=arguments.days,
                cv=folds,
                scoring=score_classes,
                n_jobs=arguments.jobs,
            )
        results[name] = result
        for number, days in enumerate(result.days):
            rows = fits({key: values[number] for key, values in result.scores.items()})
            rows = [row | {"points": result.n_points[number]} for row in rows]
            write(arguments, "horizon", {f"{days:g} days, {name}": rows})
    if arguments.picture:
        display = HorizonDisplay.from_results(results).plot(metric="AUROC", label="Macro AUROC")
        display.figure_.savefig(arguments.picture, dpi=120)


if __name__ == "__main__":
    main()
