"""Early classification of real light curves: points within N days of the first detection.

Ia, II and Ib/c, five folds by object (those of maven_real.py). Networks are fitted once to complete
light curves (augmentation truncates them) and evaluated at each horizon. Gradient boosting on
features C, with and without the frozen latent, and the control K1 are refitted at each horizon.
"And boosting" is the mean of the probabilities of the network (weight one half) and of both
boosting models. Scores are written to a file; --picture also plots them.

    python benchmarks/studies/simfm_horizon.py [--days 3 5 ...] [--epochs FACTOR] [--picture FILE]
"""

import numpy as np
from _baselines import MAIN_CLASSES, boosting_classifier
from _light_curve_features import light_curve_features, observing_pattern
from _real_data import load_curves
from _simfm import figures, fits, latent, parser, pretrained, quiet, write
from _simfm_real import network, subsample
from simfm_real import folds_of

from sklearn_sn.data import as_ragged
from sklearn_sn.model_selection import HorizonResult
from sklearn_sn.plotting import HorizonDisplay
from sklearn_sn.preprocessing import LightCurveTruncator

DAYS = (3, 5, 10, 20, 30, 50, 100)
BOOSTING = "boosting on features C"


def boosted(values, y, folds):
    """Return the test-set probabilities of each fold."""
    return [
        boosting_classifier().fit(values[train], y[train]).predict_proba(values[test])
        for train, test in folds
    ]


def main():
    options = parser(__doc__)
    options.add_argument("--days", nargs="+", type=float, default=list(DAYS))
    options.add_argument("--epochs", type=float, default=1.0, help="factor of the number of epochs")
    options.add_argument("--folds", type=int, default=5)
    options.add_argument("--objects", type=int, help="number of objects, for trial runs")
    options.add_argument("--no-scratch", action="store_true", help="only pretrained networks")
    options.add_argument("--picture", help="file of the figure")
    arguments = options.parse_args()
    quiet()
    X, y = subsample(*load_curves(), arguments.objects)
    kept = np.isin(y, MAIN_CLASSES)
    folds = list(folds_of(y, kept))[: arguments.folds]
    X, y = X.loc[kept, ["light_curve"]], y[kept]
    models = pretrained(arguments.models, arguments.tag)
    models = {name + arguments.tag: model for name, model in models.items()}
    networks = {} if arguments.no_scratch else {"no pretraining": network(epochs=arguments.epochs)}
    for name, model in models.items():
        networks[f"{name}, fine-tuned"] = network(model, epochs=arguments.epochs)

    horizons = [LightCurveTruncator(d, origin="detection").fit_transform(X) for d in arguments.days]
    lengths = [
        as_ragged(truncated["light_curve"], kind="light_curve").lengths for truncated in horizons
    ]
    points = np.array([np.median(length) for length in lengths], dtype=float)
    probabilities = {name: [[] for _ in horizons] for name in networks}
    for name, model in networks.items():
        for train, test in folds:
            model.fit(X.iloc[train], y[train])
            for number, truncated in enumerate(horizons):
                probabilities[name][number].append(model.predict_proba(truncated.iloc[test]))
        print(f"{name}: fitted and evaluated", flush=True)
    for truncated in horizons:
        features = light_curve_features(truncated).to_numpy()
        tables = {BOOSTING: features, "control K1": observing_pattern(truncated, "K1").to_numpy()}
        for name, model in models.items():
            tables[f"{name}, boosting on features and latent"] = np.hstack(
                [features, latent(model, truncated)]
            )
        for name, values in tables.items():
            probabilities.setdefault(name, []).append(boosted(values, y, folds))
    for name in models:
        components = (f"{name}, fine-tuned", BOOSTING, f"{name}, boosting on features and latent")
        probabilities[f"{name}, fine-tuned, and boosting"] = [
            [0.5 * a + 0.25 * b + 0.25 * c for a, b, c in zip(*parts, strict=True)]
            for parts in zip(*(probabilities[model] for model in components), strict=True)
        ]
    classes, results = np.unique(y), {}
    for name, predictions in probabilities.items():
        rows = [
            [figures(y[test], p, classes) for (_, test), p in zip(folds, proba, strict=True)]
            for proba in predictions
        ]
        scores = {
            key: np.array([[row[key] for row in fold] for fold in rows]) for key in rows[0][0]
        }
        results[name] = HorizonResult(scores, np.array(arguments.days, dtype=float), points)
        for number, days in enumerate(arguments.days):
            row = fits({key: values[number] for key, values in scores.items()})
            row = [r | {"points": points[number]} for r in row]
            write(arguments, "horizon", {f"{days:g} days, {name}": row})
    if arguments.picture:
        display = HorizonDisplay.from_results(results).plot(metric="AUROC", label="Macro AUROC")
        display.figure_.savefig(arguments.picture, dpi=120, bbox_inches="tight")


if __name__ == "__main__":
    main()
