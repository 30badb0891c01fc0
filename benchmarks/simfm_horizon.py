"""Early classes of real light curves: points within N days of the first detection.

Ia, II and Ib/c, five folds by object (those of maven_real.py). Networks are fitted once on whole
light curves (augmentation cuts them) and asked at each horizon; gradient boosting on features C,
with the frozen latent beside them, and the control K1 are fitted anew at each. "And boosting":
the mean of the network's probabilities (half) and those of both boostings. Writes the figures and,
with --picture, their lines.

    python benchmarks/simfm_horizon.py [--days 3 5 ...] [--epochs FACTOR] [--picture FILE]
"""

import numpy as np
from _baselines import MAIN_CLASSES, boosting_classifier
from _light_curve_features import light_curve_features, observing_pattern
from _real_data import load_curves
from _simfm import figures, fits, latent, parser, pretrained, quiet, write
from _simfm_real import network, some
from simfm_real import folds_of

from sklearn_sn.data import as_ragged
from sklearn_sn.model_selection import HorizonResult
from sklearn_sn.plotting import HorizonDisplay
from sklearn_sn.preprocessing import LightCurveTruncator

DAYS = (3, 5, 10, 20, 30, 50, 100)
BOOSTING = "boosting on features C"


def boosted(values, y, folds):
    """Probabilities of the test part of each fold."""
    return [
        boosting_classifier().fit(values[train], y[train]).predict_proba(values[test])
        for train, test in folds
    ]


def main():
    options = parser(__doc__)
    options.add_argument("--days", nargs="+", type=float, default=list(DAYS))
    options.add_argument("--epochs", type=float, default=1.0, help="factor of all epochs")
    options.add_argument("--folds", type=int, default=5)
    options.add_argument("--objects", type=int, help="a trial with so many objects")
    options.add_argument("--no-scratch", action="store_true", help="only pretrained networks")
    options.add_argument("--picture", help="file of the picture")
    arguments = options.parse_args()
    quiet()
    X, y = some(*load_curves(), arguments.objects)
    kept = np.isin(y, MAIN_CLASSES)
    folds = list(folds_of(y, kept))[: arguments.folds]
    X, y = X.loc[kept, ["light_curve"]], y[kept]
    models = pretrained(arguments.models, arguments.tag)
    models = {name + arguments.tag: model for name, model in models.items()}
    networks = {} if arguments.no_scratch else {"no pretraining": network(epochs=arguments.epochs)}
    for name, model in models.items():
        networks[f"{name}, fine-tuned"] = network(model, epochs=arguments.epochs)

    horizons = [LightCurveTruncator(d, origin="detection").fit_transform(X) for d in arguments.days]
    lengths = [as_ragged(known["light_curve"], kind="light_curve").lengths for known in horizons]
    points = np.array([np.median(length) for length in lengths], dtype=float)
    found = {name: [[] for _ in horizons] for name in networks}
    for name, model in networks.items():
        for train, test in folds:
            model.fit(X.iloc[train], y[train])
            for number, known in enumerate(horizons):
                found[name][number].append(model.predict_proba(known.iloc[test]))
        print(f"{name}: fitted and asked", flush=True)
    for known in horizons:
        features = light_curve_features(known).to_numpy()
        tables = {BOOSTING: features, "control K1": observing_pattern(known, "K1").to_numpy()}
        for name, model in models.items():
            tables[f"{name}, boosting on features and latent"] = np.hstack(
                [features, latent(model, known)]
            )
        for name, values in tables.items():
            found.setdefault(name, []).append(boosted(values, y, folds))
    for name in models:
        parts = (f"{name}, fine-tuned", BOOSTING, f"{name}, boosting on features and latent")
        found[f"{name}, fine-tuned, and boosting"] = [
            [0.5 * a + 0.25 * b + 0.25 * c for a, b, c in zip(*answers, strict=True)]
            for answers in zip(*(found[part] for part in parts), strict=True)
        ]
    classes, results = np.unique(y), {}
    for name, answers in found.items():
        rows = [
            [figures(y[test], p, classes) for (_, test), p in zip(folds, proba, strict=True)]
            for proba in answers
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
