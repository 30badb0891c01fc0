"""Generation of spectra of real SN Ia from light curves, five-fold cross-validation by object.

MMVAE is trained on real objects only, and on simulated objects followed by a warm start on real
ones. Baselines are the mean training spectrum near each phase, and the spectra of the five nearest
training objects, in the space of a contrastive transceiver trained on real objects and of the
packaged embedder, trained on simulations only. One fifth of each training set calibrates the 90 %
intervals. The score on the test set is the mean squared residual of spectra divided by their median
flux in 4000-7000 Å, rest frame, −10 to +30 days from the peak of the light curve. --picture plots
objects of the first fold.

    python benchmarks/studies/mmvae_real.py [--epochs E] [--simulated N] [--folds F]
        [--models NAME ...]
"""

import argparse
import json
import time
import warnings
from copy import deepcopy
from pathlib import Path

import numpy as np
import torch
from _generation import Truth, phase_bins, predict_with_interval, score, without_spectra
from _real_spectra import load_type_ia
from _settings import CACHE
from joblib import Parallel, delayed
from mmvae_simulated import CURVES, SPECTRA, simulate
from sklearn.model_selection import KFold, train_test_split

from sklearn_sn import ContrastiveEmbedder, MMVAEEmbedder
from sklearn_sn.cross_modal import CrossModalGenerator, MeanSpectrumGenerator
from sklearn_sn.data import DataQualityWarning
from sklearn_sn.encoders import TransceiverDecoder
from sklearn_sn.persistence import load_model, load_pretrained, save_model
from sklearn_sn.plotting import GenerationDisplay

WAVELENGTH = np.geomspace(4000.0, 7000.0, 128)  # rest frame, Å
SIZES = {
    "decoder": TransceiverDecoder(max_pixels=128),
    "lr": 3e-3,
    "batch_size": 32,
    "warm_start": True,
    "verbose": 2,
}
SURVEYS = ("followup", "ztf")
MODELS = ("MMVAE", "MMVAE, simulations first")


def pretrained(n, epochs):
    """Train a model on simulated objects, for a warm start on real ones."""
    X, _ = simulate(n, seed=0, surveys=SURVEYS)
    model = MMVAEEmbedder(**SIZES, max_epochs=epochs, random_state=0).fit(X)
    return model.set_params(lr=1e-3)


def baselines(X, seed):
    """Return the fitted baselines by name: mean per phase, and nearest neighbours."""
    contrastive = ContrastiveEmbedder(
        light_curve=CURVES,
        spectrum=SPECTRA,
        batch_size=64,
        max_epochs=60,
        random_state=seed,
    )
    packaged = load_pretrained("contrastive-sim")
    return {
        "mean per phase": MeanSpectrumGenerator().fit(X),
        "neighbours, contrastive": CrossModalGenerator(contrastive, n_neighbors=5).fit(X),
        "neighbours, packaged": CrossModalGenerator(packaged, n_neighbors=5).fit(X),
    }


def checkpoint(name, fold):
    """Return the path of the model of a fold."""
    return CACHE / f"mmvae_real_{name.replace(', ', '_').replace(' ', '_')}_{fold}.snmodel"


def run_fold(starts, X, train, test, epochs, seed):
    """Return scores by model; `starts` maps names to the model for a warm start, or None."""
    warnings.simplefilter("ignore", DataQualityWarning)
    torch.set_num_threads(1)
    inner, held = train_test_split(train, test_size=0.2, random_state=seed)
    smooth, pixels = (Truth(X.iloc[test], WAVELENGTH, native=native) for native in (False, True))
    of_test = without_spectra(X.iloc[test])
    scores = {}

    def figures(model, source=None):
        """Return residuals of resampled spectra, and coverage and width of pixels."""
        residuals = score(smooth, predict_with_interval(model, of_test, smooth, source)[0])
        return score(pixels, *predict_with_interval(model, of_test, pixels, source)) | residuals

    for name, model in baselines(X.iloc[inner], seed).items():
        model.calibrate(X.iloc[held])
        scores[name] = figures(model)
        print(seed, name, scores[name], flush=True)
    for name, first in starts.items():
        start = time.time()
        model = MMVAEEmbedder(**SIZES) if first is None else deepcopy(first)
        model.set_params(max_epochs=epochs, random_state=seed).fit(X.iloc[inner])
        before = figures(model, "light_curve")
        model.calibrate(X.iloc[held], source="light_curve")
        after = figures(model, "light_curve")
        scores[name] = {"seconds": time.time() - start, "not calibrated": before, **after}
        print(seed, name, scores[name], flush=True)
        save_model(model, checkpoint(name, seed), overwrite=True)
    return scores


def draw(X, train, test, name, folder):
    """Plot twenty test objects of the first fold, five per file."""
    folder.mkdir(parents=True, exist_ok=True)
    inner, _ = train_test_split(train, test_size=0.2, random_state=0)
    others = baselines(X.iloc[inner], 0)
    others.pop("neighbours, contrastive")
    true = Truth(X.iloc[test], WAVELENGTH)
    shown = X.iloc[test[np.unique(true.object_index)[:20]]]
    model = load_model(checkpoint(name, 0))
    for number in range(4):
        objects = shown.iloc[5 * number : 5 * number + 5]
        display = GenerationDisplay.from_estimator(model, objects, range(5), others=others)
        display.plot().figure_.savefig(folder / f"{number}.png", dpi=70, bbox_inches="tight")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=120)
    parser.add_argument("--simulated", type=int, default=2000)
    parser.add_argument("--simulated-epochs", type=int, default=60)
    parser.add_argument("--folds", type=int, default=5)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--models", nargs="+", choices=MODELS, default=list(MODELS))
    parser.add_argument("--picture", type=Path, help="plot models of an earlier run to this folder")
    parser.add_argument("--out", default="benchmarks/results/mmvae_real")
    arguments = parser.parse_args()
    warnings.simplefilter("ignore", DataQualityWarning)
    X = load_type_ia()
    torch.set_num_threads(1)
    if arguments.picture:
        first = next(KFold(5, shuffle=True, random_state=0).split(X))
        return draw(X, *first, arguments.models[-1], arguments.picture)
    starts = dict.fromkeys(arguments.models)
    if MODELS[1] in starts:
        starts[MODELS[1]] = pretrained(arguments.simulated, arguments.simulated_epochs)
    folds = list(KFold(5, shuffle=True, random_state=0).split(X))[: arguments.folds]
    results = Parallel(arguments.jobs)(
        delayed(run_fold)(starts, X, train, test, arguments.epochs, seed)
        for seed, (train, test) in enumerate(folds)
    )
    out = Path(arguments.out)
    out.mkdir(parents=True, exist_ok=True)
    scores = {name: [fold[name] for fold in results] for name in results[0]}
    content = {"phases": phase_bins(), "models": scores}
    (out / "scores.json").write_text(json.dumps(content, indent=1, default=float))
    for name, folds in scores.items():
        values = [fold["residual"] for fold in folds]
        print(name, f"residual {np.mean(values):.4f}±{np.std(values):.4f}")


if __name__ == "__main__":
    main()
