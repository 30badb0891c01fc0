"""Classification of real light curves with 128 or all labels, pretrained on simulations.

Five folds by object (those of maven_real.py). "Limited" uses five draws of 128 labelled objects
from each training set, "full" all of it. Models are a recurrent network trained from scratch; an
MLP on the frozen latent of each pretrained network; gradient boosting on hand-crafted features,
with and without such a latent; each network fine-tuned, alone and averaged with both boosting
models (weight one half each); the average of all networks and boosting models; and the controls K0
and K1 without flux information.

    python benchmarks/studies/simfm_real.py [--tasks three five] [--budgets limited full]
        [--objects N]
"""

import numpy as np
from _baselines import MAIN_CLASSES, boosting_classifier
from _real_data import load_curves
from _simfm import fits, parser, pretrained, quiet, score_classes, write
from _simfm_real import CachedClassifier, frozen, network, on_columns, subsample, wide_table
from sklearn.ensemble import VotingClassifier
from sklearn.model_selection import StratifiedKFold

from sklearn_sn.model_selection import limited_labels_curve

BUDGETS = {"limited": 128, "full": None}


def candidates(models, epochs, members):
    """Return estimators by name; each selects its columns of the wide table."""
    boosting = CachedClassifier(on_columns("features:", boosting_classifier()), "boosting")
    estimators = {
        "boosting on features C": boosting,
        "control K0": on_columns("K0:", boosting_classifier()),
        "control K1": on_columns("K1:", boosting_classifier()),
        "no pretraining": network(epochs=epochs),
    }
    all_networks, all_trees = [], []
    for name, model in models.items():
        estimators[f"{name}, frozen + MLP"] = frozen(name)
        both = on_columns(("features:", f"latent {name}:"), boosting_classifier())
        estimators[f"{name}, boosting on features and latent"] = CachedClassifier(
            both, f"{name} boosting"
        )
        tuned = [
            (f"net {m}", CachedClassifier(network(model, epochs=epochs, seed=m), f"{name} {m}"))
            for m in range(members)
        ]
        estimators[f"{name}, fine-tuned"] = tuned[0][1]
        if members > 1:
            several = VotingClassifier(tuned, voting="soft")
            estimators[f"{name}, fine-tuned, average of {members}"] = several
        else:
            several = tuned[0][1]
        trees = estimators[f"{name}, boosting on features and latent"]
        all_networks.append((name, several))
        all_trees.append((f"{name} trees", trees))
        both = [("networks", several), ("boosting", boosting), ("both", trees)]
        estimators[f"{name}, fine-tuned, and boosting"] = VotingClassifier(
            both, voting="soft", weights=[2, 1, 1]
        )
    if len(models) > 1:
        every = [*all_networks, ("boosting", boosting), *all_trees]
        weights = [len(all_trees) + 1] * len(all_networks) + [len(all_networks)] * (
            len(all_trees) + 1
        )
        estimators["all pretrained, fine-tuned, and boosting"] = VotingClassifier(
            every, voting="soft", weights=weights
        )
    return estimators


def folds_of(y, kept):
    """Yield the folds of all objects, restricted to `kept` and renumbered."""
    number = np.cumsum(kept) - 1
    for train, test in StratifiedKFold(5, shuffle=True, random_state=0).split(y, y):
        yield number[train[kept[train]]], number[test[kept[test]]]


def main():
    options = parser(__doc__)
    options.add_argument("--tasks", nargs="+", choices=("three", "five"), default=["three"])
    options.add_argument("--budgets", nargs="+", choices=BUDGETS, default=list(BUDGETS))
    options.add_argument(
        "--labels",
        type=int,
        default=BUDGETS["limited"],
        help="number of labels of the limited budget",
    )
    options.add_argument("--draws", type=int, default=5)
    options.add_argument("--epochs", type=float, default=1.0, help="factor of the number of epochs")
    options.add_argument("--members", type=int, default=1, help="number of networks in the average")
    options.add_argument("--objects", type=int, help="number of objects, for trial runs")
    options.add_argument(
        "--only", nargs="+", help="run only models whose names contain one of these strings"
    )
    arguments = options.parse_args()
    quiet()
    X, y = subsample(*load_curves(), arguments.objects)
    models = pretrained(arguments.models, arguments.tag)
    models = {name + arguments.tag: model for name, model in models.items()}
    X = wide_table(X, models)
    BUDGETS["limited"] = arguments.labels
    for task in arguments.tasks:
        kept = np.isin(y, MAIN_CLASSES) if task == "three" else np.full(len(y), True)
        for name, estimator in candidates(models, arguments.epochs, arguments.members).items():
            if arguments.only and not any(part in name for part in arguments.only):
                continue
            for budget in arguments.budgets:
                result = limited_labels_curve(
                    estimator,
                    X[kept],
                    y[kept],
                    n_labels=(BUDGETS[budget],),
                    cv=list(folds_of(y, kept)),
                    n_draws=arguments.draws,
                    scoring=score_classes,
                    n_jobs=arguments.jobs,
                    random_state=0,
                )
                write(arguments, f"real_{task}_{budget}", {name: fits(result.scores)})


if __name__ == "__main__":
    main()
