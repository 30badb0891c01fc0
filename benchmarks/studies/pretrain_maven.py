"""Pretrain Maven on simulated pairs by InfoNCE alone, in parts that continue from a saved state.

Each object is drawn once and used once. Objects are simulated in chunks, as in
pretrain_simulated.py, but most of those of surveys have a long or a dense baseline
before the explosion. Spectra are of random epochs. Neither classes nor redshifts are used in
training. The learning rate rises for 3 % of all pairs and then falls as a cosine, across all parts.
The model has a moving average of the weights, so that it can be used before the end of the run.

After each part the state (weights, moments of the optimiser, schedule, average, number of chunks)
is in benchmarks/.cache, and the model with its card in the package. Held-out simulated objects are
scored after each part; --minutes 0 only scores and saves the model of the state. Where the state is
lost, a part goes on from the model file, without the moments. All parts must have the same --pairs,
--batch-size and --lr.

    python benchmarks/studies/pretrain_maven.py --minutes 20 [--pairs N] [--batch-size B]
"""

import argparse
import math
import pickle
import subprocess
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import torch
from _settings import CACHE, SIZES, encoder
from pretrain_simulated import COLUMNS, FAR, NEAR, PROPORTIONS, SAMPLES, figures
from skorch.callbacks import Callback

from sklearn_sn.data import DataQualityWarning
from sklearn_sn.datasets import get_survey, make_supernovae
from sklearn_sn.embedding import ContrastiveEmbedder
from sklearn_sn.encoders import SpectrumCNN
from sklearn_sn.persistence import load_model, read_card, save_model

MODEL = Path(__file__).parents[2] / "sklearn_sn" / "persistence" / "models" / "maven-sim.snmodel"
HELD_OUT = 10**6  # number of the chunk of held-out objects
SETTINGS = ("pairs", "batch_size", "lr")  # the same in all parts of a run
WARM_UP = 0.03
WARM_AGAIN = 5000  # pairs of the warm-up of a run that goes on from a model file
DECAY = 0.995  # of the average of the weights, per step
PHASES = (-12.0, 60.0)  # of spectra, rest-frame days from peak


class LongRun(Callback):
    """Schedule and moving average of the weights over all fits of a warm start.

    Between the fits, the average is in the module.

    Parameters
    ----------
    n_pairs : int
        Pairs of all fits.
    lr : float
        Peak learning rate.
    """

    start = 0  # pairs seen before a run that goes on from a model file

    def __init__(self, n_pairs, lr):
        self.n_pairs, self.lr = n_pairs, lr
        self.seen = self.steps = 0
        self.average = self.trained = None

    def on_train_begin(self, net, **kwargs):
        if self.trained is not None:
            net.module_.load_state_dict(self.trained)

    def on_batch_begin(self, net, batch=None, training=False, **kwargs):
        if not training:
            return
        done = self.seen / self.n_pairs
        factor = done / WARM_UP
        if done >= WARM_UP:
            part = min((done - WARM_UP) / (1.0 - WARM_UP), 1.0)
            factor = 0.5 * (1.0 + math.cos(math.pi * part))
        # Without the moments of an earlier run, the first steps are short.
        factor *= min(1.0, (self.seen - self.start + 1) / WARM_AGAIN) if self.start else 1.0
        for group in net.optimizer_.param_groups:
            group["lr"] = self.lr * max(factor, 1e-3)
        self.seen += len(batch[0])

    def on_batch_end(self, net, training=False, **kwargs):
        if not training:
            return
        state = net.module_.state_dict()
        if self.average is None:
            self.average = {name: value.clone() for name, value in state.items()}
        self.steps += 1
        # The decay is small in the first steps, so that the average forgets the random weights.
        decay = min(DECAY, self.steps / (10 + self.steps))
        for name, value in state.items():
            if value.is_floating_point():
                self.average[name].lerp_(value, 1.0 - decay)

    def on_epoch_end(self, net, **kwargs):
        state = net.module_.state_dict()
        self.trained = {name: value.clone() for name, value in state.items()}
        net.module_.load_state_dict(self.average)


def baseline_variants(surveys):
    """Return surveys with baselines of 15 days, of 45 days, and of 45 days with dense visits."""
    surveys = [get_survey(s) if isinstance(s, str) else s for s in surveys]
    variants = list(surveys)
    for survey in surveys:
        if survey.delay is not None:  # follow-up begins after the explosion
            continue
        variants.append(replace(survey, name=f"{survey.name}, long baseline", baseline=45.0))
        if "lsst" not in survey.name:
            cadences = tuple(min(days, 1.5) for days in survey.cadences)
            name = f"{survey.name}, dense"
            variants.append(replace(survey, name=name, baseline=45.0, cadences=cadences))
    return tuple(variants)


def simulate(chunk, n):
    """Simulate one chunk; different chunks have different objects."""
    tables, classes = [], []
    for number, (share, proportions, redshifts, surveys) in enumerate(SAMPLES.values()):
        X, y = make_supernovae(
            round(share * n),
            classes=proportions,
            redshift_range=redshifts,
            surveys=baseline_variants(surveys),
            spectrum_snr=(3.0, 60.0),
            spectrum_phase=PHASES,
            random_state=100_000 + 10 * chunk + number,
        )
        tables.append(X[COLUMNS])
        classes.append(y)
    X, y = pd.concat(tables, ignore_index=True), np.concatenate(classes)
    order = np.random.default_rng(chunk).permutation(len(X))
    return X.iloc[order].reset_index(drop=True), y[order]


def settings_of(arguments):
    """Return the settings that all parts of a run share."""
    return {name: getattr(arguments, name) for name in SETTINGS}


def check_settings(stored, arguments):
    """Raise if a run would go on with other settings than it began with."""
    if stored != settings_of(arguments):
        options = " ".join(f"--{n.replace('_', '-')} {value}" for n, value in stored.items())
        raise ValueError(
            f"The run was begun with other settings; go on with {options}, or begin a new one with "
            "another --state and --anew."
        )


def new_state(arguments):
    """Return an untrained embedder, and counts of what it has seen."""
    embedder = ContrastiveEmbedder(
        # One pass over the objects needs no dropout; Maven's is 2e-4.
        light_curve=encoder(dropout=0.0),
        spectrum=SpectrumCNN(dropout=0.0),
        embedding_dim=SIZES["embedding_dim"],
        batch_size=arguments.batch_size,
        temperature=1 / 19.5,
        lr=arguments.lr,
        lr_schedule=None,
        max_epochs=1,
        warm_start=True,
        callbacks=[("long_run", LongRun(arguments.pairs, arguments.lr))],
        random_state=0,
    )
    counts = {"chunks": 0, "pairs": 0, "losses": [], "cpu": 0.0}
    return {"embedder": embedder, "settings": settings_of(arguments), **counts}


def state_of_model(arguments):
    """Return the state that a model file holds: the averaged weights, but no moments."""
    card = read_card(arguments.model)
    embedder = load_model(arguments.model)
    stored = (card["pairs planned"], embedder.batch_size, embedder.lr)
    check_settings(dict(zip(SETTINGS, stored, strict=True)), arguments)
    embedder.set_params(lr_schedule=None, warm_start=True, max_epochs=1)
    run = LongRun(arguments.pairs, arguments.lr)
    run.seen = run.start = card["pairs seen"]
    run.steps = run.seen // arguments.batch_size
    weights = embedder.net_.module_.state_dict()
    run.average = {name: value.clone() for name, value in weights.items()}
    # A file holds the schedule of a fit of its own in the place of this one.
    callbacks = [c for c in embedder.net_.callbacks_ if c[0] != "schedule"]
    embedder.net_.callbacks_ = [*callbacks, ("long_run", run)]
    losses = [card["training loss of the last chunk"]]
    return {
        "embedder": embedder,
        "settings": settings_of(arguments),
        "chunks": card["chunks seen"],
        "pairs": card["pairs seen"],
        "losses": losses,
        "cpu": 60.0 * card["CPU minutes"],
    }


def train(state, seconds, arguments):
    """Train on further chunks until the time is over or all pairs were seen; save each chunk."""
    start = time.process_time()
    simulated = 0.0
    while state["pairs"] < arguments.pairs and time.process_time() - start < seconds:
        begin = time.process_time()
        X, _ = simulate(state["chunks"], arguments.chunk)
        simulated += time.process_time() - begin
        embedder = state["embedder"].set_params(random_state=state["chunks"]).fit(X)
        state["chunks"] += 1
        state["pairs"] += len(X)
        state["losses"].append(embedder.history_[-1]["train_loss"])
        scale = math.exp(embedder.net_.module_.log_scale.item())
        passed = time.process_time() - start
        print(
            f"{state['pairs']} pairs: loss {state['losses'][-1]:.3f}, logit scale {scale:.1f}, "
            f"simulation {simulated:.0f} s of {passed:.0f} CPU s",
            flush=True,
        )
        # A run that is killed loses one chunk at most.
        state["cpu"] += time.process_time() - begin
        temporary = arguments.state.with_suffix(".new")
        temporary.write_bytes(pickle.dumps(state))
        temporary.replace(arguments.state)


def card(state, scores):
    settings = state["settings"]
    commit = subprocess.run(
        ["git", "describe", "--always", "--dirty"], capture_output=True, text=True, check=True
    ).stdout.strip()
    return {
        "description": (
            "Shared embedding of light curves and spectra, trained by InfoNCE alone: neither "
            "classes nor redshifts were used."
        ),
        "data": (
            f"{state['pairs']} pairs of make_supernovae, each used once. Half are bright: followed "
            "up by small telescopes, or the brighter ones of ZTF and ATLAS; half are from ZTF, "
            "Rubin and Pan-STARRS1. A third of the objects of surveys have a baseline of 15 days "
            "before the explosion, a third one of 45 days, a third visits every 1.5 days as well."
            f" Classes: {PROPORTIONS}; redshifts of bright objects: "
            f"{NEAR}, of the others: {FAR}. Spectra at {PHASES[0]:.0f} to {PHASES[1]:.0f} days "
            "from peak."
        ),
        "recipe": (
            f"benchmarks/studies/pretrain_maven.py --pairs {settings['pairs']} --batch-size "
            f"{settings['batch_size']} --lr {settings['lr']}, in parts, the last at commit {commit}"
        ),
        "pairs seen": state["pairs"],
        "chunks seen": state["chunks"],
        "CPU minutes": round(state["cpu"] / 60),
        "pairs planned": settings["pairs"],
        "training loss of the last chunk": round(state["losses"][-1], 4),
        "metrics": scores,
        "limits": [
            "Trained on simulations: fine-tune it, or train heads, on real objects.",
            "AGN, CV and variable stars are not in the training set.",
            "The simulator was tuned on mean spectra of classes, and on how bright, how long "
            "and in which bands objects of the Open Supernova Catalog were followed.",
        ],
        "license": "BSD-3-Clause",
    }


def save(state, arguments, scores):
    """Write the model file with its card."""
    # Files hold no callbacks; a fit of the loaded model is one of its own.
    plain = {"callbacks": None, "warm_start": False, "lr_schedule": "one_cycle", "max_epochs": 40}
    save_model(
        state["embedder"].set_params(**plain, random_state=None),
        arguments.model,
        card=card(state, scores),
        overwrite=True,
    )


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=20.0, help="CPU minutes of this part")
    parser.add_argument("--pairs", type=int, default=300_000, help="pairs of all parts")
    parser.add_argument("--chunk", type=int, default=10_240, help="pairs simulated at a time")
    parser.add_argument("--batch-size", type=int, default=128)
    parser.add_argument("--held-out", type=int, default=4000, help="objects that are scored")
    parser.add_argument("--lr", type=float, default=1e-3)
    parser.add_argument("--state", type=Path, default=CACHE / "pretrain_maven.pkl")
    parser.add_argument("--model", type=Path, default=MODEL)
    parser.add_argument("--anew", action="store_true", help="do not go on from the model file")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", DataQualityWarning)
    torch.set_num_threads(1)  # a second thread gives no speed-up at these sizes
    if arguments.state.exists():
        state = pickle.loads(arguments.state.read_bytes())
        if "settings" not in state:  # of a run that began before they were stored
            run = dict(state["embedder"].net_.callbacks_)["long_run"]
            stored = (run.n_pairs, state["embedder"].batch_size, run.lr)
            state["settings"] = dict(zip(SETTINGS, stored, strict=True))
        check_settings(state["settings"], arguments)
    elif arguments.model.exists() and not arguments.anew:
        state = state_of_model(arguments)
    else:
        state = new_state(arguments)
    arguments.state.parent.mkdir(exist_ok=True)
    train(state, 60 * arguments.minutes, arguments)
    scores = figures(state["embedder"], *simulate(HELD_OUT, arguments.held_out))
    print(scores, flush=True)
    save(state, arguments, scores)


if __name__ == "__main__":
    main()
