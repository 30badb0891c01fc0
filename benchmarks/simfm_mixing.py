"""What a latent of two simulated surveys tells: survey, class, redshift; and zero-shot redshift.

- Mixing: how well linear and MLP classifiers guess the survey from the latent, five-fold; of all
  objects, and of others ("common") that both surveys see at the same redshifts, class by class,
  where depth tells less. 0.5 is chance.
- Class: macro AUROC of the model itself. Redshift: five-fold, kNN and MLP on the latent.
- Zero-shot: heads learn the redshift on latents of ZTF alone and date LSST, at common redshifts,
  beside heads that learn on LSST itself; and a transformer trained for it end to end.

    python benchmarks/simfm_mixing.py [--held-out N] [--learn N] [--regressor-epochs E]
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
SURVEY_GUESSERS = {
    "linear": lambda: make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)),
    "MLP": mlp_classifier,
}


def mixing(Z, survey, sample):
    """Balanced accuracy and AUROC of guessing the survey, by guesser."""
    found = {}
    for name, guesser in SURVEY_GUESSERS.items():
        folds = StratifiedKFold(5, shuffle=True, random_state=0)
        kinds = ("balanced_accuracy", "roc_auc")
        scores = cross_validate(guesser(), Z, survey, cv=folds, scoring=kinds)
        found[f"survey, {sample}, {name}: accuracy"] = scores["test_balanced_accuracy"].mean()
        found[f"survey, {sample}, {name}: AUROC"] = scores["test_roc_auc"].mean()
    return found


def redshifts(Z, z):
    """Five-fold figures of the heads."""
    found = {}
    for kind in HEADS:
        folds = KFold(5, shuffle=True, random_state=0)
        answer = cross_val_predict(redshift_head(kind, 4 * len(Z) // 5), Z, z, cv=folds)
        found |= {f"{kind}: {name}": v for name, v in redshift_figures(z, answer).items()}
    return found


def main():
    options = parser(__doc__)
    options.add_argument("--held-out", type=int, default=6_000)
    options.add_argument("--learn", type=int, default=16_000, help="that heads learn redshifts on")
    options.add_argument("--regressor-epochs", type=int, default=5, help="0: leave it out")
    arguments = options.parse_args()
    quiet()
    held, truth = simulate(arguments.held_out, seed=HELD_OUT)
    common, _ = simulate(arguments.held_out, seed=HELD_OUT + 10, common=True)
    known, y = simulate(arguments.learn, seed=HELD_OUT + 20, common=True)
    models = {"none": untrained(known, y), **pretrained(arguments.models, arguments.tag)}
    z, z_known = (table["redshift"].to_numpy() for table in (common, known))
    asked = (common["survey"] == "lsst").to_numpy()
    learn = {name: (known["survey"] == name).to_numpy() for name in ("ztf", "lsst")}
    mixed, zero_shot = {}, {}
    for name, model in models.items():
        key = name + arguments.tag
        Z, Z_common, Z_known = (latent(model, table) for table in (held, common, known))
        row = mixing(Z, held["survey"].to_numpy(str), "all")
        row |= mixing(Z_common, common["survey"].to_numpy(str), "common")
        if name != "none":
            proba = model.predict_proba(held[["light_curve"]])
            row["class AUROC"] = figures(truth, proba, model.classes_)["AUROC"]
        found = redshifts(Z, held["redshift"].to_numpy())
        mixed[key] = [row | {f"redshift, {k}": v for k, v in found.items()}]
        for kind in HEADS:
            for source, rows in learn.items():
                head = redshift_head(kind, rows.sum()).fit(Z_known[rows], z_known[rows])
                found = redshift_figures(z[asked], head.predict(Z_common[asked]))
                zero_shot[f"{key}, {kind}, learned on {source}"] = [found]
    if arguments.regressor_epochs:
        for source, rows in learn.items():
            model = LightCurveRegressor(
                encoder=LightCurveTransformer(max_points=100),
                batch_size=64,
                max_epochs=arguments.regressor_epochs,
                random_state=0,
            ).fit(known.loc[rows, ["light_curve"]], np.log1p(z_known[rows]))
            answer = np.expm1(model.predict(common.loc[asked, ["light_curve"]]))
            found = redshift_figures(z[asked], answer)
            zero_shot[f"transformer, end to end, learned on {source}"] = [found]
    for found in zero_shot.values():
        best = min(f[0]["MSE"] for n, f in zero_shot.items() if n.endswith("learned on lsst"))
        none = min(
            f[0]["MSE"]
            for n, f in zero_shot.items()
            if n.startswith(("none", "transformer")) and n.endswith("ztf")
        )
        found[0]["over the best learned on lsst"] = found[0]["MSE"] / best
        found[0]["over none, learned on ztf"] = found[0]["MSE"] / none
    write(arguments, "mixing", mixed)
    write(arguments, "zero_shot_redshift", zero_shot)


if __name__ == "__main__":
    main()
