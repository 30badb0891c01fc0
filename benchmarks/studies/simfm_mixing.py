"""Information on survey, class and redshift in latents of two surveys; zero-shot redshifts.

- Mixing: scores of linear and MLP classifiers that predict the survey from the latent, five-fold,
  for all objects and for a sample ("common") with the same redshift range of each class in both
  surveys, which reduces the information from depth. The chance level is 0.5.
- Class: macro AUROC of the model. Redshift: kNN and MLP on the latent, five-fold.
- Zero-shot: redshift heads trained on latents of ZTF only are tested on LSST, in the common
  redshift range, and compared with heads trained on LSST and a transformer trained end to end.

    python benchmarks/studies/simfm_mixing.py [--held-out N] [--learn N] [--regressor-epochs E]
"""

import numpy as np
from _simfm import (
    HELD_OUT,
    figures,
    latent,
    mlp_classifier,
    parser,
    pretrained,
    quiet,
    redshift_figures,
    redshift_head,
    simulate,
    untrained,
    write,
)
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_predict, cross_validate
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_sn.encoders import LightCurveTransformer
from sklearn_sn.regression import LightCurveRegressor

HEADS = ("kNN", "MLP")
SURVEY_CLASSIFIERS = {
    "linear": lambda: make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)),
    "MLP": mlp_classifier,
}


def mixing(Z, survey, sample):
    """Return balanced accuracy and AUROC of each classifier of the survey."""
    scores = {}
    for name, classifier in SURVEY_CLASSIFIERS.items():
        folds = StratifiedKFold(5, shuffle=True, random_state=0)
        kinds = ("balanced_accuracy", "roc_auc")
        cv_scores = cross_validate(classifier(), Z, survey, cv=folds, scoring=kinds)
        scores[f"survey, {sample}, {name}: accuracy"] = cv_scores["test_balanced_accuracy"].mean()
        scores[f"survey, {sample}, {name}: AUROC"] = cv_scores["test_roc_auc"].mean()
    return scores


def redshifts(Z, z):
    """Return the five-fold scores of the redshift heads."""
    scores = {}
    for kind in HEADS:
        folds = KFold(5, shuffle=True, random_state=0)
        predicted = cross_val_predict(redshift_head(kind, 4 * len(Z) // 5), Z, z, cv=folds)
        scores |= {f"{kind}: {name}": v for name, v in redshift_figures(z, predicted).items()}
    return scores


def main():
    options = parser(__doc__)
    options.add_argument("--held-out", type=int, default=6_000)
    options.add_argument(
        "--learn", type=int, default=16_000, help="objects to train the redshift heads"
    )
    options.add_argument("--no-mixing", action="store_true", help="zero-shot redshifts alone")
    options.add_argument("--regressor-epochs", type=int, default=5, help="0: skip the regressor")
    arguments = options.parse_args()
    quiet()
    held, truth = simulate(arguments.held_out, seed=HELD_OUT)
    common, _ = simulate(arguments.held_out, seed=HELD_OUT + 10, common=True)
    training, y = simulate(arguments.learn, seed=HELD_OUT + 20, common=True)
    models = {"none": untrained(training, y), **pretrained(arguments.models, arguments.tag)}
    z, z_training = (table["redshift"].to_numpy() for table in (common, training))
    is_lsst = (common["survey"] == "lsst").to_numpy()
    learn = {name: (training["survey"] == name).to_numpy() for name in ("ztf", "lsst")}
    mixed, zero_shot = {}, {}
    for name, model in models.items():
        key = name + arguments.tag
        Z, Z_common, Z_training = (latent(model, table) for table in (held, common, training))
        for kind in HEADS:
            for survey, rows in learn.items():
                head = redshift_head(kind, rows.sum()).fit(Z_training[rows], z_training[rows])
                scores = redshift_figures(z[is_lsst], head.predict(Z_common[is_lsst]))
                zero_shot[f"{key}, {kind}, learned on {survey}"] = [scores]
        if arguments.no_mixing:
            continue
        row = mixing(Z, held["survey"].to_numpy(str), "all")
        row |= mixing(Z_common, common["survey"].to_numpy(str), "common")
        if name != "none":
            proba = model.predict_proba(held[["light_curve"]])
            row["class AUROC"] = figures(truth, proba, model.classes_)["AUROC"]
        scores = redshifts(Z, held["redshift"].to_numpy())
        mixed[key] = [row | {f"redshift, {k}": v for k, v in scores.items()}]
    if arguments.regressor_epochs:
        for survey, rows in learn.items():
            model = LightCurveRegressor(
                encoder=LightCurveTransformer(max_points=100),
                batch_size=64,
                max_epochs=arguments.regressor_epochs,
                random_state=0,
            ).fit(training.loc[rows, ["light_curve"]], np.log1p(z_training[rows]))
            predicted = np.expm1(model.predict(common.loc[is_lsst, ["light_curve"]]))
            scores = redshift_figures(z[is_lsst], predicted)
            zero_shot[f"transformer, end to end, learned on {survey}"] = [scores]
    for scores in zero_shot.values():
        best = min(f[0]["MSE"] for n, f in zero_shot.items() if n.endswith("learned on lsst"))
        none = min(
            f[0]["MSE"]
            for n, f in zero_shot.items()
            if n.startswith(("none", "transformer")) and n.endswith("ztf")
        )
        scores[0]["over the best learned on lsst"] = scores[0]["MSE"] / best
        scores[0]["over none, learned on ztf"] = scores[0]["MSE"] / none
    if mixed:
        write(arguments, "mixing", mixed)
    write(arguments, "zero_shot_redshift", zero_shot)


if __name__ == "__main__":
    main()
