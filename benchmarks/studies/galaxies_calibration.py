"""Simulated galaxies: accuracy of redshift and stellar mass from magnitudes, and speed.

The simulator is calibrated on the first row alone, an MLP on g, r and z magnitudes, and was left
unchanged afterwards. The other rows show that spectra and images contain more than magnitudes;
they are no models of this library. R² is the mean ± standard deviation over five folds. Speed is
that of one process, in CPU seconds. Results are written to benchmarks/results/galaxies.md.

    python benchmarks/studies/galaxies_calibration.py [number of galaxies, default 20000]
"""

import subprocess
import sys
import time
import warnings
from pathlib import Path

import numpy as np
from sklearn.decomposition import PCA
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import KFold, cross_val_score
from sklearn.neighbors import KNeighborsRegressor
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from sklearn_sn.datasets import iter_galaxies, make_galaxies

OUT = Path("benchmarks/results/galaxies.md")
SEED = 0
TARGETS = {"redshift": "redshift", "log_stellar_mass": "stellar mass"}
PAPER = {"magnitudes, MLP": ".69 / .65"}
SPEEDS = ((64, 1000, (3600.0, 9800.0)), (152, 7781, (3600.0, 9824.0)))


def main(n=20000):
    warnings.simplefilter("ignore", ConvergenceWarning)
    magnitudes, spectra, pixels, shapes, y = [], [], [], [], []
    for X, truth in iter_galaxies(n, random_state=SEED):
        magnitudes.append(X[["g", "r", "z"]].to_numpy())
        flux = X["spectrum"].nest["flux"].to_numpy().reshape(len(X), -1)
        spectra.append(standardise(flux))
        images = np.stack(X["image"].to_list())
        pixels.append(rebin(images))
        shapes.append(measure_shapes(images))
        y.append(truth)
    magnitudes, spectra, pixels, shapes = map(np.concatenate, (magnitudes, spectra, pixels, shapes))
    y = {name: np.concatenate([part[name] for part in y]) for name in TARGETS}
    mlp = MLPRegressor(hidden_layer_sizes=(64, 64), early_stopping=True, random_state=0)
    mlp = make_pipeline(StandardScaler(), mlp)
    knn = KNeighborsRegressor(64, weights="distance")
    rows = {
        "magnitudes, MLP": (magnitudes, mlp),
        "magnitudes and shapes in the image, MLP": (np.hstack([magnitudes, shapes]), mlp),
        "pixels, PCA(50), kNN": (pixels, make_pipeline(PCA(50, random_state=0), knn)),
        "spectrum, PCA(50), kNN": (spectra, make_pipeline(PCA(50, random_state=0), knn)),
        "spectrum, PCA(50), MLP": (spectra, make_pipeline(PCA(50, random_state=0), mlp)),
    }
    lines = [
        f"| features, regressor | {' | '.join(TARGETS.values())} | paper |",
        "|---|---|---|---|",
    ]
    for name, (features, model) in rows.items():
        cells = [score(model, features, y[target]) for target in TARGETS]
        lines.append(f"| {name} | {' | '.join(cells)} | {PAPER.get(name, '')} |")
        print(lines[-1], flush=True)
    lines += ["", "| image | spectrum | pairs per CPU second | on two cores |", "|---|---|---|---|"]
    for side, n_bins, wavelengths in SPEEDS:
        rate = speed(side, n_bins, wavelengths)
        lines.append(f"| 3 × {side}² | {n_bins} bins | {rate:.0f} | {2 * rate:.0f} |")
        print(lines[-1], flush=True)
    write(n, lines)


def standardise(flux):
    """Return spectra with mean 0 and standard deviation 1, and both as two more columns."""
    mean, scatter = flux.mean(axis=1, keepdims=True), flux.std(axis=1, keepdims=True)
    return np.hstack([(flux - mean) / scatter, np.arcsinh(mean), np.arcsinh(scatter)])


def rebin(images):
    """Return asinh of the pixels within 24 pixels of the centre, in bins of 3, (n, 3 · 16²)."""
    n, n_bands, side, _ = images.shape
    first = side // 2 - 24
    centre = images[:, :, first : first + 48, first : first + 48]
    binned = centre.reshape(n, n_bands, 16, 3, 16, 3).sum(axis=(3, 5))
    return np.arcsinh(binned / 0.05).reshape(n, -1)


def measure_shapes(images):
    """Return the light within circles relative to the total, and the axis ratio in r."""
    side = images.shape[-1]
    y, x = np.mgrid[:side, :side] - side // 2
    radius = np.hypot(x, y)
    light = np.stack([(images * (radius < limit)).sum(axis=(2, 3)) for limit in (3, 6, 12, 24)])
    shares = (light[:-1] / np.maximum(light[-1], 1e-2)).transpose(1, 0, 2).reshape(len(images), -1)
    weight = np.maximum(images[:, 1] * (radius < 8), 0.0)
    weight /= weight.sum(axis=(1, 2), keepdims=True)
    xx, yy, xy = ((weight * term).sum(axis=(1, 2)) for term in (x * x, y * y, x * y))
    ellipticity = np.hypot(xx - yy, 2.0 * xy) / (xx + yy)
    return np.column_stack([np.clip(shares, -1.0, 2.0), ellipticity, np.log(xx + yy)])


def score(model, features, target):
    """Return mean ± standard deviation of R² over five folds."""
    folds = KFold(5, shuffle=True, random_state=0)
    scores = cross_val_score(model, features, target, cv=folds, scoring="r2")
    return f"{scores.mean():.3f} ± {scores.std():.3f}"


def speed(side, n_bins, wavelengths, n=1024):
    """Return pairs per CPU second, the fastest of three rounds."""
    options = {"image_size": side, "n_bins": n_bins, "wavelength_range": wavelengths}
    make_galaxies(2, **options, random_state=0)
    times = []
    for seed in range(3):
        start = time.process_time()
        make_galaxies(n, **options, random_state=seed)
        times.append(time.process_time() - start)
    return n / min(times)


def write(n, lines):
    """Write the report."""
    command = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    date = time.strftime("%Y-%m-%d")
    head = ["# Simulated galaxies", "", " ".join(__doc__.split("\n\n")[1].split()), ""]
    head += [f"{date}, commit {commit or 'unknown'}, {n} galaxies, seed {SEED}:", ""]
    head += [
        "    python benchmarks/studies/galaxies_calibration.py" + (f" {n}" if n != 20000 else ""),
        "",
    ]
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text("\n".join(head + lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
