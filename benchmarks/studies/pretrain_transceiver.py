"""Train, score and package "transceiver-ia", which generates spectra of SN Ia from light curves.

The recipe of mmvae_real.py: an MMVAE is trained on simulated SN Ia of four surveys, then on the
public SN Ia with light curve and spectra. "fold" trains on four fifths of the real objects less
those that calibrate the intervals, and scores the last fifth beside the mean spectrum per phase.
"package" trains on all real objects less those that calibrate, and writes the model with the
figures of the fold in its card.

    python benchmarks/studies/pretrain_transceiver.py simulated [--objects 1500] [--epochs 20]
    python benchmarks/studies/pretrain_transceiver.py fold [--real-epochs 60]
    python benchmarks/studies/pretrain_transceiver.py package [--real-epochs 60] --commit COMMIT
"""

import argparse
import json
import time
import warnings
from pathlib import Path

import numpy as np
import torch
from _generation import Truth, predict_with_interval, score, without_spectra
from _model_cards import SOURCES
from _real_spectra import load_type_ia
from _settings import CACHE
from mmvae_real import WAVELENGTH
from mmvae_simulated import simulate
from sklearn.model_selection import KFold, train_test_split

import sklearn_sn
from sklearn_sn import MMVAEEmbedder
from sklearn_sn.cross_modal import MeanSpectrumGenerator
from sklearn_sn.data import DataQualityWarning
from sklearn_sn.encoders import TransceiverDecoder
from sklearn_sn.persistence import load_model, read_card, save_model

FOLDER = CACHE / "transceiver"
MODEL = Path(sklearn_sn.__file__).parent / "persistence" / "models" / "transceiver-ia.snmodel"
SURVEYS = ("followup", "ztf", "atlas", "lsst")
SIZES = {
    "decoder": TransceiverDecoder(max_pixels=128, points_per_step=64),
    "lr": 3e-3,
    "batch_size": 32,
    "warm_start": True,
    "verbose": 2,
}


def on_simulations(arguments):
    """Train on simulated objects."""
    X, _ = simulate(arguments.objects, seed=0, surveys=SURVEYS)
    start = time.process_time()
    model = MMVAEEmbedder(**SIZES, max_epochs=arguments.epochs, random_state=0).fit(X)
    card = {"objects": len(X), "epochs": arguments.epochs, "seconds": time.process_time() - start}
    save_model(model, FOLDER / "simulated.snmodel", card=card, overwrite=True)


def on_real(X, epochs):
    """Continue on four fifths of the real objects, and calibrate by the others."""
    inner, held = train_test_split(np.arange(len(X)), test_size=0.2, random_state=0)
    model = load_model(FOLDER / "simulated.snmodel").set_params(
        lr=1e-3, warm_start=True, max_epochs=epochs, random_state=0, verbose=2
    )
    model.fit(X.iloc[inner])
    return model.calibrate(X.iloc[held], source="light_curve"), inner, held


def fold(arguments):
    """Score the test part of the first of five folds."""
    X = load_type_ia()
    train, test = next(KFold(5, shuffle=True, random_state=0).split(X))
    start = time.process_time()
    model, inner, held = on_real(X.iloc[train], arguments.real_epochs)
    mean = MeanSpectrumGenerator().fit(X.iloc[train[inner]])
    mean.calibrate(X.iloc[train[held]])
    smooth, pixels = (Truth(X.iloc[test], WAVELENGTH, native=native) for native in (False, True))
    curves = without_spectra(X.iloc[test])
    figures = {"test objects": len(test), "CPU seconds": time.process_time() - start}
    for name, generator, source in (("MMVAE", model, "light_curve"), ("mean", mean, None)):
        found = score(pixels, *predict_with_interval(generator, curves, pixels, source))
        found |= score(smooth, predict_with_interval(generator, curves, smooth, source)[0])
        figures[name] = found
        print(name, {key: found[key] for key in ("residual", "coverage", "width")}, flush=True)
    (FOLDER / "fold.json").write_text(json.dumps(figures, indent=1, default=float))


def package(arguments):
    """Train on all real objects and write the model."""
    X = load_type_ia()
    model, inner, held = on_real(X, arguments.real_epochs)
    figures = json.loads((FOLDER / "fold.json").read_text())
    simulated = read_simulated()
    card = {
        "description": "Spectra of SN Ia at any phase from their light curves, with calibrated "
        "intervals (multimodal variational autoencoder of transceivers).",
        "data": f"{simulated['objects']} simulated SN Ia of {', '.join(SURVEYS)}, then "
        f"{len(inner)} public SN Ia with spectra; {len(held)} others calibrate the intervals. "
        "One public object in five was never used.",
        "sources": SOURCES,
        "recipe": "python benchmarks/studies/pretrain_transceiver.py simulated --objects "
        f"{simulated['objects']} --epochs {simulated['epochs']}, then fold and package "
        f"--real-epochs {arguments.real_epochs}, at commit {arguments.commit}",
        "metrics": {
            f"{name}, {key}": round(figures[name][key], 4)
            for name in ("MMVAE", "mean")
            for key in ("residual", "coverage", "width")
        },
        "license": "BSD-3-Clause; the sources of the data state no licence of redistribution",
        "limits": [
            "For SN Ia only: any other object gets a spectrum of SN Ia. z < 0.3.",
            "The redshift must be known; the day of the peak comes from the light curve.",
            "Flux relative to the median in 4000-7000 Å at rest; figures are mean squared "
            "residuals in that unit, coverage and width of 90 % intervals, of one fold "
            f"({figures['test objects']} objects), at -10 to +30 days; mean: the mean spectrum "
            "per phase.",
            "Host lines and noise are not generated; below 4000 Å and beyond 40 days the intervals "
            "widen.",
        ],
    }
    model.set_params(verbose=0)
    model.net_.module_.half()
    save_model(model, MODEL, card=card, overwrite=True)
    print(MODEL.name, MODEL.stat().st_size)


def read_simulated():
    """Return the card of the model that was trained on simulations."""
    return read_card(FOLDER / "simulated.snmodel")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stage", choices=("simulated", "fold", "package"))
    parser.add_argument("--objects", type=int, default=1500)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--real-epochs", type=int, default=60)
    parser.add_argument("--commit", default="unknown", help="commit for the model card")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", DataQualityWarning)
    torch.set_num_threads(1)
    FOLDER.mkdir(parents=True, exist_ok=True)
    {"simulated": on_simulations, "fold": fold, "package": package}[arguments.stage](arguments)


if __name__ == "__main__":
    main()
