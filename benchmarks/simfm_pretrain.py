"""Pretrain recurrent classifiers on simulations of ZTF and LSST, as Gupta et al. (2025) do.

Eight classes in equal numbers; cross-entropy alone ("classifier"), with supervised contrast
("contrastive"), and against a discriminator of the survey ("adversarial"). The models go to
benchmarks/.cache, their figures on held-out objects to benchmarks/results/simfm/pretrain.json.
``--sample "like real"`` draws from five surveys, as bright and near as objects of catalogues are.

    python benchmarks/simfm_pretrain.py [--objects N] [--epochs E] [--models NAME ...] [--tag TAG]
"""

import time

import numpy as np
from _simfm import (
    HELD_OUT,
    MODELS,
    TRAINING,
    figures,
    latent,
    parser,
    quiet,
    redshift_figures,
    redshift_head,
    simulate,
    simulate_like_real,
    store,
    write,
)

from sklearn_sn.encoders import GRU

SAMPLES = {"two surveys": simulate, "like real": simulate_like_real}


def main():
    options = parser(__doc__)
    options.add_argument("--objects", type=int, default=40_000, help="of both surveys together")
    options.add_argument("--held-out", type=int, default=6_000)
    options.add_argument("--epochs", type=int, default=20)
    options.add_argument("--batch-size", type=int, default=128)
    options.add_argument("--lr", type=float, default=2e-3)
    options.add_argument("--max-points", type=int, default=200)
    options.add_argument("--no-amplitude", action="store_true", help="hide how bright objects are")
    options.add_argument("--sample", choices=SAMPLES, default="two surveys")
    options.add_argument("--device", default="auto")
    arguments = options.parse_args()
    quiet()
    draw = SAMPLES[arguments.sample]
    X, y = draw(arguments.objects, seed=0)
    held, truth = draw(arguments.held_out, seed=HELD_OUT)
    results = {}
    for name in arguments.models:
        cls, params = MODELS[name]
        start = time.time()
        encoder = GRU(amplitude=not arguments.no_amplitude, max_points=arguments.max_points)
        training = {
            **TRAINING,
            "max_epochs": arguments.epochs,
            "batch_size": arguments.batch_size,
            "lr": arguments.lr,
            "device": arguments.device,
            "random_state": 0,
            "verbose": 2,
        }
        model = cls(encoder=encoder, **params, **training).fit(X[["light_curve", "survey"]], y)
        print(f"{name}: trained in {time.time() - start:.0f} s", flush=True)
        recipe = f"{len(X)} simulated objects, {arguments.sample}, {arguments.epochs} epochs"
        store(model, name, arguments.tag, f"Recurrent classifier ({name}), {recipe}.")
        proba = model.predict_proba(held[["light_curve"]])
        found = figures(truth, proba, model.classes_)
        for survey in ("ztf", "lsst") if arguments.sample == "two surveys" else ():
            part = held["survey"].to_numpy() == survey
            found[f"AUROC {survey}"] = figures(truth[part], proba[part], model.classes_)["AUROC"]
        few = np.random.default_rng(0).permutation(len(X))[:10_000]
        redshift = X["redshift"].to_numpy()
        head = redshift_head("kNN", len(few)).fit(latent(model, X.iloc[few]), redshift[few])
        found |= redshift_figures(held["redshift"], head.predict(latent(model, held)))
        results[name + arguments.tag] = [found]
        write(arguments, "pretrain", {name + arguments.tag: [found]})


if __name__ == "__main__":
    main()
