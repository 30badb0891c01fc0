"""What a latent of two simulated surveys tells: survey, class, redshift; and zero-shot redshift.

- Mixing: how well linear and MLP classifiers guess the survey from the latent, five-fold; all
  objects, and only those at redshifts that both surveys reach ("common"), where depth tells less.
  0.5 is chance.
- Class: macro AUROC of the model itself. Redshift: five-fold, kNN and MLP on the latent.
- Zero-shot: heads learn the redshift on latents of ZTF alone and date LSST, at redshifts that both
  reach, beside heads that learn on LSST itself; and a transformer trained for it end to end.

    python benchmarks/simfm_mixing.py [--objects N] [--held-out N] [--regressor-epochs E]
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

from sklearn_sn.regression import LightCurveTransformerRegressor

HEADS = ("kNN", "MLP")
SURVEY_GUESSERS = {
    "linear": lambda: make_pipeline(StandardScaler(), LogisticRegression(max_iter=500)),
    "MLP": mlp_classifier,
}


def mixing(Z, survey, common):
    """Balanced accuracy and AUROC of guessing the survey, by guesser and sample."""
    found = {}
    for sample, rows in (("all", np.full(len(Z), True)), ("common", common)):
        for name, guesser in SURVEY_GUESSERS.items():
            folds = StratifiedKFold(5, shuffle=True, random_state=0)
            scores = cross_validate(
                guesser(),
                Z[rows],
                survey[rows],
                cv=folds,
                scoring=("balanced_accuracy", "roc_auc"),
            )
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
    options.add_argument("--objects", type=int, default=40_000, help="as in simfm_pretrain.py")
    options.add_argument("--held-out", type=int, default=6_000)
    options.add_argument("--regressor-epochs", type=int, default=5, help="0: leave it out")
    arguments = options.parse_args()
    quiet()
    X, y = simulate(arguments.objects, seed=0)
    held, truth = simulate(arguments.held_out, seed=HELD_OUT)
    z_train, z = X["redshift"].to_numpy(), held["redshift"].to_numpy()
    train_survey, survey = X["survey"].to_numpy(str), held["survey"].to_numpy(str)
    # Where nine of ten objects of ZTF are, LSST has them too.
    low, high = np.quantile(z_train[train_survey == "ztf"], [0.05, 0.95])
    common = (z >= low) & (z <= high)
    asked = common & (survey == "lsst")
    learn = {
        "ztf": train_survey == "ztf",
        "lsst": (train_survey == "lsst") & (z_train >= low) & (z_train <= high),
    }
    print(f"common redshifts {low:.3f} to {high:.3f}: {asked.sum()} objects of LSST are dated")
    models = {"none": untrained(X, y), **pretrained(arguments.models, arguments.tag)}
    mixed, zero_shot = {}, {}
    for name, model in models.items():
        key = name + arguments.tag
        Z = latent(model, held)
        row = mixing(Z, survey, common)
        if name != "none":
            proba = model.predict_proba(held[["light_curve"]])
            row["class AUROC"] = figures(truth, proba, model.classes_)["AUROC"]
        mixed[key] = [row | {f"redshift, {k}": v for k, v in redshifts(Z, z).items()}]
        Z_train = latent(model, X)
        for kind in HEADS:
            for source, rows in learn.items():
                head = redshift_head(kind, rows.sum()).fit(Z_train[rows], z_train[rows])
                found = redshift_figures(z[asked], head.predict(Z[asked]))
                zero_shot[f"{key}, {kind}, learned on {source}"] = [found]
    if arguments.regressor_epochs:
        for source, rows in learn.items():
            model = LightCurveTransformerRegressor(
                max_points=100, batch_size=64, max_epochs=arguments.regressor_epochs, random_state=0
            ).fit(X.loc[rows, ["light_curve"]], np.log1p(z_train[rows]))
            answer = np.expm1(model.predict(held.loc[asked, ["light_curve"]]))
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
