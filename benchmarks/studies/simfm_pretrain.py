"""Pretrain recurrent classifiers on simulations of ZTF and LSST, as in Gupta et al. (2025).

Eight classes in equal numbers. The loss is cross-entropy only ("classifier"), with a supervised
contrastive loss ("contrastive"), with a survey discriminator ("adversarial"), or with both ("both
losses"). Models are saved in benchmarks/.cache as soon as they are trained, their scores on
held-out objects in benchmarks/results/simfm/pretrain.json.
``--sample "like real"`` simulates five surveys with the brightness and redshifts of objects in
catalogues.

    python benchmarks/studies/simfm_pretrain.py [--objects N] [--epochs E] [--models NAME ...]
        [--tag TAG]
"""

import time

import numpy as np
from _simfm import (
    HELD_OUT,
    MODELS,
    TRAINING,
    checkpoint,
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
    options.add_argument("--objects", type=int, default=40_000, help="total number of both surveys")
    options.add_argument("--held-out", type=int, default=6_000)
    options.add_argument("--epochs", type=int, default=20)
    options.add_argument("--batch-size", type=int, default=128)
    options.add_argument("--lr", type=float, default=2e-3)
    options.add_argument("--max-points", type=int, default=200)
    options.add_argument("--no-amplitude", action="store_true", help="remove the flux amplitude")
    options.add_argument("--sample", choices=SAMPLES, default="two surveys")
    options.add_argument("--device", default="auto")
    options.add_argument("--reuse", action="store_true", help="skip models in benchmarks/.cache")
    arguments = options.parse_args()
    quiet()
    draw = SAMPLES[arguments.sample]
    X, y = draw(arguments.objects, seed=0)
    held, truth = draw(arguments.held_out, seed=HELD_OUT)
    results = {}
    for name in arguments.models:
        if arguments.reuse and checkpoint(name, arguments.tag).exists():
            continue
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
        scores = figures(truth, proba, model.classes_)
        for survey in ("ztf", "lsst") if arguments.sample == "two surveys" else ():
            part = held["survey"].to_numpy() == survey
            scores[f"AUROC {survey}"] = figures(truth[part], proba[part], model.classes_)["AUROC"]
        few = np.random.default_rng(0).permutation(len(X))[:10_000]
        redshift = X["redshift"].to_numpy()
        head = redshift_head("kNN", len(few)).fit(latent(model, X.iloc[few]), redshift[few])
        scores |= redshift_figures(held["redshift"], head.predict(latent(model, held)))
        results[name + arguments.tag] = [scores]
        write(arguments, "pretrain", {name + arguments.tag: [scores]})


if __name__ == "__main__":
    main()
